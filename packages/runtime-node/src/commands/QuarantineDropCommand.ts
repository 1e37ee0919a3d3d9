/**
 * `tributary quarantine drop ID… --reason TEXT`: gives records up.
 *
 * @since 0.1.0
 */
import * as Retry from "@tributary/core/flow/Retry"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as ConfigFile from "../ConfigFile.ts"
import * as LakeFolder from "../LakeFolder.ts"
import * as LakeLayer from "../LakeLayer.ts"
import * as Json from "../output/Json.ts"
import { Streams } from "../output/Streams.ts"
import * as Text from "../output/Text.ts"
import * as QuarantineSelection from "../QuarantineSelection.ts"
import { root } from "../Root.ts"
import { WrongCall } from "../WrongCall.ts"

/** The journal keeps it; a reason is a sentence, not a document. */
const maxReasonLength = 1000

/**
 * @category commands
 * @since 0.1.0
 */
export const drop = Command.make(
  "drop",
  {
    ...QuarantineSelection.parameters,
    reason: Flag.String("reason").pipe(
      Flag.withMetavar("TEXT"),
      Flag.withDescription("Why they are given up; the journal keeps it"),
    ),
  },
  Effect.fn("QuarantineCommand.drop")(function* ({ reason, ...selection }) {
    const flags = yield* root
    const config = yield* ConfigFile.load(Option.getOrUndefined(flags.config))
    const folder = yield* LakeFolder.open(flags.lake)
    const why = reason.trim()
    if (why === "") return yield* new WrongCall({ sentence: "--reason is empty: say why the records are given up" })
    if (why.length > maxReasonLength) {
      const sentence = `--reason has ${Text.counted(why.length, "character")}, ${Text.count(maxReasonLength)} are allowed`
      return yield* new WrongCall({ sentence })
    }
    const { dropped } = yield* Effect.gen(function* () {
      const items = yield* QuarantineSelection.find(config, selection)
      const ids = items.map(({ id }) => id)
      return yield* Retry.drop(ids, why)
    }).pipe(Effect.provide(LakeLayer.layerRead(folder)))
    const { stdout } = yield* Streams
    yield* flags.format === "json" ? Json.print({ dropped }) : stdout.write(textOf(dropped))
  }),
).pipe(
  Command.withDescription(
    "Give quarantined records up. They leave the list; in the ledger they stay, as quarantined, and their bytes can still be shown.",
  ),
  Command.withShortDescription("Give records up, for a reason"),
  Command.withExamples([
    { command: 'tributary quarantine drop 0f3a…-1 --reason "a test of ours"', description: "One of them" },
  ]),
)

const textOf = (dropped: number): string =>
  dropped === 0
    ? "There is no such record in quarantine; nothing was dropped.\n"
    : `${Text.counted(dropped, "record")} dropped. In the ledger ${dropped === 1 ? "it stays" : "they stay"}, as quarantined.\n`

/**
 * `tributary ledger`: what became of every record.
 *
 * @since 0.1.0
 */
import * as LakeState from "@tributary/core/journal/LakeState"
import * as Ledger from "@tributary/core/journal/Ledger"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as ConfigFile from "../ConfigFile.ts"
import { NotClean } from "../ExitCode.ts"
import * as LakeFolder from "../LakeFolder.ts"
import * as LakeLayer from "../LakeLayer.ts"
import * as AccountTable from "../output/AccountTable.ts"
import * as Json from "../output/Json.ts"
import { Streams } from "../output/Streams.ts"
import * as Text from "../output/Text.ts"
import { root } from "../Root.ts"

/**
 * @category commands
 * @since 0.1.0
 */
export const ledger = Command.make(
  "ledger",
  {
    strict: Flag.Boolean("strict").pipe(
      Flag.withDescription("End with exit code 1 if anything is quarantined or does not add up"),
      Flag.withoutNegation,
      Flag.withDefault(false),
    ),
  },
  Effect.fn("LedgerCommand")(function* ({ strict }) {
    const flags = yield* root
    const config = yield* ConfigFile.load(Option.getOrUndefined(flags.config))
    const folder = yield* LakeFolder.open(flags.lake)
    const state = yield* LakeState.read().pipe(Effect.provide(LakeLayer.layerRead(folder)))
    const { balanced, flows } = Ledger.make(state, Object.keys(config.flows))
    const accounts = Object.entries(flows)
    const total = AccountTable.sum(accounts.map(([, account]) => account))
    const { stdout } = yield* Streams
    const documents = accounts.map(([name, account]) => [name, AccountTable.documentOf(account)] as const)
    const words = balanced || !Ledger.isBalanced(total) ? AccountTable.inWords(total) : inner
    const print =
      flags.format === "json"
        ? Json.print({ flows: Object.fromEntries(documents), balanced })
        : stdout.write(`${AccountTable.render([...accounts, undefined, ["total", total]])}\n${words}\n`)
    // Whether it is clean counts for the exit code, read or not.
    yield* Effect.catchTag(print, "OutputClosed", () => Effect.void)
    if (strict && !balanced) return yield* new NotClean({ sentence: "the ledger does not add up" })
    if (strict && total.quarantined > 0) {
      return yield* new NotClean({ sentence: `${Text.counted(total.quarantined, "record")} quarantined` })
    }
  }),
).pipe(
  Command.withDescription(
    "What became of every record, for each flow and in total. A record that was written and has been replaced since counts as superseded, so that written is what a query sees.",
  ),
  Command.withShortDescription("What became of every record"),
  Command.withExamples([{ command: "tributary ledger", description: "The account of ./lake" }]),
)

/** The totals may agree where two flows, or the files of an input, do not. */
const inner = "IT DOES NOT ADD UP: the totals agree, but the rows of an input or of a flow do not."

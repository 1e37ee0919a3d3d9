/**
 * `tributary quarantine retry ID…`: tries records again with today's mapping.
 *
 * @since 0.1.0
 */
import * as Retry from "@tributary/core/flow/Retry"
import * as Command from "effect/cli/Command"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as ConfigFile from "../ConfigFile.ts"
import * as LakeFolder from "../LakeFolder.ts"
import * as LakeLayer from "../LakeLayer.ts"
import * as AccountTable from "../output/AccountTable.ts"
import * as Json from "../output/Json.ts"
import { Streams } from "../output/Streams.ts"
import * as Text from "../output/Text.ts"
import * as QuarantineSelection from "../QuarantineSelection.ts"
import { root } from "../Root.ts"
import * as WarehouseSink from "../WarehouseSink.ts"

/**
 * @category commands
 * @since 0.1.0
 */
export const retry = Command.make(
  "retry",
  QuarantineSelection.parameters,
  Effect.fn("QuarantineCommand.retry")(function* (selection) {
    const flags = yield* root
    const config = yield* ConfigFile.load(Option.getOrUndefined(flags.config))
    const folder = yield* LakeFolder.open(flags.lake)
    const started = yield* Clock.currentTimeMillis
    const items = yield* QuarantineSelection.find(config, selection).pipe(Effect.provide(LakeLayer.layerRead(folder)))
    const ids = items.map(({ id }) => id)
    const flows = items.map(({ flow }) => flow)
    const retried = yield* Retry.run(config, ids).pipe(
      Effect.provide(WarehouseSink.layer(config, flows)),
      Effect.provide(LakeLayer.layerWrite(folder)),
    )
    const tookMs = (yield* Clock.currentTimeMillis) - started
    const { stdout } = yield* Streams
    yield* flags.format === "json"
      ? Json.print({ retried: retried.retried, ...AccountTable.documentOf(retried) })
      : stdout.write(textOf(retried, tookMs, folder.name))
  }),
).pipe(
  Command.withDescription(
    "Try quarantined records again with the mapping as it is now. What is read this time is written, to the extract that it came with; what is rejected again is quarantined anew, under a new ID and with today's reason.",
  ),
  Command.withShortDescription("Try records again, once a mapping was mended"),
  Command.withExamples([
    { command: "tributary quarantine retry 0f3a…-1 0f3a…-2", description: "Two of them" },
    { command: "tributary quarantine retry --flow ga", description: "All of a flow" },
  ]),
)

const textOf = (retried: Retry.Retried, tookMs: number, lake: string): string => {
  if (retried.retried === 0) return "There is no such record in quarantine; nothing was tried again.\n"
  const heading = `${Text.counted(retried.retried, "quarantined record")} tried again, in ${Text.duration(tookMs)}\n\n`
  const words = `\n${AccountTable.inWords(retried)}\n`
  const hint =
    retried.quarantined === 0
      ? ""
      : `What was quarantined again, and why: tributary quarantine list${AccountTable.lakeFlag(lake)}\n`
  return heading + AccountTable.render([["this call", retried]]) + words + hint
}

/**
 * `tributary ingest FLOW PATH…`: carries files into the lake.
 *
 * @since 0.1.0
 */
import type { Config } from "@tributary/core/Config"
import type { Delivery } from "@tributary/core/Delivery"
import { NoSuchFlow, type IngestSummary } from "@tributary/core/flow/IngestCall"
import * as IngestCall from "@tributary/core/flow/IngestCall"
import type { Carried } from "@tributary/core/flow/Ingest"
import * as Ledger from "@tributary/core/journal/Ledger"
import { ObjectStoreError } from "@tributary/core/ObjectStore"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as ConfigFile from "../ConfigFile.ts"
import { NotClean, WhileCarrying } from "../ExitCode.ts"
import * as ExtractTime from "../ExtractTime.ts"
import * as FileSource from "../FileSource.ts"
import * as LakeFolder from "../LakeFolder.ts"
import * as LakeLayer from "../LakeLayer.ts"
import * as AccountTable from "../output/AccountTable.ts"
import * as Json from "../output/Json.ts"
import * as Progress from "../output/Progress.ts"
import { Streams } from "../output/Streams.ts"
import * as Text from "../output/Text.ts"
import { root } from "../Root.ts"
import * as WarehouseSink from "../WarehouseSink.ts"
import { WrongCall } from "../WrongCall.ts"

const arguments_ = {
  flow: Argument.String("FLOW").pipe(
    Argument.withDescription(
      "ga: Google Analytics output; logs: CloudWatch Logs payloads; or a flow of the configuration",
    ),
  ),
  paths: Argument.String("PATH").pipe(
    Argument.withDescription("Files, or folders with everything below them, plain or gzip"),
    Argument.variadic({ min: 1 }),
  ),
  extractedAt: Flag.String("extracted-at").pipe(
    Flag.withMetavar("TIME"),
    Flag.withDescription(
      "When the figures were taken, in ISO 8601: all files are one extract of that time, and the newest extract of a date is shown",
    ),
    Flag.optional,
  ),
  strict: Flag.Boolean("strict").pipe(
    Flag.withDescription("End with exit code 1 if anything was quarantined"),
    Flag.withoutNegation,
    Flag.withDefault(false),
  ),
}

/**
 * @category commands
 * @since 0.1.0
 */
export const ingest = Command.make(
  "ingest",
  arguments_,
  Effect.fn("IngestCommand")(function* ({ extractedAt, flow, paths, strict }) {
    const flags = yield* root
    const config = yield* ConfigFile.load(Option.getOrUndefined(flags.config))
    if (!Object.hasOwn(config.flows, flow)) return yield* new NoSuchFlow({ flow, known: Object.keys(config.flows) })
    const at = Option.isNone(extractedAt) ? undefined : yield* ExtractTime.ofFlag("--extracted-at", extractedAt.value)
    const folder = yield* LakeFolder.openOrPlan(flags.lake)
    const deliveries = yield* FileSource.find({ paths, extractedAt: at, lake: folder.path })
    const started = yield* Clock.currentTimeMillis
    const summary = yield* carry(config, flow, deliveries).pipe(
      Effect.provide(WarehouseSink.layer(config, [flow])),
      Effect.provide(LakeLayer.layerWrite(folder)),
    )
    const tookMs = (yield* Clock.currentTimeMillis) - started
    const { stdout } = yield* Streams
    const print =
      flags.format === "json" ? Json.print(documentOf(summary)) : stdout.write(textOf(summary, tookMs, folder.name))
    // Whether it was clean counts for the exit code, read or not.
    yield* Effect.catchTag(print, "OutputClosed", () => Effect.void)
    if (strict && summary.quarantined > 0) {
      return yield* new NotClean({ sentence: `${Text.counted(summary.quarantined, "record")} quarantined` })
    }
    if (strict && !Ledger.isBalanced(summary)) return yield* new NotClean({ sentence: "the records do not add up" })
  }),
).pipe(
  Command.withDescription(
    "Carry files into the lake. What cannot be read is quarantined with its reason, the rest of the file is kept; what was carried before is recognised and left alone.",
  ),
  Command.withShortDescription("Carry files into the lake"),
  Command.withExamples([
    { command: "tributary ingest ga exports/", description: "All Google Analytics files of a folder" },
    {
      command: "tributary ingest ga exports/monday.json --extracted-at 2026-01-05T06:00:00Z",
      description: "Figures of a known time: they replace older ones of the same dates",
    },
    {
      command: "tributary ingest logs payload.gz --lake /data/lake --format json",
      description: "Logs, into a lake elsewhere, for a program",
    },
  ]),
)

/** The lake is made here, when everything that could be wrong with the call was looked at. */
const carry = Effect.fnUntraced(function* (config: Config, flow: string, deliveries: ReadonlyArray<Delivery>) {
  yield* LakeFolder.create()
  const progress = yield* Progress.make(deliveries.length)
  let current: Delivery | undefined
  const source = Stream.fromIterable(deliveries).pipe(
    Stream.tap((delivery) => Effect.suspend(() => ((current = delivery), progress.starting(delivery.source)))),
  )
  const onCarried = (carried: Carried, { source }: Delivery) =>
    Effect.andThen(
      progress.carried(outcomeOf(carried, source)),
      Effect.sync(() => (current = undefined)),
    )
  return yield* IngestCall.run(config, flow, source, onCarried).pipe(
    Effect.mapError((cause) =>
      current !== undefined && isGone(cause, current)
        ? new WrongCall({ sentence: `${current.source} can no longer be read; it was there when the call began` })
        : new WhileCarrying({ source: current?.source, cause }),
    ),
    Effect.ensuring(progress.end),
  )
})

/** Whether the file of a delivery vanished, or was closed to us, after it had been found. */
const isGone = (cause: unknown, { content }: Delivery): boolean =>
  cause instanceof ObjectStoreError &&
  (cause.reason._tag === "NotFound" || cause.reason._tag === "Denied") &&
  "object" in content &&
  cause.reason.detail.startsWith(`${content.object.bucket}/${content.object.key}`)

const outcomeOf = ({ duplicate, state }: Carried, source: string): Progress.Carried => {
  const nothing: Progress.Carried = { source, duplicate, records: 0, quarantined: 0 }
  if (duplicate) return nothing
  if (state.status === "quarantined") return { ...nothing, records: 1, quarantined: 1 }
  if (state.status !== "settled") return nothing
  const { quarantined, records } = state.counts
  return { ...nothing, records, quarantined }
}

const documentOf = ({ duplicateInputs, inputs, ...account }: IngestSummary) => ({
  inputs,
  duplicateInputs,
  ...AccountTable.documentOf(account),
})

const textOf = (summary: IngestSummary, tookMs: number, lake: string): string => {
  const before = summary.duplicateInputs === 0 ? "" : `, ${Text.count(summary.duplicateInputs)} of them carried before`
  const heading = `${Text.counted(summary.inputs, "input")}${before}, ${Text.counted(summary.records, "record")}, in ${Text.duration(tookMs)}\n\n`
  const words = `\n${AccountTable.inWords(summary)}\n`
  const hint =
    summary.quarantined === 0
      ? ""
      : `What was quarantined, and why: tributary quarantine list${AccountTable.lakeFlag(lake)}\n`
  return heading + AccountTable.render([["this call", summary]]) + words + hint
}

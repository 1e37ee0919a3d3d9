/**
 * The interpreter: carries out what the journal's states ask for, and appends what happened. A crash at any point is repaired by running it again.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Sink from "effect/Sink"
import * as Stream from "effect/Stream"
import { Compression, CompressionError, isCompressed } from "../Compression.ts"
import type { Config } from "../Config.ts"
import type { Delivery, ExtractRef } from "../Delivery.ts"
import { Digest } from "../Digest.ts"
import type { Flow } from "../Flow.ts"
import * as InputDecider from "../journal/InputDecider.ts"
import type { InputContent, InputState, Plan } from "../journal/InputDecider.ts"
import * as Journal from "../journal/Journal.ts"
import * as Lake from "../Lake.ts"
import { type ObjectRef, ObjectStore } from "../ObjectStore.ts"
import type { Rejection } from "../QuarantineReason.ts"
import { TableCatalog } from "../TableCatalog.ts"
import { qualifiedName } from "../TableSchema.ts"
import * as Identity from "./Identity.ts"
import * as LakeDestination from "./LakeDestination.ts"
import * as LogReader from "./LogReader.ts"
import * as Plans from "./Plans.ts"
import * as Quarantine from "./Quarantine.ts"
import * as RecordCollector from "./RecordCollector.ts"
import * as ReportReader from "./ReportReader.ts"
import * as TableLayout from "./TableLayout.ts"
import * as WarehouseDestination from "./WarehouseDestination.ts"

/**
 * What became of one delivery. `duplicate`: the input was settled before this delivery.
 *
 * @category models
 * @since 0.1.0
 */
export interface Carried {
  readonly inputId: string
  readonly duplicate: boolean
  /** The extract that it belongs to; absent for a table in append mode. */
  readonly extract: string | undefined
  /** How it ended: settled, or quarantined whole. */
  readonly state: InputState
}

/**
 * Makes the table of a flow known to the catalog, before any data is written.
 *
 * @category carrying
 * @since 0.1.0
 */
export const ensureTable = Effect.fn("Ingest.ensureTable")(function* (flow: Flow) {
  if (flow.kind === "logs" && flow.sink === "warehouse") return
  const lake = yield* Lake.Lake
  const catalog = yield* TableCatalog
  yield* catalog.ensureTable({
    schema: flow.table,
    location: lake.address(lake.prefix + TableLayout.tableFolder(flow.table)),
    partitioning: isReplaced(flow) ? "registered" : "projected",
  })
})

/**
 * Carries one delivery to its end: settled, or quarantined whole. What fails in passing fails the effect, and the same delivery again goes on from where
 * it stood.
 *
 * @category carrying
 * @since 0.1.0
 */
export const carry = Effect.fn("Ingest.carry")(function* (
  config: Config,
  flowName: string,
  flow: Flow,
  delivery: Delivery,
) {
  const identified = yield* Identity.identify(flowName, delivery)
  const stream = Journal.inputStream(identified.inputId)
  const { state: before } = yield* Journal.load(Journal.inputs, stream)
  let state: InputState = before
  let ours = false
  for (;;) {
    const due = InputDecider.next(state)
    if (due === "nothing") break
    if (due === "receive") state = yield* receive(flowName, flow, delivery, identified)
    else if (due === "plan") state = yield* planOrQuarantine(config, flowName, flow, identified.inputId, state)
    else {
      const written = yield* writeOrQuarantine(config, flow, identified.inputId, state)
      ours = written.events.length > 0
      state = written.state
    }
    ours ||= state.status === "quarantined"
  }
  const extract = state.status === "new" ? undefined : state.received.extract?.id
  if (extract !== undefined) {
    yield* Journal.decide(Journal.extracts, Journal.extractStream(flowName, extract), {
      _tag: "SettleInput",
      input: identified.inputId,
    })
  }
  return { inputId: identified.inputId, duplicate: !ours, extract, state } satisfies Carried
})

/**
 * Keeps a delivery that is no input of the flow at all, such as a message that cannot be read: quarantined whole, with its bytes.
 *
 * @category carrying
 * @since 0.1.0
 */
export const quarantine = Effect.fn("Ingest.quarantine")(function* (
  flowName: string,
  flow: Flow,
  delivery: Delivery,
  rejection: Rejection,
) {
  const identified = yield* Identity.identify(flowName, delivery)
  const content = yield* Identity.keep(delivery, identified)
  const stream = Journal.inputStream(identified.inputId)
  yield* Journal.decide(Journal.inputs, stream, {
    _tag: "Receive",
    received: {
      flow: flowName,
      table: qualifiedName(flow.table),
      source: delivery.source,
      content,
      bytes: identified.bytes,
    },
  })
  const { events, state } = yield* Journal.decide(Journal.inputs, stream, { _tag: "Quarantine", ...rejection })
  return { inputId: identified.inputId, duplicate: events.length === 0, extract: undefined, state } satisfies Carried
})

const isReplaced = (flow: Flow): boolean => flow.kind === "report" && flow.mode === "replace"

const receive = Effect.fnUntraced(function* (
  flowName: string,
  flow: Flow,
  delivery: Delivery,
  identified: Identity.Identified,
) {
  const content = yield* Identity.keep(delivery, identified)
  const extract: ExtractRef | undefined = isReplaced(flow)
    ? (delivery.extract ?? { id: identified.inputId, at: delivery.modifiedAt })
    : undefined
  const { state } = yield* Journal.decide(Journal.inputs, Journal.inputStream(identified.inputId), {
    _tag: "Receive",
    received: {
      flow: flowName,
      table: qualifiedName(flow.table),
      source: delivery.source,
      content,
      bytes: identified.bytes,
      ...(extract === undefined ? {} : { extract: { id: extract.id, at: Math.floor(extract.at) } }),
    },
  })
  return state
})

type Received = Exclude<InputState, { readonly status: "new" }>["received"]

const planOrQuarantine = Effect.fnUntraced(function* (
  config: Config,
  flowName: string,
  flow: Flow,
  inputId: string,
  state: InputState,
) {
  const { received } = state as { readonly received: Received }
  const generation =
    received.extract === undefined ? 0 : yield* joinExtract(flowName, received, inputId, received.extract)
  return yield* orQuarantine(
    inputId,
    Effect.gen(function* () {
      const duplicates = yield* findDuplicates(config, flowName, flow, inputId, received)
      const plan: Plan = yield* Plans.make(config, flow.table.version, generation, duplicates)
      return yield* Journal.decide(Journal.inputs, Journal.inputStream(inputId), { _tag: "Plan", plan })
    }),
  ).pipe(Effect.map((decided) => decided.state))
})

const joinExtract = Effect.fnUntraced(function* (
  flowName: string,
  received: Received,
  inputId: string,
  extract: ExtractRef,
) {
  const { state } = yield* Journal.decide(Journal.extracts, Journal.extractStream(flowName, extract.id), {
    _tag: "AddInput",
    flow: flowName,
    table: received.table,
    extract: extract.id,
    at: extract.at,
    input: inputId,
  })
  return state.inputs.get(inputId)!.generation
})

/** The ordinals of log events that another input carried already. */
const findDuplicates = Effect.fnUntraced(function* (
  config: Config,
  flowName: string,
  flow: Flow,
  inputId: string,
  received: Received,
) {
  if (flow.kind !== "logs" || flow.seenKeysMs === 0) return []
  const compression = yield* Compression
  const digest = yield* Digest
  const keys: Array<string> = []
  const nothing = () => undefined
  const reader = LogReader.makeEvents(
    config.limits,
    { compression, digest },
    {
      event: (event) => void keys.push(event.key),
      filtered: nothing,
      rejected: nothing,
    },
  )
  yield* Stream.runForEach(contentOf(received.content, config.limits.objectBytes), reader.push)
  yield* reader.end
  return yield* Plans.claim(flowName, inputId, keys, flow.seenKeysMs)
})

const writeOrQuarantine = Effect.fnUntraced(function* (config: Config, flow: Flow, inputId: string, state: InputState) {
  const { plan, received } = state as { readonly received: Received; readonly plan: Plan }
  return yield* orQuarantine(inputId, write(config, flow, inputId, received, plan))
})

const write = Effect.fn("Ingest.write")(function* (
  config: Config,
  flow: Flow,
  inputId: string,
  received: Received,
  plan: Plan,
) {
  const services = { compression: yield* Compression, digest: yield* Digest }
  const toWarehouse = flow.kind === "logs" && flow.sink === "warehouse"
  const collector = RecordCollector.make({ ...plan, table: flow.table, keepOrigins: toWarehouse })
  const destination = toWarehouse
    ? yield* WarehouseDestination.make(flow.keyColumn)
    : yield* LakeDestination.make({ table: flow.table, input: inputId, extract: received.extract?.id, plan })
  const quarantine = yield* Quarantine.makeWriter(inputId)
  const reader =
    flow.kind === "report"
      ? ReportReader.make(flow, config.limits, collector.output)
      : LogReader.make(flow, config.limits, services, yield* Plans.duplicatesOf(plan), collector.output)

  const drain = Effect.suspend(() =>
    Effect.andThen(
      quarantine.write(collector.takeRejected()),
      Effect.forEach(collector.takeFull(), destination.write, { discard: true }),
    ),
  )
  yield* Stream.runForEach(contentOf(received.content, config.limits.objectBytes), (piece) =>
    Effect.andThen(reader.push(piece), drain),
  )
  yield* reader.end
  yield* drain
  const { outputs, rejected } = yield* destination.finish(collector.takeRest())
  yield* quarantine.write(rejected)
  yield* quarantine.finish
  const { duplicate, filtered, rows } = collector.counts
  const quarantined = collector.counts.quarantined + rejected.length
  const counts = {
    records: rows + filtered + duplicate + collector.counts.quarantined,
    rows: rows - rejected.length,
    duplicate,
    filtered,
    quarantined,
  }
  return yield* Journal.decide(Journal.inputs, Journal.inputStream(inputId), { _tag: "Settle", outputs, counts })
}, Effect.scoped)

/** An input that cannot be decompressed to its end is quarantined whole; uploads begun for it vanish with their scope. */
const orQuarantine = <A, E, R>(inputId: string, effect: Effect.Effect<A, E, R>) =>
  Effect.catchIf(
    effect,
    (error): error is E & CompressionError => error instanceof CompressionError,
    ({ detail, reason }) =>
      Journal.decide(Journal.inputs, Journal.inputStream(inputId), { _tag: "Quarantine", reason, detail }),
  )

/** An input's bytes, decompressed where they are compressed: told by content, not by name. */
const contentOf = (content: InputContent, maxBytes: number) =>
  Stream.unwrap(
    Effect.gen(function* () {
      const store = yield* ObjectStore
      const compression = yield* Compression
      const [head, rest] = yield* Stream.peel(store.get(content as ObjectRef), Sink.take(1))
      const bytes = Stream.concat(Stream.fromIterable(head), rest)
      return head[0] !== undefined && isCompressed(head[0]) ? compression.inflate(bytes, maxBytes) : bytes
    }),
  )

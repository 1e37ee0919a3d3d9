/**
 * The interpreter: carries out what the journal's states ask for, and appends what happened. A crash at any point is repaired by running it again.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Sink from "effect/Sink"
import * as Stream from "effect/Stream"
import { Compression, CompressionError } from "../Compression.ts"
import type { Config } from "../Config.ts"
import type { Delivery, ExtractRef } from "../Delivery.ts"
import { Digest } from "../Digest.ts"
import type { Flow } from "../Flow.ts"
import type { Mends } from "../journal/ExtractDecider.ts"
import * as InputDecider from "../journal/InputDecider.ts"
import type { InputContent, InputState, Plan } from "../journal/InputDecider.ts"
import * as Journal from "../journal/Journal.ts"
import * as Lake from "../Lake.ts"
import { type ObjectRef, ObjectStore } from "../ObjectStore.ts"
import type { Rejection } from "../QuarantineReason.ts"
import { TableCatalog } from "../TableCatalog.ts"
import { qualifiedName } from "../TableSchema.ts"
import type { CivilDate } from "../Timestamp.ts"
import * as Identity from "./Identity.ts"
import * as LakeDestination from "./LakeDestination.ts"
import * as LogReader from "./LogReader.ts"
import * as Plans from "./Plans.ts"
import * as Quarantine from "./Quarantine.ts"
import * as RecordCollector from "./RecordCollector.ts"
import * as RecordSelection from "./RecordSelection.ts"
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
    partitioning: hasExtracts(flow) ? "registered" : "projected",
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
  return yield* carryOn(config, flowName, flow, identified.inputId, receive(flowName, flow, delivery, identified))
})

/**
 * Goes on with an input from where its stream says it stands; `receiving` makes it known where it is new.
 *
 * @category carrying
 * @since 0.1.0
 */
export const carryOn = Effect.fnUntraced(function* <E, R>(
  config: Config,
  flowName: string,
  flow: Flow,
  inputId: string,
  receiving: Effect.Effect<InputState, E, R>,
) {
  const { state: before } = yield* Journal.load(Journal.inputs, Journal.inputStream(inputId))
  let state: InputState = before
  let ours = false
  for (;;) {
    const due = InputDecider.next(state)
    if (due === "nothing") break
    if (due === "receive") state = yield* receiving
    else if (due === "plan") state = yield* planOrQuarantine(config, flowName, flow, inputId, state)
    else {
      const written = yield* writeOrQuarantine(config, flow, inputId, state)
      ours = written.events.length > 0
      state = written.state
    }
    ours ||= state.status === "quarantined"
  }
  const extract = state.status === "new" ? undefined : state.received.extract?.id
  if (extract !== undefined) {
    yield* Journal.decide(Journal.extracts, Journal.extractStream(flowName, extract), {
      _tag: "SettleInput",
      input: inputId,
      ...(flow.kind === "report" && flow.onIncomplete === "hold" ? withholding(state) : {}),
    })
  }
  return { inputId, duplicate: !ours, extract, state } satisfies Carried
})

/** What of an input that has ended holds its extract back, and what no longer does. */
const withholding = (state: InputState): { readonly quarantined?: number; readonly mends?: Mends } => {
  if (state.status !== "settled" && state.status !== "quarantined") return {}
  const quarantined = state.status === "settled" ? state.counts.quarantined : 1
  const { retryOf } = state.received
  return {
    ...(quarantined === 0 ? {} : { quarantined }),
    ...(retryOf === undefined ? {} : { mends: { input: retryOf.input, records: retryOf.items.length } }),
  }
}

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

const hasExtracts = (flow: Flow): boolean => flow.kind === "report" && flow.mode !== "append"

const receive = Effect.fnUntraced(function* (
  flowName: string,
  flow: Flow,
  delivery: Delivery,
  identified: Identity.Identified,
) {
  const content = yield* Identity.keep(delivery, identified)
  const extract: ExtractRef | undefined = hasExtracts(flow)
    ? (delivery.extract ?? { id: identified.inputId, at: delivery.modifiedAt })
    : undefined
  // It becomes a folder's name.
  if (extract !== undefined && !/^\w[\w.-]{0,127}$/.test(extract.id))
    throw new Error(`an extract's id has letters, digits, _ . and - only, at most 128: ${JSON.stringify(extract.id)}`)
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
      const plan: Plan = yield* Plans.make(config, flow.table, generation, duplicates)
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
  // Records of a retry kept the keys that their first input claimed.
  if (flow.kind !== "logs" || flow.seenKeysMs === 0 || received.retryOf !== undefined) return []
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
  todays: Flow,
  inputId: string,
  received: Received,
  plan: Plan,
) {
  const flow = yield* Plans.flowOf(todays, plan)
  const services = { compression: yield* Compression, digest: yield* Digest }
  const toWarehouse = flow.kind === "logs" && flow.sink === "warehouse"
  const collector = RecordCollector.make({ ...plan, table: flow.table, keepOrigins: toWarehouse })
  const destination = toWarehouse
    ? yield* WarehouseDestination.make(flow.keyColumn)
    : yield* LakeDestination.make({
        table: flow.table,
        folder: folderOf(flow, received.extract?.id, plan),
        name: inputId,
        plan,
        metadata: { "tributary.input": inputId, "tributary.rule": plan.rule, "tributary.writer": plan.writerVersion },
      })
  const quarantine = yield* Quarantine.makeWriter(inputId)
  const output =
    received.retryOf === undefined
      ? collector.output
      : RecordSelection.make(yield* Quarantine.positionsOf(received.retryOf), collector.output)
  const reader =
    flow.kind === "report"
      ? ReportReader.make(flow, config.limits, output)
      : LogReader.make(flow, config.limits, services, yield* Plans.duplicatesOf(plan), output)

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

const folderOf = (flow: Flow, extract: string | undefined, plan: Plan) => (date: CivilDate) =>
  extract === undefined
    ? TableLayout.appendFolder(flow.table, date)
    : TableLayout.generationFolder(flow.table, date, extract, plan.generation)

/** An input that cannot be decompressed to its end is quarantined whole; uploads begun for it vanish with their scope. */
const orQuarantine = <A, E, R>(inputId: string, effect: Effect.Effect<A, E, R>) =>
  Effect.catchIf(
    effect,
    (error): error is E & CompressionError => error instanceof CompressionError,
    ({ detail, reason }) =>
      Journal.decide(Journal.inputs, Journal.inputStream(inputId), { _tag: "Quarantine", reason, detail }),
  )

/** An input's bytes, decompressed where they are gzip: told by content, not by name. zlib's two bytes may begin a text. */
const contentOf = (content: InputContent, maxBytes: number) =>
  Stream.unwrap(
    Effect.gen(function* () {
      const store = yield* ObjectStore
      const compression = yield* Compression
      // A store may cut an object as it likes, behind its first byte too.
      const [head, rest] = yield* Stream.peel(store.get(content as ObjectRef), takeTwoBytes)
      const bytes = Stream.concat(Stream.fromIterable(head), rest)
      const [first, second] = head.flatMap((piece) => Array.from(piece.subarray(0, 2)))
      return first === 0x1f && second === 0x8b ? compression.inflate(bytes, maxBytes) : bounded(bytes, maxBytes)
    }),
  )

const takeTwoBytes = Sink.fold(
  (): ReadonlyArray<Uint8Array> => [],
  (pieces) => pieces.reduce((sum, piece) => sum + piece.length, 0) < 2,
  (pieces, piece: Uint8Array) => Effect.succeed([...pieces, piece]),
)

const bounded = <E, R>(bytes: Stream.Stream<Uint8Array, E, R>, maxBytes: number) =>
  Stream.suspend(() => {
    let total = 0
    return Stream.mapEffect(bytes, (piece) =>
      (total += piece.length) > maxBytes
        ? Effect.fail(new CompressionError({ reason: "TooLarge", detail: `there are more than ${maxBytes} bytes` }))
        : Effect.succeed(piece),
    )
  })

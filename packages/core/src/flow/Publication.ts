/**
 * Publishing extracts: the newest one of each date is shown, or the newest rows of all of them, and the catalog is made to agree.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { Digest } from "../Digest.ts"
import type { ReportFlow } from "../Flow.ts"
import * as ExtractDecider from "../journal/ExtractDecider.ts"
import type { ExtractState } from "../journal/ExtractDecider.ts"
import * as Journal from "../journal/Journal.ts"
import type { Refused } from "../journal/Decider.ts"
import { pathAt } from "../journal/LakeState.ts"
import * as PartitionDecider from "../journal/PartitionDecider.ts"
import type { Member } from "../journal/PartitionDecider.ts"
import type { JournalStore, JournalStoreError } from "../JournalStore.ts"
import * as Lake from "../Lake.ts"
import type { ObjectStore, ObjectStoreError } from "../ObjectStore.ts"
import type { ParquetEncoder, ParquetEncoderError } from "../ParquetEncoder.ts"
import type { ParquetReader, ParquetReaderError } from "../ParquetReader.ts"
import type { RowSinkError } from "../RowSink.ts"
import { TableCatalog, type TableCatalogError } from "../TableCatalog.ts"
import { qualifiedName, type TableSchema } from "../TableSchema.ts"
import { parseDay } from "../Timestamp.ts"
import * as ConditionalWrite from "./ConditionalWrite.ts"
import * as Merge from "./Merge.ts"
import type { Output } from "./RowDestination.ts"
import * as TableLayout from "./TableLayout.ts"

/**
 * Tells an extract that its run has ended; what comes later makes a generation of its own.
 *
 * @category publishing
 * @since 0.1.0
 */
export const endRun = (flowName: string, extract: string) =>
  Journal.decide(Journal.extracts, Journal.extractStream(flowName, extract), { _tag: "EndRun" })

/**
 * Does what is due: publishes what can be, and goes on until the extract waits for something or nothing is left.
 *
 * @category publishing
 * @since 0.1.0
 */
export const advance = Effect.fn("Publication.advance")(function* (
  flowName: string,
  flow: ReportFlow,
  extract: string,
) {
  const stream = Journal.extractStream(flowName, extract)
  for (;;) {
    const { state } = yield* Journal.load(Journal.extracts, stream)
    const due = ExtractDecider.next(state)
    if (due.do === "wait" || due.do === "nothing" || due.do === "hold") return state
    if (due.do === "end") yield* endRun(flowName, extract)
    else {
      yield* show(flowName, flow, state, due)
      yield* Journal.decide(Journal.extracts, stream, { _tag: "Publish", generation: due.generation, at: due.at })
    }
  }
})

/**
 * Has an extract shown without what was quarantined of it, and publishes it. Fails with `Refused` where there is no such extract, or where it waits for
 * something else than a person.
 *
 * @category publishing
 * @since 0.1.0
 */
export const release = Effect.fn("Publication.release")(function* (
  flowName: string,
  flow: ReportFlow,
  extract: string,
) {
  yield* Journal.decide(Journal.extracts, Journal.extractStream(flowName, extract), { _tag: "Release" })
  return yield* advance(flowName, flow, extract)
})

/** The generation to show, and the extract's time to show it under. */
interface Due {
  readonly generation: number
  readonly at: number
}

/** The files of a date, from every generation so far. */
interface DateFiles {
  readonly files: Array<Output>
  /** Whether this generation brings any, or makes the extract newer: else the date stays as it is. */
  touched: boolean
}

const show = Effect.fnUntraced(function* (flowName: string, flow: ReportFlow, state: ExtractState, due: Due) {
  const { at, generation } = due
  const dates = yield* filesByDate(state, due)
  for (const [day, { files, touched }] of Array.from(dates).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (!touched) continue
    if (flow.mode === "merge") yield* merge(flowName, flow, day, { extract: state.extract, extractAt: at, generation })
    else yield* switchTo(flowName, flow, state.extract, due, day, files)
    yield* pointCatalog(flow.table, day)
  }
})

const switchTo = Effect.fnUntraced(function* (
  flowName: string,
  flow: ReportFlow,
  extract: string,
  { at, generation }: Due,
  day: string,
  files: ReadonlyArray<Output>,
) {
  const location = TableLayout.generationFolder(flow.table, parseDay(day), extract, generation)
  yield* Effect.forEach(files, (file) => bringTo(location, file), { discard: true })
  const stream = Journal.partitionStream(qualifiedName(flow.table), day)
  yield* Journal.decide(Journal.partitions, stream, {
    _tag: "Show",
    flow: flowName,
    extract,
    extractAt: at,
    generation,
    location,
    rows: files.reduce((sum, file) => sum + file.rows, 0),
  })
})

/**
 * Shows a date with one extract more. The others that it shows are published first: so a reader, who waits for all of them, waits for this one alone, and
 * sees it on all of its dates or on none. Extracts go through their dates in order, so they never wait for each other in a circle.
 */
const merge = Effect.fnUntraced(function* (flowName: string, flow: ReportFlow, day: string, added: Member) {
  const stream = Journal.partitionStream(qualifiedName(flow.table), day)
  for (;;) {
    const { head } = (yield* Journal.load(Journal.partitions, stream)).state
    const shown = PartitionDecider.membersOf(head)
    if (shown.some(({ extract, generation }) => extract === added.extract && generation >= added.generation)) return
    if (head !== undefined && head.flow !== flowName) return yield* PartitionDecider.foreign(head)
    for (const other of shown) if (other.extract !== added.extract) yield* finish(flowName, flow, other)
    const members = PartitionDecider.withMember(shown, added)
    const merged = yield* Merge.write(flowName, flow, day, members)
    yield* Journal.decide(Journal.partitions, stream, {
      _tag: "Merge",
      over: head?.location,
      flow: flowName,
      members,
      ...merged,
    })
  }
})

/** Ends the publication of an extract that another process began: it may have died, and nobody else is to wait for it. */
const finish = Effect.fnUntraced(function* (flowName: string, flow: ReportFlow, { extract, generation }: Member) {
  const { state } = yield* Journal.load(Journal.extracts, Journal.extractStream(flowName, extract))
  if (state.published < generation) yield* advanceOther(flowName, flow, extract)
})

/** {@link advance}, with its type written down: it calls itself. */
const advanceOther: (
  flowName: string,
  flow: ReportFlow,
  extract: string,
) => Effect.Effect<ExtractState, Failure, Needs> = (flowName, flow, extract) => advance(flowName, flow, extract)

type Failure =
  | JournalStoreError
  | ObjectStoreError
  | ParquetEncoderError
  | ParquetReaderError
  | Refused
  | RowSinkError
  | TableCatalogError

type Needs = Digest | JournalStore | Lake.Lake | ObjectStore | ParquetEncoder | ParquetReader | TableCatalog

const filesByDate = Effect.fnUntraced(function* (state: ExtractState, { at, generation }: Due) {
  const dates = new Map<string, DateFiles>()
  for (const [id, input] of state.inputs) {
    if (input.generation > generation) continue
    const { state: inputState } = yield* Journal.load(Journal.inputs, Journal.inputStream(id))
    if (inputState.status !== "settled") continue
    for (const file of inputState.outputs) {
      const date = dates.get(file.date) ?? { files: [], touched: false }
      dates.set(file.date, date)
      date.files.push(file)
      date.touched ||= input.generation > state.published || at > state.publishedAt
    }
  }
  return dates
})

/** A file of an earlier generation is copied beside the new ones: under a published location nothing is ever written. */
const bringTo = Effect.fnUntraced(function* (location: string, file: Output) {
  const path = pathAt(location, file.path)
  if (path === file.path) return
  const lake = yield* Lake.Lake
  yield* ConditionalWrite.copySame(Lake.ref(lake, file.path), Lake.ref(lake, path), file.sha256)
})

/**
 * Points the catalog at what the partition's stream shows, and looks again until both agree: the catalog has no version to check.
 *
 * @category publishing
 * @since 0.1.0
 */
export const pointCatalog = Effect.fn("Publication.pointCatalog")(function* (table: TableSchema, day: string) {
  const lake = yield* Lake.Lake
  const catalog = yield* TableCatalog
  const stream = Journal.partitionStream(qualifiedName(table), day)
  const date = parseDay(day)
  let { state, version } = yield* Journal.load(Journal.partitions, stream)
  for (let pointed = -1; pointed !== version;) {
    if (state.head === undefined) return
    yield* catalog.pointPartitions(table, [
      {
        values: [date.year, date.month, date.day].map(String),
        location: lake.address(lake.prefix + state.head.location),
      },
    ])
    pointed = version
    ;({ state, version } = yield* Journal.load(Journal.partitions, stream))
  }
})

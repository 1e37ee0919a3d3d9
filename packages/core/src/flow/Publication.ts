/**
 * Publishing extracts: the newest one of each date is shown, and the catalog is made to agree.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { ReportFlow } from "../Flow.ts"
import * as ExtractDecider from "../journal/ExtractDecider.ts"
import type { ExtractState } from "../journal/ExtractDecider.ts"
import * as Journal from "../journal/Journal.ts"
import { pathAt } from "../journal/LakeState.ts"
import * as Lake from "../Lake.ts"
import { TableCatalog } from "../TableCatalog.ts"
import { qualifiedName, type TableSchema } from "../TableSchema.ts"
import type { CivilDate } from "../Timestamp.ts"
import * as ConditionalWrite from "./ConditionalWrite.ts"
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
    if (due.do === "wait" || due.do === "nothing") return state
    if (due.do === "end") yield* endRun(flowName, extract)
    else {
      yield* show(flowName, flow, state, due.generation)
      yield* Journal.decide(Journal.extracts, stream, { _tag: "Publish", generation: due.generation })
    }
  }
})

/** The files of a date, from every generation so far. */
interface DateFiles {
  readonly files: Array<Output>
  /** Whether this generation brings any, or makes the extract newer: else the date stays as it is. */
  touched: boolean
}

const show = Effect.fnUntraced(function* (flowName: string, flow: ReportFlow, state: ExtractState, generation: number) {
  const dates = yield* filesByDate(state, generation)
  for (const [day, { files, touched }] of Array.from(dates).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (!touched) continue
    const location = TableLayout.generationFolder(flow.table, parseDay(day), state.extract, generation)
    yield* Effect.forEach(files, (file) => bringTo(location, file), { discard: true })
    const stream = Journal.partitionStream(qualifiedName(flow.table), day)
    yield* Journal.decide(Journal.partitions, stream, {
      _tag: "Show",
      flow: flowName,
      extract: state.extract,
      extractAt: state.at,
      generation,
      location,
      rows: files.reduce((sum, file) => sum + file.rows, 0),
    })
    yield* pointCatalog(flow.table, day)
  }
})

const filesByDate = Effect.fnUntraced(function* (state: ExtractState, generation: number) {
  const dates = new Map<string, DateFiles>()
  for (const [id, input] of state.inputs) {
    if (input.generation > generation) continue
    const { state: inputState } = yield* Journal.load(Journal.inputs, Journal.inputStream(id))
    if (inputState.status !== "settled") continue
    for (const file of inputState.outputs) {
      const date = dates.get(file.date) ?? { files: [], touched: false }
      dates.set(file.date, date)
      date.files.push(file)
      date.touched ||= input.generation > state.published || state.at > state.publishedAt
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

const parseDay = (day: string): CivilDate => {
  const [year, month, date] = day.split("-").map(Number)
  return { year: year!, month: month!, day: date! }
}

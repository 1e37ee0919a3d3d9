/**
 * The rows of a date as several extracts have them: of those that agree in all dimensions, the newest.
 *
 * Newest is the row of the newer extract (by its time, ties by the larger id), then of its later generation, then of the input with the larger id, then the
 * one that stands later in its input. What is merged are the files that the extracts' inputs were written to, all of them, every time: so the result is a
 * function of the set of extracts, whatever order they came in.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as ColumnBatchBuilder from "../ColumnBatchBuilder.ts"
import type { Value } from "../ColumnBatchBuilder.ts"
import { Digest } from "../Digest.ts"
import type { ReportFlow } from "../Flow.ts"
import type { Plan } from "../journal/InputDecider.ts"
import * as Journal from "../journal/Journal.ts"
import type { Member, Merged } from "../journal/PartitionDecider.ts"
import * as Lake from "../Lake.ts"
import * as FieldReading from "../mapping/FieldReading.ts"
import { ParquetReader } from "../ParquetReader.ts"
import { type TableSchema, typeName } from "../TableSchema.ts"
import { type CivilDate, parseDay } from "../Timestamp.ts"
import * as Utf8 from "../Utf8.ts"
import * as CellValue from "./CellValue.ts"
import * as ConditionalWrite from "./ConditionalWrite.ts"
import * as LakeDestination from "./LakeDestination.ts"
import * as Plans from "./Plans.ts"
import type { PartitionBatch } from "./RecordCollector.ts"
import type { Output } from "./RowDestination.ts"
import * as TableLayout from "./TableLayout.ts"

/** How rows are merged, and files named and cut; another rule gets another name. */
const rule = "merge@1"

/** What an input has of the date. */
interface Part {
  readonly input: string
  readonly plan: Plan
  readonly files: ReadonlyArray<Output>
}

interface Row {
  readonly values: ReadonlyArray<Value>
  readonly input: string
}

/**
 * Merges what the members, oldest first, have of a date, and writes it to a folder that is called by what was merged: written again, it is the same. The
 * rows that survive are held in memory. Borders of files and row groups follow the plan of the newest input.
 *
 * @category writing
 * @since 0.1.0
 */
export const write = Effect.fn("Merge.write")(function* (
  flowName: string,
  flow: ReportFlow,
  day: string,
  members: ReadonlyArray<Member>,
) {
  const parts = (yield* Effect.forEach(members, (member) => partsOf(flowName, member, day))).flat()
  const rows = new Map<string, Row>()
  const keyOf = makeKey(flow)
  for (const { files, input } of parts) {
    for (const file of files) {
      for (const values of yield* readRows(flow.table, file)) rows.set(keyOf(values), { values, input })
    }
  }
  const { plan } = parts.at(-1)!
  const name = yield* nameOf(flow, plan, members)
  const date = parseDay(day)
  const location = TableLayout.mergedFolder(flow.table, date, name)
  const destination = yield* LakeDestination.make({
    table: flow.table,
    folder: () => location,
    name,
    plan,
    metadata: { "tributary.merge": name, "tributary.rule": rule, "tributary.writer": Plans.writerVersion },
  })
  for (const batch of batchesOf(flow.table, date, day, plan, rows.values())) yield* destination.write(batch)
  const { outputs } = yield* destination.finish([])
  const survivors = new Map<string, number>()
  for (const { input } of rows.values()) survivors.set(input, (survivors.get(input) ?? 0) + 1)
  return {
    location,
    rows: rows.size,
    files: outputs.map(({ bytes, path, rows, sha256 }) => ({ path, rows, bytes, sha256 })),
    survivors: Array.from(survivors, ([input, rows]) => ({ input, rows })),
  } satisfies Partial<Merged>
}, Effect.scoped)

/** What the inputs of an extract have of the date, up to a generation; the later one wins. */
const partsOf = Effect.fnUntraced(function* (flowName: string, { extract, generation }: Member, day: string) {
  const { state } = yield* Journal.load(Journal.extracts, Journal.extractStream(flowName, extract))
  const inputs = Array.from(state.inputs)
    .filter(([, input]) => input.generation <= generation)
    .toSorted(([a, one], [b, other]) => one.generation - other.generation || (a < b ? -1 : 1))
  const parts: Array<Part> = []
  for (const [input] of inputs) {
    const { state: known } = yield* Journal.load(Journal.inputs, Journal.inputStream(input))
    if (known.status !== "settled") continue
    const files = known.outputs.filter(({ date }) => date === day)
    if (files.length > 0) parts.push({ input, plan: known.plan, files })
  }
  return parts
})

/** The values of a file's rows in the order of the table's columns; null where the file is older than the column. */
const readRows = Effect.fnUntraced(function* (table: TableSchema, file: Output) {
  const lake = yield* Lake.Lake
  const reader = yield* ParquetReader
  const bytes = yield* ConditionalWrite.readSame(Lake.ref(lake, file.path), file.sha256)
  const access = {
    size: bytes.length,
    slice: (start: number, end: number) => Effect.succeed(bytes.subarray(start, end)),
  }
  const names = (yield* reader.metadata(access)).columns.map(({ name }) => name)
  const columns = table.columns.map(({ name, type }) => ({ type, at: names.indexOf(name) }))
  const rows = yield* reader.rows(access)
  return rows.map((cells) => columns.map(({ at, type }) => (at === -1 ? null : CellValue.of(type, cells[at]!))))
})

/** The columns that dimensions fill; partition columns are the date itself. */
const keyColumns = ({ fields, table }: ReportFlow): ReadonlyArray<string> => {
  const named = new Set(
    fields.flatMap(({ reading, role }) => (role === "dimension" ? FieldReading.columnsOf(reading) : [])),
  )
  return table.columns.map(({ name }) => name).filter((name) => named.has(name))
}

const makeKey = (flow: ReportFlow) => {
  const names = keyColumns(flow)
  const columns = flow.table.columns.flatMap(({ name }, i) => (names.includes(name) ? [i] : []))
  return (values: ReadonlyArray<Value>): string =>
    JSON.stringify(columns.map((column) => (values[column] === null ? null : String(values[column]))))
}

/** A digest of all that the bytes depend on: after a deploy that changes any of it, the folder is another. */
const nameOf = Effect.fnUntraced(function* (flow: ReportFlow, plan: Plan, members: ReadonlyArray<Member>) {
  const digest = yield* Digest
  const { bytesPerGroup, codec, rowsPerFile, rowsPerGroup } = plan
  const named = JSON.stringify([
    rule,
    Plans.writerVersion,
    flow.table.columns.map(({ name, required, type }) => [name, typeName(type), required]),
    keyColumns(flow),
    [codec, rowsPerGroup, bytesPerGroup, rowsPerFile],
    members.map(({ extract, extractAt, generation }) => [extract, extractAt, generation]),
  ])
  return ConditionalWrite.hex(digest.sha256(Utf8.encode(named)).subarray(0, 16))
})

function* batchesOf(
  table: TableSchema,
  date: CivilDate,
  day: string,
  plan: Plan,
  rows: Iterable<Row>,
): Generator<PartitionBatch> {
  const builder = ColumnBatchBuilder.make(table)
  const take = () => ({ day, date, batch: builder.take(), origins: [] })
  for (const { values } of rows) {
    values.forEach((value, column) => builder.set(column, value))
    builder.endRow()
    if (builder.rows() >= plan.rowsPerGroup || builder.bytes() >= plan.bytesPerGroup) yield take()
  }
  if (builder.rows() > 0) yield take()
}

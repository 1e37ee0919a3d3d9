/**
 * Collects an input's records: rows into one batch per partition, the rest into counts and a list of what was rejected.
 *
 * When a batch is full depends on the rows alone, never on how the bytes were cut or on the clock: the same input gives the same batches.
 *
 * @since 0.1.0
 */
import type { ColumnBatch } from "../ColumnBatch.ts"
import * as ColumnBatchBuilder from "../ColumnBatchBuilder.ts"
import type { RowTarget } from "../mapping/RowMapping.ts"
import type { TableSchema } from "../TableSchema.ts"
import { type CivilDate, formatDay } from "../Timestamp.ts"
import type { RecordOrigin, RecordOutput, RejectedRecord } from "./RecordReader.ts"

/**
 * A full batch of one partition. `origins` has one entry per row where they were asked for, else none.
 *
 * @category models
 * @since 0.1.0
 */
export interface PartitionBatch {
  readonly day: string
  readonly date: CivilDate
  readonly batch: ColumnBatch
  readonly origins: ReadonlyArray<RecordOrigin>
}

/**
 * @category models
 * @since 0.1.0
 */
export interface RecordCounts {
  rows: number
  filtered: number
  duplicate: number
  quarantined: number
}

/**
 * @category models
 * @since 0.1.0
 */
export interface RecordCollector {
  readonly output: RecordOutput
  readonly counts: RecordCounts
  /** Batches that became full since the last call. */
  readonly takeFull: () => ReadonlyArray<PartitionBatch>
  /** All rows that are left, by day. */
  readonly takeRest: () => ReadonlyArray<PartitionBatch>
  readonly takeRejected: () => ReadonlyArray<RejectedRecord>
}

/**
 * `rowsPerGroup` and `bytesPerGroup` bound one batch; beyond `bufferBytes` in all, the largest batch goes first.
 *
 * @category models
 * @since 0.1.0
 */
export interface CollectorOptions {
  readonly table: TableSchema
  readonly rowsPerGroup: number
  readonly bytesPerGroup: number
  readonly bufferBytes: number
  readonly keepOrigins: boolean
}

interface Bucket {
  readonly date: CivilDate
  readonly builder: ColumnBatchBuilder.ColumnBatchBuilder
  origins: Array<RecordOrigin>
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: CollectorOptions): RecordCollector => {
  const { table } = options
  const buckets = new Map<string, Bucket>()
  const values: Array<ColumnBatchBuilder.Value> = table.columns.map(() => null)
  const partition = [0, 0, 0]
  const target: RowTarget = {
    setColumn: (column, value) => {
      values[column] = value
    },
    setPartition: (column, value) => {
      partition[column] = value
    },
  }
  const counts: RecordCounts = { rows: 0, filtered: 0, duplicate: 0, quarantined: 0 }
  let full: Array<PartitionBatch> = []
  let rejected: Array<RejectedRecord> = []
  let buffered = 0

  const take = (day: string, bucket: Bucket): PartitionBatch => {
    buffered -= bucket.builder.bytes()
    const { origins } = bucket
    bucket.origins = []
    return { day, date: bucket.date, batch: bucket.builder.take(), origins }
  }

  const addRow = (origin: () => RecordOrigin): void => {
    const date = { year: partition[0]!, month: partition[1]!, day: partition[2]! }
    const day = formatDay(date)
    let bucket = buckets.get(day)
    if (bucket === undefined)
      buckets.set(day, (bucket = { date, builder: ColumnBatchBuilder.make(table), origins: [] }))
    const { builder } = bucket
    const before = builder.bytes()
    values.forEach((value, i) => builder.set(i, value))
    builder.endRow()
    buffered += builder.bytes() - before
    if (options.keepOrigins) bucket.origins.push(origin())
    if (builder.rows() >= options.rowsPerGroup || builder.bytes() >= options.bytesPerGroup) full.push(take(day, bucket))
    else if (buffered >= options.bufferBytes) full.push(take(...largest(buckets)))
  }

  const reject = (record: RejectedRecord): void => {
    counts.quarantined++
    rejected.push(record)
  }

  return {
    counts,
    output: {
      filtered: (records) => {
        counts.filtered += records
      },
      duplicate: (records) => {
        counts.duplicate += records
      },
      rejected: reject,
      row: (origin, fill) => {
        values.fill(null)
        const rejection = fill(target)
        if (rejection !== undefined) return reject({ ...origin(), ...rejection })
        counts.rows++
        addRow(origin)
      },
    },
    takeFull: () => {
      const taken = full
      full = []
      return taken
    },
    takeRest: () =>
      Array.from(buckets)
        .filter(([, bucket]) => bucket.builder.rows() > 0)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([day, bucket]) => take(day, bucket)),
    takeRejected: () => {
      const taken = rejected
      rejected = []
      return taken
    },
  }
}

/** The most bytes; of equals, the earliest day, so that the choice is the same every time. */
const largest = (buckets: ReadonlyMap<string, Bucket>): readonly [string, Bucket] =>
  Array.from(buckets).reduce((a, b) => {
    const [more, less] = [b[1].builder.bytes(), a[1].builder.bytes()]
    return more > less || (more === less && b[0] < a[0]) ? b : a
  })

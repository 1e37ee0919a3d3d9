/**
 * Collects rows into a column batch, value by value; the last row can be undone.
 *
 * @since 0.1.0
 */
import type { ColumnBatch, ColumnData } from "./ColumnBatch.ts"
import type { ColumnType, TableSchema } from "./TableSchema.ts"
import * as Utf8 from "./Utf8.ts"

/**
 * What a column's slot takes: bigint for int64, timestamp (µs) and decimal (unscaled); number for float64 and date (days since 1970); string for
 * string and json.
 *
 * @category models
 * @since 0.1.0
 */
export type Value = null | boolean | number | bigint | string

/**
 * A batch under construction. `set` fills a slot of the row at hand, `endRow` starts the next, `undoRow` forgets what was set since.
 *
 * @category models
 * @since 0.1.0
 */
export interface ColumnBatchBuilder {
  readonly schema: TableSchema
  readonly rows: () => number
  /** Bytes held so far, near enough for a batching limit; the same rows always give the same number. */
  readonly bytes: () => number
  readonly set: (column: number, value: Value) => void
  /** Slots not set are null. A null in a required column is a bug of the mapping, and throws. */
  readonly endRow: () => void
  readonly undoRow: () => void
  /** The rows so far; the builder is empty afterwards. */
  readonly take: () => ColumnBatch
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = (schema: TableSchema): ColumnBatchBuilder => {
  const pending: Array<Value> = schema.columns.map(() => null)
  let columns = schema.columns.map((column) => makeColumn(column.type))
  let rows = 0
  let bytes = 0
  const undoRow = () => void pending.fill(null)
  return {
    schema,
    rows: () => rows,
    bytes: () => bytes,
    set: (column, value) => {
      pending[column] = value
    },
    undoRow,
    endRow: () => {
      for (let i = 0; i < pending.length; i++) {
        const value = pending[i]!
        const column = schema.columns[i]!
        if (value === null && column.required)
          throw new Error(`column ${column.name} is required and was given no value`)
        bytes += columns[i]!.push(rows, value)
      }
      rows++
      undoRow()
    },
    take: () => {
      const batch = { schema, rows, columns: columns.map((column) => column.take(rows)) }
      columns = schema.columns.map((column) => makeColumn(column.type))
      rows = 0
      bytes = 0
      return batch
    },
  }
}

/**
 * A batch of rows in hand, values in the order of the schema's columns: for tests and small things.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromRows = (schema: TableSchema, rows: ReadonlyArray<ReadonlyArray<Value>>): ColumnBatch => {
  const builder = make(schema)
  for (const row of rows) {
    row.forEach((value, i) => builder.set(i, value))
    builder.endRow()
  }
  return builder.take()
}

interface ColumnBuilder {
  /** Appends the value of row `row`; answers how many bytes that took. */
  readonly push: (row: number, value: Value) => number
  readonly take: (rows: number) => ColumnData
}

const makeColumn = (type: ColumnType): ColumnBuilder => {
  switch (type.kind) {
    case "string":
    case "json":
      return strings()
    case "int64":
    case "timestamp":
    case "decimal":
      return fixed<bigint, BigInt64Array>(
        8,
        (n) => new BigInt64Array(n),
        0n,
        (values, validity) => ({ layout: "int64", values, ...validity }),
      )
    case "date":
      return fixed<number, Int32Array>(
        4,
        (n) => new Int32Array(n),
        0,
        (values, validity) => ({ layout: "int32", values, ...validity }),
      )
    case "float64":
      return fixed<number, Float64Array>(
        8,
        (n) => new Float64Array(n),
        0,
        (values, validity) => ({ layout: "float64", values, ...validity }),
      )
    case "boolean":
      return booleans()
  }
}

type Validity = { readonly validity?: Uint8Array }

interface Slots<A, V> {
  readonly length: number
  [index: number]: V
  set(from: A): void
  slice(start: number, end: number): A
}

const initialRows = 64

const grow = <V, A extends Slots<A, V>>(array: A, rows: number, make: (length: number) => A): A => {
  if (rows < array.length) return array
  const larger = make(array.length * 2)
  larger.set(array)
  return larger
}

const bits = (length: number) => new Uint8Array(length)

/** Bit per row; nothing is kept until the first null. */
const makeValidity = () => {
  let bitmap: Uint8Array | undefined
  return {
    push: (row: number, valid: boolean) => {
      if (bitmap === undefined) {
        if (valid) return
        bitmap = new Uint8Array(Math.max(16, (row >> 3) + 1))
        bitmap.fill(0xff, 0, row >> 3)
        bitmap[row >> 3] = (1 << (row & 7)) - 1
        return
      }
      bitmap = grow<number, Uint8Array>(bitmap, row >> 3, bits)
      if (valid) bitmap[row >> 3]! |= 1 << (row & 7)
    },
    take: (rows: number): Validity => (bitmap === undefined ? {} : { validity: bitmap.slice(0, (rows + 7) >> 3) }),
  }
}

const fixed = <V extends bigint | number, A extends Slots<A, V>>(
  width: number,
  make: (length: number) => A,
  zero: V,
  data: (values: A, validity: Validity) => ColumnData,
): ColumnBuilder => {
  let values = make(initialRows)
  const validity = makeValidity()
  return {
    push: (row, value) => {
      values = grow<V, A>(values, row, make)
      values[row] = value === null ? zero : (value as V)
      validity.push(row, value !== null)
      return width
    },
    take: (rows) => data(values.slice(0, rows), validity.take(rows)),
  }
}

const booleans = (): ColumnBuilder => {
  const inner = fixed<number, Uint8Array>(1, bits, 0, (values, validity) => ({
    layout: "boolean",
    values,
    ...validity,
  }))
  return { push: (row, value) => inner.push(row, value === null ? null : value === true ? 1 : 0), take: inner.take }
}

const strings = (): ColumnBuilder => {
  const known = new Map<string, number>()
  let codes = new Int32Array(initialRows)
  let offsets = new Int32Array(initialRows)
  let arena: Uint8Array = new Uint8Array(1024)
  let used = 0
  const validity = makeValidity()
  const ints = (length: number) => new Int32Array(length)
  const intern = (text: string): number => {
    const existing = known.get(text)
    if (existing !== undefined) return existing
    const code = known.size
    known.set(text, code)
    while (used + text.length * 3 > arena.length) arena = grow<number, Uint8Array>(arena, arena.length, bits)
    used = Utf8.encodeInto(text, arena, used)
    offsets = grow<number, Int32Array<ArrayBuffer>>(offsets, code + 1, ints)
    offsets[code + 1] = used
    return code
  }
  return {
    push: (row, value) => {
      codes = grow<number, Int32Array<ArrayBuffer>>(codes, row, ints)
      const before = used
      codes[row] = value === null ? 0 : intern(value as string)
      validity.push(row, value !== null)
      return 4 + used - before
    },
    take: (rows) => ({
      layout: "strings",
      codes: codes.slice(0, rows),
      dictionary: { offsets: offsets.slice(0, known.size + 1), bytes: arena.slice(0, used) },
      ...validity.take(rows),
    }),
  }
}

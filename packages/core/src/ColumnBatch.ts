/**
 * Rows as columns, in the layout of Apache Arrow: what moves between mapping, batching and sinks.
 *
 * A column has one value slot per row, null or not. `validity` holds one bit per row, least significant first, 1 for a value; it is absent where no
 * value is null. Strings are dictionary-coded: `codes` point into a dictionary whose entries lie in one byte arena, UTF-8, end to end; the code of a null is 0. A Parquet
 * page of a column without nulls, and an Arrow vector of any column but strings, is a view of these arrays.
 *
 * @since 0.1.0
 */
import type { Cell } from "./QueryEngine.ts"
import type { Column, TableSchema } from "./TableSchema.ts"
import * as Timestamp from "./Timestamp.ts"
import * as Utf8 from "./Utf8.ts"

/**
 * The distinct strings of a column: entry `i` is `bytes[offsets[i] .. offsets[i + 1])`.
 *
 * @category models
 * @since 0.1.0
 */
export interface Dictionary {
  readonly offsets: Int32Array
  readonly bytes: Uint8Array
}

/**
 * The values of one column. `int64` holds int64, timestamp (µs) and decimal (unscaled) columns; `strings` holds string and json columns;
 * `int32` holds dates (days since 1970).
 *
 * @category models
 * @since 0.1.0
 */
export type ColumnData =
  | { readonly layout: "int64"; readonly values: BigInt64Array; readonly validity?: Uint8Array | undefined }
  | { readonly layout: "int32"; readonly values: Int32Array; readonly validity?: Uint8Array | undefined }
  | { readonly layout: "float64"; readonly values: Float64Array; readonly validity?: Uint8Array | undefined }
  | { readonly layout: "boolean"; readonly values: Uint8Array; readonly validity?: Uint8Array | undefined }
  | {
      readonly layout: "strings"
      readonly codes: Int32Array
      readonly dictionary: Dictionary
      readonly validity?: Uint8Array | undefined
    }

/**
 * Rows of a table as columns, in the order of its schema.
 *
 * @category models
 * @since 0.1.0
 */
export interface ColumnBatch {
  readonly schema: TableSchema
  readonly rows: number
  readonly columns: ReadonlyArray<ColumnData>
}

/**
 * Whether row `row` of the column holds a value.
 *
 * @category getters
 * @since 0.1.0
 */
export const isValid = (column: ColumnData, row: number): boolean =>
  column.validity === undefined || ((column.validity[row >> 3]! >> (row & 7)) & 1) === 1

/**
 * Entry `code` of a dictionary as a string.
 *
 * @category getters
 * @since 0.1.0
 */
export const dictionaryEntry = (dictionary: Dictionary, code: number): string =>
  Utf8.decodeUnsafe(dictionary.bytes, dictionary.offsets[code], dictionary.offsets[code + 1])

/**
 * The value of a cell in the words of query results: bigint for int64, ISO 8601 for timestamps, text for json and decimal.
 *
 * @category getters
 * @since 0.1.0
 */
export const cell = (column: Column, data: ColumnData, row: number): Cell => {
  if (!isValid(data, row)) return null
  switch (data.layout) {
    case "strings":
      return dictionaryEntry(data.dictionary, data.codes[row]!)
    case "float64":
      return data.values[row]!
    case "boolean":
      return data.values[row] === 1
    case "int32":
      return Timestamp.formatDate(data.values[row]!)
    case "int64": {
      const value = data.values[row]!
      if (column.type.kind === "timestamp") return Timestamp.formatMicros(value)
      return column.type.kind === "decimal" ? formatDecimal(value, column.type.scale) : value
    }
  }
}

/**
 * The rows as arrays of cells: for tests, and for people. Not for a hot path.
 *
 * @category conversions
 * @since 0.1.0
 */
export const toRows = (batch: ColumnBatch): ReadonlyArray<ReadonlyArray<Cell>> =>
  Array.from({ length: batch.rows }, (_, row) =>
    batch.schema.columns.map((column, i) => cell(column, batch.columns[i]!, row)),
  )

/**
 * Bytes that the batch's arrays hold: what batching counts against its limit.
 *
 * @category getters
 * @since 0.1.0
 */
export const byteLength = (batch: ColumnBatch): number =>
  batch.columns.reduce((sum, column) => {
    const values =
      column.layout === "strings"
        ? column.codes.byteLength + column.dictionary.offsets.byteLength + column.dictionary.bytes.byteLength
        : column.values.byteLength
    return sum + values + (column.validity?.byteLength ?? 0)
  }, 0)

/**
 * An unscaled value with its point: `12345n` with scale 2 is `123.45`.
 *
 * @category formatting
 * @since 0.1.0
 */
export const formatDecimal = (unscaled: bigint, scale: number): string => {
  if (scale === 0) return unscaled.toString()
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, "0")
  return `${unscaled < 0n ? "-" : ""}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

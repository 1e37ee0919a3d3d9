/** Values on their way in and out: the one place that knows how BigQuery writes each of them. */
import * as ColumnBatch from "@tributary/core/ColumnBatch"
import type { Cell } from "@tributary/core/QueryEngine"
import type { Column } from "@tributary/core/TableSchema"
import * as Timestamp from "@tributary/core/Timestamp"
import { canonicalType, type Field } from "./types.ts"

/** A cell as JSON text for insertAll, `undefined` for null, or why BigQuery can never hold it. */
export type Encoded = string | undefined | { readonly refused: string }

/** Reads one column row by row. */
export type Encoder = (row: number) => Encoded

const minDay = Timestamp.toDays({ year: 1, month: 1, day: 1 })
const maxDay = Timestamp.toDays({ year: 9999, month: 12, day: 31 })

/**
 * The encoder of a column. int64 and decimal go as strings of digits, as a JSON number loses them beyond 2^53; a timestamp as ISO 8601 with µs; a
 * JSON column takes its text as a string, an object is refused as "not a record" (kafka-connect-bigquery #370). NaN and the infinities have no
 * place in JSON and none in a table that others add up.
 */
export const encoder = (column: Column, data: ColumnBatch.ColumnData): Encoder => {
  const encode = valueEncoder(column, data)
  return (row) => (ColumnBatch.isValid(data, row) ? encode(row) : undefined)
}

const valueEncoder = (column: Column, data: ColumnBatch.ColumnData): Encoder => {
  switch (data.layout) {
    case "strings":
      return stringEncoder(data.dictionary, data.codes)
    case "float64":
      return (row) => {
        const value = data.values[row]!
        if (!Number.isFinite(value)) return { refused: `${column.name} is ${value}, which is no number` }
        return Object.is(value, -0) ? "-0.0" : JSON.stringify(value)
      }
    case "boolean":
      return (row) => (data.values[row] === 1 ? "true" : "false")
    case "int32":
      return (row) => {
        const days = data.values[row]!
        return days >= minDay && days <= maxDay ? `"${Timestamp.formatDate(days)}"` : outOfRange(column, `day ${days}`)
      }
    case "int64":
      if (column.type.kind !== "timestamp") return (row) => `"${ColumnBatch.cell(column, data, row)}"`
      return (row) => {
        const micros = data.values[row]!
        return micros >= Timestamp.minMicros && micros < Timestamp.endMicros
          ? `"${Timestamp.formatMicros(micros)}"`
          : outOfRange(column, `${micros} µs`)
      }
  }
}

const outOfRange = (column: Column, value: string): Encoded => ({
  refused: `${column.name} is ${value} from 1970, outside of the years 0001 to 9999`,
})

/** Each string of the dictionary is decoded once. */
const stringEncoder = (dictionary: ColumnBatch.Dictionary, codes: Int32Array): Encoder => {
  const known: Array<string | undefined> = []
  return (row) => (known[codes[row]!] ??= JSON.stringify(ColumnBatch.dictionaryEntry(dictionary, codes[row]!)))
}

/**
 * A cell of a result as the port words it. `value` is what jobs.getQueryResults answers with `useInt64Timestamp`: a string, null, or for repeated
 * and nested fields the `{ v }` and `{ f: [{ v }] }` wrappers, which become JSON text.
 */
export const decodeCell = (field: Field, value: unknown): Cell => {
  if (value === null || value === undefined) return null
  if (field.mode === "REPEATED" || isStruct(field)) return JSON.stringify(plain(field, value))
  return decodeText(field, typeof value === "string" ? value : JSON.stringify(value))
}

const decodeText = (field: Field, text: string): Cell => {
  switch (canonicalType(field.type)) {
    case "INT64":
      return BigInt(text)
    case "FLOAT64":
      return Number(text)
    case "BOOL":
      return text.toLowerCase() === "true"
    case "TIMESTAMP":
      return Timestamp.formatMicros(BigInt(text))
    case "NUMERIC":
    case "BIGNUMERIC":
      return decimalText(text, Number(field.scale ?? 0))
    default:
      return text
  }
}

/** As many digits behind the point as the type asks for, and no further zeros: how many a server adds is its own taste. */
const decimalText = (text: string, scale: number): string => {
  const [whole = "", fraction = ""] = text.split(".")
  const digits = fraction.replace(/0+$/, "").padEnd(scale, "0")
  return digits === "" ? whole : `${whole}.${digits}`
}

const isStruct = (field: Field): boolean => canonicalType(field.type) === "STRUCT"

/** A value without its wrappers. */
const plain = (field: Field, value: unknown): unknown =>
  field.mode === "REPEATED" ? list(value).map((item) => plainItem(field, unwrap(item))) : plainItem(field, value)

/** int64 stays a string of digits, which JSON cannot lose. */
const plainItem = (field: Field, value: unknown): unknown => {
  if (typeof value === "string" && !isStruct(field)) {
    const cell = decodeText(field, value)
    return typeof cell === "bigint" ? cell.toString() : cell
  }
  if (typeof value !== "object" || value === null || !("f" in value)) return value
  const cells = list(value.f)
  return Object.fromEntries((field.fields ?? []).map((inner, i) => [inner.name, plain(inner, unwrap(cells[i]))]))
}

const list = (value: unknown): ReadonlyArray<unknown> => (Array.isArray(value) ? value : [])

const unwrap = (item: unknown): unknown => (typeof item === "object" && item !== null && "v" in item ? item.v : null)

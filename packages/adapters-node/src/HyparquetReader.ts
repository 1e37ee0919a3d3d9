/**
 * Reads Parquet files by hyparquet: to verify what was written, and to judge it. Flat columns; zstd and gzip by `node:zlib`, snappy in JavaScript.
 *
 * @since 0.1.0
 */
import { formatDecimal } from "@tributary/core/ColumnBatch"
import * as ParquetReader from "@tributary/core/ParquetReader"
import * as PortError from "@tributary/core/PortError"
import type { Cell } from "@tributary/core/QueryEngine"
import * as Timestamp from "@tributary/core/Timestamp"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import {
  type AsyncBuffer,
  type FileMetaData,
  parquetMetadataAsync,
  type ParquetParsers,
  parquetRead,
  type SchemaElement,
} from "hyparquet"
import * as zlib from "node:zlib"
import { fromTwosComplement } from "./internal/decimal.ts"

/**
 * A reader; a file with nested columns is `Invalid`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (): ParquetReader.ParquetReader["Service"] => ({
  metadata: Effect.fn("HyparquetReader.metadata")(function* (file) {
    const footer = yield* read("metadata", () => footerOf(file))
    return {
      rows: Number(footer.num_rows),
      columns: columnsOf(footer).map((element) => ({
        name: element.name,
        type: typeOf(element),
        required: element.repetition_type === "REQUIRED",
      })),
      keyValues: Object.fromEntries((footer.key_value_metadata ?? []).map(({ key, value }) => [key, value ?? ""])),
    }
  }),
  rows: Effect.fn("HyparquetReader.rows")(function* (file) {
    return yield* read("rows", async () => {
      const footer = await footerOf(file)
      const convert = columnsOf(footer).map(cellOf)
      let rows: Array<Array<Cell>> = []
      await parquetRead({
        file: bufferOf(file),
        metadata: withoutDecimals(footer),
        compressors: {
          ZSTD: (bytes, length) => zlib.zstdDecompressSync(bytes, { maxOutputLength: Math.max(length, 1) }),
          GZIP: (bytes, length) => zlib.gunzipSync(bytes, { maxOutputLength: Math.max(length, 1) }),
        },
        parsers,
        onComplete: (found: Array<Array<unknown>>) => {
          rows = found.map((row) =>
            row.map((value, i) => (value === null || value === undefined ? null : convert[i]!(value))),
          )
        },
      })
      return rows
    })
  }),
})

/**
 * A reader, as a layer.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<ParquetReader.ParquetReader> = Layer.sync(ParquetReader.ParquetReader, make)

const isReason = Schema.is(PortError.Reason)

/** What hyparquet throws means that the bytes are no Parquet; what the file's own `slice` fails with passes through. */
const read = <A>(call: string, run: () => Promise<A>): Effect.Effect<A, ParquetReader.ParquetReaderError> =>
  Effect.tryPromise({
    try: run,
    catch: (cause) =>
      new ParquetReader.ParquetReaderError({
        operation: `HyparquetReader.${call}`,
        reason: isReason(cause)
          ? cause
          : new PortError.Invalid({
              detail: `the file is no Parquet, or is cut: ${cause instanceof Error ? cause.message : String(cause)}`,
              cause,
            }),
      }),
  })

const bufferOf = (file: ParquetReader.RandomAccess): AsyncBuffer => ({
  byteLength: file.size,
  slice: async (start, end = file.size) => {
    const bytes = await Effect.runPromise(file.slice(start, end))
    if (bytes.length !== end - start) throw new Error(`${bytes.length} bytes where [${start}, ${end}) was asked for`)
    return bytes.buffer instanceof ArrayBuffer && bytes.byteLength === bytes.buffer.byteLength
      ? bytes.buffer
      : new Uint8Array(bytes).buffer
  },
})

/** A file is at least its two magic numbers and the footer's length (https://parquet.apache.org/docs/file-format/). */
const smallestFile = 12

const footerOf = async (file: ParquetReader.RandomAccess): Promise<FileMetaData> => {
  if (file.size < smallestFile) throw new Error(`${file.size} bytes are no file`)
  const footer = await parquetMetadataAsync(bufferOf(file), { geoparquet: false })
  const nested = footer.schema
    .slice(1)
    .find((element) => element.num_children !== undefined || element.repetition_type === "REPEATED")
  if (nested !== undefined) throw new Error(`column ${nested.name} is nested, which this reader does not know`)
  return footer
}

const columnsOf = (footer: FileMetaData): ReadonlyArray<SchemaElement> => footer.schema.slice(1)

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

const parsers: Partial<ParquetParsers> = {
  timestampFromMilliseconds: (millis) => Timestamp.formatMicros(millis * 1000n),
  timestampFromMicroseconds: Timestamp.formatMicros,
  timestampFromNanoseconds: (nanos) => Timestamp.formatMicros(nanos / 1000n),
  dateFromDays: Timestamp.formatDate,
  stringFromBytes: (bytes) => decoder.decode(bytes),
  jsonFromBytes: (bytes) => decoder.decode(bytes),
}

/** hyparquet turns decimals to floating point: it is shown plain numbers instead. */
const withoutDecimals = (footer: FileMetaData): FileMetaData => ({
  ...footer,
  schema: footer.schema.map((element) => {
    if (decimalOf(element) === undefined) return element
    const { converted_type: _, logical_type: __, ...plain } = element
    return plain
  }),
})

const decimalOf = (element: SchemaElement): { readonly precision: number; readonly scale: number } | undefined => {
  if (element.logical_type?.type === "DECIMAL") return element.logical_type
  return element.converted_type === "DECIMAL"
    ? { precision: element.precision ?? 0, scale: element.scale ?? 0 }
    : undefined
}

/** The logical type in this project's words; Parquet's own where there is none. */
const typeOf = (element: SchemaElement): string => {
  const decimal = decimalOf(element)
  if (decimal !== undefined) return `decimal(${decimal.precision},${decimal.scale})`
  const { type, converted_type, logical_type } = element
  if (logical_type?.type === "TIMESTAMP" || converted_type?.startsWith("TIMESTAMP")) return "timestamp"
  if (logical_type?.type === "DATE" || converted_type === "DATE") return "date"
  if (logical_type?.type === "STRING" || converted_type === "UTF8") return "string"
  if (logical_type?.type === "JSON" || converted_type === "JSON") return "json"
  switch (type) {
    case "INT64":
    case "INT32":
      return "int64"
    case "DOUBLE":
    case "FLOAT":
      return "float64"
    case "BOOLEAN":
      return "boolean"
    default:
      return (type ?? "group").toLowerCase()
  }
}

const cellOf = (element: SchemaElement): ((value: unknown) => Cell) => {
  const decimal = decimalOf(element)
  if (decimal !== undefined) {
    return (value) =>
      formatDecimal(
        value instanceof Uint8Array ? fromTwosComplement(value) : BigInt(value as bigint | number),
        decimal.scale,
      )
  }
  if (typeOf(element) === "int64") return (value) => BigInt(value as bigint | number)
  return (value) => {
    if (
      typeof value === "string" ||
      typeof value === "number" ||
      typeof value === "boolean" ||
      typeof value === "bigint"
    )
      return value
    throw new Error(`column ${element.name} holds ${element.type ?? "groups"}, which this reader does not know`)
  }
}

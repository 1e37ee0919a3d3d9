/**
 * Column batches as Arrow record batches, and as the bytes of Arrow's IPC format.
 *
 * @since 0.1.0
 */
import {
  Bool,
  type Data,
  DateDay,
  Decimal,
  Dictionary,
  Float64,
  Int64,
  makeData,
  RecordBatch,
  RecordBatchStreamWriter,
  type Schema,
  Struct,
  TimestampMicrosecond,
  Utf8,
  Vector,
} from "apache-arrow"
import type * as Arr from "effect/Array"
import * as Equal from "effect/Equal"
import { type ColumnBatch, type ColumnData, isValid } from "../ColumnBatch.ts"
import { type ArrowOptions, arrowSchema } from "./ArrowTypes.ts"

/**
 * The batch as an Arrow record batch that shares its arrays: int64, timestamp, date, float64, dictionary codes, dictionaries and validity are
 * the same memory. Booleans are packed into bits and decimals widened to 128 bits, which copies them; so do strings with `strings: "plain"`.
 *
 * @category conversions
 * @since 0.1.0
 */
export const toRecordBatch = (batch: ColumnBatch, options: ArrowOptions = {}): RecordBatch =>
  withSchema(batch, arrowSchema(batch.schema, options))

/**
 * The batches as one stream of Arrow's IPC format (schema, dictionaries, record batches, end); the same batches always give the same bytes.
 * Every batch brings its own dictionaries. Throws where the batches are not of one table.
 *
 * @category encoding
 * @since 0.1.0
 */
export const toIpc = (batches: Arr.NonEmptyReadonlyArray<ColumnBatch>, options: ArrowOptions = {}): Uint8Array => {
  const table = batches[0].schema
  if (!batches.every((batch) => Equal.equals(batch.schema, table)))
    throw new Error("an Arrow stream holds batches of one table schema")
  const schema = arrowSchema(table, options)
  return RecordBatchStreamWriter.writeAll(batches.map((batch) => withSchema(batch, schema))).toUint8Array(true)
}

/**
 * The batch as two IPC messages, schema and record batch, each with its length prefix and without the end of a stream: what BigQuery's Storage
 * Write API takes as `serialized_schema` and `serialized_record_batch`. Strings are plain, since a dictionary would be a third message.
 *
 * @category encoding
 * @since 0.1.0
 */
export const toIpcMessages = (
  batch: ColumnBatch,
): { readonly schema: Uint8Array; readonly recordBatch: Uint8Array } => {
  const stream = toIpc([batch], { strings: "plain" })
  // A message is 0xffffffff, the length of its metadata, the metadata, and a body, which a schema has not.
  const schemaEnd = 8 + new DataView(stream.buffer, stream.byteOffset).getInt32(4, true)
  return {
    schema: stream.subarray(0, schemaEnd),
    recordBatch: stream.subarray(schemaEnd, stream.length - endOfStreamBytes),
  }
}

/** 0xffffffff and a length of 0. */
const endOfStreamBytes = 8

const withSchema = (batch: ColumnBatch, schema: Schema): RecordBatch =>
  new RecordBatch(
    schema,
    makeData({
      type: new Struct(schema.fields),
      length: batch.rows,
      nullCount: 0,
      children: schema.fields.map((field, i) => toData(field.type, batch.columns[i]!, batch.rows)),
    }),
  )

const toData = (type: Schema["fields"][number]["type"], column: ColumnData, length: number): Data => {
  const slots = { length, ...(column.validity === undefined ? {} : { nullBitmap: column.validity }) }
  switch (column.layout) {
    case "int64":
      if (type instanceof Decimal) return makeData({ type, data: widened(column.values, length), ...slots })
      return type instanceof TimestampMicrosecond
        ? makeData({ type, data: column.values, ...slots })
        : makeData({ type: new Int64(), data: column.values, ...slots })
    case "int32":
      return makeData({ type: new DateDay(), data: column.values, ...slots })
    case "float64":
      return makeData({ type: new Float64(), data: column.values, ...slots })
    case "boolean":
      return makeData({ type: new Bool(), data: packed(column.values, length), ...slots })
    case "strings": {
      if (!(type instanceof Dictionary)) return makeData({ type: new Utf8(), ...expanded(column, length), ...slots })
      const { offsets, bytes } = column.dictionary
      const dictionary = new Vector([
        makeData({ type: new Utf8(), valueOffsets: offsets, data: bytes, length: offsets.length - 1 }),
      ])
      return makeData({ type, data: column.codes, dictionary, ...slots })
    }
  }
}

/** Two's complement over 16 bytes, little-endian: the low half is the value, the high half repeats its sign. */
const widened = (values: BigInt64Array, length: number): Uint32Array => {
  const halves = new BigInt64Array(length * 2)
  for (let i = 0; i < length; i++) {
    const value = values[i]!
    halves[2 * i] = value
    halves[2 * i + 1] = value >> 63n
  }
  return new Uint32Array(halves.buffer)
}

const packed = (values: Uint8Array, length: number): Uint8Array => {
  const bits = new Uint8Array((length + 7) >> 3)
  for (let i = 0; i < length; i++) bits[i >> 3]! |= values[i]! << (i & 7)
  return bits
}

const expanded = (
  column: Extract<ColumnData, { readonly layout: "strings" }>,
  length: number,
): { readonly valueOffsets: Int32Array; readonly data: Uint8Array } => {
  const { offsets, bytes } = column.dictionary
  const valueOffsets = new Int32Array(length + 1)
  let size = 0
  for (let i = 0; i < length; i++) {
    const code = column.codes[i]!
    if (isValid(column, i)) size += offsets[code + 1]! - offsets[code]!
    if (size > maxPlainBytes)
      throw new Error("the strings of one column are over 2 GiB, which Arrow's utf8 cannot hold")
    valueOffsets[i + 1] = size
  }
  const data = new Uint8Array(size)
  for (let i = 0; i < length; i++) {
    if (valueOffsets[i + 1]! > valueOffsets[i]!) {
      const code = column.codes[i]!
      data.set(bytes.subarray(offsets[code], offsets[code + 1]), valueOffsets[i])
    }
  }
  return { valueOffsets, data }
}

/** Offsets of Arrow's utf8 are int32. */
const maxPlainBytes = 2 ** 31 - 1

/**
 * Arrow record batches as column batches.
 *
 * @since 0.1.0
 */
import { type Data, DataType, type RecordBatch, Type } from "apache-arrow"
import type { ColumnBatch, ColumnData, Dictionary } from "../ColumnBatch.ts"
import type { Column, TableSchema } from "../TableSchema.ts"
import * as Utf8 from "../Utf8.ts"
import { isReadableAs } from "./ArrowTypes.ts"

/**
 * The columns of the table, found by name in an Arrow record batch; others are left alone. Fixed-width values, dictionary codes, a dictionary in
 * one piece and validity are shared, not copied; booleans, decimals, plain strings and bitmaps that begin within a byte are copied.
 *
 * Throws where a column is missing, has another type (see {@link arrowSchema}; plain utf8 is taken too), or holds a null though it is required,
 * and where a decimal is beyond 18 digits: whoever made the batch did not make it for this table.
 *
 * @category conversions
 * @since 0.1.0
 */
export const fromRecordBatch = (table: TableSchema, recordBatch: RecordBatch): ColumnBatch => ({
  schema: table,
  rows: recordBatch.numRows,
  columns: table.columns.map((column) => {
    const index = recordBatch.schema.fields.findIndex((field) => field.name === column.name)
    const data = recordBatch.data.children[index]
    if (data === undefined) return refuse(column, "missing in the Arrow batch")
    if (!isReadableAs(column, data.type))
      return refuse(column, `${column.type.kind} here, ${Type[data.typeId]} in the Arrow batch`)
    if (column.required && data.nullCount > 0) return refuse(column, "required here, null in the Arrow batch")
    return toColumn(column, data)
  }),
})

const refuse = (column: Column, why: string): never => {
  throw new Error(`column ${column.name} is ${why}`)
}

const toColumn = (column: Column, data: Data): ColumnData => {
  const bitmap = validityOf(data)
  const validity = bitmap === undefined ? {} : { validity: bitmap }
  switch (column.type.kind) {
    case "int64":
    case "timestamp":
      return { layout: "int64", values: data.values.subarray(0, data.length), ...validity }
    case "decimal":
      return { layout: "int64", values: narrowed(column, data), ...validity }
    case "date":
      return { layout: "int32", values: data.values.subarray(0, data.length), ...validity }
    case "float64":
      return { layout: "float64", values: data.values.subarray(0, data.length), ...validity }
    case "boolean":
      return { layout: "boolean", values: unpacked(data.values, data.offset, data.length), ...validity }
    case "string":
    case "json":
      return DataType.isDictionary(data.type)
        ? {
            layout: "strings",
            codes: data.values.subarray(0, data.length),
            dictionary: joined(column, data),
            ...validity,
          }
        : { layout: "strings", ...interned(data), ...validity }
  }
}

const validityOf = (data: Data): Uint8Array | undefined => {
  if (data.nullCount === 0) return undefined
  const { length, nullBitmap, offset } = data
  if ((offset & 7) === 0) return nullBitmap.subarray(offset >> 3, (offset + length + 7) >> 3)
  const shifted = new Uint8Array((length + 7) >> 3)
  for (let i = 0; i < length; i++) shifted[i >> 3]! |= bit(nullBitmap, offset + i) << (i & 7)
  return shifted
}

const bit = (bits: Uint8Array, at: number): number => (bits[at >> 3]! >> (at & 7)) & 1

const unpacked = (bits: Uint8Array, offset: number, length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => bit(bits, offset + i))

/** A copy of the words, so that they can be read by halves of 64 bits wherever they lay. */
const narrowed = (column: Column, data: Data): BigInt64Array => {
  const halves = new BigInt64Array(Uint32Array.from(data.values.subarray(0, data.length * 4)).buffer)
  return BigInt64Array.from({ length: data.length }, (_, i) => {
    const value = halves[2 * i]!
    return data.getValid(i) && halves[2 * i + 1] !== value >> 63n
      ? refuse(column, "a decimal beyond 64 bits in the Arrow batch")
      : value
  })
}

/** The dictionary, with the pieces that delta messages added copied end to end. */
const joined = (column: Column, data: Data): Dictionary => {
  const pieces = (data.dictionary?.data ?? []).map((piece): Dictionary => {
    if (piece.nullCount > 0) return refuse(column, "dictionary-coded with a null in the dictionary of the Arrow batch")
    const offsets = offsetsOf(piece)
    return { offsets, bytes: piece.values.subarray(0, offsets.at(-1)) }
  })
  if (pieces.length === 1) return pieces[0]!
  const offsets = [0]
  const contents = pieces.map((piece) => {
    const [start = 0] = piece.offsets
    const shift = offsets.at(-1)! - start
    for (const end of piece.offsets.subarray(1)) offsets.push(shift + end)
    return piece.bytes.subarray(start)
  })
  return { offsets: Int32Array.from(offsets), bytes: concat(contents) }
}

const concat = (pieces: ReadonlyArray<Uint8Array>): Uint8Array => {
  const joint = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    joint.set(piece, at)
    at += piece.length
  }
  return joint
}

/** Buffers read from a stream are padded: only so many entries are the data's. */
const offsetsOf = (data: Data): Int32Array =>
  data.length === 0 ? new Int32Array(1) : data.valueOffsets.subarray(0, data.length + 1)

const interned = (data: Data): { readonly codes: Int32Array; readonly dictionary: Dictionary } => {
  const offsets = offsetsOf(data)
  const known = new Map<string, number>()
  const codes = Int32Array.from({ length: data.length }, (_, i) => {
    if (!data.getValid(i)) return 0
    const text = Utf8.decodeUnsafe(data.values, offsets[i], offsets[i + 1])
    const code = known.get(text) ?? known.size
    known.set(text, code)
    return code
  })
  const entries = Array.from(known.keys(), Utf8.encode)
  const ends = new Int32Array(entries.length + 1)
  entries.forEach((entry, i) => {
    ends[i + 1] = ends[i]! + entry.length
  })
  return { codes, dictionary: { offsets: ends, bytes: concat(entries) } }
}

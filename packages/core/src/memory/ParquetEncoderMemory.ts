/**
 * {@link ParquetEncoder} in memory. **What it writes is not Parquet**: it is JSON Lines, which only {@link ParquetReaderMemory} reads.
 *
 * The first line names the format and the columns, each batch is a line of rows, the last line holds the number of rows and the metadata. Cells stand
 * as they do in query results; an int64 is a string of digits, and so are floats that JSON lacks (`NaN`, `Infinity`, `-Infinity`, `-0`). The codec is
 * written down and not applied. It lets everything about the encoder be tested without one: same batches, same bytes; and what was written is read.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type ColumnBatch, toRows } from "../ColumnBatch.ts"
import { ParquetEncoder, type ParquetFile, type ParquetOptions } from "../ParquetEncoder.ts"
import type { Cell } from "../QueryEngine.ts"
import { type TableSchema, typeName } from "../TableSchema.ts"
import * as Utf8 from "../Utf8.ts"

/**
 * The first word of a file, and its version.
 *
 * @category constants
 * @since 0.1.0
 */
export const format = "tributary-rows/1"

/**
 * The encoder. Writing to a finished file is a bug and dies.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make: ParquetEncoder["Service"] = ParquetEncoder.of({
  open: Effect.fn("ParquetEncoderMemory.open")((schema: TableSchema, options: ParquetOptions) =>
    Effect.sync((): ParquetFile => {
      const columns = schema.columns.map(({ name, type, required }) => ({ name, type: typeName(type), required }))
      const header = line({ format, codec: options.codec, columns })
      let rows = 0
      let begun = false
      let finished = false
      /** The header goes out with the first piece. */
      const begin = (): ReadonlyArray<Uint8Array> => {
        const pieces = begun ? [] : [header]
        begun = true
        return pieces
      }
      return {
        write: (batch: ColumnBatch) =>
          Effect.suspend(() => {
            if (finished) return Effect.die(new Error("a file was written to after it was finished"))
            if (batch.rows === 0) return Effect.succeed([])
            rows += batch.rows
            return Effect.succeed([...begin(), line(toRows(batch).map((row) => row.map(toJson)))])
          }),
        finish: Effect.sync(() => {
          finished = true
          const metadata = Object.entries(options.metadata).toSorted(([a], [b]) => (a < b ? -1 : 1))
          return [line({ rows, metadata })] as const
        }).pipe(Effect.map(([footer]) => (begun ? [footer] : [header, footer]))),
      }
    }),
  ),
})

/**
 * The encoder as a layer.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<ParquetEncoder> = Layer.succeed(ParquetEncoder, make)

const line = (value: unknown): Uint8Array => Utf8.encode(`${JSON.stringify(value)}\n`)

const toJson = (cell: Cell): null | boolean | number | string => {
  if (typeof cell === "bigint") return cell.toString()
  if (typeof cell !== "number") return cell
  return Object.is(cell, -0) ? "-0" : Number.isFinite(cell) ? cell : String(cell)
}

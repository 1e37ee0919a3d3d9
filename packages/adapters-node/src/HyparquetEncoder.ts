/**
 * Parquet files by hyparquet-writer: pure JavaScript, row group by row group, each held in memory while it is encoded.
 *
 * Data pages of version 2; dictionaries where they at least halve a column; statistics per column chunk, of strings 16 bytes, rounded and marked as such.
 * The library takes typed arrays and byte views, so int64, float64 and strings without nulls are not boxed on the way in.
 *
 * @since 0.1.0
 */
import * as ColumnBatch from "@tributary/core/ColumnBatch"
import * as Compression from "@tributary/core/Compression"
import * as ParquetEncoder from "@tributary/core/ParquetEncoder"
import * as PortError from "@tributary/core/PortError"
import { type Column, qualifiedName, type TableSchema } from "@tributary/core/TableSchema"
import type * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { CompressionCodec, DecodedArray, SchemaElement } from "hyparquet"
import { ByteWriter } from "hyparquet-writer/src/bytewriter.js"
import { ParquetWriter } from "hyparquet-writer/src/parquet-writer.js"
import type { ColumnSource, Compressors } from "hyparquet-writer/src/types.js"

/** `<application> version <version> (build <hash>)`, as parquet-format asks; fixed, so that the same rows give the same bytes. */
const createdBy = "tributary version 0.1.0 (build hyparquet-writer-0.17.0)"

/**
 * An encoder whose pages the {@link Compression} port compresses, each codec at its default level.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make: Effect.Effect<ParquetEncoder.ParquetEncoder["Service"], never, Compression.Compression> = Effect.gen(
  function* () {
    const { compressPage } = yield* Compression.Compression
    const compressors: Compressors = {
      SNAPPY: (bytes) => compressPage("snappy", bytes),
      GZIP: (bytes) => compressPage("gzip", bytes),
      ZSTD: (bytes) => compressPage("zstd", bytes),
    }
    return {
      open: Effect.fn("HyparquetEncoder.open")(function* (schema, options) {
        if (schema.columns.length === 0) {
          return yield* failed("open", new PortError.Invalid({ detail: `${qualifiedName(schema)} has no columns` }))
        }
        return openFile(schema, options, compressors)
      }),
    }
  },
)

/**
 * An encoder, as a layer.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<ParquetEncoder.ParquetEncoder, never, Compression.Compression> = Layer.effect(
  ParquetEncoder.ParquetEncoder,
  make,
)

const failed = (call: string, reason: PortError.Reason): ParquetEncoder.ParquetEncoderError =>
  new ParquetEncoder.ParquetEncoderError({ operation: `HyparquetEncoder.${call}`, reason })

const openFile = (
  schema: TableSchema,
  { codec, metadata }: ParquetEncoder.ParquetOptions,
  compressors: Compressors,
): ParquetEncoder.ParquetFile => {
  const pieces: Array<Uint8Array> = []
  const buffer = new ByteWriter()
  /** Hands over what was written, buffer and all, instead of copying it. */
  const flush = () => {
    if (buffer.index === 0) return
    pieces.push(buffer.getBytes())
    buffer.buffer = new ArrayBuffer(1024)
    buffer.view = new DataView(buffer.buffer)
    buffer.index = 0
  }
  const writer = new ParquetWriter({
    writer: Object.assign(buffer, { flush, finish: flush }),
    schema: [{ name: "schema", num_children: schema.columns.length }, ...schema.columns.map(elementOf)],
    codec: codec.toUpperCase() as CompressionCodec,
    compressors,
    createdBy,
    kvMetadata: Object.keys(metadata)
      .toSorted()
      .map((key) => ({ key, value: metadata[key]! })),
  })
  let closed: string | undefined
  // A batch that fails half-way has left bytes in the file: it can only be thrown away.
  const step = (call: string, run: () => void) =>
    Effect.suspend(() =>
      closed === undefined
        ? Effect.try({
            try: () => {
              run()
              return pieces.splice(0)
            },
            catch: (cause) => {
              closed = "a batch could not be encoded"
              return failed(
                call,
                new PortError.Invalid({ detail: cause instanceof Error ? cause.message : String(cause), cause }),
              )
            },
          })
        : Effect.fail(failed(call, new PortError.Invalid({ detail: `the file takes nothing more: ${closed}` }))),
    )
  return {
    write: Effect.fn("HyparquetEncoder.write")((batch: ColumnBatch.ColumnBatch) =>
      step("write", () => {
        if (batch.columns.length !== schema.columns.length) {
          throw new Error(
            `the batch has ${batch.columns.length} columns, ${qualifiedName(schema)} has ${schema.columns.length}`,
          )
        }
        if (batch.rows === 0) return
        const columnData = schema.columns.map((column, i) => sourceOf(column, batch.columns[i]!, batch.rows))
        void writer.write({ columnData, rowGroupSize: batch.rows })
      }),
    ),
    finish: step("finish", () => {
      void writer.finish()
      closed = "it is finished"
    }).pipe(Effect.map((pieces) => pieces as unknown as Arr.NonEmptyReadonlyArray<Uint8Array>)),
  }
}

/** Logical types with their older twins (https://github.com/apache/parquet-format/blob/master/LogicalTypes.md): readers know one or the other. */
const elementOf = ({ name, type, required }: Column): SchemaElement => {
  const element = { name, repetition_type: required ? "REQUIRED" : "OPTIONAL" } as const
  switch (type.kind) {
    case "int64":
      return { ...element, type: "INT64" }
    case "float64":
      return { ...element, type: "DOUBLE" }
    case "boolean":
      return { ...element, type: "BOOLEAN" }
    case "date":
      return { ...element, type: "INT32", converted_type: "DATE", logical_type: { type: "DATE" } }
    case "timestamp":
      return {
        ...element,
        type: "INT64",
        converted_type: "TIMESTAMP_MICROS",
        logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit: "MICROS" },
      }
    case "decimal": {
      const { precision, scale } = type
      const logical_type = { type: "DECIMAL", precision, scale } as const
      return { ...element, type: "INT64", converted_type: "DECIMAL", precision, scale, logical_type }
    }
    case "string":
    case "json":
      return { ...element, type: "BYTE_ARRAY", converted_type: "UTF8", logical_type: { type: "STRING" } }
  }
}

const sourceOf = (column: Column, data: ColumnBatch.ColumnData, rows: number): ColumnSource => {
  const { name } = column
  switch (data.layout) {
    case "int64":
    case "int32":
      return { name, data: cells(data, data.values, rows) }
    case "float64":
      // The library's dictionary takes -0 and 0 for one value.
      return {
        name,
        data: cells(data, data.values, rows),
        ...(data.values.some((x) => Object.is(x, -0)) ? { encoding: "PLAIN" } : {}),
      }
    case "boolean":
      return {
        name,
        data: cells(
          data,
          Array.from(data.values, (value) => value === 1),
          rows,
        ),
      }
    case "strings": {
      const { bytes, offsets } = data.dictionary
      const entries = Array.from({ length: offsets.length - 1 }, (_, i) => bytes.subarray(offsets[i], offsets[i + 1]))
      // One view per distinct string: the library knows it again by identity, without hashing its bytes.
      return {
        name,
        data: Array.from({ length: rows }, (_, row) =>
          ColumnBatch.isValid(data, row) ? entries[data.codes[row]!]! : null,
        ),
      }
    }
  }
}

/** The values as they are where none is null; else an array with nulls. */
const cells = (data: ColumnBatch.ColumnData, values: DecodedArray, rows: number): DecodedArray =>
  data.validity === undefined && values.length === rows
    ? values
    : Array.from({ length: rows }, (_, row) => (ColumnBatch.isValid(data, row) ? (values[row] as unknown) : null))

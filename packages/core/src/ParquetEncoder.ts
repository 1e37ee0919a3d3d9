/**
 * Port that turns column batches into the bytes of a Parquet file.
 *
 * @since 0.1.0
 */
import type * as Arr from "effect/Array"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { ColumnBatch } from "./ColumnBatch.ts"
import type { PageCodec } from "./Compression.ts"
import * as PortError from "./PortError.ts"
import type { TableSchema } from "./TableSchema.ts"

/**
 * A Parquet file being written. The pieces that `write` and `finish` answer, joined, are the file.
 *
 * @category models
 * @since 0.1.0
 */
export interface ParquetFile {
  /** Encodes the batch as one row group; batches without rows write nothing. */
  readonly write: (batch: ColumnBatch) => Effect.Effect<ReadonlyArray<Uint8Array>, ParquetEncoderError>
  /** The footer. Nothing may be written afterwards. */
  readonly finish: Effect.Effect<Arr.NonEmptyReadonlyArray<Uint8Array>, ParquetEncoderError>
}

/**
 * How to encode: the same batches with the same options always give the same bytes.
 *
 * @category models
 * @since 0.1.0
 */
export interface ParquetOptions {
  readonly codec: PageCodec
  /** Key-value metadata of the footer, such as the input's identity. */
  readonly metadata: Readonly<Record<string, string>>
}

/**
 * Failure of any encoder: `Invalid` for what it cannot express.
 *
 * @category errors
 * @since 0.1.0
 */
export class ParquetEncoderError extends Schema.TaggedError<ParquetEncoderError>()(
  "ParquetEncoderError",
  PortError.fields,
) {
  override get message(): string {
    return PortError.message(this)
  }
  get isRetryable(): boolean {
    return PortError.isRetryable(this.reason)
  }
}

/**
 * Opens Parquet files. Types are those that Athena, BigQuery, Spark and DuckDB read: int64, double, boolean, date, timestamp in µs adjusted to
 * UTC, decimal, and UTF-8 strings (json is a string in the file).
 *
 * @category services
 * @since 0.1.0
 */
export class ParquetEncoder extends Context.Service<
  ParquetEncoder,
  {
    readonly open: (schema: TableSchema, options: ParquetOptions) => Effect.Effect<ParquetFile, ParquetEncoderError>
  }
>()("@tributary/core/ParquetEncoder") {}

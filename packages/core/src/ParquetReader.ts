/**
 * Port that reads Parquet files back: for verification, and for judging what was written.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as PortError from "./PortError.ts"
import type { Cell } from "./QueryEngine.ts"

/**
 * A file that can be read in ranges, wherever it lies.
 *
 * @category models
 * @since 0.1.0
 */
export interface RandomAccess {
  /** Bytes. */
  readonly size: number
  /** The bytes `[start, end)`. */
  readonly slice: (start: number, end: number) => Effect.Effect<Uint8Array, PortError.Reason>
}

/**
 * What a footer says.
 *
 * @category models
 * @since 0.1.0
 */
export interface ParquetMetadata {
  readonly rows: number
  readonly columns: ReadonlyArray<{ readonly name: string; readonly type: string; readonly required: boolean }>
  readonly keyValues: Readonly<Record<string, string>>
}

/**
 * Failure of any reader. A file that is no Parquet, or is cut, is `Invalid`.
 *
 * @category errors
 * @since 0.1.0
 */
export class ParquetReaderError extends Schema.TaggedError<ParquetReaderError>()(
  "ParquetReaderError",
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
 * Reads footers and rows. `type` of a column is the logical type in this project's words: `int64`, `timestamp`, `string`, `decimal(9,2)` and so on.
 *
 * @category services
 * @since 0.1.0
 */
export class ParquetReader extends Context.Service<
  ParquetReader,
  {
    readonly metadata: (file: RandomAccess) => Effect.Effect<ParquetMetadata, ParquetReaderError>
    /** All rows, cells in the order of the file's columns. */
    readonly rows: (file: RandomAccess) => Effect.Effect<ReadonlyArray<ReadonlyArray<Cell>>, ParquetReaderError>
  }
>()("@tributary/core/ParquetReader") {}

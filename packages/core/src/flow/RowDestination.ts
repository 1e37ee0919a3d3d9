/**
 * What an input's batches are written to, while it is read.
 *
 * @since 0.1.0
 */
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { ParquetEncoderError } from "../ParquetEncoder.ts"
import type { RowSinkError } from "../RowSink.ts"
import type { Digest } from "../Digest.ts"
import type { ObjectStore, ObjectStoreError } from "../ObjectStore.ts"
import type { PartitionBatch } from "./RecordCollector.ts"
import type { RejectedRecord } from "./RecordReader.ts"

/**
 * One thing written: a file of the lake, or rows of a warehouse (then `day` and `path` are empty).
 *
 * @category models
 * @since 0.1.0
 */
export interface Output {
  readonly date: string
  readonly path: string
  readonly rows: number
  readonly bytes: number
  readonly sha256: string
}

type Written<A> = Effect.Effect<
  A,
  ObjectStoreError | ParquetEncoderError | RowSinkError,
  Scope.Scope | ObjectStore | Digest
>

/**
 * Takes batches as they become full. Nothing is visible before `finish`, which gets what is left once the input's end was read without error.
 *
 * @category models
 * @since 0.1.0
 */
export interface RowDestination {
  readonly write: (batch: PartitionBatch) => Written<void>
  readonly finish: (
    rest: ReadonlyArray<PartitionBatch>,
  ) => Written<{ readonly outputs: ReadonlyArray<Output>; readonly rejected: ReadonlyArray<RejectedRecord> }>
}

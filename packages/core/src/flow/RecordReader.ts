/**
 * Reading an input: decompressed bytes in, records out.
 *
 * @since 0.1.0
 */
import type * as Effect from "effect/Effect"
import type { RowTarget } from "../mapping/RowMapping.ts"
import type { Rejection } from "../QuarantineReason.ts"

/**
 * Where a record stood, and its bytes as they came.
 *
 * @category models
 * @since 0.1.0
 */
export interface RecordOrigin {
  readonly position: string
  readonly bytes: Uint8Array
}

/**
 * A record that is not written, and why.
 *
 * @category models
 * @since 0.1.0
 */
export interface RejectedRecord extends RecordOrigin, Rejection {}

/**
 * Hears of every record once.
 *
 * @category models
 * @since 0.1.0
 */
export interface RecordOutput {
  /** `fill` writes the record's values, or answers why it cannot: then nothing of the row stays, and `origin` is quarantined. */
  readonly row: (origin: () => RecordOrigin, fill: (target: RowTarget) => Rejection | undefined) => void
  readonly filtered: (records: number) => void
  readonly duplicate: (records: number) => void
  readonly rejected: (record: RejectedRecord) => void
}

/**
 * Takes an input's bytes piece by piece; `end` once, behind the last.
 *
 * @category models
 * @since 0.1.0
 */
export interface RecordReader {
  readonly push: (bytes: Uint8Array) => Effect.Effect<void>
  readonly end: Effect.Effect<void>
}

/**
 * Port for a warehouse table that takes rows: BigQuery.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { ColumnBatch } from "./ColumnBatch.ts"
import * as PortError from "./PortError.ts"

/**
 * A row that the sink will never take, by its index in the batch.
 *
 * @category models
 * @since 0.1.0
 */
export interface RejectedRow {
  readonly index: number
  readonly detail: string
}

/**
 * Failure of any sink: nothing of the batch may be taken as written, though some of it may be there. Sending it again under the same keys is right.
 *
 * @category errors
 * @since 0.1.0
 */
export class RowSinkError extends Schema.TaggedError<RowSinkError>()("RowSinkError", PortError.fields) {
  override get message(): string {
    return PortError.message(this)
  }
  get isRetryable(): boolean {
    return PortError.isRetryable(this.reason)
  }
}

/**
 * Takes rows under idempotency keys, one per row. When `append` succeeds, every row is in the table or among `rejected`, in the order of their
 * indices; how far the sink itself recognises a repeated key is its own promise, stated in its adapter.
 *
 * @category services
 * @since 0.1.0
 */
export class RowSink extends Context.Service<
  RowSink,
  {
    readonly append: (
      batch: ColumnBatch,
      keys: ReadonlyArray<string>,
    ) => Effect.Effect<{ readonly rejected: ReadonlyArray<RejectedRow> }, RowSinkError>
  }
>()("@tributary/core/RowSink") {}

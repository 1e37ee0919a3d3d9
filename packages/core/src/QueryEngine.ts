/**
 * Port for SQL over the lake: Athena, BigQuery, or DuckDB on this machine.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import * as PortError from "./PortError.ts"

/**
 * One cell of a result: int64 as bigint, timestamps as ISO 8601 with `Z` (µs kept), dates as `YYYY-MM-DD`, json and decimal as text.
 *
 * @category models
 * @since 0.1.0
 */
export type Cell = null | boolean | number | bigint | string

/**
 * The answer to a query.
 *
 * @category models
 * @since 0.1.0
 */
export interface QueryResult {
  readonly columns: ReadonlyArray<{ readonly name: string; readonly type: string }>
  readonly rows: Stream.Stream<ReadonlyArray<Cell>, QueryEngineError>
  /** Bytes read from the table's files, as far as the engine can tell. */
  readonly bytesScanned: number
}

/**
 * Failure of any query engine. SQL that the engine refuses is `Invalid`, with its words in `detail`.
 *
 * @category errors
 * @since 0.1.0
 */
export class QueryEngineError extends Schema.TaggedError<QueryEngineError>()("QueryEngineError", PortError.fields) {
  override get message(): string {
    return PortError.message(this)
  }
  get isRetryable(): boolean {
    return PortError.isRetryable(this.reason)
  }
}

/**
 * Runs SQL and streams typed rows.
 *
 * @category services
 * @since 0.1.0
 */
export class QueryEngine extends Context.Service<
  QueryEngine,
  {
    readonly query: (sql: string) => Effect.Effect<QueryResult, QueryEngineError>
  }
>()("@tributary/core/QueryEngine") {}

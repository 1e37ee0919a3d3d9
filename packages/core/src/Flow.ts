/**
 * A flow, declared: what its inputs are, how their fields become columns, which table they fill.
 *
 * @since 0.1.0
 */
import type { FieldMapping } from "./mapping/RowMapping.ts"
import type { TableSchema } from "./TableSchema.ts"

/**
 * Google Analytics output to a lake table. `replace`: an extract is a full snapshot of each date it holds, the newest wins. `append`: every extract
 * adds its rows. `merge`: extracts are increments; of the rows of a date that agree in all dimensions the newest is shown.
 *
 * @category models
 * @since 0.1.0
 */
export interface ReportFlow {
  readonly kind: "report"
  readonly table: TableSchema
  readonly fields: ReadonlyArray<FieldMapping>
  readonly mode: "replace" | "append" | "merge"
  /** `one`: an extract is published as soon as its one object is settled; `many`: when its run has ended. */
  readonly objectsPerRun: "one" | "many"
  /**
   * An extract of which a record or an input was quarantined: `publish` (the default) shows the others, `hold` shows nothing of it until all of them were
   * mended or a person releases it. Settled inputs keep to what was configured when they were settled.
   */
  readonly onIncomplete?: "publish" | "hold"
}

/**
 * CloudWatch Logs to a table of events.
 *
 * @category models
 * @since 0.1.0
 */
export interface LogFlow {
  readonly kind: "logs"
  readonly table: TableSchema
  /** Fields of the message. The event's own time and key go to the columns named below. */
  readonly fields: ReadonlyArray<FieldMapping>
  readonly timestampColumn: string
  /** The record's key: SHA-256 of owner, log group, log stream and event id, base64url. */
  readonly keyColumn: string
  readonly platformLines: "filter" | "keep"
  /** `warehouse`: rows go to the `RowSink` instead of the lake. */
  readonly sink: "lake" | "warehouse"
  /** How long a log event delivered again in another payload is recognised; 0 leaves that to the view. */
  readonly seenKeysMs: number
}

/**
 * @category models
 * @since 0.1.0
 */
export type Flow = ReportFlow | LogFlow

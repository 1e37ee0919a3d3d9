/**
 * The seed's log flow: `timestamp, session_id, action, params` of each log event, in `logs.events`.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import type { LogFlow } from "./Flow.ts"
import * as TableSchema from "./TableSchema.ts"

/**
 * The four columns are what a person sees; `_record_id` beneath tells two deliveries of one event apart from two events.
 *
 * @category tables
 * @since 0.1.0
 */
export const logEvents: TableSchema.TableSchema = TableSchema.fromSchema(
  Schema.Struct({
    _record_id: Schema.String.annotate({
      description: "SHA-256 of owner, log group, log stream and event id, base64url.",
    }),
    timestamp: Schema.BigInt.annotate({
      columnType: { kind: "timestamp" },
      description: "Time of the log event, UTC.",
    }),
    session_id: Schema.BigInt.annotate({ description: "0 where the message has none." }),
    action: Schema.NullOr(Schema.String),
    params: Schema.NullOr(Schema.String.annotate({ columnType: { kind: "json" } })),
  }),
  {
    database: "logs",
    name: "events",
    partitionColumns: ["year", "month", "day"],
    view: ["timestamp", "session_id", "action", "params"],
  },
)

/**
 * A message is a JSON object; fields that are not named here are left out.
 *
 * @category flows
 * @since 0.1.0
 */
export const logsFlow: LogFlow = {
  kind: "logs",
  table: logEvents,
  fields: [
    { names: ["session_id"], reading: { as: "int64", column: "session_id" }, ifMissing: 0n },
    { names: ["action"], reading: { as: "string", column: "action" }, ifMissing: null },
    { names: ["params"], reading: { as: "json", column: "params" }, ifMissing: null },
  ],
  timestampColumn: "timestamp",
  keyColumn: "_record_id",
  platformLines: "filter",
  sink: "lake",
  seenKeysMs: 48 * 60 * 60 * 1000,
}

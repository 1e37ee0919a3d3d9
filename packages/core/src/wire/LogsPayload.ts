/**
 * What a CloudWatch Logs subscription delivers, once base64 and gzip are taken off.
 *
 * ```json
 * {
 *   "messageType": "DATA_MESSAGE",
 *   "owner": "111122223333",
 *   "logGroup": "/shop/checkout",
 *   "logStream": "web-1",
 *   "subscriptionFilters": ["to-bigquery"],
 *   "logEvents": [{
 *     "id": "38100000000000000000000000000000000000000000000000000001",
 *     "timestamp": 1767225600000,
 *     "message": "{\"session_id\":7,\"action\":\"pay\"}"
 *   }]
 * }
 * ```
 *
 * A control message has the same shape: it comes when a subscription is set up or checked, with owner `CloudwatchLogs`, empty group, stream
 * and filters, and one event of id `""` whose message begins `CWL CONTROL MESSAGE`.
 *
 * Sources: CloudWatch Logs user guide, "Real-time processing of log data with subscriptions"; control messages as in the fixtures of the OpenTelemetry
 * collector, Vector and Dynatrace.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * A log event. `id` is 56 digits, the same in every delivery; `timestamp` is milliseconds since 1970, UTC; `extractedFields` holds what a
 * space-delimited filter pattern found, and `@aws.account` and such where system fields are emitted.
 *
 * @category models
 * @since 0.1.0
 */
export const LogEvent = Schema.Struct({
  id: Schema.String,
  timestamp: Schema.Int,
  message: Schema.String,
  extractedFields: Schema.optionalKey(
    Schema.Record(Schema.String, Schema.Union([Schema.String, Schema.Finite, Schema.Boolean, Schema.Null])),
  ),
})
export type LogEvent = typeof LogEvent.Type

/**
 * The payload. `policyLevel` is there with account-level subscriptions (`ACCOUNT_LEVEL_POLICY`).
 *
 * @category models
 * @since 0.1.0
 */
export const LogsPayload = Schema.Struct({
  messageType: Schema.Literals(["DATA_MESSAGE", "CONTROL_MESSAGE"]),
  owner: Schema.String,
  logGroup: Schema.String,
  logStream: Schema.String,
  subscriptionFilters: Schema.Array(Schema.String),
  policyLevel: Schema.optionalKey(Schema.String),
  logEvents: Schema.Array(LogEvent),
})
export type LogsPayload = typeof LogsPayload.Type

/**
 * EventBridge's word that a run of an AppFlow flow has ended. Delivery is best effort, so nothing may depend on it alone.
 *
 * ```json
 * {
 *   "version": "0",
 *   "id": "8c1f0e6a-0000-4000-8000-000000000004",
 *   "detail-type": "AppFlow End Flow Run Report",
 *   "source": "aws.appflow",
 *   "account": "111122223333",
 *   "time": "2026-01-01T09:05:02Z",
 *   "region": "eu-west-1",
 *   "resources": ["5d41402abc4b2a76b9719d911017c592"],
 *   "detail": {
 *     "flow-name": "ga-flow",
 *     "created-by": "arn:aws:sts::111122223333:assumed-role/Admin/me",
 *     "flow-arn": "arn:aws:appflow:eu-west-1:111122223333:flow/ga-flow",
 *     "source": "GOOGLEANALYTICS/ga-connection",
 *     "destination": "S3",
 *     "source-object": "264236892",
 *     "destination-object": "s3://shop-lake/ga-data",
 *     "trigger-type": "ONDEMAND",
 *     "num-of-records-processed": "17",
 *     "execution-id": "7b0d5a0e-0000-4000-8000-000000000005",
 *     "num-of-records-filtered": "0",
 *     "start-time": "2026-01-01T09:04:47.643Z[UTC]",
 *     "num-of-documents-processed": "0",
 *     "end-time": "2026-01-01T09:05:00.871Z[UTC]",
 *     "num-of-record-failures": "0",
 *     "data-processed": "36406",
 *     "status": "Execution Successful"
 *   }
 * }
 * ```
 *
 * Decoded, `detail` is
 * `{ flow: "ga-flow", executionId: "7b0d5a0e-…", status: "Execution Successful", destinationObject: "s3://shop-lake/ga-data", recordsProcessed: 17, recordsFiltered: 0, recordFailures: 0, bytesProcessed: 36406, startedAt: 1767258287643, endedAt: 1767258300871 }`
 * and `time` is 1767258302000.
 *
 * Sources: AppFlow user guide, "Flow notifications", for the fields' names and meaning; numbers as strings and zoned times as in the events that
 * public repositories keep as samples. Those are all of successful runs: how a failed one looks has not been seen.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import type { FlowRun, RunStatus } from "../FlowRunner.ts"
import * as EventBridgeEvent from "./EventBridgeEvent.ts"
import * as UtcTime from "./UtcTime.ts"

/** Digits and nothing else: `Number` alone would take an empty string for 0. */
const Count = Schema.String.check(Schema.isPattern(/^\d{1,15}$/)).pipe(
  Schema.decodeTo(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 999_999_999_999_999 })), {
    decode: SchemaGetter.transform(Number),
    encode: SchemaGetter.transform(String),
  }),
)

const Detail = Schema.Struct({
  flow: Schema.NonEmptyString,
  executionId: Schema.NonEmptyString,
  status: Schema.String,
  destinationObject: Schema.optionalKey(Schema.String),
  error: Schema.optionalKey(Schema.String),
  recordsProcessed: Schema.optionalKey(Count),
  recordsFiltered: Schema.optionalKey(Count),
  recordFailures: Schema.optionalKey(Count),
  bytesProcessed: Schema.optionalKey(Count),
  startedAt: Schema.optionalKey(UtcTime.ZonedUtcTime),
  endedAt: Schema.optionalKey(UtcTime.ZonedUtcTime),
}).pipe(
  Schema.encodeKeys({
    flow: "flow-name",
    executionId: "execution-id",
    destinationObject: "destination-object",
    recordsProcessed: "num-of-records-processed",
    recordsFiltered: "num-of-records-filtered",
    recordFailures: "num-of-record-failures",
    bytesProcessed: "data-processed",
    startedAt: "start-time",
    endedAt: "end-time",
  }),
)

/**
 * The event, decoded to numbers: counts, bytes, and milliseconds since 1970, UTC.
 *
 * @category models
 * @since 0.1.0
 */
export const FlowRunReport = Schema.Struct({
  ...EventBridgeEvent.fields,
  "detail-type": Schema.Literal("AppFlow End Flow Run Report"),
  source: Schema.Literal("aws.appflow"),
  time: UtcTime.UtcTime,
  detail: Detail,
})
export type FlowRunReport = typeof FlowRunReport.Type

/**
 * The run in the words of the port that is asked for what the event missed. Where the report does not say when the run ended, the event's own
 * time stands in; where not when it began, its end does; no count is 0.
 *
 * @category conversions
 * @since 0.1.0
 */
export const toFlowRun = ({ detail, time }: FlowRunReport): FlowRun => {
  const updatedAt = detail.endedAt ?? time
  return {
    id: detail.executionId,
    status: runStatus(detail.status),
    startedAt: detail.startedAt ?? updatedAt,
    updatedAt,
    recordsProcessed: detail.recordsProcessed ?? 0,
    error: detail.error,
  }
}

// No other words have been seen; whatever else an ended run says of itself is no success.
const runStatus = (status: string): RunStatus =>
  status === "Execution Successful" ? "succeeded" : /cancel/i.test(status) ? "cancelled" : "failed"

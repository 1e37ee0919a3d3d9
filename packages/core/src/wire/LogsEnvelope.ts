/**
 * The three events in which CloudWatch Logs payloads travel: to a Lambda function directly, through Kinesis, and through a Firehose transform.
 *
 * The Lambda event, encoded:
 *
 * ```json
 * {"awslogs":{"data":"H4sIAAAAAAACA52PQWrDMBRE7zJrhVQSjcvfGepm1ZWzq0KQnY8jGluKJCcY47sXp/QCne1jeDMzek7JdnyYAoPwXh7K02dV1+W+goB/DBxBkFJKpZTSWmsIXH23j34MIGzTxYdte+H224/5l9U5su1BeHCzkRBIY5Pa6EJ2fvhw18wxgb6Q/aZx3W3kOOH4bFZ3HvLKZrgzCPpNvvwjqzO7nlO2fQDJYlco9bp7MvH3GITZIHFKzg8ndzagQhjYdl1pQAbBTgYLluPyA+ackBInAQAA"}}
 * ```
 *
 * `data` is base64 of gzip (of zlib in one fixture, never in a documented case) of the JSON shown at {@link LogsPayload}, which is what this
 * very text decodes to.
 *
 * Sources: AWS Lambda developer guide, "Processing Amazon CloudWatch Logs", "Kinesis", and Firehose user guide, "Transform source data"; the
 * JSON inside is the same in all three.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

/**
 * A subscription with a Lambda function as its destination: one payload per invocation.
 *
 * @category models
 * @since 0.1.0
 */
export const LambdaLogsEvent = Schema.Struct({ awslogs: Schema.Struct({ data: Schema.String }) })
export type LambdaLogsEvent = typeof LambdaLogsEvent.Type

/**
 * A Lambda function that reads a Kinesis stream: `{"Records":[{"eventSource":"aws:kinesis","eventID":"shardId-0:495…","kinesis":{"data":"H4sI…",…}}]}`.
 *
 * @category models
 * @since 0.1.0
 */
export const KinesisEvent = Schema.Struct({
  Records: Schema.NonEmptyArray(
    Schema.Struct({
      eventSource: Schema.Literal("aws:kinesis"),
      eventID: Schema.String,
      kinesis: Schema.Struct({ data: Schema.String }),
    }),
  ),
})
export type KinesisEvent = typeof KinesisEvent.Type

/**
 * A Lambda function that transforms a Firehose stream:
 * `{"invocationId":"…","deliveryStreamArn":"arn:…","records":[{"recordId":"1","approximateArrivalTimestamp":1767225600000,"data":"H4sI…"}]}`.
 *
 * @category models
 * @since 0.1.0
 */
export const FirehoseEvent = Schema.Struct({
  invocationId: Schema.String,
  deliveryStreamArn: Schema.String,
  records: Schema.NonEmptyArray(Schema.Struct({ recordId: Schema.String, data: Schema.String })),
})
export type FirehoseEvent = typeof FirehoseEvent.Type

/**
 * The payloads of an event, each base64 of compressed JSON, in the event's order; undefined where the event is none of the three.
 *
 * @example
 * ```ts
 * import * as LogsEnvelope from "@tributary/core/wire/LogsEnvelope"
 *
 * LogsEnvelope.payloads({ awslogs: { data: "H4sIAAAA" } }) // => ["H4sIAAAA"]
 * LogsEnvelope.payloads({ messageType: "DATA_MESSAGE" }) // => undefined
 * ```
 *
 * @category decoding
 * @since 0.1.0
 */
export const payloads = (event: unknown): ReadonlyArray<string> | undefined => {
  const read = decode(event)
  if (Option.isNone(read)) return undefined
  if ("awslogs" in read.value) return [read.value.awslogs.data]
  return "Records" in read.value
    ? read.value.Records.map((record) => record.kinesis.data)
    : read.value.records.map((record) => record.data)
}

const decode = Schema.decodeUnknownOption(Schema.Union([LambdaLogsEvent, KinesisEvent, FirehoseEvent]))

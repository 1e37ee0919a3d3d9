/**
 * SQS messages as a Lambda function gets them, and what it may answer.
 *
 * ```json
 * {
 *   "Records": [{
 *     "messageId": "8c1f0e6a-0000-4000-8000-000000000003",
 *     "receiptHandle": "AQEB…",
 *     "body": "{\"detail-type\":\"Object Created\",\"source\":\"aws.s3\"}",
 *     "attributes": {
 *       "ApproximateReceiveCount": "1",
 *       "SentTimestamp": "1767258300000",
 *       "SenderId": "AIDAEXAMPLE",
 *       "ApproximateFirstReceiveTimestamp": "1767258300004"
 *     },
 *     "messageAttributes": {},
 *     "md5OfBody": "…",
 *     "eventSource": "aws:sqs",
 *     "eventSourceARN": "arn:aws:sqs:eu-west-1:111122223333:ga-data",
 *     "awsRegion": "eu-west-1"
 *   }]
 * }
 * ```
 *
 * {@link toMessage} of that record: id and receipt as they are, `receiveCount` 1, `sentAt` 1767258300000.
 *
 * Source: AWS Lambda developer guide, "Using Lambda with Amazon SQS" and "Implementing partial batch responses".
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import type { Message } from "../MessageQueue.ts"

const digits = Schema.String.check(Schema.isPattern(/^\d{1,15}$/))

/**
 * A message. Its attributes are strings, numbers too; times are milliseconds since 1970, UTC. `MessageGroupId` comes from FIFO queues,
 * `DeadLetterQueueSourceArn` from a dead-letter queue.
 *
 * @category models
 * @since 0.1.0
 */
export const SqsRecord = Schema.Struct({
  messageId: Schema.NonEmptyString,
  receiptHandle: Schema.String,
  body: Schema.String,
  attributes: Schema.Struct({
    ApproximateReceiveCount: digits,
    SentTimestamp: digits,
    MessageGroupId: Schema.optionalKey(Schema.String),
    DeadLetterQueueSourceArn: Schema.optionalKey(Schema.String),
  }),
  eventSource: Schema.Literal("aws:sqs"),
  eventSourceARN: Schema.String,
})
export type SqsRecord = typeof SqsRecord.Type

/**
 * One invocation: at most 10,000 messages (10 from a FIFO queue) and 6 MB.
 *
 * @category models
 * @since 0.1.0
 */
export const SqsEvent = Schema.Struct({ Records: Schema.Array(SqsRecord) })
export type SqsEvent = typeof SqsEvent.Type

/**
 * The answer where the event source mapping has `ReportBatchItemFailures`: the ids of the messages to deliver again,
 * `{"batchItemFailures":[{"itemIdentifier":"8c1f0e6a-0000-4000-8000-000000000003"}]}`. An empty list says that all went well; an id that is
 * empty or unknown fails the whole batch.
 *
 * @category models
 * @since 0.1.0
 */
export const SqsBatchResponse = Schema.Struct({
  batchItemFailures: Schema.Array(Schema.Struct({ itemIdentifier: Schema.NonEmptyString })),
})
export type SqsBatchResponse = typeof SqsBatchResponse.Type

/**
 * The record in the words of the {@link Message} port.
 *
 * @category conversions
 * @since 0.1.0
 */
export const toMessage = (record: SqsRecord): Message => ({
  id: record.messageId,
  receipt: record.receiptHandle,
  body: record.body,
  receiveCount: Number(record.attributes.ApproximateReceiveCount),
  sentAt: Number(record.attributes.SentTimestamp),
})

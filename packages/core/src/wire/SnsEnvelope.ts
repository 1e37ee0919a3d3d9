/**
 * What SNS wraps around a message on its way to a queue, unless the subscription asks for raw delivery.
 *
 * ```json
 * {
 *   "Type": "Notification",
 *   "MessageId": "8c1f0e6a-0000-4000-8000-000000000002",
 *   "TopicArn": "arn:aws:sns:eu-west-1:111122223333:lake-objects",
 *   "Subject": "Amazon S3 Notification",
 *   "Message": "{\"Records\":[{\"eventVersion\":\"2.1\",\"eventSource\":\"aws:s3\"}]}",
 *   "Timestamp": "2026-01-01T09:05:00.000Z",
 *   "SignatureVersion": "1",
 *   "Signature": "…",
 *   "SigningCertURL": "https://sns.eu-west-1.amazonaws.com/…",
 *   "UnsubscribeURL": "https://sns.eu-west-1.amazonaws.com/…"
 * }
 * ```
 *
 * `Message` is a string; here it holds {@link S3Notification} as JSON. The signature is not checked: who may send to the queue is the
 * queue policy's business.
 *
 * Source: SNS developer guide, "HTTP/HTTPS notification JSON format"; to SQS the body is the same.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * A notification. The other types, `SubscriptionConfirmation` and `UnsubscribeConfirmation`, carry no message of the topic's.
 *
 * @category models
 * @since 0.1.0
 */
export const SnsEnvelope = Schema.Struct({
  Type: Schema.Literal("Notification"),
  MessageId: Schema.String,
  TopicArn: Schema.String,
  Subject: Schema.optionalKey(Schema.NullOr(Schema.String)),
  Message: Schema.String,
  Timestamp: Schema.optionalKey(Schema.String),
})
export type SnsEnvelope = typeof SnsEnvelope.Type

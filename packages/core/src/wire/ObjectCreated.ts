/**
 * EventBridge's word that S3 has stored an object.
 *
 * ```json
 * {
 *   "version": "0",
 *   "id": "8c1f0e6a-0000-4000-8000-000000000001",
 *   "detail-type": "Object Created",
 *   "source": "aws.s3",
 *   "account": "111122223333",
 *   "time": "2026-01-01T09:05:00Z",
 *   "region": "eu-west-1",
 *   "resources": ["arn:aws:s3:::shop-lake"],
 *   "detail": {
 *     "version": "0",
 *     "bucket": { "name": "shop-lake" },
 *     "object": {
 *       "key": "ga-data/hourly users/1+1",
 *       "size": 1058,
 *       "etag": "0f343b0931126a20f133d67c2b018a3b",
 *       "version-id": "3sL4kqtJlcpXroDTDmJ.xx",
 *       "sequencer": "0062E99A88DC407460"
 *     },
 *     "request-id": "N4N7GDK58NMKJ12R",
 *     "requester": "appflow.amazonaws.com",
 *     "source-ip-address": "10.0.0.1",
 *     "reason": "PutObject"
 *   }
 * }
 * ```
 *
 * The key stands there as it is: `1+1` above is a plus. (No AWS page says so outright; moto's implementation, PR #9060, encodes keys for the
 * other three destinations only.) `version-id` comes from versioned buckets only; the etag of a multipart upload ends in `-` and the number of parts.
 *
 * Source: S3 user guide, "EventBridge event message structure".
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as EventBridgeEvent from "./EventBridgeEvent.ts"

/**
 * The event. Two sequencers of the same key compare as strings once the shorter is padded with zeros on the right.
 *
 * @category models
 * @since 0.1.0
 */
export const ObjectCreated = Schema.Struct({
  ...EventBridgeEvent.fields,
  "detail-type": Schema.Literal("Object Created"),
  source: Schema.Literal("aws.s3"),
  detail: Schema.Struct({
    bucket: Schema.Struct({ name: Schema.NonEmptyString }),
    object: Schema.Struct({
      key: Schema.NonEmptyString,
      size: Schema.optionalKey(Schema.Int),
      etag: Schema.optionalKey(Schema.String),
      "version-id": Schema.optionalKey(Schema.String),
      sequencer: Schema.optionalKey(Schema.String),
    }),
  }),
})
export type ObjectCreated = typeof ObjectCreated.Type

/**
 * What S3 sends to a queue, a topic or a function directly, without EventBridge.
 *
 * ```json
 * {
 *   "Records": [{
 *     "eventVersion": "2.1",
 *     "eventSource": "aws:s3",
 *     "awsRegion": "eu-west-1",
 *     "eventTime": "2026-01-01T09:05:00.000Z",
 *     "eventName": "ObjectCreated:Put",
 *     "s3": {
 *       "s3SchemaVersion": "1.0",
 *       "configurationId": "ga-data",
 *       "bucket": { "name": "shop-lake", "arn": "arn:aws:s3:::shop-lake" },
 *       "object": {
 *         "key": "ga-data/hourly+users/1%2B1",
 *         "size": 1058,
 *         "eTag": "0f343b0931126a20f133d67c2b018a3b",
 *         "versionId": "3sL4kqtJlcpXroDTDmJ.xx",
 *         "sequencer": "0062E99A88DC407460"
 *       }
 *     }
 *   }]
 * }
 * ```
 *
 * The key is form-encoded: the one above is `ga-data/hourly users/1+1`. Some fixtures carry `urlDecodedKey` beside it, which is ignored.
 *
 * Source: S3 user guide, "Event message structure" (any 2.x version may add fields, and must be read as 2.0 is).
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * What happened to one object. `eventName` has no `s3:` before `ObjectCreated:…` and `ObjectRemoved:…`, but has it in some newer families.
 *
 * @category models
 * @since 0.1.0
 */
export const S3Record = Schema.Struct({
  eventVersion: Schema.String,
  eventSource: Schema.Literal("aws:s3"),
  eventName: Schema.String,
  eventTime: Schema.optionalKey(Schema.String),
  s3: Schema.Struct({
    bucket: Schema.Struct({ name: Schema.NonEmptyString }),
    object: Schema.Struct({
      key: Schema.NonEmptyString,
      size: Schema.optionalKey(Schema.Int),
      eTag: Schema.optionalKey(Schema.String),
      versionId: Schema.optionalKey(Schema.String),
      sequencer: Schema.optionalKey(Schema.String),
    }),
  }),
})
export type S3Record = typeof S3Record.Type

/**
 * The message: one record in practice, several by contract.
 *
 * @category models
 * @since 0.1.0
 */
export const S3Notification = Schema.Struct({ Records: Schema.Array(S3Record) })
export type S3Notification = typeof S3Notification.Type

/**
 * What S3 sends once when a notification is set up. It has no `Records`, says nothing of any object, and is to be acknowledged:
 * `{"Service":"Amazon S3","Event":"s3:TestEvent","Time":"2026-01-01T09:00:00.000Z","Bucket":"shop-lake","RequestId":"…","HostId":"…"}`.
 *
 * @category models
 * @since 0.1.0
 */
export const S3TestEvent = Schema.Struct({ Event: Schema.Literal("s3:TestEvent"), Bucket: Schema.String })
export type S3TestEvent = typeof S3TestEvent.Type

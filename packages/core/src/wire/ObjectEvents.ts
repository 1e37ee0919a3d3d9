/**
 * What the body of a queue's message says of objects and runs, whichever of three envelopes it is in: an EventBridge event, an S3 notification, or
 * either of them inside an SNS notification.
 *
 * @since 0.1.0
 */
import type * as Arr from "effect/Array"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { FlowRun } from "../FlowRunner.ts"
import * as Json from "../json/Json.ts"
import { defaultLimits } from "../Limits.ts"
import { reject, type Rejection } from "../QuarantineReason.ts"
import * as FlowRunReport from "./FlowRunReport.ts"
import { ObjectCreated } from "./ObjectCreated.ts"
import { S3Notification, type S3Record } from "./S3Notification.ts"
import * as SchemaRejection from "./SchemaRejection.ts"
import { SnsEnvelope } from "./SnsEnvelope.ts"

/**
 * An object that was stored. The key is plain, whatever the envelope made of it; `size` is bytes; `sequencer` orders events of the same key.
 *
 * @category models
 * @since 0.1.0
 */
export interface CreatedObject {
  readonly bucket: string
  readonly key: string
  readonly version?: string
  readonly etag?: string
  readonly size?: number
  readonly sequencer?: string
}

/**
 * What a body says. `Ignored` is to be acknowledged: nothing in it is for us, and `why` says so. `Refused` is for the quarantine.
 *
 * @category models
 * @since 0.1.0
 */
export type ObjectEvents =
  | { readonly _tag: "Created"; readonly objects: Arr.NonEmptyReadonlyArray<CreatedObject> }
  | { readonly _tag: "RunReport"; readonly flow: string; readonly run: FlowRun; readonly destination?: string }
  | { readonly _tag: "Ignored"; readonly why: string }
  | ({ readonly _tag: "Refused" } & Rejection)

/**
 * Reads the body of a message; never throws.
 *
 * @example
 * ```ts
 * import * as ObjectEvents from "@tributary/core/wire/ObjectEvents"
 *
 * const body = '{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"shop-lake"}'
 * ObjectEvents.parse(body) // => { _tag: "Ignored", why: "the test event of an S3 notification" }
 * ObjectEvents.parse("hello")._tag // => "Refused"
 * ```
 *
 * @category parsing
 * @since 0.1.0
 */
export const parse = (body: string): ObjectEvents => {
  const read = Json.parse(body, defaultLimits.depth)
  return "failure" in read ? refused(reject(read.failure, read.detail)) : fromJson(Json.toUnknown(read.node), fromSns)
}

/** `fromTopic` reads an SNS notification, or refuses it where it is inside another. */
const fromJson = (value: unknown, fromTopic: (value: object) => ObjectEvents): ObjectEvents => {
  if (!isObject(value)) return unknownShape("JSON, but no object")
  if (Array.isArray(value["Records"])) return fromRecords(value["Records"])
  if (typeof value["detail-type"] === "string" && typeof value["source"] === "string") {
    return fromEventBridge(value, value["detail-type"], value["source"])
  }
  if (value["Event"] === "s3:TestEvent") return ignored("the test event of an S3 notification")
  if (typeof value["TopicArn"] === "string") return fromTopic(value)
  return unknownShape("neither an EventBridge event nor an S3 or SNS notification")
}

const fromEventBridge = (value: object, type: string, source: string): ObjectEvents => {
  if (source === "aws.s3" && type === "Object Created") {
    return decoded(decodeObjectCreated(value), ({ detail: { bucket, object } }) =>
      created([
        createdObject(bucket.name, object.key, object["version-id"], object.etag, object.size, object.sequencer),
      ]),
    )
  }
  if (source === "aws.appflow" && type === "AppFlow End Flow Run Report") {
    return decoded(decodeFlowRunReport(value), (report) => ({
      _tag: "RunReport",
      flow: report.detail.flow,
      run: FlowRunReport.toFlowRun(report),
      ...(report.detail.destinationObject === undefined ? {} : { destination: report.detail.destinationObject }),
    }))
  }
  return ignored(`an event ${quoted(type)} of ${quoted(source)}`)
}

const fromRecords = (records: ReadonlyArray<unknown>): ObjectEvents => {
  if (records.length === 0) return ignored("a notification without records")
  if (!records.every((record) => isObject(record) && record["eventSource"] === "aws:s3")) {
    return unknownShape("Records, but not all of S3")
  }
  return decoded(decodeNotification({ Records: records }), ({ Records }) => {
    const foreign = Records.find((record) => !record.eventVersion.startsWith("2."))
    if (foreign !== undefined) return unknownShape("an S3 notification of another version than 2.x")
    const [first, ...others] = Records.filter((record) => /^(?:s3:)?ObjectCreated:/.test(record.eventName))
    if (first === undefined)
      return ignored(`an S3 notification of ${quoted(Records[0]?.eventName)}, not of an object created`)
    return Result.match(Result.all([fromRecord(first), ...others.map(fromRecord)]), {
      onFailure: refused,
      onSuccess: created,
    })
  })
}

const fromRecord = ({ s3: { bucket, object } }: S3Record): Result.Result<CreatedObject, Rejection> =>
  Result.mapBoth(formDecoded(object.key), {
    onFailure: () => reject("BadEncoding", "the key of an S3 notification is not percent-encoded UTF-8"),
    onSuccess: (key) => createdObject(bucket.name, key, object.versionId, object.eTag, object.size, object.sequencer),
  })

const fromSns = (value: object): ObjectEvents =>
  "Type" in value && value.Type !== "Notification"
    ? unknownShape(`an SNS message of type ${quoted(value.Type)}: a subscription to confirm is confirmed by hand`)
    : decoded(decodeSnsEnvelope(value), ({ Message }) => {
        const read = Json.parse(Message, defaultLimits.depth)
        return "failure" in read
          ? refused(reject(read.failure, `the message of an SNS notification ${read.detail}`))
          : fromJson(Json.toUnknown(read.node), () => unknownShape("an SNS notification inside an SNS notification"))
      })

/** `+` is a space, `%2B` a plus; `%` before anything but two digits of UTF-8 is an error. */
const formDecoded = (key: string): Result.Result<string, unknown> =>
  Result.try(() => decodeURIComponent(key.replaceAll("+", " ")))

// Some fixtures have an empty versionId where others have none.
const createdObject = (
  bucket: string,
  key: string,
  version: string | undefined,
  etag: string | undefined,
  size: number | undefined,
  sequencer: string | undefined,
): CreatedObject => ({
  bucket,
  key,
  ...(version === undefined || version === "" ? {} : { version }),
  ...(etag === undefined ? {} : { etag }),
  ...(size === undefined ? {} : { size }),
  ...(sequencer === undefined ? {} : { sequencer }),
})

/** A foreign string in a sentence that the journal keeps: short, whatever was sent. */
const quoted = (text: unknown): string => JSON.stringify(typeof text === "string" ? text.slice(0, 100) : typeof text)

const created = (objects: Arr.NonEmptyReadonlyArray<CreatedObject>): ObjectEvents => ({ _tag: "Created", objects })
const ignored = (why: string): ObjectEvents => ({ _tag: "Ignored", why })
const refused = (rejection: Rejection): ObjectEvents => ({ _tag: "Refused", ...rejection })
const unknownShape = (detail: string): ObjectEvents => refused(reject("UnknownShape", detail))

const decoded = <A>(
  result: Result.Result<A, Schema.SchemaError>,
  onSuccess: (value: A) => ObjectEvents,
): ObjectEvents =>
  Result.match(result, { onFailure: (error) => refused(SchemaRejection.fromSchemaError(error)), onSuccess })

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const decodeObjectCreated = Schema.decodeUnknownResult(ObjectCreated)
const decodeFlowRunReport = Schema.decodeUnknownResult(FlowRunReport.FlowRunReport)
const decodeNotification = Schema.decodeUnknownResult(S3Notification)
const decodeSnsEnvelope = Schema.decodeUnknownResult(SnsEnvelope)

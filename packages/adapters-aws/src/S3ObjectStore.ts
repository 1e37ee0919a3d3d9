/**
 * {@link ObjectStore} on S3.
 *
 * A version is S3's version id where the bucket keeps versions, and `etag:` with the object's etag where it does not; then a read names the etag in
 * `If-Match`. {@link versionOf} makes it, from an event too.
 *
 * A conditional write is never sent again blindly: where the answer to one was lost, the key is looked at first. The bytes that we sent are our
 * success; other bytes are `Conflict`, and the caller reads back and compares.
 *
 * Rights: `s3:GetObject`, `s3:GetObjectVersion`, `s3:PutObject`, `s3:AbortMultipartUpload`, and on the bucket `s3:ListBucket` (without it a missing
 * key is 403, not 404) and `s3:ListBucketVersions`.
 *
 * @since 0.1.0
 */
import { type ListObjectVersionsCommandInput, S3Client } from "@aws-sdk/client-s3"
import {
  type ObjectInfo,
  type ObjectRef,
  ObjectStore,
  type ObjectStoreError,
  type WriteCondition,
} from "@tributary/core/ObjectStore"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { reasonOf } from "./internal/awsError.ts"
import * as S3 from "./internal/s3.ts"
import { put, upload } from "./internal/s3Write.ts"
import { clientSettings, scoped, transient } from "./internal/sdk.ts"

/**
 * How the store writes.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  /**
   * Bytes per part of an upload; smaller objects are written in one call. Default 8 MiB: S3 takes 5 MiB to 5 GiB, the last may be smaller, and at
   * most 10,000 of them (S3 User Guide, "Amazon S3 multipart upload limits"), so an object may have 78 GiB. An open upload holds one in memory.
   */
  readonly partBytes?: number | undefined
}

const defaultPartBytes = 8 * 1024 * 1024

/**
 * The calls of S3 that the store makes.
 *
 * @category models
 * @since 0.1.0
 */
export type Api = S3.Api

/**
 * The version string of an object, from what S3 says of it in an answer, an EventBridge event or a notification. A bucket without versions says no
 * version id, or `null`; the etag may stand in quotes or not.
 *
 * @example
 * ```ts
 * import * as S3ObjectStore from "@tributary/adapters-aws/S3ObjectStore"
 *
 * S3ObjectStore.versionOf({ versionId: "IYV3p45BT0ac8hjHg1houSdS1a.Mro8e", etag: "b1946ac9" }) // => "IYV3p45BT0ac8hjHg1houSdS1a.Mro8e"
 * S3ObjectStore.versionOf({ etag: "b1946ac9" }) // => "etag:b1946ac9"
 * ```
 *
 * @category getters
 * @since 0.1.0
 */
export const versionOf: (said: { readonly versionId?: string | undefined; readonly etag: string }) => string =
  S3.versionOf

/**
 * The store over the calls given.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (api: Api, { partBytes = defaultPartBytes }: Options = {}): ObjectStore["Service"] =>
  ObjectStore.of({
    get: (ref, range) => {
      const operation = `get ${S3.named(ref)}`
      // HTTP has no empty range; a missing object must be noticed all the same.
      if (range !== undefined && range.end <= range.start) return Stream.fromEffectDrain(S3.head(operation, ref, api))
      const input = {
        ...S3.at(ref),
        ...S3.pinned(ref.version),
        ...(range === undefined ? {} : { Range: `bytes=${range.start}-${range.end - 1}` }),
      }
      return S3.call(operation, api.getObject, input).pipe(
        transient,
        S3.versionNotFound(operation, ref),
        Effect.map((opened) => bytesOf(operation, opened, range)),
        Effect.catchIf(beginsBehindTheEnd, () => Effect.succeed(Stream.empty)),
        Stream.unwrap,
      )
    },
    head: Effect.fn("S3ObjectStore.head")((ref: ObjectRef) =>
      Effect.map(S3.head(`head ${S3.named(ref)}`, ref, api), ({ info }) => info),
    ),
    put: Effect.fn("S3ObjectStore.put")((ref: ObjectRef, bytes: Uint8Array, condition: WriteCondition) =>
      put(api, `put ${S3.named(ref)}`, ref, bytes, condition),
    ),
    upload: (ref, condition) => upload(api, partBytes, ref, condition),
    list: (bucket, prefix) => Stream.paginate({ Bucket: bucket, Prefix: prefix }, page(api)),
  })

/**
 * S3 as the standard AWS environment says.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (
  options: Options & {
    /** Whether the bucket stands in the path instead of the host's name, as servers that are not Amazon's mostly want it; default false. */
    readonly forcePathStyle?: boolean | undefined
  } = {},
): Layer.Layer<ObjectStore> =>
  Layer.effect(
    ObjectStore,
    Effect.map(
      scoped(() => new S3Client({ ...clientSettings, forcePathStyle: options.forcePathStyle ?? false })),
      (client) => make(S3.apiOf(client), options),
    ),
  )

/**
 * S3 as the standard AWS environment says, with the bucket in the path where `AWS_ENDPOINT_URL_S3` or `AWS_ENDPOINT_URL` names another server.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerConfig: Layer.Layer<ObjectStore, Config.ConfigError> = Layer.unwrap(
  Effect.gen(function* () {
    const ofS3 = yield* Config.option(Config.String("AWS_ENDPOINT_URL_S3"))
    const ofAll = yield* Config.option(Config.String("AWS_ENDPOINT_URL"))
    return layer({ forcePathStyle: Option.isSome(ofS3) || Option.isSome(ofAll) })
  }),
)

/**
 * One page of a listing. It lists versions, since only they name version ids: an object has one version, whether it was listed, read or told of by an
 * event. The order is that of the keys' UTF-8 bytes.
 */
const page =
  (api: Api) =>
  (
    input: ListObjectVersionsCommandInput,
  ): Effect.Effect<
    readonly [ReadonlyArray<ObjectInfo>, Option.Option<ListObjectVersionsCommandInput>],
    ObjectStoreError
  > =>
    S3.call(`list s3://${input.Bucket}/${input.Prefix}`, api.listObjectVersions, input).pipe(
      transient,
      Effect.map((found) => [
        (found.Versions ?? []).flatMap((version) => {
          const { Key: key, IsLatest, Size, LastModified } = version
          if (key === undefined || IsLatest !== true) return []
          return [S3.infoOf({ bucket: input.Bucket ?? "", key }, version, Size, LastModified?.getTime())]
        }),
        found.IsTruncated === true
          ? // The key alone: the next page begins with the next key, and the versions left out are not the latest.
            Option.some({ ...input, KeyMarker: found.NextKeyMarker })
          : Option.none(),
      ]),
    )

/** 416: S3 refuses a range that begins behind the last byte. To cut such a piece out of an array gives nothing. */
const beginsBehindTheEnd = ({ reason }: ObjectStoreError): boolean =>
  reason._tag === "Invalid" && S3.statusOf(reason) === 416

const bytesOf = (
  operation: string,
  { Body: body, ContentRange }: S3.Opened,
  range: { readonly start: number; readonly end: number } | undefined,
): Stream.Stream<Uint8Array, ObjectStoreError> => {
  if (body === undefined) return Stream.empty
  const bytes = Stream.fromAsyncIterable<Uint8Array, ObjectStoreError>(body, (cause) =>
    S3.failure({ operation, reason: reasonOf(cause) }),
  ).pipe(
    // A reader that stops early must not keep the connection.
    Stream.ensuring(Effect.sync(() => body.destroy())),
  )
  // A server may answer the whole object to a range (RFC 9110, section 14.2).
  return range === undefined || ContentRange !== undefined ? bytes : cut(bytes, range)
}

const cut = <E>(
  bytes: Stream.Stream<Uint8Array, E>,
  { start, end }: { readonly start: number; readonly end: number },
): Stream.Stream<Uint8Array, E> =>
  bytes.pipe(
    Stream.mapAccum(
      () => 0,
      (position, piece) =>
        [
          position + piece.length,
          [piece.subarray(Math.max(start - position, 0), Math.max(end - position, 0))],
        ] as const,
    ),
    Stream.filter((piece) => piece.length > 0),
  )

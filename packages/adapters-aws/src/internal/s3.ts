/**
 * S3 as far as the object store calls it: the narrow Api, its live form, and how refs, versions and answers look on the wire.
 */
import {
  AbortMultipartUploadCommand,
  type AbortMultipartUploadCommandInput,
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandInput,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  GetObjectCommand,
  type GetObjectCommandInput,
  HeadObjectCommand,
  type HeadObjectCommandInput,
  type HeadObjectCommandOutput,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandInput,
  type ListObjectVersionsCommandOutput,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
  UploadPartCommand,
  type UploadPartCommandInput,
} from "@aws-sdk/client-s3"
import { type ObjectInfo, type ObjectRef, ObjectStoreError, type WriteCondition } from "@tributary/core/ObjectStore"
import * as PortError from "@tributary/core/PortError"
import * as Effect from "effect/Effect"
import type { Readable } from "node:stream"
import { type Call, callerOf, transient } from "./sdk.ts"

/**
 * The calls of S3 that the store makes. `getObject` answers Node's stream.
 *
 * @category models
 * @since 0.1.0
 */
export interface Api {
  readonly getObject: Call<GetObjectCommandInput, Opened>
  readonly headObject: Call<HeadObjectCommandInput, Omit<HeadObjectCommandOutput, "$metadata">>
  readonly putObject: Call<PutObjectCommandInput, Written>
  readonly listObjectVersions: Call<ListObjectVersionsCommandInput, Omit<ListObjectVersionsCommandOutput, "$metadata">>
  readonly createMultipartUpload: Call<CreateMultipartUploadCommandInput, { readonly UploadId?: string | undefined }>
  readonly uploadPart: Call<UploadPartCommandInput, { readonly ETag?: string | undefined }>
  readonly completeMultipartUpload: Call<CompleteMultipartUploadCommandInput, Written>
  readonly abortMultipartUpload: Call<AbortMultipartUploadCommandInput, unknown>
}

/** An object to be read; `ContentRange` where it is a part of one. */
export interface Opened {
  readonly Body?: Readable | undefined
  readonly ContentRange?: string | undefined
}

/** What S3 says of an object when it has written one. */
export interface Written {
  readonly ETag?: string | undefined
  readonly VersionId?: string | undefined
}

/** The Api over a client. */
export const apiOf = (client: S3Client): Api => ({
  // In Node the body is an IncomingMessage; its type names what it is in browsers too.
  getObject: (input, options) =>
    client
      .send(new GetObjectCommand(input), options)
      .then(({ Body, ContentRange }) => ({ Body: Body as Readable | undefined, ContentRange })),
  headObject: (input, options) => client.send(new HeadObjectCommand(input), options),
  putObject: (input, options) => client.send(new PutObjectCommand(input), options),
  listObjectVersions: (input, options) => client.send(new ListObjectVersionsCommand(input), options),
  createMultipartUpload: (input, options) => client.send(new CreateMultipartUploadCommand(input), options),
  uploadPart: (input, options) => client.send(new UploadPartCommand(input), options),
  completeMultipartUpload: (input, options) => client.send(new CompleteMultipartUploadCommand(input), options),
  abortMultipartUpload: (input, options) => client.send(new AbortMultipartUploadCommand(input), options),
})

/** The port's error. */
export const failure = (fields: { readonly operation: string; readonly reason: PortError.Reason }): ObjectStoreError =>
  new ObjectStoreError(fields)

/** Makes one call of S3. */
export const call = callerOf(failure)

/** Bucket and key, as requests name them. */
export const at = ({ bucket, key }: ObjectRef): { readonly Bucket: string; readonly Key: string } => ({
  Bucket: bucket,
  Key: key,
})

/** The object's address, for people. */
export const named = ({ bucket, key, version }: ObjectRef): string =>
  `s3://${bucket}/${key}${version === undefined ? "" : ` (version ${version})`}`

// No version id holds a colon: they are URL-ready (S3 User Guide, "How S3 Versioning works").
const etagMark = "etag:"

/** See `S3ObjectStore.versionOf`. */
export const versionOf = (said: { readonly versionId?: string | undefined; readonly etag: string }): string =>
  said.versionId === undefined || said.versionId === "" || said.versionId === "null"
    ? `${etagMark}${said.etag.replaceAll('"', "")}`
    : said.versionId

/** The part of a reading request that pins the version. */
export const pinned = (version: string | undefined): { readonly VersionId?: string; readonly IfMatch?: string } => {
  if (version === undefined) return {}
  return version.startsWith(etagMark) ? { IfMatch: `"${version.slice(etagMark.length)}"` } : { VersionId: version }
}

/** The part of a writing request that says when it may take effect. */
export const under = (condition: WriteCondition): { readonly IfNoneMatch?: string } =>
  condition === "absent" ? { IfNoneMatch: "*" } : {}

/** What an answer says of an object. */
export const infoOf = (
  { bucket, key }: ObjectRef,
  said: Written,
  size: number | undefined,
  modifiedAt: number | undefined,
): ObjectInfo => ({
  bucket,
  key,
  version: versionOf({ versionId: said.VersionId, etag: said.ETag ?? "" }),
  size: size ?? 0,
  modifiedAt: modifiedAt ?? 0,
})

/** The object's info, and its SHA-256 in base64 where it was written with one: for several parts the composite form, `…-3`. */
export const head = (
  operation: string,
  ref: ObjectRef,
  api: Pick<Api, "headObject">,
): Effect.Effect<{ readonly info: ObjectInfo; readonly checksum: string | undefined }, ObjectStoreError> =>
  call(operation, api.headObject, { ...at(ref), ...pinned(ref.version), ChecksumMode: "ENABLED" }).pipe(
    transient,
    versionNotFound(operation, ref),
    Effect.map((found) => ({
      checksum: found.ChecksumSHA256,
      info: infoOf(ref, found, found.ContentLength, found.LastModified?.getTime()),
    })),
  )

/** A version that is not there has other answers than 404: 412 to an etag that has moved on, 405 to a delete marker, 400 to an id S3 never gave. */
export const versionNotFound = (
  operation: string,
  ref: ObjectRef,
): (<A, R>(effect: Effect.Effect<A, ObjectStoreError, R>) => Effect.Effect<A, ObjectStoreError, R>) =>
  Effect.mapError((error) =>
    ref.version !== undefined && saysNoSuchVersion(error.reason)
      ? failure({ operation, reason: new PortError.NotFound({ detail: `${named(ref)} does not exist` }) })
      : error,
  )

const saysNoSuchVersion = (reason: PortError.Reason): boolean => {
  if (reason._tag === "Conflict") return true
  if (reason._tag !== "Invalid") return false
  // Not every 400: an expired token is one too, and HEAD has no body to tell.
  return statusOf(reason) === 405 || reason.detail.startsWith("InvalidArgument")
}

/** The HTTP status behind a reason; 0 where there was none. */
export const statusOf = (reason: PortError.Invalid): number => {
  const { $metadata } = (reason.cause ?? {}) as { readonly $metadata?: { readonly httpStatusCode?: number } }
  return $metadata?.httpStatusCode ?? 0
}

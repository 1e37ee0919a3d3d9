/**
 * Writes to S3: small objects in one call, larger ones in parts, and conditional ones so that a lost answer is not taken for somebody else's object.
 */
import type { CompleteMultipartUploadCommandInput } from "@aws-sdk/client-s3"
import type { ObjectInfo, ObjectRef, ObjectStoreError, Upload, WriteCondition } from "@tributary/core/ObjectStore"
import * as PortError from "@tributary/core/PortError"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { createHash } from "node:crypto"
import { type Api, at, call, failure, head, infoOf, named, under, type Written } from "./s3.ts"
import { transient } from "./sdk.ts"

/**
 * Runs a write that must not be sent twice blindly until its outcome is known. Where an answer was lost, the key is looked at before anything is sent
 * again: bytes with the checksum that we sent are our success; under `absent`, other bytes, or a server that tells no checksum, are `Conflict`.
 */
const once = (
  api: Api,
  operation: string,
  ref: ObjectRef,
  condition: WriteCondition,
  checksum: string,
  write: Effect.Effect<ObjectInfo, ObjectStoreError>,
): Effect.Effect<ObjectInfo, ObjectStoreError> =>
  Effect.suspend(() => {
    // Whether an attempt of ours may have taken effect without our knowing.
    let unknown = false
    return write.pipe(
      Effect.catch((error) => {
        if (error.reason._tag === "Unavailable") unknown = true
        if (!unknown || error.reason._tag === "Throttled") return Effect.fail(error)
        return head(operation, { bucket: ref.bucket, key: ref.key }, api).pipe(
          Effect.flatMap((found) => {
            if (found.checksum === checksum) return Effect.succeed(found.info)
            return Effect.fail(condition === "absent" ? conflict(operation, ref, found.info.version) : error)
          }),
          // Nothing is there, so the write has not taken effect: what it failed with stands.
          Effect.catchIf(
            (looked) => looked.reason._tag === "NotFound",
            () => Effect.fail(error),
          ),
        )
      }),
      transient,
    )
  })

/** Writes an object in one call. */
export const put = (
  api: Api,
  operation: string,
  ref: ObjectRef,
  bytes: Uint8Array,
  condition: WriteCondition,
): Effect.Effect<ObjectInfo, ObjectStoreError> =>
  Effect.suspend(() => {
    const checksum = sha256(bytes).toString("base64")
    const input = { ...at(ref), ...under(condition), Body: bytes, ChecksumSHA256: checksum }
    const write = call(operation, api.putObject, input).pipe(Effect.flatMap(written(ref, bytes.length)))
    return condition === "absent" ? once(api, operation, ref, condition, checksum, write) : transient(write)
  })

/** Opens an object for writing; nothing is sent before there is a part of `partBytes`. */
export const upload = Effect.fnUntraced(function* (
  api: Api,
  partBytes: number,
  ref: ObjectRef,
  condition: WriteCondition,
): Effect.fn.Return<Upload, never, Scope.Scope> {
  const operation = `upload ${named(ref)}`
  const parts: Array<{ readonly PartNumber: number; readonly ETag: string | undefined; readonly digest: Buffer }> = []
  let pending: Array<Uint8Array> = []
  let pendingBytes = 0
  let size = 0
  let uploadId: string | undefined

  // S3 refuses to abort what is complete. What could not be aborted, a lifecycle rule of the bucket ends.
  yield* Effect.addFinalizer(() =>
    uploadId === undefined
      ? Effect.void
      : transient(call(operation, api.abortMultipartUpload, { ...at(ref), UploadId: uploadId })).pipe(
          Effect.catchIf(
            (error) => error.reason._tag === "NotFound",
            () => Effect.void,
          ),
          Effect.catch((error) => Effect.logWarning("An unfinished upload was left behind", error)),
        ),
  )

  const begin = call(operation, api.createMultipartUpload, { ...at(ref), ChecksumAlgorithm: "SHA256" }).pipe(
    transient,
    Effect.flatMap(({ UploadId }) => {
      uploadId = UploadId
      return UploadId === undefined ? Effect.die(new Error("S3 began an upload and did not name it")) : Effect.void
    }),
    // What was begun must be known to the finalizer.
    Effect.uninterruptible,
  )

  const sendPart = Effect.fnUntraced(function* (bytes: Uint8Array) {
    if (uploadId === undefined) yield* begin
    const digest = sha256(bytes)
    const PartNumber = parts.length + 1
    const { ETag } = yield* call(operation, api.uploadPart, {
      ...at(ref),
      UploadId: uploadId,
      PartNumber,
      Body: bytes,
      ChecksumSHA256: digest.toString("base64"),
    }).pipe(transient)
    parts.push({ PartNumber, ETag, digest })
  })

  const completeParts = Effect.suspend(() => {
    const input: CompleteMultipartUploadCommandInput = {
      ...at(ref),
      ...under(condition),
      UploadId: uploadId,
      MultipartUpload: {
        Parts: parts.map(({ digest, ...part }) => ({ ...part, ChecksumSHA256: digest.toString("base64") })),
      },
    }
    const checksum = compositeChecksum(parts.map(({ digest }) => digest))
    const write = call(operation, api.completeMultipartUpload, input).pipe(Effect.flatMap(written(ref, size)))
    // Not even an unconditional completion is sent twice blindly: the second answer would be that there is no such upload.
    return once(api, operation, ref, condition, checksum, write).pipe(
      Effect.mapError((error) =>
        error.reason._tag === "NotFound"
          ? failure({ operation, reason: new PortError.Unavailable({ detail: `the upload is gone; begin it again` }) })
          : error,
      ),
    )
  })

  return {
    write: Effect.fnUntraced(function* (bytes) {
      let offset = 0
      while (pendingBytes + bytes.length - offset >= partBytes) {
        const end = offset + partBytes - pendingBytes
        yield* sendPart(Buffer.concat([...pending, bytes.subarray(offset, end)]))
        pending = []
        pendingBytes = 0
        offset = end
      }
      size += bytes.length
      if (offset === bytes.length) return
      // A copy: the caller may use its array again.
      pending.push(bytes.slice(offset))
      pendingBytes += bytes.length - offset
    }),
    complete: Effect.suspend(() => {
      const rest = Buffer.concat(pending)
      if (uploadId === undefined) return put(api, operation, ref, rest, condition)
      return Effect.andThen(rest.length === 0 ? Effect.void : sendPart(rest), completeParts)
    }),
  }
})

/** S3 does not say when it has written an object; this machine's clock is near enough, and `head` tells S3's. */
const written = (ref: ObjectRef, size: number) => (said: Written) =>
  Effect.map(Clock.currentTimeMillis, (now) => infoOf(ref, said, size, now))

const conflict = (operation: string, ref: ObjectRef, actualVersion: string) =>
  failure({ operation, reason: new PortError.Conflict({ detail: `${named(ref)} has other content`, actualVersion }) })

const sha256 = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest()

/** S3's checksum of an object in parts: of the parts' checksums, and how many there are (S3 User Guide, "Checking object integrity"). */
const compositeChecksum = (parts: ReadonlyArray<Buffer>): string =>
  `${sha256(Buffer.concat(parts)).toString("base64")}-${parts.length}`

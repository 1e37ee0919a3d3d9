/** S3 in memory behind the store's narrow Api, with the semantics of its documentation: conditions, versions, checksums, parts. */
import type * as S3ObjectStore from "@tributary/adapters-aws/S3ObjectStore"
import { createHash, randomUUID } from "node:crypto"
import { Readable } from "node:stream"
import { serviceError } from "./fake.ts"

interface Stored {
  readonly bytes: Buffer
  readonly VersionId: string | undefined
  readonly ETag: string
  readonly ChecksumSHA256: string
  readonly LastModified: Date
}

interface Open {
  readonly key: string
  readonly parts: Map<number, { readonly bytes: Buffer; readonly sha256: Buffer }>
}

const hash = (algorithm: "md5" | "sha256", bytes: Uint8Array) => createHash(algorithm).update(bytes).digest()

const bytesOf = (body: unknown): Buffer => {
  if (!(body instanceof Uint8Array)) throw new Error("the fake takes bytes")
  return Buffer.from(body)
}

/** A fake of one bucket; `pageSize` versions to a page of a listing. */
export const make = (options: { readonly versions: boolean; readonly pageSize?: number }): S3ObjectStore.Api => {
  const pageSize = options.pageSize ?? 1000
  /** By key, newest first. */
  const objects = new Map<string, Array<Stored>>()
  const open = new Map<string, Open>()

  const found = (input: { Key?: string | undefined; VersionId?: string | undefined; IfMatch?: string | undefined }) => {
    const versions = objects.get(input.Key ?? "")
    if (versions === undefined) throw serviceError("NoSuchKey", 404)
    const { VersionId } = input
    const one = VersionId === undefined ? versions[0] : versions.find((version) => version.VersionId === VersionId)
    if (one === undefined) throw serviceError("NoSuchVersion", 404)
    if (input.IfMatch !== undefined && input.IfMatch !== one.ETag) throw serviceError("PreconditionFailed", 412)
    return one
  }

  const store = (key: string, condition: string | undefined, bytes: Buffer, etag: string, checksum: string): Stored => {
    if (condition === "*" && objects.has(key)) throw serviceError("PreconditionFailed", 412)
    const VersionId = options.versions ? randomUUID() : undefined
    const stored = { bytes, VersionId, ETag: `"${etag}"`, ChecksumSHA256: checksum, LastModified: new Date(0) }
    objects.set(key, [stored, ...(options.versions ? (objects.get(key) ?? []) : [])])
    return stored
  }

  const upload = (id: string | undefined): Open => {
    const one = open.get(id ?? "")
    if (one === undefined) throw serviceError("NoSuchUpload", 404)
    return one
  }

  return {
    getObject: async (input) => {
      const { bytes } = found(input)
      const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(input.Range ?? "") ?? []
      if (first === undefined || last === undefined) return { Body: Readable.from(pieces(bytes)) }
      if (Number(first) >= bytes.length) throw serviceError("InvalidRange", 416)
      const part = bytes.subarray(Number(first), Number(last) + 1)
      return { Body: Readable.from(pieces(part)), ContentRange: `bytes ${first}-${last}/${bytes.length}` }
    },
    headObject: async (input) => {
      const { bytes, ...said } = found(input)
      return { ...said, ContentLength: bytes.length }
    },
    putObject: async (input) => {
      const bytes = bytesOf(input.Body)
      const checksum = hash("sha256", bytes).toString("base64")
      if (input.ChecksumSHA256 !== checksum) throw serviceError("BadDigest", 400)
      return store(input.Key ?? "", input.IfNoneMatch, bytes, hash("md5", bytes).toString("hex"), checksum)
    },
    listObjectVersions: async ({ Prefix = "", KeyMarker }) => {
      const after = KeyMarker === undefined ? undefined : Buffer.from(KeyMarker)
      const all = [...objects]
        .filter(
          ([key]) => key.startsWith(Prefix) && (after === undefined || Buffer.compare(Buffer.from(key), after) > 0),
        )
        .toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
        .flatMap(([Key, versions]) =>
          versions.map(({ bytes, VersionId = "null", ETag, LastModified }, i) => {
            return { Key, VersionId, ETag, LastModified, Size: bytes.length, IsLatest: i === 0 }
          }),
        )
      const Versions = all.slice(0, pageSize)
      const last = Versions.at(-1)
      return {
        Versions,
        IsTruncated: all.length > pageSize,
        NextKeyMarker: last?.Key,
        NextVersionIdMarker: last?.VersionId,
      }
    },
    createMultipartUpload: async ({ Key = "" }) => {
      const UploadId = randomUUID()
      open.set(UploadId, { key: Key, parts: new Map() })
      return { UploadId }
    },
    uploadPart: async (input) => {
      const bytes = bytesOf(input.Body)
      const sha256 = hash("sha256", bytes)
      if (input.ChecksumSHA256 !== sha256.toString("base64")) throw serviceError("BadDigest", 400)
      upload(input.UploadId).parts.set(input.PartNumber ?? 0, { bytes, sha256 })
      return { ETag: `"${hash("md5", bytes).toString("hex")}"` }
    },
    completeMultipartUpload: async (input) => {
      const { key, parts } = upload(input.UploadId)
      const named = (input.MultipartUpload?.Parts ?? []).map(({ PartNumber }) => parts.get(PartNumber ?? 0)!)
      if (named.slice(0, -1).some(({ bytes }) => bytes.length < 5 * 1024 * 1024))
        throw serviceError("EntityTooSmall", 400)
      const bytes = Buffer.concat(named.map((part) => part.bytes))
      const etag = hash("md5", Buffer.concat(named.map((part) => hash("md5", part.bytes)))).toString("hex")
      const checksum = hash("sha256", Buffer.concat(named.map((part) => part.sha256))).toString("base64")
      const stored = store(key, input.IfNoneMatch, bytes, `${etag}-${named.length}`, `${checksum}-${named.length}`)
      open.delete(input.UploadId ?? "")
      return stored
    },
    abortMultipartUpload: async ({ UploadId }) => {
      upload(UploadId)
      open.delete(UploadId ?? "")
    },
  }
}

const pieces = (bytes: Buffer): ReadonlyArray<Buffer> =>
  Array.from({ length: Math.ceil(bytes.length / 65536) }, (_, i) => bytes.subarray(i * 65536, (i + 1) * 65536))

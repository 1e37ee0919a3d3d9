/**
 * Who an input is: the same through every delivery.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { Delivery } from "../Delivery.ts"
import { Digest } from "../Digest.ts"
import type { InputContent } from "../journal/InputDecider.ts"
import * as Lake from "../Lake.ts"
import { ObjectStore, ObjectStoreError } from "../ObjectStore.ts"
import * as PortError from "../PortError.ts"
import * as Utf8 from "../Utf8.ts"
import * as ConditionalWrite from "./ConditionalWrite.ts"

/**
 * `version` is the object's, as it was when the input was identified: reading continues with exactly that one.
 *
 * @category models
 * @since 0.1.0
 */
export interface Identified {
  readonly inputId: string
  readonly bytes: number
  /** SHA-256 of the bytes as they came, where they are the identity. */
  readonly digest: string | undefined
  readonly version: string | undefined
}

/**
 * The id of a delivery's input: 128 bits of SHA-256, in hexadecimal, over the flow and either bucket, key and version, or the digest of the bytes.
 *
 * @category identity
 * @since 0.1.0
 */
export const identify = Effect.fnUntraced(function* (flow: string, delivery: Delivery) {
  const digest = yield* Digest
  const idOf = (...parts: ReadonlyArray<string>) =>
    ConditionalWrite.hex(digest.sha256(Utf8.encode(parts.join("\u0000"))).subarray(0, 16))
  if ("bytes" in delivery.content) {
    const { bytes } = delivery.content
    const sha256 = ConditionalWrite.hex(digest.sha256(bytes))
    const inputId = idOf("digest", flow, sha256, delivery.qualifier ?? "")
    return { inputId, bytes: bytes.length, digest: sha256, version: undefined } satisfies Identified
  }
  const store = yield* ObjectStore
  const { object } = delivery.content
  const info = yield* store.head(object)
  if (delivery.identity === "version") {
    const inputId = idOf("version", flow, object.bucket, object.key, info.version)
    return { inputId, bytes: info.size, digest: undefined, version: info.version } satisfies Identified
  }
  const sha256 = yield* ConditionalWrite.sha256Of(store.get({ ...object, version: info.version }))
  const inputId = idOf("digest", flow, sha256, delivery.qualifier ?? "")
  return { inputId, bytes: info.size, digest: sha256, version: info.version } satisfies Identified
})

/**
 * Where the input's bytes can be read from now on. What is known by its digest is copied into the lake, so that it can be read again whatever becomes of
 * the file.
 *
 * @category identity
 * @since 0.1.0
 */
export const keep = Effect.fnUntraced(function* (delivery: Delivery, { digest, version }: Identified) {
  const lake = yield* Lake.Lake
  const { content } = delivery
  if (digest === undefined) {
    if (!("object" in content) || version === undefined)
      throw new Error("an identity by version needs an object and its version")
    return { bucket: content.object.bucket, key: content.object.key, version, kept: false } satisfies InputContent
  }
  const target = Lake.ref(lake, Lake.inputPath(digest))
  if ("bytes" in content) yield* ConditionalWrite.putSame(target, content.bytes)
  else {
    yield* ConditionalWrite.copySame({ ...content.object, version }, target, digest).pipe(
      Effect.catchReason("ObjectStoreError", "NotFound", () => changedMeanwhile(delivery.source)),
    )
  }
  return { bucket: target.bucket, key: target.key, kept: true } satisfies InputContent
})

const changedMeanwhile = (source: string) =>
  new ObjectStoreError({
    operation: `read ${source}`,
    reason: new PortError.Unavailable({ detail: "it changed while it was read; run the same command again" }),
  })

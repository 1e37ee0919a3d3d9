/**
 * SHA-256 and HMAC-SHA-256 by `node:crypto`.
 *
 * @since 0.1.0
 */
import * as Digest from "@tributary/core/Digest"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { createHash, createHmac } from "node:crypto"

/**
 * Digests by `node:crypto`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (): Digest.Digest["Service"] => ({
  sha256: (bytes) => plain(createHash("sha256").update(bytes).digest()),
  hasher: () => {
    const hash = createHash("sha256")
    return { update: (bytes) => void hash.update(bytes), digest: () => plain(hash.digest()) }
  },
  hmacSha256: (key, bytes) => plain(createHmac("sha256", Redacted.value(key)).update(bytes).digest()),
})

/**
 * Digests by `node:crypto`, as a layer.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<Digest.Digest> = Layer.sync(Digest.Digest, make)

/** A Buffer answers to more names than a Uint8Array (`slice` is a view, `equals` is there): the port promises the plain one. */
const plain = (buffer: Buffer): Uint8Array => new Uint8Array(buffer)

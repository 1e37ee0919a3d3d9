/**
 * Port for digests: SHA-256 and HMAC-SHA-256.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Redacted from "effect/Redacted"

/**
 * A SHA-256 being computed. `digest` ends it and answers 32 bytes.
 *
 * @category models
 * @since 0.1.0
 */
export interface Hasher {
  readonly update: (bytes: Uint8Array) => void
  readonly digest: () => Uint8Array
}

/**
 * Digests never fail and touch nothing outside, so they are plain functions.
 *
 * @category services
 * @since 0.1.0
 */
export class Digest extends Context.Service<
  Digest,
  {
    readonly sha256: (bytes: Uint8Array) => Uint8Array
    readonly hasher: () => Hasher
    readonly hmacSha256: (key: Redacted.Redacted<Uint8Array>, bytes: Uint8Array) => Uint8Array
  }
>()("@tributary/core/Digest") {}

/**
 * Port for compression: gzip and zlib in, Parquet pages out.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"

/**
 * Why compressed bytes cannot be read: the names are reasons of quarantine.
 *
 * @category models
 * @since 0.1.0
 */
export const InflateReason = Schema.Literals(["Truncated", "BadEncoding", "TooLarge"])
export type InflateReason = typeof InflateReason.Type

/**
 * Compressed bytes that are cut, corrupt, or too large once decompressed.
 *
 * @category errors
 * @since 0.1.0
 */
export class CompressionError extends Schema.TaggedError<CompressionError>()("CompressionError", {
  reason: InflateReason,
  detail: Schema.String,
}) {
  override get message(): string {
    return this.detail
  }
  /** The bytes stay as they are. */
  get isRetryable(): boolean {
    return false
  }
}

/**
 * Codecs of Parquet pages.
 *
 * @category models
 * @since 0.1.0
 */
export type PageCodec = "uncompressed" | "snappy" | "gzip" | "zstd"

/**
 * Reads gzip (RFC 1952, several members in a row too) and zlib (RFC 1950), told apart by their first bytes.
 *
 * @category services
 * @since 0.1.0
 */
export class Compression extends Context.Service<
  Compression,
  {
    /** Inflates a stream; fails with `TooLarge` as soon as more than `maxBytes` have come out. */
    readonly inflate: <E, R>(
      bytes: Stream.Stream<Uint8Array, E, R>,
      maxBytes: number,
    ) => Stream.Stream<Uint8Array, E | CompressionError, R>
    /** Inflates bytes that are in memory already. */
    readonly inflateBytes: (bytes: Uint8Array, maxBytes: number) => Effect.Effect<Uint8Array, CompressionError>
    /** Compresses one page at once; the same bytes and level always give the same result. */
    readonly compressPage: (codec: PageCodec, bytes: Uint8Array, level?: number) => Uint8Array
  }
>()("@tributary/core/Compression") {}

/**
 * Whether bytes begin as gzip (`1f 8b`) or zlib (`78` and a header check that holds) do.
 *
 * @category guards
 * @since 0.1.0
 */
export const isCompressed = (bytes: Uint8Array): boolean =>
  bytes.length >= 2 &&
  ((bytes[0] === 0x1f && bytes[1] === 0x8b) || (bytes[0] === 0x78 && (0x7800 + bytes[1]!) % 31 === 0))

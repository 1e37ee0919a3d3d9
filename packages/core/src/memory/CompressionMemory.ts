/**
 * {@link Compression} in plain TypeScript: inflates gzip and zlib, and writes pages that any decoder reads, but stores their bytes as they are.
 *
 * It is right, not fast or small: a platform's zlib inflates some ten times faster, and a stored page is a little larger than its bytes.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { Compression, CompressionError, type PageCodec } from "../Compression.ts"
import * as Checksums from "./Checksums.ts"
import * as Inflate from "./Inflate.ts"

/**
 * The codecs. `compressPage` takes a level and ignores it.
 *
 * @example
 * ```ts
 * import * as CompressionMemory from "@tributary/core/memory/CompressionMemory"
 * import * as Effect from "effect/Effect"
 *
 * const { compressPage, inflateBytes } = CompressionMemory.make
 * await Effect.runPromise(inflateBytes(compressPage("gzip", Uint8Array.of(1, 2, 3)), 100)) // => Uint8Array.of(1, 2, 3)
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make: Compression["Service"] = Compression.of({
  inflate: (bytes, maxBytes) =>
    Stream.suspend(() => {
      const inflater = Inflate.make(maxBytes)
      return bytes.pipe(
        Stream.flatMap((piece) =>
          Stream.suspend(() => {
            inflater.feed(piece)
            return piecesOf(inflater)
          }),
        ),
        Stream.concat(
          Stream.suspend(() => {
            const error = inflater.end()
            return error === undefined ? Stream.empty : Stream.fail(error)
          }),
        ),
      )
    }),
  inflateBytes: Effect.fn("CompressionMemory.inflateBytes")((bytes: Uint8Array, maxBytes: number) =>
    Effect.suspend(() => {
      const inflater = Inflate.make(maxBytes)
      inflater.feed(bytes)
      return piecesOf(inflater).pipe(
        Stream.runCollect,
        Effect.flatMap((pieces) => {
          const error = inflater.end()
          return error === undefined ? Effect.succeed(join(pieces)) : Effect.fail(error)
        }),
      )
    }),
  ),
  compressPage: (codec, bytes) => store[codec](bytes),
})

/**
 * The codecs as a layer.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<Compression> = Layer.succeed(Compression, make)

const piecesOf = (inflater: Inflate.Inflater): Stream.Stream<Uint8Array, CompressionError> =>
  Stream.unfold(inflater, (inflater) =>
    Effect.suspend(() => {
      const piece = inflater.read()
      if (piece instanceof CompressionError) return Effect.fail(piece)
      return Effect.succeed(piece === undefined ? undefined : ([piece, inflater] as const))
    }),
  )

/** How many bytes a stored block of deflate, a literal of Snappy and a raw block of Zstandard may hold; the last takes up to 128 KiB. */
const deflateBlock = 65_535
const snappyLiteral = 65_536
const zstdBlock = 131_072

const store: Readonly<Record<PageCodec, (bytes: Uint8Array) => Uint8Array>> = {
  uncompressed: (bytes) => bytes,

  /** RFC 1952: no time, an unknown system, and stored blocks (RFC 1951, 3.2.4). */
  gzip: (bytes) =>
    join([
      Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255),
      ...blocks(bytes, deflateBlock).flatMap(({ block, last }) => [
        Uint8Array.of(last ? 1 : 0, ...little(block.length, 2), ...little(block.length ^ 0xffff, 2)),
        block,
      ]),
      Uint8Array.of(...little(Checksums.crc32(bytes), 4), ...little(bytes.length, 4)),
    ]),

  /** google/snappy, format_description.txt: the length as a varint, then literals with a length of two bytes. */
  snappy: (bytes) =>
    join([
      Uint8Array.from(varint(bytes.length)),
      ...(bytes.length === 0 ? [] : blocks(bytes, snappyLiteral)).flatMap(({ block }) => [
        Uint8Array.of(61 << 2, ...little(block.length - 1, 2)),
        block,
      ]),
    ]),

  /** RFC 8878, 3.1.1: a single segment with a content size of four bytes, and raw blocks. */
  zstd: (bytes) =>
    join([
      Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0xa0, ...little(bytes.length, 4)),
      ...blocks(bytes, zstdBlock).flatMap(({ block, last }) => [
        Uint8Array.from(little(block.length * 8 + (last ? 1 : 0), 3)),
        block,
      ]),
    ]),
}

/** The bytes in blocks of at most `size`; one that is empty where there are no bytes. */
const blocks = (
  bytes: Uint8Array,
  size: number,
): ReadonlyArray<{ readonly block: Uint8Array; readonly last: boolean }> => {
  const count = Math.max(1, Math.ceil(bytes.length / size))
  return Array.from({ length: count }, (_, i) => ({
    block: bytes.subarray(i * size, (i + 1) * size),
    last: i === count - 1,
  }))
}

const little = (value: number, count: number): ReadonlyArray<number> =>
  Array.from({ length: count }, (_, i) => (value >>> (i * 8)) & 255)

const varint = (value: number): ReadonlyArray<number> =>
  value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)]

const join = (pieces: ReadonlyArray<Uint8Array>): Uint8Array => {
  const joined = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  pieces.reduce((at, piece) => (joined.set(piece, at), at + piece.length), 0)
  return joined
}

/**
 * The rules of `compressPage`: part of the contract of {@link Compression}, in a file of its own for its length.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { Compression, type PageCodec } from "../Compression.ts"
import { type Case, ContractViolation, must, mustBeBytes, rulesOf, someBytes } from "./Contract.ts"

const pages = [
  new Uint8Array(0),
  Uint8Array.of(7),
  someBytes(70_000),
  new Uint8Array(200_000).fill(42),
  Uint8Array.from({ length: 65_536 }, (_, i) => (i * i) >> 7),
]

/** Magic number of a Zstandard frame (RFC 8878, 3.1.1). */
const zstdMagic = [0x28, 0xb5, 0x2f, 0xfd]

/**
 * The cases about `compressPage`, as {@link CompressionContract} holds them.
 *
 * @category contract
 * @since 0.1.0
 */
export const pageCases = (fixture: {
  readonly codecs?: ReadonlyArray<PageCodec> | undefined
  readonly decodeZstd?: ((frame: Uint8Array) => Uint8Array) | undefined
}): ReadonlyArray<Case<Compression>> => {
  const rule = rulesOf(Compression)

  /** What a reader of the page would see. */
  const decode = (port: Compression["Service"], codec: PageCodec, bytes: Uint8Array, page: Uint8Array) => {
    switch (codec) {
      case "uncompressed":
        return Effect.succeed(bytes)
      case "gzip":
        return port.inflateBytes(bytes, page.length)
      case "snappy":
        return decodeSnappy(bytes)
      case "zstd":
        return Effect.succeed(fixture.decodeZstd?.(bytes) ?? page)
    }
  }

  return (fixture.codecs ?? ["uncompressed", "snappy", "gzip", "zstd"]).flatMap((codec) => [
    rule(`${codec} pages decode to what they were`, function* (port) {
      for (const page of pages) {
        const bytes = port.compressPage(codec, page)
        if (codec === "zstd") {
          yield* must(
            zstdMagic.every((byte, i) => bytes[i] === byte),
            "it does not begin as a Zstandard frame",
          )
        }
        yield* mustBeBytes(yield* decode(port, codec, bytes, page), page, `page of ${page.length} bytes`)
      }
    }),
    rule(`${codec} pages are the same for the same bytes and level`, function* (port) {
      for (const page of pages) {
        for (const level of [undefined, 1, 6]) {
          const first = port.compressPage(codec, page, level)
          yield* mustBeBytes(
            port.compressPage(codec, page.slice(), level),
            first,
            `${page.length} bytes at level ${level}`,
          )
          yield* mustBeBytes(yield* decode(port, codec, first, page), page, `content at level ${level}`)
        }
      }
    }),
    rule(`compressing ${codec} pages leaves their bytes alone`, function* (port) {
      const page = someBytes(70_000)
      port.compressPage(codec, page)
      yield* mustBeBytes(page, someBytes(70_000), "bytes")
    }),
  ])
}

/** Decodes raw Snappy (google/snappy, format_description.txt): a varint length, then literals and copies. */
const decodeSnappy = (bytes: Uint8Array): Effect.Effect<Uint8Array, ContractViolation> => {
  const little = (at: number, count: number) => {
    let value = 0
    for (let i = 0; i < count; i++) value += bytes[at + i]! * 256 ** i
    return value
  }
  let at = 0
  let length = 0
  for (let shift = 0; ; shift += 7) {
    length += (bytes[at]! & 0x7f) * 2 ** shift
    if (bytes[at++]! < 0x80) break
  }
  const page = new Uint8Array(length)
  let out = 0
  while (at < bytes.length) {
    const tag = bytes[at++]!
    const kind = tag & 3
    let count = (tag >> 2) + 1
    if (kind === 0) {
      if (count > 60) {
        const width = count - 60
        count = little(at, width) + 1
        at += width
      }
      page.set(bytes.subarray(at, at + count), out)
      out += count
      at += count
      continue
    }
    const width = [0, 1, 2, 4][kind]!
    const distance = little(at, width) + (kind === 1 ? (tag >> 5) * 256 : 0)
    if (kind === 1) count = ((tag >> 2) & 7) + 4
    at += width
    if (distance === 0 || distance > out)
      return Effect.fail(new ContractViolation({ message: "a Snappy copy from before the beginning" }))
    for (const end = out + count; out < end; out++) page[out] = page[out - distance]!
  }
  return out === length
    ? Effect.succeed(page)
    : Effect.fail(new ContractViolation({ message: `Snappy promised ${length} bytes, not ${out}` }))
}

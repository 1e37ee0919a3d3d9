/**
 * The frame around compressed data: headers and trailers of gzip (RFC 1952) and zlib (RFC 1950), read by hand.
 *
 * Node's Gunzip skips what stands behind the last member and does not say where a member ends; here each member is inflated on its own.
 */

export type Frame = "gzip" | "zlib"

/** What stands at the beginning of `bytes`: data of a member from `start` on, too few bytes to tell, or nothing that can be read. */
export type Header =
  | { readonly kind: "member"; readonly frame: Frame; readonly start: number }
  | { readonly kind: "short" }
  | { readonly kind: "bad"; readonly detail: string }

/** Bytes of a gzip member's trailer: CRC-32 and length, little-endian (RFC 1952, section 2.3.1). */
export const trailerBytes = 8

/** A header with a name or comment longer than this is an attack, not a file. */
const maxHeaderBytes = 1024 * 1024

const short: Header = { kind: "short" }
const bad = (detail: string): Header => ({ kind: "bad", detail })

/** `crc32` is Node's: the header may carry a checksum of its own. */
export const readHeader = (bytes: Uint8Array, crc32: (bytes: Uint8Array) => number): Header => {
  if (bytes.length === 0) return short
  if (bytes[0] === 0x78) {
    if (bytes.length === 1) return short
    // Inflate reads the two bytes of a zlib header itself.
    return (0x7800 + bytes[1]!) % 31 === 0
      ? { kind: "member", frame: "zlib", start: 0 }
      : bad("its zlib header is corrupt")
  }
  if (bytes[0] !== 0x1f || (bytes.length > 1 && bytes[1] !== 0x8b))
    return bad("it begins neither as gzip nor as zlib does")
  if (bytes.length > 2 && bytes[2] !== 8) return bad(`its gzip method is ${bytes[2]}, not 8 (deflate)`)
  if (bytes.length > 3 && (bytes[3]! & 0xe0) !== 0) return bad("its gzip header has unknown flags")
  const start = gzipHeaderEnd(bytes)
  if (start === undefined) return bytes.length < maxHeaderBytes ? short : bad("its gzip header has no end")
  if ((bytes[3]! & hasHeaderCrc) !== 0) {
    const expected = bytes[start - 2]! | (bytes[start - 1]! << 8)
    if ((crc32(bytes.subarray(0, start - 2)) & 0xffff) !== expected)
      return bad("the checksum of its gzip header does not match")
  }
  return { kind: "member", frame: "gzip", start }
}

const hasHeaderCrc = 0x02
const hasExtra = 0x04
const hasName = 0x08
const hasComment = 0x10

const gzipHeaderEnd = (bytes: Uint8Array): number | undefined => {
  const flags = bytes[3] ?? 0
  let at = 10
  if ((flags & hasExtra) !== 0) {
    if (bytes.length < at + 2) return undefined
    at += 2 + (bytes[at]! | (bytes[at + 1]! << 8))
  }
  for (const flag of [hasName, hasComment]) {
    if ((flags & flag) === 0) continue
    const end = bytes.indexOf(0, at)
    if (end === -1) return undefined
    at = end + 1
  }
  if ((flags & hasHeaderCrc) !== 0) at += 2
  return at <= bytes.length ? at : undefined
}

/** A sentence where the trailer does not fit the content. `length` may be beyond 2^32: the trailer has it modulo that. */
export const checkTrailer = (trailer: Uint8Array, crc: number, length: number): string | undefined => {
  const view = new DataView(trailer.buffer, trailer.byteOffset, trailerBytes)
  if (view.getUint32(0, true) !== crc >>> 0) return "the checksum of its content does not match"
  return view.getUint32(4, true) === length % 2 ** 32 ? undefined : "the length of its content does not match"
}

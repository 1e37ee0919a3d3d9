/**
 * The checksums of gzip and zlib.
 *
 * @since 0.1.0
 */

const table = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = (value & 1) === 0 ? value >>> 1 : (value >>> 1) ^ 0xedb88320
  return value
})

/**
 * CRC-32 (RFC 1952, 8) of bytes, or of what `previous` is the checksum of and then the bytes.
 *
 * @example
 * ```ts
 * import * as Checksums from "@tributary/core/memory/Checksums"
 * import * as Utf8 from "@tributary/core/Utf8"
 *
 * Checksums.crc32(Utf8.encode("123456789")) // => 0xcbf43926
 * Checksums.adler32(Utf8.encode("Wikipedia")) // => 0x11e60398
 * ```
 *
 * @category checksums
 * @since 0.1.0
 */
export const crc32 = (bytes: Uint8Array, previous = 0): number => {
  let crc = ~previous
  for (const byte of bytes) crc = (crc >>> 8) ^ table[(crc ^ byte) & 255]!
  return ~crc >>> 0
}

/**
 * Adler-32 (RFC 1950, 8) of bytes, or of what `previous` is the checksum of and then the bytes.
 *
 * @category checksums
 * @since 0.1.0
 */
export const adler32 = (bytes: Uint8Array, previous = 1): number => {
  let a = previous & 0xffff
  let b = previous >>> 16
  for (const byte of bytes) {
    a = (a + byte) % 65521
    b = (b + a) % 65521
  }
  return b * 65536 + a
}

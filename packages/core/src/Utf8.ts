/**
 * UTF-8 without the platform: core has no `TextDecoder`. Strict, as RFC 3629 says: no overlong forms, no surrogates, nothing beyond U+10FFFF.
 *
 * @since 0.1.0
 */

/**
 * Decodes `bytes[start .. end)`; answers the offset of the first byte that is not UTF-8 where there is one.
 *
 * @example
 * ```ts
 * import * as Utf8 from "@tributary/core/Utf8"
 *
 * Utf8.decode(Uint8Array.of(0xc3, 0xa9)) // => { text: "é" }
 * Utf8.decode(Uint8Array.of(0x61, 0xff)) // => { invalidAt: 1 }
 * ```
 *
 * @category decoding
 * @since 0.1.0
 */
export const decode = (
  bytes: Uint8Array,
  start = 0,
  end: number = bytes.length,
): { readonly text: string } | { readonly invalidAt: number } => {
  let text = ""
  // fromCharCode takes its arguments on the stack: 4,096 units at a time are safe everywhere.
  const units = new Uint16Array(Math.min(4096, end - start + 2))
  let used = 0
  let at = start
  while (at < end) {
    if (used > units.length - 2) {
      text += String.fromCharCode.apply(null, units.subarray(0, used) as never)
      used = 0
    }
    const first = bytes[at]!
    if (first < 0x80) {
      units[used++] = first
      at++
      continue
    }
    const length = sequenceLength(first)
    if (length === 0 || at + length > end) return { invalidAt: at }
    let code = first & (0xff >> (length + 1))
    for (let i = 1; i < length; i++) {
      const next = bytes[at + i]!
      if ((next & 0xc0) !== 0x80) return { invalidAt: at }
      code = (code << 6) | (next & 0x3f)
    }
    if (code < smallest[length]! || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return { invalidAt: at }
    if (code > 0xffff) {
      units[used++] = 0xd7c0 + (code >> 10)
      units[used++] = 0xdc00 + (code & 0x3ff)
    } else {
      units[used++] = code
    }
    at += length
  }
  return { text: text + String.fromCharCode.apply(null, units.subarray(0, used) as never) }
}

/**
 * Decodes bytes that are known to be UTF-8, because this program encoded them; throws where they are not.
 *
 * @category decoding
 * @since 0.1.0
 */
export const decodeUnsafe = (bytes: Uint8Array, start = 0, end: number = bytes.length): string => {
  const decoded = decode(bytes, start, end)
  if ("text" in decoded) return decoded.text
  throw new Error(`not UTF-8 at byte ${decoded.invalidAt}`)
}

/**
 * Encodes a string. A lone surrogate has no UTF-8 and becomes U+FFFD; ask {@link String.prototype.isWellFormed} first where that matters.
 *
 * @category encoding
 * @since 0.1.0
 */
export const encode = (text: string): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(text.length * 3)
  return bytes.slice(0, encodeInto(text, bytes, 0))
}

/**
 * Encodes into `target` from `offset`, which must leave three bytes per UTF-16 unit; answers the offset behind the last byte.
 *
 * @category encoding
 * @since 0.1.0
 */
export const encodeInto = (text: string, target: Uint8Array, offset: number): number => {
  let at = offset
  for (let i = 0; i < text.length; i++) {
    let code = text.charCodeAt(i)
    if (code < 0x80) {
      target[at++] = code
      continue
    }
    if (code >= 0xd800 && code <= 0xdfff) {
      const low = code < 0xdc00 ? text.charCodeAt(i + 1) : Number.NaN
      if (low >= 0xdc00 && low <= 0xdfff) {
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00)
        i++
      } else {
        code = 0xfffd
      }
    }
    if (code < 0x800) {
      target[at++] = 0xc0 | (code >> 6)
    } else {
      if (code < 0x10000) {
        target[at++] = 0xe0 | (code >> 12)
      } else {
        target[at++] = 0xf0 | (code >> 18)
        target[at++] = 0x80 | ((code >> 12) & 0x3f)
      }
      target[at++] = 0x80 | ((code >> 6) & 0x3f)
    }
    target[at++] = 0x80 | (code & 0x3f)
  }
  return at
}

const smallest = [0, 0, 0x80, 0x800, 0x10000]

const sequenceLength = (first: number): number =>
  first >= 0xf8 || first < 0xc0 ? 0 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2

/**
 * The Huffman codes of deflate (RFC 1951, 3.2.2), as one table to look up the next bits in.
 *
 * @since 0.1.0
 */

/**
 * `table[next bits]` is `symbol * 16 + length of the code`, or 0 where no code begins so; `bits` is the longest code's length.
 *
 * @category models
 * @since 0.1.0
 */
export interface Code {
  readonly bits: number
  readonly table: Uint16Array
}

/**
 * Makes the code whose symbols have the lengths given (0: no code), or nothing where there can be none. `complete` wants every sequence of bits to be
 * a code; `oneBit` also takes a single code of one bit, or none at all, as zlib does.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (lengths: Uint8Array, demand: "complete" | "oneBit"): Code | undefined => {
  const bits = lengths.reduce((longest, length) => Math.max(longest, length), 0)
  const counts = new Uint16Array(16)
  for (const length of lengths) if (length > 0) counts[length] = counts[length]! + 1
  let left = 1
  for (let length = 1; length <= 15; length++) {
    left = left * 2 - counts[length]!
    if (left < 0) return undefined
  }
  if (left > 0 && (demand === "complete" || bits > 1)) return undefined

  const next = new Uint16Array(16)
  for (let length = 1; length < 15; length++) next[length + 1] = (next[length]! + counts[length]!) * 2
  const table = new Uint16Array(2 ** bits)
  for (const [symbol, length] of lengths.entries()) {
    if (length === 0) continue
    const code = reverse(next[length]!, length)
    next[length] = next[length]! + 1
    for (let i = code; i < table.length; i += 2 ** length) table[i] = symbol * 16 + length
  }
  return { bits, table }
}

/** Deflate sends a code's first bit first, in the lowest place. */
const reverse = (code: number, length: number): number => {
  let reversed = 0
  for (let i = 0; i < length; i++) reversed = reversed * 2 + ((code >> i) & 1)
  return reversed
}

const fixed = (lengths: Uint8Array): Code => {
  const code = make(lengths, "complete")
  if (code === undefined) throw new Error("a fixed code of deflate is not complete")
  return code
}

/**
 * The literals and lengths of a block with fixed Huffman codes (RFC 1951, 3.2.6).
 *
 * @category constants
 * @since 0.1.0
 */
export const fixedLiterals: Code = fixed(
  Uint8Array.from({ length: 288 }, (_, symbol) => (symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8)),
)

/**
 * The distances of a block with fixed Huffman codes (RFC 1951, 3.2.6).
 *
 * @category constants
 * @since 0.1.0
 */
export const fixedDistances: Code = fixed(new Uint8Array(32).fill(5))

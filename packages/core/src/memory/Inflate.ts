/**
 * Inflates gzip (RFC 1952) and zlib (RFC 1950) around deflate (RFC 1951), in plain TypeScript and piece by piece.
 *
 * What is refused, and as what, follows zlib: an over-subscribed or incomplete code, a code without end of block, a distance before the beginning, a
 * wrong checksum are `BadEncoding`. Zeros behind the last gzip member are padding; anything else there is `BadEncoding`.
 *
 * @since 0.1.0
 */
import { CompressionError, type InflateReason } from "../Compression.ts"
import * as Checksums from "./Checksums.ts"
import * as Huffman from "./Huffman.ts"

/**
 * A decompression that is going on.
 *
 * @category models
 * @since 0.1.0
 */
export interface Inflater {
  /** Takes more input. */
  readonly feed: (bytes: Uint8Array) => void
  /** The next piece that came out, at most 64 KiB; `undefined` when more input is needed. */
  readonly read: () => Uint8Array | CompressionError | undefined
  /** Says that there is no more input; answers what is wrong with that, if anything. */
  readonly end: () => CompressionError | undefined
}

/** A match reaches at most this far back. */
const windowBytes = 32 * 1024
const pieceBytes = 64 * 1024

type State =
  | "start"
  | "block"
  | "tables"
  | "storedLength"
  | "stored"
  | "symbols"
  | "trailer"
  | "between"
  | "padding"
  | "over"

/** What one step came to: it went on, it needs more input, or it failed. */
type Step = "on" | "more" | CompressionError

const fail = (reason: InflateReason, detail: string) => new CompressionError({ reason, detail })
const bad = (detail: string) => fail("BadEncoding", detail)

/** Base length and extra bits of the codes 257–285, base distance and extra bits of the codes 0–29 (RFC 1951, 3.2.5). */
const lengthExtra = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]
const distanceExtra = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13]
const bases = (first: number, extra: ReadonlyArray<number>): ReadonlyArray<number> =>
  extra.map((_, code) => extra.slice(0, code).reduce((base, bits) => base + 2 ** bits, first))
const lengthBase = [...bases(3, lengthExtra).slice(0, -1), 258]
const distanceBase = bases(1, distanceExtra)

/** The order in which a dynamic block gives the lengths of its code length codes (RFC 1951, 3.2.7). */
const codeLengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

/**
 * Begins; more than `maxBytes` out is `TooLarge`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (maxBytes: number): Inflater => {
  let input: Uint8Array = new Uint8Array(0)
  /** Bits of `input` that are read. */
  let bit = 0
  let state: State = "start"
  let format: "gzip" | "zlib" = "gzip"
  let lastBlock = false
  let storedLeft = 0
  let literals = Huffman.fixedLiterals
  let distances = Huffman.fixedDistances

  /** What came out: up to `windowBytes` of history, then what was not handed on yet, from `from` to `at`. */
  const out = new Uint8Array(windowBytes + pieceBytes)
  let from = 0
  let at = 0
  let total = 0
  let inMember = 0
  let checksum = 0

  const bitsLeft = () => input.length * 8 - bit

  /** The next bits, at most 25; zeros stand where the input ends. */
  const peek = (count: number): number => {
    const byte = bit >>> 3
    const word =
      (input[byte] ?? 0) |
      ((input[byte + 1] ?? 0) << 8) |
      ((input[byte + 2] ?? 0) << 16) |
      ((input[byte + 3] ?? 0) << 24)
    return (word >>> (bit & 7)) & ((1 << count) - 1)
  }

  const take = (count: number): number => {
    const value = peek(count)
    bit += count
    return value
  }

  const align = () => {
    bit = (bit + 7) & ~7
  }

  /** A symbol, -1 where the input ends within it, -2 where no code begins so. */
  const symbol = (code: Huffman.Code): number => {
    const entry = code.table[peek(code.bits)]!
    const length = entry & 15
    if (entry === 0) return bitsLeft() < code.bits ? -1 : -2
    if (length > bitsLeft()) return -1
    bit += length
    return entry >> 4
  }

  const room = (): boolean => at < out.length

  /** Hands on what came out since the last time, and makes room where there is none. */
  const flush = (): Uint8Array => {
    const piece = out.slice(from, at)
    checksum = format === "gzip" ? Checksums.crc32(piece, checksum) : Checksums.adler32(piece, checksum)
    total += piece.length
    inMember += piece.length
    if (at > windowBytes) {
      out.copyWithin(0, at - windowBytes, at)
      at = windowBytes
    }
    from = at
    return piece
  }

  const tooLarge = () =>
    total + at - from > maxBytes ? fail("TooLarge", `more than ${maxBytes} bytes decompressed`) : undefined

  const start = (): Step => {
    const byte = bit >>> 3
    const [first, second] = [input[byte], input[byte + 1]]
    if (first === undefined) return "more"
    const zlib = (first & 15) === 8 && first >> 4 <= 7
    if (first !== 0x1f && !zlib) return bad("neither gzip nor zlib")
    if (second === undefined) return "more"
    if (first === 0x1f) {
      if (second !== 0x8b) return bad("neither gzip nor zlib")
      const header = gzipHeaderEnd(input, byte)
      if (typeof header !== "number") return header
      bit = header * 8
      format = "gzip"
      checksum = 0
    } else {
      if ((first * 256 + second) % 31 !== 0) return bad("neither gzip nor zlib: the check of the zlib header fails")
      if ((second & 0x20) !== 0) return bad("zlib with a preset dictionary")
      bit += 16
      format = "zlib"
      checksum = 1
    }
    inMember = 0
    state = "block"
    return "on"
  }

  const block = (): Step => {
    if (bitsLeft() < 3) return "more"
    lastBlock = take(1) === 1
    switch (take(2)) {
      case 0:
        state = "storedLength"
        return "on"
      case 1:
        literals = Huffman.fixedLiterals
        distances = Huffman.fixedDistances
        state = "symbols"
        return "on"
      case 2:
        state = "tables"
        return "on"
      default:
        return bad("a deflate block of type 3")
    }
  }

  const endBlock = (): Step => {
    state = lastBlock ? "trailer" : "block"
    return "on"
  }

  const storedLength = (): Step => {
    align()
    if (bitsLeft() < 32) return "more"
    storedLeft = take(16)
    if (take(16) !== (storedLeft ^ 0xffff)) return bad("a stored block whose lengths disagree")
    state = "stored"
    return "on"
  }

  const stored = (): Step => {
    const count = Math.min(storedLeft, bitsLeft() >>> 3, out.length - at)
    if (count === 0) return storedLeft === 0 ? endBlock() : "more"
    out.set(input.subarray(bit >>> 3, (bit >>> 3) + count), at)
    at += count
    bit += count * 8
    storedLeft -= count
    return tooLarge() ?? "on"
  }

  /** Reads both codes of a dynamic block, all of them or nothing. */
  const tables = (): Step => {
    const back = bit
    const more = (): Step => {
      bit = back
      return "more"
    }
    if (bitsLeft() < 14) return "more"
    const [literalCount, distanceCount, orderCount] = [take(5) + 257, take(5) + 1, take(4) + 4]
    if (literalCount > 286 || distanceCount > 30) return bad("a dynamic block with too many codes")
    if (bitsLeft() < orderCount * 3) return more()
    const codeLengths = new Uint8Array(19)
    for (const code of codeLengthOrder.slice(0, orderCount)) codeLengths[code] = take(3)
    const lengthCode = Huffman.make(codeLengths, "complete")
    if (lengthCode === undefined) return bad("a dynamic block whose code length code is wrong")
    const lengths = new Uint8Array(literalCount + distanceCount)
    for (let i = 0; i < lengths.length;) {
      const code = symbol(lengthCode)
      if (code === -1) return more()
      if (code === -2) return bad("a code length code that does not exist")
      if (code < 16) {
        lengths[i++] = code
        continue
      }
      const extra = [2, 3, 7][code - 16]!
      if (bitsLeft() < extra) return more()
      const repeat = take(extra) + (code === 18 ? 11 : 3)
      if ((code === 16 && i === 0) || i + repeat > lengths.length)
        return bad("a dynamic block that repeats a code length wrongly")
      lengths.fill(code === 16 ? lengths[i - 1]! : 0, i, i + repeat)
      i += repeat
    }
    if (lengths[256] === 0) return bad("a dynamic block without end of block")
    const literalCode = Huffman.make(lengths.subarray(0, literalCount), "oneBit")
    const distanceCode = Huffman.make(lengths.subarray(literalCount), "oneBit")
    if (literalCode === undefined || distanceCode === undefined) return bad("a dynamic block whose codes are wrong")
    literals = literalCode
    distances = distanceCode
    state = "symbols"
    return "on"
  }

  /** Reads literals and matches until the block ends, the input does, or the output is full. */
  const symbols = (): Step => {
    while (at + 258 <= out.length) {
      const back = bit
      const code = symbol(literals)
      if (code === -1) return "more"
      if (code === -2 || code > 285) return bad("a literal or length code that does not exist")
      if (code < 256) {
        out[at++] = code
      } else if (code === 256) {
        return tooLarge() ?? endBlock()
      } else {
        const length = matchLength(code - 257)
        const distance = length === -1 ? -1 : matchDistance()
        if (distance === -1) {
          bit = back
          return "more"
        }
        if (distance === -2) return bad("a distance code that does not exist")
        if (distance > inMember + at - from) return bad("a match from before the beginning")
        for (const end = at + length; at < end; at++) out[at] = out[at - distance]!
      }
      if (at - from > maxBytes - total) break
    }
    return tooLarge() ?? "on"
  }

  const matchLength = (code: number): number =>
    bitsLeft() < lengthExtra[code]! ? -1 : lengthBase[code]! + take(lengthExtra[code]!)

  const matchDistance = (): number => {
    const code = symbol(distances)
    if (code < 0) return code
    if (code > 29) return -2
    return bitsLeft() < distanceExtra[code]! ? -1 : distanceBase[code]! + take(distanceExtra[code]!)
  }

  const trailer = (): Step => {
    align()
    const view = new DataView(input.buffer, input.byteOffset + (bit >>> 3))
    if (view.byteLength < 4) return "more"
    if (view.getUint32(0, format === "gzip") !== checksum) {
      return bad(`the ${format === "gzip" ? "CRC-32" : "Adler-32"} is wrong`)
    }
    if (format === "gzip") {
      if (view.byteLength < 8) return "more"
      if (view.getUint32(4, true) !== inMember % 2 ** 32) return bad("the length at the end of gzip is wrong")
    }
    bit += format === "gzip" ? 64 : 32
    state = format === "gzip" ? "between" : "over"
    return "on"
  }

  /** Behind a member: another one, zeros, or nothing. */
  const behind = (): Step => {
    const next = input[bit >>> 3]
    if (next === undefined) return "more"
    if (state === "between" && next === 0x1f) {
      state = "start"
      return "on"
    }
    if (state === "over" || next !== 0) return bad("bytes behind the end that are no gzip member")
    state = "padding"
    bit += 8
    return "on"
  }

  const steps: Readonly<Record<State, () => Step>> = {
    start,
    block,
    tables,
    storedLength,
    stored,
    symbols,
    trailer,
    between: behind,
    padding: behind,
    over: behind,
  }

  return {
    feed: (bytes) => {
      const rest = input.subarray(bit >>> 3)
      input = new Uint8Array(rest.length + bytes.length)
      input.set(rest)
      input.set(bytes, rest.length)
      bit &= 7
    },
    read: () => {
      for (;;) {
        // The checksum needs all that came out before the trailer is looked at.
        if (at > from && (state === "trailer" || at + 258 > out.length)) return flush()
        if (!room()) flush()
        const step = steps[state]()
        if (step === "on") continue
        if (step !== "more") return step
        return at > from ? flush() : undefined
      }
    },
    end: () =>
      state === "between" || state === "padding" || state === "over"
        ? undefined
        : fail("Truncated", "the compressed bytes end early"),
  }
}

/** Where the gzip header that begins at `start` ends, as far as the input goes. */
const gzipHeaderEnd = (input: Uint8Array, start: number): number | Step => {
  const [method, flags] = [input[start + 2], input[start + 3]]
  if (method !== undefined && method !== 8) return bad(`gzip with the compression method ${method}`)
  if (flags !== undefined && (flags & 0xe0) !== 0) return bad("gzip with flags that do not exist")
  if (flags === undefined || input.length < start + 10) return "more"
  let end = start + 10
  if ((flags & 4) !== 0) {
    if (input.length < end + 2) return "more"
    end += 2 + input[end]! + input[end + 1]! * 256
  }
  for (const flag of [8, 16]) {
    if ((flags & flag) === 0) continue
    const zero = input.indexOf(0, end)
    if (zero === -1) return "more"
    end = zero + 1
  }
  if ((flags & 2) !== 0) {
    if (input.length < end + 2) return "more"
    const expected = input[end]! + input[end + 1]! * 256
    if ((Checksums.crc32(input.subarray(start, end)) & 0xffff) !== expected)
      return bad("the CRC of the gzip header is wrong")
    end += 2
  }
  return input.length < end ? "more" : end
}

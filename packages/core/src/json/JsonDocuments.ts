/**
 * Cuts a stream of bytes into JSON documents: one a line, or several joined by newlines or by nothing, over as many lines as they like.
 *
 * Google Analytics files are told apart by content: JSON Lines when the first line is a whole value that is no report page, or is broken in the
 * midst of its members; documents otherwise. A broken document costs itself alone: reading goes on at the next line, or at the next line that
 * begins a known document.
 *
 * @since 0.1.0
 */
import type { Limits } from "../Limits.ts"
import { reject, type Rejection } from "../QuarantineReason.ts"
import * as Utf8 from "../Utf8.ts"
import { ByteBlocks } from "./ByteBlocks.ts"
import { ByteBuffer } from "./ByteBuffer.ts"
import { DocumentScanner } from "./DocumentScanner.ts"
import * as Json from "./Json.ts"

/**
 * A document, or bytes that are none and why. `position` is what people read: `line 3`, `line 3, value 2` or `document 2`; no two have the same.
 *
 * @category models
 * @since 0.1.0
 */
export interface JsonDocument {
  readonly position: string
  readonly bytes: Uint8Array
  readonly content: { readonly text: string; readonly node: Json.JsonNode } | Rejection
}

/**
 * What the documents are expected to be.
 *
 * @category models
 * @since 0.1.0
 */
export interface JsonDocumentsOptions {
  readonly limits: Limits
  /** `sniff` decides by content whether lines are documents; `documents` reads documents always. */
  readonly framing: "sniff" | "documents"
  /** Keys that mark a document which may span lines. */
  readonly pageKeys: ReadonlySet<string>
  /** Whether a node is one of the documents expected: where reading may go on behind a broken one. */
  readonly isKnown: (node: Json.JsonNode) => boolean
}

/**
 * Takes bytes piece by piece and answers the documents that are complete: the same ones however the bytes are cut. What a call answers is read to its
 * end before the next call.
 *
 * @category models
 * @since 0.1.0
 */
export interface JsonDocuments {
  readonly push: (bytes: Uint8Array) => Iterable<JsonDocument>
  readonly end: () => Iterable<JsonDocument>
}

const newline = 0x0a
/** How much of a line or document that is too long is kept as its original bytes. */
const keptOfTooLarge = 64 * 1024
/** Within so many bytes the first line must show what the file is. */
const sniffBytes = 1024 * 1024

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: JsonDocumentsOptions): JsonDocuments => {
  const head = new ByteBuffer()
  let inner: JsonDocuments | undefined
  const start = (complete: boolean): Iterable<JsonDocument> => {
    const content = withoutByteOrderMark(head.view())
    const firstLine = firstLineOf(content)
    if (!complete && firstLine === undefined && content.length < sniffBytes) return []
    const sniffed = (firstLine ?? content).subarray(0, sniffBytes)
    inner =
      options.framing === "documents" || isPage(sniffed, options.pageKeys) ? documents(options) : lines(options.limits)
    return inner.push(content)
  }
  return {
    push: (bytes) => {
      if (inner !== undefined) return inner.push(bytes)
      head.append(bytes)
      return start(false)
    },
    *end() {
      if (inner === undefined) yield* start(true)
      if (inner !== undefined) yield* inner.end()
    },
  }
}

const withoutByteOrderMark = (bytes: Uint8Array): Uint8Array =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes

/** The first line that is not blank, or undefined while its end is not in sight. */
const firstLineOf = (bytes: Uint8Array): Uint8Array | undefined => {
  let start = 0
  while (start < bytes.length && isSpace(bytes[start]!)) start++
  const end = bytes.indexOf(newline, start)
  return end === -1 ? undefined : bytes.subarray(start, end)
}

const isPage = (line: Uint8Array, pageKeys: ReadonlySet<string>): boolean => {
  const scanner = new DocumentScanner()
  const keys: Array<string> = []
  scanner.scan(line, 0, (key) => keys.push(key))
  // A first line that only opens a value is pretty-printed; one that breaks off behind a key is a broken line.
  return keys.some((key) => pageKeys.has(key)) || (scanner.depth > 0 && !scanner.inString && keys.length === 0)
}

const lines = (limits: Limits): JsonDocuments => {
  const buffer = new ByteBuffer()
  let number = 0
  /** Bytes of a line over the limit that were let go while looking for its end. */
  let dropped = 0
  function* line(bytes: Uint8Array, unterminated: boolean): Generator<JsonDocument> {
    const position = `line ${++number}`
    const size = bytes.length + dropped
    dropped = 0
    if (size > limits.lineBytes)
      yield tooLarge(position, bytes.subarray(0, limits.lineBytes), `a line of ${size} bytes, over ${limits.lineBytes}`)
    else if (!isBlank(bytes)) yield* valuesOf(position, bytes, limits, unterminated)
  }
  return {
    *push(bytes) {
      const searched = buffer.length
      buffer.append(bytes)
      const view = buffer.view()
      let start = 0
      for (let end = view.indexOf(newline, searched); end !== -1; end = view.indexOf(newline, start)) {
        yield* line(view.subarray(start, end), false)
        start = end + 1
        // A gigabyte of empty lines is a megabyte of gzip.
        for (; view[start] === newline; start++) number++
      }
      buffer.drop(start)
      if (buffer.length > limits.lineBytes) {
        const kept = Math.min(keptOfTooLarge, limits.lineBytes)
        dropped += buffer.length - kept
        buffer.keep(kept)
      }
    },
    *end() {
      if (buffer.length + dropped > 0) yield* line(buffer.view(), true)
    },
  }
}

/**
 * The value of one line; objects joined by nothing are several. Whatever else stands behind a value makes it part of a broken line: what is
 * broken goes up to the line's end.
 */
function* valuesOf(
  position: string,
  bytes: Uint8Array,
  limits: Limits,
  unterminated: boolean,
): Generator<JsonDocument> {
  const decoded = Utf8.decode(bytes)
  if ("invalidAt" in decoded) return yield { position, bytes: bytes.slice(), content: notUtf8(decoded.invalidAt) }
  const { text } = decoded
  for (let at = 0, n = 1; at < text.length; n++) {
    const read = readValue(text, at, limits.depth)
    const end = "failure" in read ? text.length : read.next
    const isAll = at === 0 && end === text.length
    const own = isAll ? bytes.slice() : Utf8.encode(text.slice(at, end))
    const content = "failure" in read ? rejectionOf(read, unterminated) : { text, node: read.node }
    yield { position: isAll ? position : `${position}, value ${n}`, bytes: own, content }
    at = end
  }
}

const readValue = (text: string, at: number, depth: number) => {
  const read = Json.parseAt(text, at, depth)
  if ("failure" in read || read.next === text.length) return read
  return read.node.kind === "object" && text.charAt(read.next) === "{" ? read : Json.leftover(text, read.next)
}

const documents = ({ isKnown, limits }: JsonDocumentsOptions): JsonDocuments => {
  const blocks = new ByteBlocks()
  let scanner = new DocumentScanner()
  let scanned = 0
  let number = 0
  let skipping = false

  const found = (bytes: Uint8Array, content: JsonDocument["content"]): JsonDocument => ({
    position: `document ${++number}`,
    bytes: trimmed(bytes).slice(),
    content,
  })

  /**
   * The document of `bytes` that ends at `firstEnd` (undefined: the file ended first), or what is to be saved of it: behind a broken one reading goes on
   * at the next line that begins a known document. Scans stop at the depth that documents may have, so that no byte is looked at more often than that;
   * `budget` bounds the few that go on.
   */
  function* documentsOf(bytes: Uint8Array, firstEnd: number | undefined): Generator<JsonDocument> {
    let budget = bytes.length * 64
    let end = firstEnd
    let stopped = false
    for (let start = 0; start < bytes.length;) {
      const own = bytes.subarray(start, end)
      if (isBlank(own)) return
      const content = parseDocument(own, limits, end === undefined)
      const isBroken = "reason" in content && (content.reason !== "TooDeep" || end === undefined)
      const next = isBroken ? knownBehind(own) : undefined
      if (next === undefined && stopped) {
        // Too deep, perhaps, and nothing else.
        stopped = false
        end = budget > 0 ? new DocumentScanner().scan(bytes, start) : undefined
        budget -= (end ?? bytes.length) - start
        continue
      }
      const piece = own.subarray(0, next)
      yield found(piece, next === undefined ? content : parseDocument(piece, limits, false))
      start += piece.length
      const scanner = new DocumentScanner(limits.depth)
      end = scanner.scan(bytes, start) ?? scanner.stoppedAt
      stopped = scanner.stoppedAt !== undefined
    }
  }

  /** Where, behind its first line, a known document begins a line. */
  const knownBehind = (bytes: Uint8Array): number | undefined => {
    for (let at = bytes.indexOf(newline); at !== -1; at = bytes.indexOf(newline, at + 1)) {
      if (bytes[at + 1] !== openBrace) continue
      const end = new DocumentScanner(limits.depth).scan(bytes, at + 1)
      const content = end === undefined ? undefined : parseDocument(bytes.subarray(at + 1, end), limits, false)
      if (content !== undefined && "node" in content && isKnown(content.node)) return at + 1
    }
    return undefined
  }

  const drop = (count: number): void => {
    blocks.drop(count)
    scanner = new DocumentScanner()
    scanned = 0
  }

  /** A document that has no end where it may have one: seen to be broken before a known one, or too large. */
  const giveUp = (): JsonDocument => {
    const head = blocks.first(Math.min(sniffBytes, limits.documentBytes))
    const next = knownBehind(head)
    if (next !== undefined && isBroken(head)) {
      const piece = head.subarray(0, next)
      const broken = found(piece, parseDocument(piece, limits, false))
      drop(next)
      return broken
    }
    const refused = tooLarge(`document ${++number}`, trimmed(head), `a document of over ${limits.documentBytes} bytes`)
    skipping = true
    // The last byte stays: it may be the newline before a brace.
    drop(limits.documentBytes - 1)
    return refused
  }

  /** Whether bytes that begin a document cannot go on as JSON; seen up to the last brace that begins a line. */
  const isBroken = (bytes: Uint8Array): boolean => {
    let at = bytes.lastIndexOf(newline)
    while (at > 0 && bytes[at + 1] !== openBrace) at = bytes.lastIndexOf(newline, at - 1)
    const content = parseDocument(bytes.subarray(0, at + 2), limits, true)
    return "reason" in content && content.reason !== "Truncated"
  }

  /** Behind a document that was too large: to the next line that may begin one. */
  const skip = (): void => {
    const bytes = blocks.first(blocks.length)
    for (let at = 1; at < bytes.length; at++) {
      if (bytes[at] !== openBrace || bytes[at - 1] !== newline) continue
      skipping = false
      return drop(at)
    }
    drop(Math.max(0, bytes.length - 1))
  }

  /** White space before a document is no part of it, however much there is. */
  const skipSpace = (): void => {
    while (blocks.length > 0) {
      const bytes = blocks.view(0, blocks.length)
      let count = 0
      while (count < bytes.length && isSpace(bytes[count]!)) count++
      blocks.drop(count)
      if (count < bytes.length) return
    }
  }

  /** Where the document at hand ends; undefined where that is not in sight. */
  const scanOn = (): number | undefined => {
    for (const bound = Math.min(blocks.length, limits.documentBytes); scanned < bound;) {
      const bytes = blocks.view(scanned, bound)
      const end = scanner.scan(bytes, 0)
      if (end !== undefined) return scanned + end
      scanned += bytes.length
    }
    return undefined
  }

  return {
    *push(bytes) {
      blocks.append(bytes)
      for (;;) {
        if (skipping) skip()
        if (skipping) return
        if (scanned === 0) skipSpace()
        const end = scanOn()
        if (end !== undefined) {
          yield* documentsOf(blocks.first(end), end)
          drop(end)
        } else if (blocks.length > limits.documentBytes) yield giveUp()
        else return
      }
    },
    *end() {
      if (!skipping) yield* documentsOf(blocks.first(blocks.length), undefined)
    },
  }
}

const parseDocument = (bytes: Uint8Array, limits: Limits, atEnd: boolean): JsonDocument["content"] => {
  const decoded = Utf8.decode(bytes)
  if ("invalidAt" in decoded) return notUtf8(decoded.invalidAt)
  const read = Json.parse(decoded.text, limits.depth)
  return "node" in read ? { text: decoded.text, node: read.node } : rejectionOf(read, atEnd)
}

const notUtf8 = (invalidAt: number): Rejection => reject("BadEncoding", `not UTF-8 at byte ${invalidAt + 1}`)

/** JSON that breaks off is `Truncated` at the end of its file only: elsewhere a person sees a broken line. */
const rejectionOf = (read: Json.JsonFailure, atEnd: boolean): Rejection =>
  reject(read.failure === "Truncated" && !atEnd ? "NotJson" : read.failure, read.detail)

const isSpace = (byte: number): boolean => byte === 0x20 || byte === newline || byte === 0x0d || byte === 0x09

const isBlank = (bytes: Uint8Array): boolean => bytes.every(isSpace)

/** Without the white space around it. */
const trimmed = (bytes: Uint8Array): Uint8Array => {
  let [start, end] = [0, bytes.length]
  while (start < end && isSpace(bytes[start]!)) start++
  while (end > start && isSpace(bytes[end - 1]!)) end--
  return bytes.subarray(start, end)
}

const openBrace = 0x7b

const tooLarge = (position: string, bytes: Uint8Array, what: string): JsonDocument => {
  const kept = bytes.slice(0, keptOfTooLarge)
  return { position, bytes: kept, content: reject("TooLarge", `${what}; its first ${kept.length} are kept here`) }
}

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
import { ByteBuffer } from "./ByteBuffer.ts"
import { DocumentScanner } from "./DocumentScanner.ts"
import * as Json from "./Json.ts"

/**
 * A document, or bytes that are none and why. `position` is what people read: `line 3`, or `document 2`.
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
 * Takes bytes piece by piece, however they are cut, and answers the documents that are complete.
 *
 * @category models
 * @since 0.1.0
 */
export interface JsonDocuments {
  readonly push: (bytes: Uint8Array) => ReadonlyArray<JsonDocument>
  readonly end: () => ReadonlyArray<JsonDocument>
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
  const start = (complete: boolean): ReadonlyArray<JsonDocument> => {
    const content = withoutByteOrderMark(head.view())
    const firstLine = firstLineOf(content)
    if (!complete && firstLine === undefined && content.length < sniffBytes) return []
    inner =
      options.framing === "documents" || isPage(firstLine ?? content, options.pageKeys)
        ? documents(options)
        : lines(options.limits)
    return inner.push(content)
  }
  return {
    push: (bytes) => {
      if (inner !== undefined) return inner.push(bytes)
      head.append(bytes)
      return start(false)
    },
    end: () => {
      const first = inner === undefined ? start(true) : []
      return [...first, ...(inner?.end() ?? [])]
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
  const line = (bytes: Uint8Array, unterminated: boolean): ReadonlyArray<JsonDocument> => {
    number++
    const position = `line ${number}`
    const size = bytes.length + dropped
    dropped = 0
    if (size > limits.lineBytes) return [tooLarge(position, bytes, size, "line", limits.lineBytes)]
    return isBlank(bytes) ? [] : valuesOf(position, bytes, limits, unterminated)
  }
  return {
    push: (bytes) => {
      const searched = buffer.length
      buffer.append(bytes)
      const view = buffer.view()
      const found: Array<JsonDocument> = []
      let start = 0
      for (let end = view.indexOf(newline, searched); end !== -1; end = view.indexOf(newline, start)) {
        found.push(...line(view.subarray(start, end), false))
        start = end + 1
      }
      buffer.drop(start)
      if (buffer.length > limits.lineBytes) {
        const kept = Math.min(keptOfTooLarge, limits.lineBytes)
        dropped += buffer.length - kept
        buffer.keep(kept)
      }
      return found
    },
    end: () => (buffer.length + dropped > 0 ? line(buffer.view(), true) : []),
  }
}

/**
 * The value of one line; objects joined by nothing are several. Whatever else stands behind a value makes it part of a broken line: what is
 * broken goes up to the line's end.
 */
const valuesOf = (
  position: string,
  bytes: Uint8Array,
  limits: Limits,
  unterminated: boolean,
): ReadonlyArray<JsonDocument> => {
  const decoded = Utf8.decode(bytes)
  if ("invalidAt" in decoded) return [{ position, bytes: bytes.slice(), content: notUtf8(decoded.invalidAt) }]
  const { text } = decoded
  const found: Array<JsonDocument> = []
  for (let at = 0; at < text.length;) {
    const read = readValue(text, at, limits.depth)
    const end = "failure" in read ? text.length : read.next
    const own = at === 0 && end === text.length ? bytes.slice() : Utf8.encode(text.slice(at, end))
    const content = "failure" in read ? rejectionOf(read, unterminated) : { text, node: read.node }
    found.push({ position, bytes: own, content })
    at = end
  }
  return found
}

const readValue = (text: string, at: number, depth: number) => {
  const read = Json.parseAt(text, at, depth)
  if ("failure" in read || read.next === text.length) return read
  return read.node.kind === "object" && text.charAt(read.next) === "{" ? read : Json.leftover(text, read.next)
}

const documents = ({ isKnown, limits }: JsonDocumentsOptions): JsonDocuments => {
  const buffer = new ByteBuffer()
  let scanner = new DocumentScanner()
  let scanned = 0
  let number = 0
  let skipping = false

  const emit = (bytes: Uint8Array, atEnd: boolean): ReadonlyArray<JsonDocument> => {
    if (isBlank(bytes)) return []
    const content = parseDocument(bytes, limits, atEnd)
    const next = "reason" in content && content.reason !== "TooDeep" ? knownBehind(bytes) : undefined
    if (next !== undefined) return [...emit(bytes.subarray(0, next), false), ...split(bytes.subarray(next), atEnd)]
    number++
    return [{ position: `document ${number}`, bytes: bytes.slice(), content }]
  }

  /** Cuts bytes that are all there, behind a broken document. */
  const split = (bytes: Uint8Array, atEnd: boolean): ReadonlyArray<JsonDocument> => {
    const found: Array<JsonDocument> = []
    for (let start = 0; start < bytes.length;) {
      const end = new DocumentScanner().scan(bytes, start)
      found.push(...emit(bytes.subarray(start, end ?? bytes.length), atEnd && end === undefined))
      start = end ?? bytes.length
    }
    return found
  }

  /** Where, behind its first line, a known document begins a line. The search reads a few times the bytes and no more. */
  const knownBehind = (bytes: Uint8Array): number | undefined => {
    let budget = bytes.length * 8
    for (let at = bytes.indexOf(newline); at !== -1 && budget > 0; at = bytes.indexOf(newline, at + 1)) {
      if (bytes[at + 1] !== openBrace) continue
      const end = new DocumentScanner().scan(bytes, at + 1)
      budget -= (end ?? bytes.length) - at
      const content = end === undefined ? undefined : parseDocument(bytes.subarray(at + 1, end), limits, false)
      if (content !== undefined && "node" in content && isKnown(content.node)) return at + 1
    }
    return undefined
  }

  /** Behind a document that was too large: to the next line that may begin one. */
  const skip = (): void => {
    const view = buffer.view()
    for (let at = view.indexOf(newline); at !== -1 && at + 1 < view.length; at = view.indexOf(newline, at + 1)) {
      if (view[at + 1] !== openBrace) continue
      skipping = false
      return buffer.drop(at + 1)
    }
    // The last byte stays: it may be the newline before a brace.
    buffer.drop(Math.max(0, view.length - 1))
  }

  return {
    push: (bytes) => {
      buffer.append(bytes)
      if (skipping) skip()
      if (skipping) return []
      const view = buffer.view()
      const found: Array<JsonDocument> = []
      let start = 0
      for (;;) {
        const end = scanner.scan(view, scanned)
        if (end === undefined) break
        found.push(...emit(view.subarray(start, end), false))
        scanner = new DocumentScanner()
        start = scanned = end
      }
      buffer.drop(start)
      scanned = buffer.length
      if (buffer.length > limits.documentBytes) {
        number++
        found.push(tooLarge(`document ${number}`, buffer.view(), buffer.length, "document", limits.documentBytes))
        skipping = true
        scanner = new DocumentScanner()
        scanned = 0
        // The last byte stays: it may be the newline before a brace.
        buffer.drop(buffer.length - 1)
      }
      return found
    },
    end: () => (skipping ? [] : emit(buffer.view(), true)),
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

const openBrace = 0x7b

const tooLarge = (position: string, bytes: Uint8Array, size: number, what: string, limit: number): JsonDocument => ({
  position,
  bytes: bytes.slice(0, keptOfTooLarge),
  content: reject(
    "TooLarge",
    `a ${what} of over ${limit} bytes (${size} seen); its first ${Math.min(size, keptOfTooLarge)} are kept here`,
  ),
})

/**
 * Follows brackets and strings just far enough to find where a JSON document ends.
 *
 * @since 0.1.0
 */
import * as Utf8 from "../Utf8.ts"

/**
 * The state between two pieces of one document.
 *
 * @category models
 * @since 0.1.0
 */
export class DocumentScanner {
  depth = 0
  inString = false
  /** Behind the bracket at which scanning stopped short. */
  stoppedAt: number | undefined = undefined
  private escaped = false
  private begun = false
  private readonly maxDepth: number

  /** Scanning stops short where brackets are nested deeper than `maxDepth`. */
  constructor(maxDepth = Infinity) {
    this.maxDepth = maxDepth
  }

  /**
   * Answers the offset behind the document's end, or undefined when `bytes` end first or it stopped short. A newline ends what is no bracketed value, and what breaks off
   * within a string. `onKey` hears the keys of the first level; it is for documents scanned in one piece.
   */
  scan(bytes: Uint8Array, from: number, onKey?: (key: string) => void): number | undefined {
    let stringStart = from
    let lastString = ""
    for (let i = from; i < bytes.length; i++) {
      const byte = bytes[i]!
      if (this.inString) {
        if (this.escaped) this.escaped = false
        else if (byte === backslash) this.escaped = true
        else if (byte === newline) return i + 1
        else if (byte === quote) {
          this.inString = false
          if (onKey !== undefined && this.depth === 1) lastString = textOf(bytes, stringStart, i)
        }
        continue
      }
      switch (byte) {
        case quote:
          this.begun = true
          this.inString = true
          stringStart = i + 1
          break
        case openBrace:
        case openBracket:
          this.begun = true
          if (++this.depth > this.maxDepth) {
            this.stoppedAt = i + 1
            return undefined
          }
          break
        case closeBrace:
        case closeBracket:
          if (--this.depth <= 0) return i + 1
          break
        case colon:
          if (onKey !== undefined && this.depth === 1) onKey(lastString)
          break
        case newline:
          if (this.begun && this.depth === 0) return i + 1
          break
        case space:
        case tab:
        case carriageReturn:
          break
        default:
          this.begun = true
      }
    }
    return undefined
  }
}

const textOf = (bytes: Uint8Array, start: number, end: number): string => {
  const decoded = Utf8.decode(bytes, start, end)
  return "text" in decoded ? decoded.text : ""
}

const tab = 0x09
const newline = 0x0a
const carriageReturn = 0x0d
const space = 0x20
const quote = 0x22
const colon = 0x3a
const openBracket = 0x5b
const backslash = 0x5c
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d

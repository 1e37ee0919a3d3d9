/**
 * A strict JSON reader that keeps what `JSON.parse` loses: the digits of numbers, and where each value stands in the text.
 *
 * The grammar is RFC 8259 to the letter. Duplicate keys: the last one wins, as everywhere. Plain and untuned: the fast reader is the kernel's.
 *
 * @since 0.1.0
 */

/**
 * A value and its place: `text.slice(start, end)` is the value as it was written.
 *
 * @category models
 * @since 0.1.0
 */
export type JsonNode = { readonly start: number; readonly end: number } & (
  | { readonly kind: "null" }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "number"; readonly digits: string }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "array"; readonly items: ReadonlyArray<JsonNode> }
  | { readonly kind: "object"; readonly members: ReadonlyMap<string, JsonNode> }
)

/**
 * @category models
 * @since 0.1.0
 */
export type JsonObject = Extract<JsonNode, { readonly kind: "object" }>

/**
 * Why a text is no JSON. `Truncated` where it is the beginning of some.
 *
 * @category errors
 * @since 0.1.0
 */
export interface JsonFailure {
  readonly failure: "NotJson" | "Truncated" | "TooDeep"
  /** UTF-16 unit of the text. */
  readonly at: number
  readonly detail: string
}

/**
 * Reads one value from `text`, beginning at `from`; white space around it is skipped, what follows is left alone.
 *
 * @example
 * ```ts
 * import * as Json from "@tributary/core/json/Json"
 *
 * const read = Json.parseAt("[12345678901234567890] rest", 0, 64)
 * "node" in read && read.node.kind // => "array"
 * const cut = Json.parseAt('{"a":', 0, 64)
 * "failure" in cut && cut.failure // => "Truncated"
 * ```
 *
 * @category parsing
 * @since 0.1.0
 */
export const parseAt = (
  text: string,
  from: number,
  maxDepth: number,
): { readonly node: JsonNode; readonly next: number } | JsonFailure => {
  const reader = new Reader(text, from, maxDepth)
  try {
    reader.skipSpace()
    const node = reader.value(1)
    reader.skipSpace()
    return { node, next: reader.at }
  } catch (failure) {
    if (failure instanceof Failure) return failure.reason
    throw failure
  }
}

/**
 * Reads a text that is one value and nothing else.
 *
 * @category parsing
 * @since 0.1.0
 */
export const parse = (text: string, maxDepth: number): { readonly node: JsonNode } | JsonFailure => {
  const read = parseAt(text, 0, maxDepth)
  if ("failure" in read || read.next === text.length) return read
  return leftover(text, read.next)
}

/**
 * The failure of a text that goes on behind its value.
 *
 * @category errors
 * @since 0.1.0
 */
export const leftover = (text: string, at: number): JsonFailure => ({
  failure: "NotJson",
  at,
  detail: `${describe(text, at)} behind the end of the value`,
})

/**
 * The node as plain values, for Schema: numbers become JavaScript numbers, so only where their digits do not matter.
 *
 * @category conversions
 * @since 0.1.0
 */
export const toUnknown = (node: JsonNode): unknown => {
  switch (node.kind) {
    case "null":
      return null
    case "number":
      return Number(node.digits)
    case "array":
      return node.items.map(toUnknown)
    case "object":
      // fromEntries defines own properties, so that a member named __proto__ stays a member.
      return Object.fromEntries(Array.from(node.members, ([key, member]) => [key, toUnknown(member)]))
    default:
      return node.value
  }
}

/** Leaves the recursion in one step; never seen outside this module. No Error: a stack per broken line would cost more than reading it. */
class Failure {
  readonly reason: JsonFailure
  constructor(reason: JsonFailure) {
    this.reason = reason
  }
}

const describe = (text: string, at: number): string =>
  `unexpected ${JSON.stringify(text.charAt(at))} at character ${at + 1},`

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const numberPrefix = /-?(?:(?:0|[1-9]\d*)(?:\.\d*)?(?:[eE][+-]?\d*)?)?$/y

class Reader {
  readonly text: string
  readonly maxDepth: number
  at: number

  constructor(text: string, at: number, maxDepth: number) {
    this.text = text
    this.at = at
    this.maxDepth = maxDepth
  }

  skipSpace(): void {
    for (; this.at < this.text.length; this.at++) {
      const unit = this.text.charCodeAt(this.at)
      if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return
    }
  }

  value(depth: number): JsonNode {
    const start = this.at
    switch (this.text.charAt(start)) {
      case "{":
        return this.object(depth)
      case "[":
        return this.array(depth)
      case '"':
        return { kind: "string", value: this.string(), start, end: this.at }
      case "t":
        return { kind: "boolean", value: this.literal("true", true), start, end: this.at }
      case "f":
        return { kind: "boolean", value: this.literal("false", false), start, end: this.at }
      case "n":
        this.literal("null", null)
        return { kind: "null", start, end: this.at }
      default:
        return this.number()
    }
  }

  object(depth: number): JsonNode {
    const start = this.open(depth)
    const members = new Map<string, JsonNode>()
    if (this.text.charAt(this.at) !== "}") {
      do {
        this.skipSpace()
        if (this.text.charAt(this.at) !== '"') this.fail("a key in quotes was expected")
        const key = this.string()
        this.skipSpace()
        if (this.text.charAt(this.at) !== ":") this.fail("a colon was expected")
        this.at++
        this.skipSpace()
        members.set(key, this.value(depth + 1))
      } while (this.more("}"))
    }
    this.at++
    return { kind: "object", members, start, end: this.at }
  }

  array(depth: number): JsonNode {
    const start = this.open(depth)
    const items: Array<JsonNode> = []
    if (this.text.charAt(this.at) !== "]") {
      do {
        this.skipSpace()
        items.push(this.value(depth + 1))
      } while (this.more("]"))
    }
    this.at++
    return { kind: "array", items, start, end: this.at }
  }

  open(depth: number): number {
    const start = this.at
    if (depth > this.maxDepth) {
      // oxlint-disable-next-line typescript/only-throw-error -- see Failure
      throw new Failure({
        failure: "TooDeep",
        at: start,
        detail: `nested more than ${this.maxDepth} levels at character ${start + 1}`,
      })
    }
    this.at++
    this.skipSpace()
    return start
  }

  /** Behind a member or item: true for a comma, false for the closing bracket, which is left to the caller. */
  more(close: string): boolean {
    this.skipSpace()
    const unit = this.text.charAt(this.at)
    if (unit === close) return false
    if (unit !== ",") this.fail(`a comma or ${close} was expected`)
    this.at++
    return true
  }

  string(): string {
    let value = ""
    // Joined by the thousand: a string put together escape by escape would take thirty times its size.
    let pieces: Array<string> = []
    let plain = this.at + 1
    for (let i = plain; i < this.text.length; i++) {
      const unit = this.text.charCodeAt(i)
      if (unit === 0x22) {
        this.at = i + 1
        return value + pieces.join("") + this.text.slice(plain, i)
      }
      if (unit < 0x20) {
        this.at = i
        this.fail("control characters must be escaped in a string")
      }
      if (unit === 0x5c) {
        pieces.push(this.text.slice(plain, i))
        this.at = i
        pieces.push(this.escape())
        i = this.at - 1
        plain = this.at
        if (pieces.length > 1000) {
          value += pieces.join("")
          pieces = []
        }
      }
    }
    this.at = this.text.length
    return this.fail("the string has no end")
  }

  escape(): string {
    const letter = this.text.charAt(this.at + 1)
    if (letter === "u") {
      const hex = this.text.slice(this.at + 2, this.at + 6)
      if (!/^[0-9a-fA-F]{4}$/.test(hex)) {
        this.at = hex.length < 4 && /^[0-9a-fA-F]*$/.test(hex) ? this.text.length : this.at
        this.fail("an escape needs four hexadecimal digits")
      }
      this.at += 6
      return String.fromCharCode(Number.parseInt(hex, 16))
    }
    const meaning = escapes.get(letter)
    if (meaning === undefined) {
      this.at += 1
      return this.fail("no such escape")
    }
    this.at += 2
    return meaning
  }

  literal<A>(word: string, value: A): A {
    for (let i = 0; i < word.length; i++, this.at++) {
      if (this.text.charAt(this.at) !== word.charAt(i)) this.fail(`${word} was expected`)
    }
    return value
  }

  number(): JsonNode {
    const start = this.at
    number.lastIndex = start
    const digits = number.exec(this.text)?.[0]
    if (digits === undefined || /[.eE]/.test(this.text.charAt(start + digits.length))) {
      numberPrefix.lastIndex = start
      if (numberPrefix.test(this.text)) this.at = this.text.length
      return this.fail("a value was expected")
    }
    this.at += digits.length
    return { kind: "number", digits, start, end: this.at }
  }

  fail(expected: string): never {
    // oxlint-disable-next-line typescript/only-throw-error -- see Failure
    throw new Failure(
      this.at >= this.text.length
        ? { failure: "Truncated", at: this.at, detail: `ends early: ${expected}` }
        : { failure: "NotJson", at: this.at, detail: `${describe(this.text, this.at)} ${expected}` },
    )
  }
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
])

/**
 * The one JSON document that a command prints, written piece by piece where it may be long.
 *
 * @since 0.1.0
 */
import type { Cell } from "@tributary/core/QueryEngine"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { Streams } from "./Streams.ts"

/**
 * Prints a document that is at hand.
 *
 * @category printing
 * @since 0.1.0
 */
export const print = Effect.fnUntraced(function* (document: unknown) {
  const { stdout } = yield* Streams
  yield* stdout.write(`${JSON.stringify(document)}\n`)
})

/** Characters that are collected before they are written. */
const pieceLength = 64 * 1024

/**
 * Prints `before`, the items as they come, separated by commas, and `after`. Nothing is written before the first item has come, so that a failure until
 * then leaves standard output empty.
 *
 * @category printing
 * @since 0.1.0
 */
export const printArray = Effect.fnUntraced(function* <E, R>(
  before: string,
  items: Stream.Stream<string, E, R>,
  after: string,
) {
  const { stdout } = yield* Streams
  let waiting = before
  let separator = ""
  yield* Stream.runForEach(items, (item) =>
    Effect.suspend(() => {
      waiting += separator + item
      separator = ","
      if (waiting.length < pieceLength) return Effect.void
      const piece = waiting
      waiting = ""
      return stdout.write(piece)
    }),
  )
  yield* stdout.write(`${waiting}${after}\n`)
})

/**
 * A cell of a query as JSON: int64 as a number, as a string of digits beyond ±(2^53−1); a double that JSON cannot say as its name.
 *
 * @category formatting
 * @since 0.1.0
 */
export const cell = (value: Cell): string => {
  if (typeof value === "bigint") {
    const isSafe = value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
    return isSafe ? String(value) : `"${value}"`
  }
  return JSON.stringify(typeof value === "number" && !Number.isFinite(value) ? String(value) : value)
}

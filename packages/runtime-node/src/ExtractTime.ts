/**
 * The times given with `--extracted-at` and `--as-of`.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { WrongCall } from "./WrongCall.ts"

/**
 * A date; or a date and a time of day, with or without an offset; `-` and `:` may be left out.
 */
const shape =
  /^(\d{4})-?(\d\d)-?(\d\d)(?:[Tt ](\d\d):?(\d\d)(?::?(\d\d)(?:[.,](\d{1,9}))?)?(?:[Zz]|([+-])(\d\d)(?::?(\d\d))?)?)?$/

/**
 * Reads an ISO 8601 date or time as milliseconds since 1970, UTC; without an offset it is UTC. `undefined` where it names no moment, or one that is
 * finer than a millisecond.
 *
 * @example
 * ```ts
 * import * as ExtractTime from "@tributary/runtime-node/ExtractTime"
 *
 * ExtractTime.parse("2026-01-05") // => 1767571200000
 * ExtractTime.parse("2026-01-05T01:00:00+01:00") // => 1767571200000
 * ExtractTime.parse("yesterday") // => undefined
 * ```
 *
 * @category parsing
 * @since 0.1.0
 */
export const parse = (text: string): number | undefined => {
  const found = shape.exec(text)
  if (found === null) return undefined
  const [year, month, day, hour, minute, second, , , offsetHour, offsetMinute] = found
    .slice(1)
    .map((part) => Number(part ?? 0))
  const fraction = (found[7] ?? "").padEnd(3, "0")
  if (hour! > 23 || minute! > 59 || second! > 59 || offsetHour! > 23 || offsetMinute! > 59) return undefined
  if (Number(fraction.slice(3)) !== 0) return undefined
  const midnight = Date.UTC(year!, month! - 1, day)
  const date = new Date(midnight)
  // Date.UTC takes 31 June for 1 July, and the year 26 for 1926.
  if (date.getUTCFullYear() !== year || date.getUTCMonth() !== month! - 1 || date.getUTCDate() !== day) return undefined
  const offset = (found[8] === "-" ? -1 : 1) * (offsetHour! * 60 + offsetMinute!) * 60_000
  return midnight + (hour! * 3600 + minute! * 60 + second!) * 1000 + Number(fraction.slice(0, 3)) - offset
}

/**
 * The time that a flag was given; fails with a sentence that names the flag and shows how a time is written.
 *
 * @category parsing
 * @since 0.1.0
 */
export const ofFlag = (flag: string, text: string): Effect.Effect<number, WrongCall> => {
  const at = parse(text)
  const sentence = `${flag} ${JSON.stringify(text)} is no time: write it like 2026-01-05 or 2026-01-05T06:00:00Z`
  return at === undefined ? Effect.fail(new WrongCall({ sentence })) : Effect.succeed(at)
}

/**
 * The name of the extract of that time: calls that name one time, however it is written, add to one extract.
 *
 * @example
 * ```ts
 * import * as ExtractTime from "@tributary/runtime-node/ExtractTime"
 *
 * ExtractTime.extractId(1767571200000) // => "at-20260105T000000Z"
 * ```
 *
 * @category identity
 * @since 0.1.0
 */
export const extractId = (at: number): string =>
  `at-${new Date(at).toISOString().replaceAll(/[-:]/g, "").replace(".000Z", "Z")}`

/**
 * Moments as AWS events write them, decoded to milliseconds since 1970.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import * as Timestamp from "../Timestamp.ts"

/** Seconds and fraction may be missing: Java, which writes AppFlow's times, leaves zeros out. */
const utc = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?Z$/

const toMillis = (text: string): number | undefined => {
  const match = utc.exec(text)
  if (match === null) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((digits) => Number(digits ?? 0))
  const date = { year, month, day }
  if (!Timestamp.isDate(date) || hour > 23 || minute > 59 || second > 59) return undefined
  const millis = Number((match[7] ?? "").padEnd(3, "0").slice(0, 3))
  return ((Timestamp.toDays(date) * 24 + hour) * 60 + minute) * 60_000 + second * 1000 + millis
}

const Millis = Schema.Int.check(
  Schema.isBetween({
    minimum: Number(Timestamp.minMicros / 1000n),
    maximum: Number(Timestamp.endMicros / 1000n) - 1,
  }),
)

const withSuffix = (suffix: string) => {
  const bare = (text: string) => (text.endsWith(suffix) ? text.slice(0, text.length - suffix.length) : "")
  return Schema.String.check(
    Schema.makeFilter(
      (text) => toMillis(bare(text)) !== undefined || `expected a moment such as 2026-01-01T09:05:00.250Z${suffix}`,
    ),
  ).pipe(
    Schema.decodeTo(Millis, {
      decode: SchemaGetter.transform((text) => toMillis(bare(text))!),
      encode: SchemaGetter.transform((millis) => Timestamp.formatMicros(BigInt(millis) * 1000n) + suffix),
    }),
  )
}

/**
 * `2026-01-01T09:05:00Z` ↔ 1767258300000. Digits behind the milliseconds are dropped.
 *
 * @category schemas
 * @since 0.1.0
 */
export const UtcTime = withSuffix("")

/**
 * `2026-01-01T09:05:00.25Z[UTC]` ↔ 1767258300250: Java's `ZonedDateTime`, in which AppFlow writes the times of its reports.
 *
 * @category schemas
 * @since 0.1.0
 */
export const ZonedUtcTime = withSuffix("[UTC]")

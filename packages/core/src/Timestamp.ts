/**
 * Moments and days of the proleptic Gregorian calendar, UTC, as plain numbers: no `Date`, no zone, no locale.
 *
 * @since 0.1.0
 */

/** A day of the calendar. */
export interface CivilDate {
  readonly year: number
  readonly month: number
  readonly day: number
}

/**
 * The moments that BigQuery's TIMESTAMP and Python's datetime both hold: 0001-01-01 up to, not including, 10000-01-01, in µs since 1970.
 *
 * @category constants
 * @since 0.1.0
 */
export const minMicros: bigint = -62135596800000000n
export const endMicros: bigint = 253402300800000000n

const dayMicros = 86_400_000_000n

/**
 * Days since 1970-01-01 of a date (Howard Hinnant's days_from_civil).
 *
 * @category conversions
 * @since 0.1.0
 */
export const toDays = ({ year, month, day }: CivilDate): number => {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return era * 146097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719468
}

/**
 * The date that is `days` after 1970-01-01.
 *
 * @category conversions
 * @since 0.1.0
 */
export const fromDays = (days: number): CivilDate => {
  const z = days + 719468
  const era = Math.floor(z / 146097)
  const dayOfEra = z - era * 146097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shifted = Math.floor((5 * dayOfYear + 2) / 153)
  const month = shifted < 10 ? shifted + 3 : shifted - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1,
  }
}

/**
 * Whether the numbers name a day between 0001-01-01 and 9999-12-31.
 *
 * @category guards
 * @since 0.1.0
 */
export const isDate = (date: CivilDate): boolean => {
  const { year, month, day } = date
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31) return false
  const back = fromDays(toDays(date))
  return back.month === month && back.day === day
}

/**
 * The day, UTC, that a moment falls on.
 *
 * @category conversions
 * @since 0.1.0
 */
export const dateOfMicros = (micros: bigint): CivilDate => {
  const days = micros / dayMicros
  return fromDays(Number(micros < 0n && days * dayMicros !== micros ? days - 1n : days))
}

/**
 * ISO 8601 with `Z`; as many digits behind the second as there are: none, 3 or 6.
 *
 * @example
 * ```ts
 * import * as Timestamp from "@tributary/core/Timestamp"
 *
 * Timestamp.formatMicros(1_767_225_600_000_000n) // => "2026-01-01T00:00:00Z"
 * Timestamp.formatMicros(-1n) // => "1969-12-31T23:59:59.999999Z"
 * ```
 *
 * @category formatting
 * @since 0.1.0
 */
export const formatMicros = (micros: bigint): string => {
  const date = dateOfMicros(micros)
  const inDay = Number(micros - BigInt(toDays(date)) * dayMicros)
  const second = Math.floor(inDay / 1_000_000)
  const fraction = inDay % 1_000_000
  const clock = [Math.floor(second / 3600), Math.floor(second / 60) % 60, second % 60].map((n) => pad(n, 2)).join(":")
  const digits = fraction === 0 ? "" : fraction % 1000 === 0 ? `.${pad(fraction / 1000, 3)}` : `.${pad(fraction, 6)}`
  return `${formatDay(date)}T${clock}${digits}Z`
}

/**
 * `YYYY-MM-DD` of days since 1970.
 *
 * @category formatting
 * @since 0.1.0
 */
export const formatDate = (days: number): string => formatDay(fromDays(days))

/**
 * `YYYY-MM-DD` of a date: how the journal names the day of a partition.
 *
 * @category formatting
 * @since 0.1.0
 */
export const formatDay = ({ year, month, day }: CivilDate): string => `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`

/**
 * The date that `YYYY-MM-DD` names.
 *
 * @category parsing
 * @since 0.1.0
 */
export const parseDay = (day: string): CivilDate => {
  const [year, month, date] = day.split("-").map(Number)
  return { year: year!, month: month!, day: date! }
}

const pad = (n: number, width: number): string => String(n).padStart(width, "0")

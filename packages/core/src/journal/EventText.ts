/**
 * Free text in events: names that were given from outside, and words about what went wrong.
 *
 * @since 0.1.0
 */

/** At most six bytes of JSON for each character: 12 KiB, of the 64 KiB that an event may have. */
const longest = 2048

/**
 * The text where it has at most 2,048 characters; of a longer one the beginning and the end, since a path tells most there.
 *
 * @example
 * ```ts
 * import * as EventText from "@tributary/core/journal/EventText"
 *
 * EventText.clip("reports/1.json") // => "reports/1.json"
 * EventText.clip("x".repeat(5000)).length // => 2048
 * ```
 *
 * @category formatting
 * @since 0.1.0
 */
export const clip = (text: string): string => {
  if (text.length <= longest) return text
  const end = longest / 2
  return `${text.slice(0, end - 1)}…${text.slice(-end)}`.toWellFormed()
}

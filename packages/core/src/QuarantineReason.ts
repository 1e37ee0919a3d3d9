/**
 * Why a record is not written: the closed list, in one place.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * - `NotJson`: the text is no JSON.
 * - `Truncated`: gzip or JSON that ends early.
 * - `BadEncoding`: corrupt gzip, CRC, base64 or UTF-8.
 * - `TooLarge`: over a limit of {@link Limits}.
 * - `TooDeep`: nested more than 64 levels.
 * - `WrongType`: a value of another type than its column.
 * - `MissingRequired`: no value where one must be.
 * - `OutOfRange`: digits that name no real hour, or a number beyond int64.
 * - `UnknownShape`: JSON, but none of the shapes that the flow knows.
 * - `RejectedBySink`: the warehouse refused the row.
 *
 * @category models
 * @since 0.1.0
 */
export const QuarantineReason = Schema.Literals([
  "NotJson",
  "Truncated",
  "BadEncoding",
  "TooLarge",
  "TooDeep",
  "WrongType",
  "MissingRequired",
  "OutOfRange",
  "UnknownShape",
  "RejectedBySink",
])
export type QuarantineReason = typeof QuarantineReason.Type

/**
 * A reason and the words that tell a person what was wrong.
 *
 * @category models
 * @since 0.1.0
 */
export interface Rejection {
  readonly reason: QuarantineReason
  readonly detail: string
}

/** A detail may quote what came in: it is words for a person, not a second copy of the record. */
const longestDetail = 300

/**
 * A rejection; a detail of more than 300 characters is cut.
 *
 * @category constructors
 * @since 0.1.0
 */
export const reject = (reason: QuarantineReason, detail: string): Rejection => ({
  reason,
  detail: detail.length > longestDetail ? `${detail.slice(0, longestDetail)}…` : detail,
})

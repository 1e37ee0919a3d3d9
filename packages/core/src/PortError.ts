/**
 * What can go wrong at any port: one closed list of reasons, shared by every adapter.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * The thing asked for is not there.
 *
 * @category errors
 * @since 0.1.0
 */
export class NotFound extends Schema.TaggedError<NotFound>()("NotFound", { detail: Schema.String }) {}

/**
 * A condition did not hold: the key exists already, or the version has moved on. Read again, then decide again.
 *
 * @category errors
 * @since 0.1.0
 */
export class Conflict extends Schema.TaggedError<Conflict>()("Conflict", {
  detail: Schema.String,
  actualVersion: Schema.optionalKey(Schema.Union([Schema.Number, Schema.String])),
}) {}

/**
 * The other side asks for a slower pace; `retryAfterMs` where it named one.
 *
 * @category errors
 * @since 0.1.0
 */
export class Throttled extends Schema.TaggedError<Throttled>()("Throttled", {
  detail: Schema.String,
  retryAfterMs: Schema.optionalKey(Schema.Number),
}) {}

/**
 * A passing fault: a time-out, a reset, a 5xx. Whether the call took effect is not known.
 *
 * @category errors
 * @since 0.1.0
 */
export class Unavailable extends Schema.TaggedError<Unavailable>()("Unavailable", {
  detail: Schema.String,
  cause: Schema.optionalKey(Schema.Defect()),
}) {}

/**
 * Credentials or rights are missing.
 *
 * @category errors
 * @since 0.1.0
 */
export class Denied extends Schema.TaggedError<Denied>()("Denied", { detail: Schema.String }) {}

/**
 * The request is wrong and stays wrong however often it is sent.
 *
 * @category errors
 * @since 0.1.0
 */
export class Invalid extends Schema.TaggedError<Invalid>()("Invalid", {
  detail: Schema.String,
  cause: Schema.optionalKey(Schema.Defect()),
}) {}

/**
 * There is no room: a full disk, a quota that is used up.
 *
 * @category errors
 * @since 0.1.0
 */
export class Full extends Schema.TaggedError<Full>()("Full", { detail: Schema.String }) {}

/**
 * The closed union of reasons. An adapter maps every foreign failure to one of them.
 *
 * @category errors
 * @since 0.1.0
 */
export const Reason = Schema.Union([NotFound, Conflict, Throttled, Unavailable, Denied, Invalid, Full])
export type Reason = typeof Reason.Type

/**
 * Whether the same call may succeed later without anybody changing anything.
 *
 * @category guards
 * @since 0.1.0
 */
export const isRetryable = (reason: Reason): boolean => reason._tag === "Throttled" || reason._tag === "Unavailable"

/**
 * The fields of every port's error class: the call that failed, in words, and why.
 *
 * @category errors
 * @since 0.1.0
 */
export const fields = { operation: Schema.String, reason: Reason }

/**
 * The sentence that a person reads.
 *
 * @category errors
 * @since 0.1.0
 */
export const message = (error: { readonly operation: string; readonly reason: Reason }): string =>
  `${error.operation}: ${error.reason.detail}`

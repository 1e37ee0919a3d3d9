/**
 * Port that remembers which record keys were taken by which input.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as PortError from "./PortError.ts"

/**
 * Failure of any store of seen keys.
 *
 * @category errors
 * @since 0.1.0
 */
export class SeenKeysError extends Schema.TaggedError<SeenKeysError>()("SeenKeysError", PortError.fields) {
  override get message(): string {
    return PortError.message(this)
  }
  get isRetryable(): boolean {
    return PortError.isRetryable(this.reason)
  }
}

/**
 * Claims record keys for an input. The first input to claim a key has it; the same input claiming again gets the same answer, so that a retry
 * after a crash decides as before.
 *
 * @category services
 * @since 0.1.0
 */
export class SeenKeys extends Context.Service<
  SeenKeys,
  {
    /**
     * Answers the positions in `keys` that are duplicates: claimed by another input within the last `windowMs`, or standing earlier in `keys`.
     * All other keys belong to `inputId` from now on.
     */
    readonly claim: (claim: {
      readonly flow: string
      readonly inputId: string
      readonly keys: ReadonlyArray<string>
      readonly windowMs: number
    }) => Effect.Effect<ReadonlyArray<number>, SeenKeysError>
  }
>()("@tributary/core/SeenKeys") {}

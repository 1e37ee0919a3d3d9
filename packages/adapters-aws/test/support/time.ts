/** Virtual time for effects that wait between attempts. */
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"

/** Runs the effect while a minute passes: longer than all attempts at one call take. */
export const inTime = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(effect)
    yield* TestClock.adjust("1 minute")
    return yield* Fiber.join(fiber)
  })

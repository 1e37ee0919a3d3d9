import { assert, it } from "@effect/vitest"
import type { Case } from "@tributary/core/testing/Contract"
import { Cause, Effect, type Layer } from "effect"

/** Tests that the case named `by` fails on an adapter with a fault. That it passes on one without is tested with the adapters in memory. */
export const refuses = <R>(fault: string, by: string, cases: ReadonlyArray<Case<R>>, layer: Layer.Layer<R>): void => {
  it.effect(`finds an adapter that ${fault}`, () =>
    Effect.gen(function* () {
      const found = cases.filter(({ name }) => name === by)
      assert.strictEqual(found.length, 1, `cases named "${by}"`)
      const cause = yield* found[0]!.run.pipe(
        Effect.provide(layer),
        Effect.sandbox,
        Effect.flip,
        Effect.catch(() => Effect.die(new Error(`the case "${by}" passed`))),
      )
      assert.isFalse(Cause.hasDies(cause), "the case failed by a bug of its own or of the adapter")
    }),
  )
}

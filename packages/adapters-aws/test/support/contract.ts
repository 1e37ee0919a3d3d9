/** Holds an adapter against a port's contract. */
import { it } from "@effect/vitest"
import type { Case } from "@tributary/core/testing/Contract"
import { Effect, Layer } from "effect"

/**
 * One test per case, in real time, each on a layer of its own.
 *
 * `wrong` names the cases that a server of others breaks, with what the real service does: those must fail, so that a repaired server is noticed.
 */
export const holds = <R, E>(
  cases: ReadonlyArray<Case<R>>,
  layer: Layer.Layer<R, E>,
  wrong: Readonly<Record<string, string>> = {},
): void => {
  for (const { name, run } of cases) {
    const test = () => Effect.provide(run, Layer.fresh(layer))
    const why = wrong[name]
    if (why === undefined) it.live(name, test)
    else it.live(`${name} (the server is wrong: ${why})`, () => mustBreak(test()))
  }
  for (const name of Object.keys(wrong)) {
    if (!cases.some((one) => one.name === name)) throw new Error(`there is no case "${name}"`)
  }
}

const mustBreak = <A, E, R>(test: Effect.Effect<A, E, R>) =>
  Effect.matchEffect(test, {
    onFailure: () => Effect.void,
    onSuccess: () => Effect.fail(new Error("the server keeps this rule now: take the case off the list")),
  })

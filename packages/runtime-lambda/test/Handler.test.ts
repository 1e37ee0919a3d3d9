import { assert, describe, it } from "@effect/vitest"
import * as Handler from "@tributary/runtime-lambda/Handler"
import { Context, Effect, Layer } from "effect"
import { invoke } from "./support/invocation.ts"

class Opened extends Context.Service<Opened, { readonly number: number }>()("test/Opened") {}

/** A layer that counts its builds, fails at the first so many, and tells when it is closed. */
const counting = (failures: number) => {
  const seen = { opened: 0, closed: 0 }
  const layer = Layer.effect(
    Opened,
    Effect.acquireRelease(
      Effect.suspend(() =>
        ++seen.opened <= failures
          ? Effect.fail(new Error(`failure ${seen.opened}`))
          : Effect.succeed({ number: seen.opened }),
      ),
      () => Effect.sync(() => void seen.closed++),
    ),
  )
  return { seen, layer }
}

const number = () => Effect.map(Opened, (opened) => opened.number)

describe("a handler", () => {
  it.effect("builds its layer at the first invocation, once, and closes it", () =>
    Effect.gen(function* () {
      const { layer, seen } = counting(0)
      const handler = Handler.make(layer, number)
      assert.strictEqual(seen.opened, 0)
      assert.strictEqual((yield* invoke(handler, {})).answer, 1)
      assert.strictEqual((yield* invoke(handler, {})).answer, 1)
      yield* Effect.promise(handler.dispose)
      assert.deepStrictEqual(seen, { opened: 1, closed: 1 })
    }),
  )

  it.effect("builds it anew where the last build failed", () =>
    Effect.gen(function* () {
      const { layer } = counting(2)
      const handler = Handler.make(layer, number)
      assert.strictEqual((yield* invoke(handler, {})).error?.message, "failure 1")
      assert.strictEqual((yield* invoke(handler, {})).error?.message, "failure 2")
      assert.strictEqual((yield* invoke(handler, {})).answer, 3)
    }),
  )

  it.effect("keeps its layer when an invocation fails, and throws what failed", () =>
    Effect.gen(function* () {
      const { layer } = counting(0)
      const handler = Handler.make(layer, (event) => (event === "fail" ? Effect.fail(new TypeError("no")) : number()))
      const { error, lines } = yield* invoke(handler, "fail")
      assert.instanceOf(error, TypeError)
      assert.deepStrictEqual(
        lines.map(({ annotations, level, message }) => [level, message, annotations]),
        [["ERROR", "the invocation failed", { requestId: "request-1" }]],
      )
      assert.strictEqual((yield* invoke(handler, {})).answer, 1)
    }),
  )
})

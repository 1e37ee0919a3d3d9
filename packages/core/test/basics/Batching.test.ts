import * as Batching from "@tributary/core/Batching"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Queue, Schema, Stream } from "effect"
import { TestClock } from "effect/testing"

const policy = { maxItems: 3, maxBytes: 10, maxAgeMs: 1000, bytesOf: (item: string) => item.length }

describe("Batching", () => {
  it.effect.prop("loses nothing, moves nothing, keeps its limits", [Schema.Array(Schema.String)], ([items]) =>
    Effect.gen(function* () {
      const found = yield* Stream.fromIterable(items).pipe(Batching.batches(policy), Stream.runCollect)
      assert.deepStrictEqual(found.flat(), items)
      for (const [i, batch] of found.entries()) {
        const before = batch.slice(0, -1).reduce((sum, item) => sum + item.length, 0)
        assert.isTrue(batch.length > 0 && batch.length <= 3 && before < 10)
        const full = batch.length === 3 || before + batch.at(-1)!.length >= 10
        assert.isTrue(full || i === found.length - 1)
      }
    }),
  )

  it.effect("closes a batch when its first item has waited long enough", () =>
    Effect.gen(function* () {
      const queue = yield* Queue.unbounded<string>()
      const found: Array<ReadonlyArray<string>> = []
      const fiber = yield* Stream.fromQueue(queue).pipe(
        Batching.batches(policy),
        Stream.runForEach((batch) => Effect.sync(() => found.push(batch))),
        Effect.forkChild,
      )
      yield* TestClock.adjust(10_000)
      yield* Queue.offer(queue, "a")
      yield* TestClock.adjust(999)
      yield* Queue.offer(queue, "b")
      assert.deepStrictEqual(found, [])
      yield* TestClock.adjust(1)
      assert.deepStrictEqual(found, [["a", "b"]])
      yield* Queue.offerAll(queue, ["c", "d", "e"])
      yield* TestClock.adjust(0)
      assert.deepStrictEqual(found, [
        ["a", "b"],
        ["c", "d", "e"],
      ])
      yield* Fiber.interrupt(fiber)
    }),
  )
})

import { assert, describe, it } from "@effect/vitest"
import * as MessageQueueMemory from "@tributary/core/memory/MessageQueueMemory"
import * as MessageQueueContract from "@tributary/core/testing/MessageQueueContract"
import { Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"

const options = { maxMessages: 10, waitSeconds: 0, visibilitySeconds: 30 }

describe("MessageQueueMemory", () => {
  for (const c of MessageQueueContract.cases({ passTime: TestClock.adjust })) {
    it.effect(c.name, () => c.run.pipe(Effect.provide(Layer.fresh(MessageQueueMemory.layer))))
  }

  it.effect("gives each message to one receiver", () =>
    Effect.gen(function* () {
      const queue = yield* MessageQueueMemory.make
      yield* queue.send(Array.from({ length: 40 }, (_, i) => `${i}`))
      const received = yield* Effect.all(
        Array.from({ length: 8 }, () => queue.receive(options)),
        { concurrency: "unbounded" },
      )
      const ids = received.flat().map((message) => message.id)
      assert.strictEqual(ids.length, 40)
      assert.strictEqual(new Set(ids).size, 40)
    }),
  )

  it.effect("of two that wait, the one that gets nothing waits on", () =>
    Effect.gen(function* () {
      const queue = yield* MessageQueueMemory.make
      const wait = Effect.forkChild(queue.receive({ ...options, waitSeconds: 20 }), { startImmediately: true })
      const waiting = [yield* wait, yield* wait]
      yield* queue.send(["a"])
      yield* TestClock.adjust("20 seconds")
      const received = yield* Effect.forEach(waiting, Fiber.join)
      assert.deepStrictEqual(
        received.map((messages) => messages.length).toSorted((a, b) => a - b),
        [0, 1],
      )
    }),
  )

  it.effect("a waiting receive gets a message when its visibility ends", () =>
    Effect.gen(function* () {
      const queue = yield* MessageQueueMemory.make
      yield* queue.send(["a"])
      yield* queue.receive({ ...options, visibilitySeconds: 5 })
      const waiting = yield* Effect.forkChild(queue.receive({ ...options, waitSeconds: 20 }), {
        startImmediately: true,
      })
      yield* TestClock.adjust("4999 millis")
      assert.isUndefined(waiting.pollUnsafe())
      yield* TestClock.adjust("1 millis")
      assert.deepStrictEqual(
        (yield* Fiber.join(waiting)).map((m) => m.receiveCount),
        [2],
      )
    }),
  )

  it.effect("refuses an older receipt", () =>
    Effect.gen(function* () {
      const queue = yield* MessageQueueMemory.make
      yield* queue.send(["a"])
      const [first] = yield* queue.receive({ ...options, visibilitySeconds: 1 })
      yield* TestClock.adjust("2 seconds")
      yield* queue.receive(options)
      assert.deepStrictEqual(yield* queue.ack([first!.receipt]), [first!.receipt])
      assert.strictEqual((yield* queue.messages).length, 1)
    }),
  )

  it.effect("keeps the limits of SQS", () =>
    Effect.gen(function* () {
      const queue = yield* MessageQueueMemory.make
      for (const change of [
        { maxMessages: 11 },
        { maxMessages: 0 },
        { waitSeconds: 21 },
        { visibilitySeconds: 43_201 },
      ]) {
        const error = yield* Effect.flip(queue.receive({ ...options, ...change }))
        assert.strictEqual(error.reason._tag, "Invalid")
      }
    }),
  )
})

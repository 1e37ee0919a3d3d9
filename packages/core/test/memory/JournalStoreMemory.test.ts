import { assert, describe, it } from "@effect/vitest"
import * as JournalStoreMemory from "@tributary/core/memory/JournalStoreMemory"
import * as JournalStoreContract from "@tributary/core/testing/JournalStoreContract"
import { Effect, Layer, Stream } from "effect"
import { TestClock } from "effect/testing"

describe("JournalStoreMemory", () => {
  for (const c of JournalStoreContract.cases({ prefix: "", passTime: TestClock.adjust })) {
    it.effect(c.name, () => c.run.pipe(Effect.provide(Layer.fresh(JournalStoreMemory.layer))))
  }

  it.effect("one journal takes the whole contract, with a prefix, twice", () =>
    Effect.gen(function* () {
      for (const prefix of ["first/", "second/"]) {
        const cases = JournalStoreContract.cases({ prefix, passTime: TestClock.adjust })
        yield* Effect.forEach(cases, (c) => c.run)
      }
    }).pipe(Effect.provide(JournalStoreMemory.layer)),
  )

  it.effect("keeps the times of a stream in order when the clock is set back", () =>
    Effect.gen(function* () {
      const journal = yield* JournalStoreMemory.make
      yield* TestClock.setTime(5_000)
      yield* journal.append(JournalStoreContract.appendOf("s", 0, "a", 1))
      yield* TestClock.setTime(4_000)
      yield* journal.append(JournalStoreContract.appendOf("s", 1, "b", 1))
      const times = yield* Stream.runCollect(journal.read("s")).pipe(Effect.map((events) => events.map((e) => e.at)))
      assert.deepStrictEqual(times, [5_000, 5_000])
    }),
  )
})

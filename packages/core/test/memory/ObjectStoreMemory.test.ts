import { assert, describe, it } from "@effect/vitest"
import * as ObjectStoreMemory from "@tributary/core/memory/ObjectStoreMemory"
import { ObjectStore } from "@tributary/core/ObjectStore"
import * as ObjectStoreContract from "@tributary/core/testing/ObjectStoreContract"
import { Effect, Layer } from "effect"
import { TestClock } from "effect/testing"

describe("ObjectStoreMemory", () => {
  for (const c of ObjectStoreContract.cases({ bucket: "lake", prefix: "", listed: 1_500 })) {
    it.effect(c.name, () => c.run.pipe(Effect.provide(Layer.fresh(ObjectStoreMemory.layer))))
  }

  it.effect("holds its seeds", () =>
    Effect.gen(function* () {
      const store = yield* ObjectStore
      assert.deepStrictEqual(yield* ObjectStoreContract.readAll(store.get({ bucket: "b", key: "k" })), Uint8Array.of(7))
    }).pipe(
      Effect.provide(ObjectStoreMemory.layerWith({ objects: [{ bucket: "b", key: "k", bytes: Uint8Array.of(7) }] })),
    ),
  )

  it.effect("keeps overwritten versions", () =>
    Effect.gen(function* () {
      const store = yield* ObjectStoreMemory.make()
      const ref = { bucket: "b", key: "k" }
      const { version } = yield* store.put(ref, Uint8Array.of(1), "any")
      yield* store.put(ref, Uint8Array.of(2), "any")
      assert.deepStrictEqual(yield* ObjectStoreContract.readAll(store.get({ ...ref, version })), Uint8Array.of(1))
    }),
  )

  it.effect("takes the time from the clock", () =>
    Effect.gen(function* () {
      const store = yield* ObjectStoreMemory.make()
      yield* TestClock.setTime(1_000)
      assert.strictEqual((yield* store.put({ bucket: "b", key: "k" }, new Uint8Array(1), "any")).modifiedAt, 1_000)
    }),
  )
})

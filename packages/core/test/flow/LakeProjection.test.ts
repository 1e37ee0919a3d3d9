import * as LakeProjection from "@tributary/core/flow/LakeProjection"
import * as LakeState from "@tributary/core/journal/LakeState"
import * as Ledger from "@tributary/core/journal/Ledger"
import { JournalStore } from "@tributary/core/JournalStore"
import { ObjectStore } from "@tributary/core/ObjectStore"
import { joinBytes } from "@tributary/core/testing/Contract"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Stream } from "effect"
import { bytesOf, ingest, layer, page, payload } from "./world.ts"

const extract = { id: "x", at: 1 }

const filled = Effect.gen(function* () {
  yield* ingest("ga", bytesOf(page(["2026010100", "a", 1], ["2026010200", "a", 1], ["(other)", "a", 1]), extract))
  yield* ingest("ga", bytesOf(page(["2026010200", "a", 2]), { id: "y", at: 2 }))
})
const more = Effect.gen(function* () {
  yield* ingest("ga", bytesOf(page(["2026010100", "late", 1]), extract))
  yield* ingest("logs", bytesOf(payload(["1", "2"])), bytesOf(payload(["2", "3"])))
})

const checkpoint = { bucket: "lake", key: "_projections/lake-state" }

/** Counts the events that are read from the journal. */
const counting = (seen: { events: number }) =>
  Layer.effect(
    JournalStore,
    JournalStore.use((store) =>
      Effect.succeed(
        JournalStore.of({
          ...store,
          readAll: (after) => Stream.tap(store.readAll(after), () => Effect.sync(() => seen.events++)),
        }),
      ),
    ),
  )

describe("LakeProjection", () => {
  it.effect("says the same from a checkpoint, wherever it stands, as from nothing", () =>
    Effect.gen(function* () {
      yield* filled
      yield* LakeProjection.rebuild()
      yield* more
      const [folded, whole] = [yield* LakeProjection.read(), yield* LakeState.read()]
      assert.deepStrictEqual(folded, whole)
      const flows = ["ga", "logs"]
      assert.deepStrictEqual(Ledger.make(folded, flows), Ledger.make(whole, flows))
    }).pipe(Effect.provide(layer)),
  )

  it.effect("reads only what came behind the checkpoint", () =>
    Effect.gen(function* () {
      yield* filled
      yield* LakeProjection.rebuild()
      const seen = { events: 0 }
      yield* LakeProjection.read().pipe(Effect.provide(counting(seen)))
      assert.strictEqual(seen.events, 0)
      yield* more
      yield* LakeProjection.read().pipe(Effect.provide(counting(seen)))
      assert.isAbove(seen.events, 5)
    }).pipe(Effect.provide(layer)),
  )

  it.effect("writes a checkpoint of itself once enough has happened", () =>
    Effect.gen(function* () {
      const store = yield* ObjectStore
      const deliveries = Array.from({ length: 520 }, (_, i) => bytesOf(payload([`e${i}`])))
      yield* ingest("logs", ...deliveries)
      assert.isAbove((yield* store.head(checkpoint)).size, 1000)
      assert.deepStrictEqual(yield* LakeProjection.read(), yield* LakeState.read())
    }).pipe(Effect.provide(layer)),
  )

  it.effect("takes no notice of a checkpoint that is cut, changed, or of another format", () =>
    Effect.gen(function* () {
      yield* filled
      yield* LakeProjection.rebuild()
      const store = yield* ObjectStore
      const good = joinBytes(yield* Stream.runCollect(store.get(checkpoint)))
      const changed = [
        good.slice(0, -1),
        good.with(good.length - 20, 0x39),
        good.with(11, 0x39),
        new Uint8Array(0),
        good.slice(80),
      ]
      const whole = yield* LakeState.read()
      for (const bytes of changed) {
        yield* store.put(checkpoint, bytes, "any")
        assert.deepStrictEqual(yield* LakeProjection.read(), whole)
      }
    }).pipe(Effect.provide(layer)),
  )
})

describe("Ledger.by", () => {
  it.effect("adds up to the same whichever way it is divided", () =>
    Effect.gen(function* () {
      yield* filled
      yield* more
      const state = yield* LakeState.read()
      const total = (accounts: Iterable<Ledger.Account>) =>
        Array.from(accounts).reduce<Record<string, number>>((sum, account) => {
          for (const [name, count] of Object.entries(account)) sum[name] = (sum[name] ?? 0) + count
          return sum
        }, {})
      const flows = total(Object.values(Ledger.make(state, []).flows))
      for (const division of ["flow", "table", "day", "input"] as const) {
        const accounts = Ledger.by(state, division)
        assert.deepStrictEqual(total(accounts.values()), flows, division)
        assert.isTrue(Array.from(accounts.values()).every(Ledger.isBalanced), division)
      }
      assert.deepStrictEqual(Array.from(Ledger.by(state, "table").keys()), ["appflow_data.ga_sample", "logs.events"])
      assert.deepStrictEqual(Ledger.by(state, "day").get("2026-01-02"), {
        ...Ledger.empty,
        records: 2,
        written: 1,
        superseded: 1,
      })
      assert.strictEqual(Ledger.by(state, "input").size, 5)
    }).pipe(Effect.provide(layer)),
  )
})

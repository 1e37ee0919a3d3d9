import * as LakeState from "@tributary/core/journal/LakeState"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { bytesOf, ingest, layer, page, visible } from "./world.ts"

const ga = "appflow_data.ga_sample"

const filled = Effect.gen(function* () {
  yield* TestClock.adjust(1000)
  yield* ingest("ga", bytesOf(page(["2026010100", "a", 1], ["2026010200", "a", 1]), { id: "x", at: 1 }))
  yield* TestClock.adjust(1000)
  yield* ingest("ga", bytesOf(page(["2026010200", "a", 2]), { id: "y", at: 2 }))
  yield* TestClock.adjust(1000)
  yield* ingest("ga", bytesOf(page(["2026010100", "late", 1]), { id: "x", at: 1 }))
})

const filesAt = (asOf: number) =>
  Effect.map(LakeState.read({ asOf }), (state) =>
    LakeState.visibleFiles(state, ga).map(({ path }) => path.replace(/.*(day=.*\/g\d+)\/.*/, "$1")),
  )

describe("history", () => {
  it.effect("shows the lake as it stood at a moment", () =>
    Effect.gen(function* () {
      yield* filled
      assert.deepStrictEqual(yield* filesAt(999), [])
      assert.deepStrictEqual(yield* filesAt(1999), ["day=1/x/g1", "day=2/x/g1"])
      assert.deepStrictEqual(yield* filesAt(2999), ["day=1/x/g1", "day=2/y/g1"])
      assert.deepStrictEqual(yield* filesAt(3999), ["day=1/x/g2", "day=1/x/g2", "day=2/y/g1"])
      assert.strictEqual((yield* visible(ga)).length, 3)
    }).pipe(Effect.provide(layer)),
  )

  it.effect("keeps what an extract said, superseded or not", () =>
    Effect.gen(function* () {
      yield* filled
      const state = yield* LakeState.read()
      const rowsOf = (extract: string) => LakeState.extractFiles(state, ga, extract).map(({ day, rows }) => [day, rows])
      assert.sameDeepMembers(rowsOf("x"), [
        ["2026-01-01", 1],
        ["2026-01-01", 1],
        ["2026-01-02", 1],
      ])
      assert.deepStrictEqual(rowsOf("y"), [["2026-01-02", 1]])
      assert.deepStrictEqual(rowsOf("z"), [])
    }).pipe(Effect.provide(layer)),
  )
})

import { defineConfig } from "@tributary/core/Config"
import type { Delivery } from "@tributary/core/Delivery"
import * as IngestCall from "@tributary/core/flow/IngestCall"
import * as Publication from "@tributary/core/flow/Publication"
import * as Quarantine from "@tributary/core/flow/Quarantine"
import * as Retry from "@tributary/core/flow/Retry"
import * as Verify from "@tributary/core/flow/Verify"
import type { ReportFlow } from "@tributary/core/Flow"
import { gaFlow } from "@tributary/core/GaFlow"
import { Refused } from "@tributary/core/journal/Decider"
import * as LakeState from "@tributary/core/journal/LakeState"
import * as Ledger from "@tributary/core/journal/Ledger"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { gzipSync } from "node:zlib"
import { bytesOf, layer, ledger, page, visible } from "./world.ts"

const ga = "appflow_data.ga_sample"
const x = { id: "x", at: 1 }

/** `device` may be missing where `mended`. */
const holding = (mode: "replace" | "merge", mended = false) =>
  defineConfig({
    flows: {
      ga: {
        ...gaFlow,
        mode,
        onIncomplete: "hold",
        fields: gaFlow.fields.map((field) =>
          mended && field.names.includes("deviceCategory") ? { ...field, ifMissing: "none" } : field,
        ),
      },
    },
  })
const good = `{"dateHour":"2026010100","deviceCategory":"a","users":1}\n`
const bad = `{"dateHour":"2026010200","users":1}\n`

describe.each(["replace", "merge"] as const)("onIncomplete: hold, mode %s", (mode) => {
  const config = holding(mode)
  const flow = config.flows["ga"] as ReportFlow
  const ingest = (...deliveries: ReadonlyArray<Delivery>) =>
    IngestCall.run(config, "ga", Stream.fromIterable(deliveries))

  it.effect("holds a whole extract back until a person releases it", () =>
    Effect.gen(function* () {
      assert.deepInclude(yield* ingest(bytesOf(good, x), bytesOf(good + bad, x)), { records: 3, quarantined: 3 })
      assert.deepStrictEqual(yield* visible(ga), [])
      assert.deepStrictEqual((yield* ledger).flows["ga"], { ...Ledger.empty, records: 3, quarantined: 3 })
      const state = yield* LakeState.read()
      for (const division of ["flow", "day", "input"] as const) {
        const accounts = Array.from(Ledger.by(state, division).values())
        assert.isTrue(accounts.every(Ledger.isBalanced), division)
        assert.strictEqual(
          accounts.reduce((sum, { quarantined }) => sum + quarantined, 0),
          3,
        )
      }
      assert.deepStrictEqual((yield* Verify.run(config)).problems, [])
      const { published } = yield* Publication.release("ga", flow, "x")
      assert.strictEqual(published, 1)
      yield* Publication.release("ga", flow, "x")
      const merged = mode === "merge" ? 1 : 0
      assert.strictEqual((yield* visible(ga)).length, 2 - merged)
      const { balanced, flows } = yield* ledger
      assert.deepStrictEqual(
        [balanced, flows["ga"]],
        [true, { ...Ledger.empty, records: 3, written: 2 - merged, superseded: merged, quarantined: 1 }],
      )
      assert.deepStrictEqual((yield* Verify.run(config)).problems, [])
    }).pipe(Effect.provide(layer)),
  )

  it.effect("lets an extract go when all of its records were mended", () =>
    Effect.gen(function* () {
      yield* ingest(bytesOf(good + bad + bad.replace("02", "03"), x))
      const [one, other] = yield* Stream.runCollect(Quarantine.list())
      assert.deepInclude(yield* Retry.run(holding(mode, true), [one!.id]), { records: 1, quarantined: 1 })
      assert.deepStrictEqual(yield* visible(ga), [])
      assert.deepInclude(yield* Retry.run(holding(mode, true), [other!.id]), { records: 1, written: 1 })
      assert.strictEqual((yield* visible(ga)).length, 3)
      assert.deepStrictEqual((yield* ledger).flows["ga"], { ...Ledger.empty, records: 3, written: 3 })
    }).pipe(Effect.provide(layer)),
  )

  it.effect("is held by an input that was quarantined whole, and stays held where that is given up", () =>
    Effect.gen(function* () {
      yield* ingest(bytesOf(good, x), bytesOf(gzipSync(good).subarray(0, 20), x))
      assert.deepStrictEqual((yield* ledger).flows["ga"], { ...Ledger.empty, records: 2, quarantined: 2 })
      const [item] = yield* Stream.runCollect(Quarantine.list())
      yield* Retry.drop([item!.id], "noise")
      assert.deepStrictEqual(yield* visible(ga), [])
      yield* Publication.release("ga", flow, "x")
      assert.strictEqual((yield* visible(ga)).length, 1)
    }).pipe(Effect.provide(layer)),
  )

  it.effect("holds nothing else: extracts without such records, and what was published before", () =>
    Effect.gen(function* () {
      yield* ingest(bytesOf(good, x))
      yield* ingest(bytesOf(bad, x))
      yield* ingest(bytesOf(page(["2026010300", "a", 1]), { id: "y", at: 2 }))
      assert.deepStrictEqual(yield* visible(ga), ["2026-01-01 0 a 1", "2026-01-03 0 a 1"])
      assert.instanceOf(yield* Effect.flip(Publication.release("ga", flow, "z")), Refused)
    }).pipe(Effect.provide(layer)),
  )
})

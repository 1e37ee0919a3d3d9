import { defineConfig } from "@tributary/core/Config"
import * as IngestCall from "@tributary/core/flow/IngestCall"
import * as Verify from "@tributary/core/flow/Verify"
import { gaFlow } from "@tributary/core/GaFlow"
import { JournalStore } from "@tributary/core/JournalStore"
import * as TableSchema from "@tributary/core/TableSchema"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Stream } from "effect"
import { bytesOf, config, layer, ledger, visible } from "./world.ts"

/** The same table with one column more, and another way of batching. */
const widened = defineConfig({
  codec: "gzip",
  batching: { rowsPerGroup: 1 },
  flows: {
    ga: {
      ...gaFlow,
      table: TableSchema.make({
        ...gaFlow.table,
        version: 2,
        columns: [...gaFlow.table.columns, { name: "country", type: { kind: "string" }, required: false }],
      }),
      fields: [
        ...gaFlow.fields,
        { names: ["country"], role: "dimension", reading: { as: "string", column: "country" }, ifMissing: null },
      ],
    },
  },
})

/** Dies when an input is about to be settled: its files are there, and the journal does not say so. */
const dying = Layer.effect(
  JournalStore,
  JournalStore.use((store) =>
    Effect.succeed(
      JournalStore.of({
        ...store,
        append: (append) =>
          append.events.some(({ type }) => type.startsWith("Settled")) ? Effect.die("crash") : store.append(append),
      }),
    ),
  ),
)

describe("a deploy between two attempts", () => {
  it.effect("does not change what the plan of the first one writes", () =>
    Effect.gen(function* () {
      const lines = ["a", "b"].map((device) => `{"dateHour":"2026010100","deviceCategory":"${device}","users":1}`)
      const wide = '{"dateHour":"2026010100","deviceCategory":"c","users":1,"country":"CH"}'
      const delivery = Stream.succeed(bytesOf([...lines, wide].join("\n"), { id: "x", at: 1 }))
      const first = yield* Effect.exit(IngestCall.run(config, "ga", delivery).pipe(Effect.provide(dying)))
      assert.strictEqual(first._tag, "Failure")
      const summary = yield* IngestCall.run(widened, "ga", delivery)
      assert.deepInclude(summary, { records: 3, written: 2, quarantined: 1 })
      assert.deepStrictEqual(yield* visible("appflow_data.ga_sample"), ["2026-01-01 0 a 1", "2026-01-01 0 b 1"])
      assert.isTrue((yield* ledger).balanced)
      assert.deepStrictEqual((yield* Verify.run(widened)).problems, [])
    }).pipe(Effect.provide(layer)),
  )
})

import { defineConfig } from "@tributary/core/Config"
import * as IngestCall from "@tributary/core/flow/IngestCall"
import * as Quarantine from "@tributary/core/flow/Quarantine"
import * as Retry from "@tributary/core/flow/Retry"
import * as Verify from "@tributary/core/flow/Verify"
import { gaFlow } from "@tributary/core/GaFlow"
import * as Ledger from "@tributary/core/journal/Ledger"
import { logsFlow } from "@tributary/core/LogsFlow"
import * as TableSchema from "@tributary/core/TableSchema"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { gzipSync } from "node:zlib"
import { bytesOf, config, ingest, layer, ledger, page, payload, visible } from "./world.ts"

const ga = "appflow_data.ga_sample"

/** Today's mapping: `device` may be missing, and a country is read into a column of its own. */
const mended = defineConfig({
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
    logs: {
      ...logsFlow,
      fields: logsFlow.fields
        .filter(({ names }) => names[0] !== "session_id")
        .concat({
          names: ["session_id", "session"],
          reading: { as: "int64", column: "session_id" },
          ifMissing: 0n,
        }),
    },
  },
})

const items = Effect.map(Stream.runCollect(Quarantine.list()), (found) =>
  found.map(({ id, position, reason }) => ({ id, position, reason })),
)

const line = (device: string, more = "") => `{"dateHour":"2026010100","deviceCategory":"${device}","users":1${more}}`

describe("retry", () => {
  it.effect("carries the mended records alone, beside those that were written", () =>
    Effect.gen(function* () {
      const extract = { id: "x", at: 1 }
      yield* ingest(
        "ga",
        bytesOf([line("a"), line("b", ',"country":"CH"'), line("c", ',"city":"x"')].join("\n"), extract),
      )
      const [country, city] = yield* items
      const retried = yield* Retry.run(mended, [country!.id, city!.id])
      assert.deepStrictEqual(retried, { retried: 2, ...Ledger.empty, records: 2, written: 1, quarantined: 1 })
      assert.deepStrictEqual(yield* visible(ga), ["2026-01-01 0 a 1", "2026-01-01 0 b 1 CH"])
      const [left, ...more] = yield* items
      assert.deepStrictEqual([more.length, left!.position, left!.reason], [0, "line 3", "UnknownShape"])
      assert.notStrictEqual(left!.id, city!.id)
      const { balanced, flows } = yield* ledger
      assert.deepStrictEqual(
        [balanced, flows["ga"]],
        [true, { ...Ledger.empty, records: 3, written: 2, quarantined: 1 }],
      )
      assert.deepStrictEqual((yield* Verify.run(mended)).problems, [])
    }).pipe(Effect.provide(layer)),
  )

  it.effect("carries the rows of a page that was refused whole", () =>
    Effect.gen(function* () {
      const wide = page(["2026010100", "a", 1], ["2026010101", "b", 2]).replace('"ga:deviceCategory"', '"country"')
      const other = defineConfig({
        flows: {
          ga: {
            ...gaFlow,
            fields: gaFlow.fields.map((field) =>
              field.names.includes("deviceCategory") ? { ...field, names: ["ga:deviceCategory", "country"] } : field,
            ),
          },
        },
      })
      yield* ingest("ga", bytesOf(wide, { id: "x", at: 1 }))
      const [item] = yield* items
      assert.deepStrictEqual([item!.position, item!.reason], ["document 1", "UnknownShape"])
      assert.deepInclude(yield* Retry.run(other, [item!.id]), { retried: 1, records: 2, written: 2 })
      assert.deepStrictEqual(yield* visible(ga), ["2026-01-01 0 a 1", "2026-01-01 1 b 2"])
      assert.deepStrictEqual((yield* ledger).flows["ga"], { ...Ledger.empty, records: 2, written: 2 })
    }).pipe(Effect.provide(layer)),
  )

  it.effect("does not take a log event for a duplicate of itself", () =>
    Effect.gen(function* () {
      yield* ingest("logs", bytesOf(payload(["1", "2"], (id) => (id === "2" ? '{"action":5}' : `{"action":"${id}"}`))))
      const [item] = yield* items
      const asText = { names: ["action"], reading: { as: "json", column: "action" }, ifMissing: null } as const
      const other = defineConfig({
        flows: {
          logs: { ...logsFlow, fields: logsFlow.fields.map((field) => (field.names[0] === "action" ? asText : field)) },
        },
      })
      assert.deepInclude(yield* Retry.run(other, [item!.id]), { retried: 1, records: 1, written: 1, duplicate: 0 })
      assert.strictEqual((yield* visible("logs.events")).length, 2)
      assert.deepInclude(yield* ingest("logs", bytesOf(payload(["2"]))), { records: 1, duplicate: 1 })
    }).pipe(Effect.provide(layer)),
  )

  it.effect("tries an input again that was quarantined whole", () =>
    Effect.gen(function* () {
      const strict = defineConfig({ limits: { objectBytes: 50 } })
      const bytes = gzipSync([line("a"), line("b")].join("\n"))
      yield* IngestCall.run(strict, "ga", Stream.succeed(bytesOf(bytes, { id: "x", at: 1 })))
      const [item] = yield* items
      assert.deepStrictEqual([item!.position, item!.reason], ["whole input", "TooLarge"])
      assert.deepInclude(yield* Retry.run(config, [item!.id]), { retried: 1, records: 2, written: 2 })
      assert.deepStrictEqual(yield* items, [])
      assert.deepStrictEqual((yield* ledger).flows["ga"], { ...Ledger.empty, records: 2, written: 2 })
    }).pipe(Effect.provide(layer)),
  )

  it.effect("does nothing where one id names nothing that waits", () =>
    Effect.gen(function* () {
      yield* ingest("ga", bytesOf("broken\nalso broken\n"))
      const [first, second] = yield* items
      yield* Retry.run(config, [first!.id])
      for (const ids of [[second!.id, first!.id], ["nonsense"], [`${first!.id}7`], ["00-1"]]) {
        assert.strictEqual((yield* Effect.flip(Retry.run(config, ids)))._tag, "NoSuchItem")
      }
      assert.strictEqual((yield* items).length, 2)
    }).pipe(Effect.provide(layer)),
  )
})

describe("drop", () => {
  it.effect("takes records off the list, and leaves them in the sum", () =>
    Effect.gen(function* () {
      yield* ingest("ga", bytesOf("broken\nalso broken\n"))
      const [first, second] = yield* items
      assert.deepStrictEqual(yield* Retry.drop([first!.id], "noise"), { dropped: 1 })
      assert.deepStrictEqual(yield* items, [second])
      assert.strictEqual((yield* Effect.flip(Retry.drop([first!.id], "again")))._tag, "NoSuchItem")
      assert.deepInclude((yield* ledger).flows["ga"], { records: 2, quarantined: 2 })
      assert.deepStrictEqual((yield* Quarantine.show(first!.id)).bytes, Uint8Array.from(Buffer.from("broken")))
    }).pipe(Effect.provide(layer)),
  )
})

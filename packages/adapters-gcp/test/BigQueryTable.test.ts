import { assert, describe, it } from "@effect/vitest"
import * as BigQueryTable from "@tributary/adapters-gcp/BigQueryTable"
import * as PortError from "@tributary/core/PortError"
import type { Column, TableSchema } from "@tributary/core/TableSchema"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import * as Fake from "./FakeBigQuery.ts"

const table = { project: "shop", dataset: "logs", table: "events_records" }
const view = { project: "shop", dataset: "logs", table: "events" }
const seed: TableSchema = {
  database: "logs",
  name: "events",
  columns: [
    { name: "timestamp", type: { kind: "timestamp" }, required: true, description: "The log event's time" },
    { name: "session_id", type: { kind: "int64" }, required: true },
    { name: "action", type: { kind: "string" }, required: false },
    { name: "params", type: { kind: "json" }, required: false },
  ],
  partitionColumns: ["year", "month", "day"],
  version: 1,
  view: ["timestamp", "session_id", "action", "params"],
}
const schemaOf = (columns: ReadonlyArray<Column>): TableSchema => ({
  ...seed,
  columns,
  view: columns.map(({ name }) => name),
})
const name = "shop.logs.events_records"

const query =
  "SELECT `timestamp`, `session_id`, `action`, `params` FROM `shop.logs.events_records` " +
  "QUALIFY ROW_NUMBER() OVER (PARTITION BY `_record_id`, `timestamp`) = 1"

/** What `ensure` says against a table with the fields given. */
const differences = (resource: BigQueryTable.Resource, options: Partial<BigQueryTable.Options> = {}) =>
  Effect.gen(function* () {
    const fakes = Fake.make()
    fakes.tables.set(name, { resource, rows: [] })
    const error = yield* BigQueryTable.ensure({ table, schema: seed, ...options }).pipe(
      Effect.flip,
      Effect.provide(fakes.layer),
    )
    assert.strictEqual(error.operation, `define ${name}`)
    assert.strictEqual(error.reason._tag, "Invalid")
    assert.notInclude(fakes.calls.join(), "insert /datasets/logs/tables")
    return error.message
  })

const seedFields = [
  { name: "_record_id", type: "STRING", mode: "REQUIRED" },
  { name: "timestamp", type: "TIMESTAMP", mode: "REQUIRED" },
  { name: "session_id", type: "INTEGER", mode: "REQUIRED" },
  { name: "action", type: "STRING" },
  { name: "params", type: "JSON" },
]
const timePartitioning = { type: "DAY", field: "timestamp" }

describe("BigQueryTable.ensure", () => {
  it.effect("makes dataset, table and view", () =>
    Effect.gen(function* () {
      const fakes = Fake.make()
      yield* BigQueryTable.ensure({ table, schema: seed, view, location: "EU", description: "Log events" }).pipe(
        Effect.provide(fakes.layer),
      )
      assert.deepStrictEqual(fakes.datasets.get("shop.logs"), {
        datasetReference: { projectId: "shop", datasetId: "logs" },
        location: "EU",
      })
      assert.deepStrictEqual<unknown>(fakes.tables.get(name)?.resource, {
        type: "TABLE",
        tableReference: { projectId: "shop", datasetId: "logs", tableId: "events_records" },
        description: "Log events",
        schema: {
          fields: [
            { name: "_record_id", type: "STRING", mode: "REQUIRED" },
            { name: "timestamp", type: "TIMESTAMP", mode: "REQUIRED", description: "The log event's time" },
            { name: "session_id", type: "INT64", mode: "REQUIRED" },
            { name: "action", type: "STRING", mode: "NULLABLE" },
            { name: "params", type: "JSON", mode: "NULLABLE" },
          ],
        },
        timePartitioning,
      })
      assert.deepStrictEqual<unknown>(fakes.tables.get("shop.logs.events")?.resource.view, {
        query,
        useLegacySql: false,
      })
    }),
  )

  it.effect("leaves what is there and fits", () =>
    Effect.gen(function* () {
      const fakes = Fake.make()
      const ensure = BigQueryTable.ensure({
        table: { dataset: "logs", table: "events_records" },
        schema: seed,
        view,
      }).pipe(Effect.provide(fakes.layer))
      yield* ensure
      const before = fakes.calls.length
      yield* ensure
      assert.notInclude(fakes.calls.slice(before).join(), "insert")
      // Google's names of types, one more column, and a column that was relaxed.
      const relaxed = seedFields.map((field) => (field.name === "session_id" ? { ...field, mode: "NULLABLE" } : field))
      fakes.tables.set(name, {
        resource: {
          type: "TABLE",
          schema: { fields: [...relaxed, { name: "more", type: "BYTES" }] },
          timePartitioning,
        },
        rows: [],
      })
      yield* ensure
    }),
  )

  it.effect("knows every type", () =>
    Effect.gen(function* () {
      const fakes = Fake.make()
      const type = (kind: "string" | "int64" | "float64" | "boolean" | "timestamp" | "date" | "json") => ({ kind })
      const columns = (["string", "int64", "float64", "boolean", "timestamp", "date", "json"] as const).map(
        (kind): Column => ({ name: `c_${kind}`, type: type(kind), required: false }),
      )
      const decimal = (name: string, precision: number, scale: number): Column => ({
        name,
        type: { kind: "decimal", precision, scale },
        required: false,
      })
      const schema = schemaOf([...columns, decimal("money", 18, 2), decimal("fine", 18, 10)])
      const ensure = BigQueryTable.ensure({ table, schema }).pipe(Effect.provide(fakes.layer))
      yield* ensure
      yield* ensure
      assert.deepStrictEqual(
        fakes.tables
          .get(name)
          ?.resource.schema?.fields?.slice(1)
          .map(({ precision = "", scale = "", type }) => type + precision + scale),
        ["STRING", "INT64", "FLOAT64", "BOOL", "TIMESTAMP", "DATE", "JSON", "NUMERIC182", "BIGNUMERIC1810"],
      )
    }),
  )

  it.effect("a table without a timestamp has no partitions, and its view goes by the key alone", () =>
    Effect.gen(function* () {
      const fakes = Fake.make()
      const schema = schemaOf([{ name: "city", type: { kind: "string" }, required: true }])
      yield* BigQueryTable.ensure({ table, schema, view }).pipe(Effect.provide(fakes.layer))
      assert.notProperty(fakes.tables.get(name)?.resource, "timePartitioning")
      assert.include(BigQueryTable.viewQuery(table, schema), "OVER (PARTITION BY `_record_id`) = 1")
    }),
  )

  it.effect("lists each difference of a table", () =>
    Effect.gen(function* () {
      const fields = [
        { name: "_record_id", type: "STRING" },
        { name: "timestamp", type: "DATETIME", mode: "REQUIRED" },
        { name: "session_id", type: "INTEGER", mode: "REPEATED" },
        { name: "action", type: "STRING", mode: "REQUIRED" },
        { name: "tenant", type: "STRING", mode: "REQUIRED" },
      ]
      const message = yield* differences({ type: "TABLE", schema: { fields } })
      for (const words of [
        "column timestamp is DATETIME REQUIRED, not TIMESTAMP REQUIRED",
        "column session_id is INT64 REPEATED, not INT64 REQUIRED",
        "column action is STRING REQUIRED, not STRING",
        "column params JSON is missing",
        "column tenant is required and no row has it",
        "it is partitioned by nothing, not by DAY of timestamp",
      ]) {
        assert.include(message, words)
      }
      assert.notInclude(message, "_record_id")
    }),
  )

  it.effect("refuses a view where the table should be, and a table where the view should be", () =>
    Effect.gen(function* () {
      assert.include(yield* differences({ type: "VIEW" }), "it is a view")
      const same: BigQueryTable.Resource = { type: "TABLE", schema: { fields: seedFields }, timePartitioning }
      const message = yield* differences(same, { view: table })
      assert.include(message, "it is a table, not a view")
    }),
  )

  it.effect("refuses a view with another query", () =>
    Effect.gen(function* () {
      const fakes = Fake.make()
      fakes.tables.set("shop.logs.events", { resource: { type: "VIEW", view: { query: "SELECT 1" } }, rows: [] })
      const error = yield* BigQueryTable.ensure({ table, schema: seed, view }).pipe(
        Effect.flip,
        Effect.provide(fakes.layer),
      )
      assert.include(error.message, "its query is SELECT 1, not SELECT `timestamp`")
    }),
  )

  it.effect("refuses columns that stand in the lake's paths only", () =>
    Effect.gen(function* () {
      const fakes = Fake.make()
      const { view: _, ...schema } = seed
      const error = yield* BigQueryTable.ensure({ table, schema }).pipe(Effect.flip, Effect.provide(fakes.layer))
      assert.include(error.message, "year, month, day")
      assert.deepStrictEqual(fakes.calls, [])
    }),
  )

  it.effect("takes what another made at the same moment, and tries passing faults again", () =>
    Effect.gen(function* () {
      const fakes = Fake.make()
      fakes.datasets.set("shop.logs", {})
      fakes.tables.set(name, {
        resource: { type: "TABLE", schema: { fields: seedFields }, timePartitioning },
        rows: [],
      })
      const missing = new PortError.NotFound({ detail: "not yet" })
      const passing = new PortError.Unavailable({ detail: "503" })
      // Dataset: gone, made by another. Table: 503, gone, 503, made by another.
      fakes.faults.push(missing, "fine", "fine", passing, missing, passing, "fine", "fine")
      const fiber = yield* Effect.forkChild(
        BigQueryTable.ensure({ table, schema: seed }).pipe(Effect.provide(fakes.layer)),
      )
      for (let second = 0; second < 20; second++) yield* TestClock.adjust("1 second")
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(fakes.faults, [])
    }),
  )
})

import { assert, describe, it } from "@effect/vitest"
import * as QueryEngineMemory from "@tributary/core/memory/QueryEngineMemory"
import * as PortError from "@tributary/core/PortError"
import type { Cell } from "@tributary/core/QueryEngine"
import * as QueryEngineContract from "@tributary/core/testing/QueryEngineContract"
import { Effect, Layer } from "effect"

const one = (type: string, value: Cell): QueryEngineMemory.Answer => ({
  columns: [{ name: "v", type }],
  rows: [[value]],
})

const columns = [
  { name: "n", type: "int64" },
  { name: "s", type: "string" },
]

const answers: QueryEngineMemory.Answers = {
  int64: one("int64", 9_007_199_254_740_993n),
  smallest: one("int64", -9_223_372_036_854_775_808n),
  float64: one("float64", 1.5),
  boolean: one("boolean", true),
  string: one("string", "naïve 😀 'quoted'"),
  timestamp: one("timestamp", "2026-01-02T03:04:05Z"),
  micros: one("timestamp", "2026-01-02T03:04:05.000006Z"),
  date: one("date", "2026-01-02"),
  json: one("json", `{"a":1}`),
  decimal: one("decimal(9,2)", "12.30"),
  null: one("string", null),
  table: {
    columns,
    rows: [
      [1n, "a"],
      [2n, null],
    ],
    bytesScanned: 120,
  },
  empty: { columns, rows: [] },
  many: {
    columns: [{ name: "n", type: "int64" }],
    rows: Array.from({ length: 10_000 }, (_, i) => [BigInt(i)]),
  },
  "selec 1": new PortError.Invalid({ detail: "syntax error at selec" }),
}

describe("QueryEngineMemory", () => {
  const names = [
    "int64",
    "smallest",
    "float64",
    "boolean",
    "string",
    "timestamp",
    "micros",
    "date",
    "json",
    "decimal",
    "null",
  ]
  const cases = QueryEngineContract.cases({
    literals: Object.fromEntries(names.map((name) => [name, name])),
    table: "table",
    empty: "empty",
    many: "many",
    refused: ["selec 1", "select * from unknown"],
  })
  for (const c of cases) {
    it.effect(c.name, () => c.run.pipe(Effect.provide(Layer.fresh(QueryEngineMemory.layerWith(answers)))))
  }

  it.effect("learns answers, and remembers what it was asked", () =>
    Effect.gen(function* () {
      const engine = yield* QueryEngineMemory.make()
      yield* Effect.flip(engine.query("select 1"))
      yield* engine.register("select 1", one("int64", 1n))
      assert.strictEqual((yield* engine.query("  select\n  1 ")).columns[0]?.type, "int64")
      assert.deepStrictEqual(yield* engine.asked, ["select 1", "  select\n  1 "])
    }),
  )
})

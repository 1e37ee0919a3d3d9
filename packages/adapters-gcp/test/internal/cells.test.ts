import { assert, describe, it } from "@effect/vitest"
import * as ColumnBatchBuilder from "@tributary/core/ColumnBatchBuilder"
import type { ColumnType } from "@tributary/core/TableSchema"
import * as Timestamp from "@tributary/core/Timestamp"
import { Arbitrary, Effect, Schema } from "effect"
import { decodeCell, encoder } from "../../src/internal/cells.ts"

const encode = (type: ColumnType, value: ColumnBatchBuilder.Value) => {
  const column = { name: "c", type, required: false }
  const schema = { database: "d", name: "t", columns: [column], partitionColumns: [], version: 1 }
  return encoder(column, ColumnBatchBuilder.fromRows(schema, [[value]]).columns[0]!)(0)
}

const cell = (type: string, value: unknown, more: object = {}) => decodeCell({ name: "c", type, ...more }, value)

describe("cells on their way in", () => {
  const decimal = { kind: "decimal", precision: 18, scale: 2 } as const
  for (const [type, value, text] of [
    ["int64", 9_007_199_254_740_993n, '"9007199254740993"'],
    ["int64", -9_223_372_036_854_775_808n, '"-9223372036854775808"'],
    ["float64", 0.1, "0.1"],
    ["float64", -0, "-0.0"],
    ["float64", 1e300, "1e+300"],
    ["boolean", true, "true"],
    ["boolean", false, "false"],
    ["timestamp", 1_767_225_600_123_456n, '"2026-01-01T00:00:00.123456Z"'],
    ["timestamp", Timestamp.minMicros, '"0001-01-01T00:00:00Z"'],
    ["timestamp", Timestamp.endMicros - 1n, '"9999-12-31T23:59:59.999999Z"'],
    ["date", 20_454, '"2026-01-01"'],
    ["string", 'é "quoted"\n{{projectId}}', '"é \\"quoted\\"\\n{{projectId}}"'],
    ["json", '{"a": 1.10, "b": 12345678901234567890}', '"{\\"a\\": 1.10, \\"b\\": 12345678901234567890}"'],
  ] as const) {
    it(`${type} ${String(value)}`, () => assert.strictEqual(encode({ kind: type }, value), text))
  }

  it("decimal -1.05", () => assert.strictEqual(encode(decimal, -105n), '"-1.05"'))

  it("null is nothing, whatever the type", () => {
    for (const kind of ["string", "int64", "float64", "boolean", "timestamp", "date", "json"] as const) {
      assert.isUndefined(encode({ kind }, null))
    }
  })

  for (const [type, value] of [
    ["float64", Number.NaN],
    ["float64", Number.POSITIVE_INFINITY],
    ["float64", Number.NEGATIVE_INFINITY],
    ["timestamp", Timestamp.minMicros - 1n],
    ["timestamp", Timestamp.endMicros],
    ["date", Timestamp.toDays({ year: 9999, month: 12, day: 31 }) + 1],
    ["date", Timestamp.toDays({ year: 1, month: 1, day: 1 }) - 1],
  ] as const) {
    it(`refuses ${type} ${String(value)}`, () => assert.property(encode({ kind: type }, value), "refused"))
  }
})

describe("cells on their way out", () => {
  it.effect.prop("int64 and its digits", [Arbitrary.schema(Schema.BigInt)], ([value]) =>
    Effect.sync(() => {
      const int64 = BigInt.asIntN(64, value)
      assert.strictEqual(cell("INTEGER", JSON.parse(encode({ kind: "int64" }, int64) as string)), int64)
    }),
  )

  for (const [type, value, expected] of [
    ["INT64", "9007199254740993", 9_007_199_254_740_993n],
    ["FLOAT", "1.5", 1.5],
    ["FLOAT64", "NaN", Number.NaN],
    ["BOOLEAN", "true", true],
    ["BOOL", "FALSE", false],
    ["TIMESTAMP", "1767225600123456", "2026-01-01T00:00:00.123456Z"],
    ["TIMESTAMP", "-1", "1969-12-31T23:59:59.999999Z"],
    ["DATE", "2026-02-03", "2026-02-03"],
    ["NUMERIC", "12.3", "12.3"],
    ["NUMERIC", "-12.300000000", "-12.3"],
    ["BIGNUMERIC", "100", "100"],
    ["BIGNUMERIC", "100.000", "100"],
    ["JSON", '{"a":1}', '{"a":1}'],
    ["STRING", "true", "true"],
    ["STRING", null, null],
    ["INT64", null, null],
  ] as const) {
    it(`${type} ${value}`, () => assert.deepStrictEqual(cell(type, value), expected))
  }

  it("a decimal has the digits that its type names", () => {
    assert.strictEqual(cell("NUMERIC", "12.3", { precision: "18", scale: "2" }), "12.30")
    assert.strictEqual(cell("NUMERIC", "12", { precision: "18", scale: "2" }), "12.00")
  })

  it("lists and structs become JSON text", () => {
    assert.strictEqual(
      cell("INT64", [{ v: "1" }, { v: "9007199254740993" }], { mode: "REPEATED" }),
      '["1","9007199254740993"]',
    )
    const fields = [
      { name: "a", type: "STRING" },
      { name: "b", type: "BOOL", mode: "REPEATED" },
      { name: "c", type: "RECORD", fields: [{ name: "d", type: "FLOAT" }] },
    ]
    const value = { f: [{ v: null }, { v: [{ v: "true" }] }, { v: { f: [{ v: "1.5" }] } }] }
    assert.strictEqual(cell("RECORD", value, { fields }), '{"a":null,"b":[true],"c":{"d":1.5}}')
    assert.strictEqual(cell("RECORD", null, { fields }), null)
  })
})

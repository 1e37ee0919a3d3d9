import * as ColumnBatch from "@tributary/core/ColumnBatch"
import * as ColumnBatchBuilder from "@tributary/core/ColumnBatchBuilder"
import * as Timestamp from "@tributary/core/Timestamp"
import * as TableSchema from "@tributary/core/TableSchema"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"

const table = TableSchema.fromSchema(
  Schema.Struct({
    id: Schema.BigInt,
    name: Schema.NullOr(Schema.String),
    ok: Schema.optionalKey(Schema.Boolean),
    ratio: Schema.NullOr(Schema.Finite),
    count: Schema.Int,
    at: Schema.NullOr(Schema.BigInt.annotate({ columnType: { kind: "timestamp" } })),
    day: Schema.NullOr(Schema.Int.annotate({ columnType: { kind: "date" } })),
    price: Schema.NullOr(Schema.BigInt.annotate({ columnType: { kind: "decimal", precision: 9, scale: 2 } })),
    params: Schema.String.annotate({ columnType: { kind: "json" }, description: "As it came." }),
  }),
  { database: "d", name: "t", partitionColumns: ["year"] },
)

describe("TableSchema", () => {
  it("derives columns from a schema", () => {
    assert.deepStrictEqual(
      table.columns.map(({ name, required, type }) => [name, type.kind, required]),
      [
        ["id", "int64", true],
        ["name", "string", false],
        ["ok", "boolean", false],
        ["ratio", "float64", false],
        ["count", "int64", true],
        ["at", "timestamp", false],
        ["day", "date", false],
        ["price", "decimal", false],
        ["params", "json", true],
      ],
    )
    assert.strictEqual(table.columns.at(-1)?.description, "As it came.")
    assert.deepStrictEqual(TableSchema.visibleColumns(table).slice(0, 2), ["year", "id"])
  })

  it("refuses what no engine takes", () => {
    const make = (name: string, fields: Schema.Struct.Fields, view?: ReadonlyArray<string>) =>
      TableSchema.fromSchema(Schema.Struct(fields), {
        database: "d",
        name,
        partitionColumns: ["year"],
        ...(view ? { view } : {}),
      })
    assert.throws(() => make("T", { a: Schema.String }), /no identifier/)
    assert.throws(() => make("t", { "a-b": Schema.String }), /no identifier/)
    assert.throws(() => make("t", { year: Schema.Int }), /stands twice/)
    assert.throws(() => make("t", { a: Schema.Array(Schema.String) }), /columnType/)
    assert.throws(() => make("t", { a: Schema.String }, ["b"]), /no column/)
  })
})

describe("ColumnBatch", () => {
  const valuesOf = (i: number) => ({
    id: BigInt(i) - 2n ** 63n,
    name: i % 3 === 0 ? null : `é${i % 7}`,
    ok: i % 4 === 0 ? null : i % 2 === 0,
    ratio: i % 5 === 0 ? null : i / 3,
    count: BigInt(i),
    at: i < 90 ? null : BigInt(i) * 1_000_001n,
    day: i === 199 ? null : i,
    price: i % 2 === 0 ? null : BigInt(-i),
    params: `{"i":${i}}`,
  })
  const rowsOf = (rows: number) => Array.from({ length: rows }, (_, i) => Object.values(valuesOf(i)))

  it("gives back what was put in, across the growth of its arrays", () => {
    for (const rows of [0, 1, 8, 9, 63, 64, 65, 200]) {
      const batch = ColumnBatchBuilder.fromRows(table, rowsOf(rows))
      assert.strictEqual(batch.rows, rows)
      const expected = Array.from({ length: rows }, (_, i) => {
        const { at, day, price, ...plain } = valuesOf(i)
        return Object.values({
          ...plain,
          at: at === null ? null : Timestamp.formatMicros(at),
          day: day === null ? null : new Date(day * 86_400_000).toISOString().slice(0, 10),
          price: price === null ? null : (Number(price) / 100).toFixed(2),
        })
      })
      const found = ColumnBatch.toRows(batch).map(([id, name, ok, ratio, count, at, day, price, params]) => [
        id,
        name,
        ok,
        ratio,
        count,
        params,
        at,
        day,
        price,
      ])
      assert.deepStrictEqual(found, expected)
    }
  })

  it("keeps each string once, and no validity where nothing is null", () => {
    const batch = ColumnBatchBuilder.fromRows(table, rowsOf(100))
    const [id, name] = batch.columns
    assert.isUndefined(id?.validity)
    assert.strictEqual(name?.layout === "strings" ? name.dictionary.offsets.length : 0, 8)
    assert.strictEqual(name?.validity?.length, 13)
    assert.isAbove(ColumnBatch.byteLength(batch), 100 * 8)
  })

  it("undoes a row, and is empty after it was taken", () => {
    const builder = ColumnBatchBuilder.make(table)
    Object.values(valuesOf(1)).forEach((value, i) => builder.set(i, value))
    builder.undoRow()
    Object.values(valuesOf(2)).forEach((value, i) => builder.set(i, value))
    builder.endRow()
    assert.strictEqual(builder.take().rows, 1)
    assert.deepStrictEqual([builder.rows(), builder.bytes(), builder.take().rows], [0, 0, 0])
  })

  it("throws where a required value is missing: that is a bug of a mapping", () => {
    assert.throws(() => ColumnBatchBuilder.make(table).endRow(), /id is required/)
  })
})

import * as Arrow from "@tributary/core/arrow"
import { type ColumnBatch, type ColumnData, toRows } from "@tributary/core/ColumnBatch"
import * as ColumnBatchBuilder from "@tributary/core/ColumnBatchBuilder"
import * as TableSchema from "@tributary/core/TableSchema"
import { assert, describe, it } from "@effect/vitest"
import { type Data, RecordBatchReader, tableFromIPC } from "apache-arrow"
import { Schema } from "effect"
import { batchOf, decimal, int64, kindNames, Rows, some, table } from "./everything.ts"

const columnNamed = (batch: ColumnBatch, name: string): ColumnData =>
  batch.columns[batch.schema.columns.findIndex((c) => c.name === name)]!

const readBack = (bytes: Uint8Array): ReadonlyArray<ColumnBatch> =>
  Array.from(RecordBatchReader.from(bytes), (recordBatch) => Arrow.fromRecordBatch(table, recordBatch))

describe("round trips", () => {
  it.prop("by record batch", [Rows], ([rows]) => {
    const batch = batchOf(rows)
    assert.deepStrictEqual(toRows(Arrow.fromRecordBatch(table, Arrow.toRecordBatch(batch))), toRows(batch))
  })

  it.prop("by record batch, strings plain", [Rows], ([rows]) => {
    const batch = batchOf(rows)
    assert.deepStrictEqual(
      toRows(Arrow.fromRecordBatch(table, Arrow.toRecordBatch(batch, { strings: "plain" }))),
      toRows(batch),
    )
  })

  it.prop(
    "by a stream of several batches, each with its own dictionaries",
    [Rows, Rows, Schema.Boolean],
    ([first, second, plain]) => {
      const batches = [batchOf(first), batchOf(second), batchOf([]), batchOf(first)] as const
      const bytes = Arrow.toIpc(batches, { strings: plain ? "plain" : "dictionary" })
      // The reader may leave out batches without rows.
      assert.deepStrictEqual(readBack(bytes).flatMap(toRows), batches.flatMap(toRows))
    },
  )

  it("to the very arrays, once a stream's padding is off", () => {
    assert.deepStrictEqual(readBack(Arrow.toIpc([batchOf(some)]))[0]?.columns, batchOf(some).columns)
  })

  it.prop("of any slice", [Rows, Schema.Natural, Schema.Natural, Schema.Boolean], ([rows, from, to, plain]) => {
    const begin = rows.length === 0 ? 0 : from % rows.length
    const end = begin + (to % (rows.length - begin + 1))
    const slice = Arrow.toRecordBatch(batchOf(rows), { strings: plain ? "plain" : "dictionary" }).slice(begin, end)
    assert.deepStrictEqual(toRows(Arrow.fromRecordBatch(table, slice)), toRows(batchOf(rows.slice(begin, end))))
  })
})

describe("memory", () => {
  const batch = batchOf(some)
  const recordBatch = Arrow.toRecordBatch(batch)
  const dataOf = (name: string): Data => recordBatch.getChild(name)!.data[0]!

  for (const kind of ["int64", "timestamp", "date", "float64"] as const) {
    it(`${kind} values are the same array buffer, there and back`, () => {
      const values = columnNamed(batch, `maybe_${kind}`)
      assert.isTrue("values" in values && dataOf(`maybe_${kind}`).values.buffer === values.values.buffer)
      const back = columnNamed(Arrow.fromRecordBatch(table, recordBatch), `maybe_${kind}`)
      assert.isTrue("values" in values && "values" in back && back.values.buffer === values.values.buffer)
    })
  }

  it("so are dictionary codes, entries and offsets", () => {
    const strings = columnNamed(batch, "maybe_string")
    const data = dataOf("maybe_string")
    assert.isTrue(strings.layout === "strings")
    if (strings.layout !== "strings") return
    assert.strictEqual(data.values.buffer, strings.codes.buffer)
    assert.strictEqual(data.dictionary?.data[0]?.values.buffer, strings.dictionary.bytes.buffer)
    assert.strictEqual(data.dictionary?.data[0]?.valueOffsets.buffer, strings.dictionary.offsets.buffer)
  })

  it("plain strings take the bytes of values only: a null takes none", () => {
    const { valueOffsets, values } = Arrow.toRecordBatch(batch, { strings: "plain" }).getChild("maybe_string")!.data[0]!
    assert.deepStrictEqual(valueOffsets, Int32Array.of(0, 1, 1, 5, 5))
    assert.deepStrictEqual(values, Uint8Array.of(0x61, 0xf0, 0x9f, 0x9b, 0xb6))
  })

  it("so is validity, and where there are no nulls there is none", () => {
    for (const [i, { name }] of table.columns.entries()) {
      const { validity } = batch.columns[i]!
      assert.strictEqual(validity === undefined, name.startsWith("sure_"))
      if (validity !== undefined) assert.strictEqual(dataOf(name).nullBitmap.buffer, validity.buffer)
      assert.strictEqual(dataOf(name).nullCount, name.startsWith("sure_") ? 0 : 1)
    }
  })
})

describe("what other readers see", () => {
  const rows = tableFromIPC(Arrow.toIpc([batchOf(some)]))

  it("the schema of the table", () => {
    for (const options of [{}, { strings: "plain" }] satisfies ReadonlyArray<Arrow.ArrowOptions>) {
      const { schema } = tableFromIPC(Arrow.toIpc([batchOf(some)], options))
      assert.deepStrictEqual(schema.fields.map(String), Arrow.arrowSchema(table, options).fields.map(String))
    }
  })

  it("types", () => {
    const types = rows.schema.fields.map(
      (field) => `${field.name}: ${field.type.toString()}${field.nullable ? "" : " not null"}`,
    )
    const names = [
      "Dictionary<Int32, Utf8>",
      "Dictionary<Int32, Utf8>",
      "Int64",
      "Float64",
      "Bool",
      "Timestamp<MICROSECOND, UTC>",
      "Date32<DAY>",
      "Decimal[18e+4]",
    ]
    assert.deepStrictEqual(types, [
      ...kindNames.map((kind, i) => `maybe_${kind}: ${names[i]}`),
      ...kindNames.map((kind, i) => `sure_${kind}: ${names[i]} not null`),
    ])
  })

  it("values", () => {
    const values = (name: string) => Array.from(rows.getChild(name) ?? [])
    assert.deepStrictEqual(values("maybe_string"), ["a", null, "🛶", ""])
    assert.deepStrictEqual(values("maybe_json"), ["{}", null, "null", "[]"])
    assert.deepStrictEqual(values("maybe_int64"), [1n, null, int64.minimum, int64.maximum])
    assert.deepStrictEqual(values("maybe_float64"), [1.5, null, Number.NaN, -Infinity])
    assert.deepStrictEqual(values("maybe_boolean"), [true, null, false, true])
    assert.deepStrictEqual(
      values("sure_date"),
      [0, -1, 1, 2].map((days) => days * 86_400_000),
    )
    assert.deepStrictEqual(
      values("maybe_decimal").map((value) => (value === null ? null : BigInt(String(value)))),
      [12345n, null, decimal.minimum, decimal.maximum],
    )
  })
})

describe("bytes", () => {
  it("are the same for the same batches", () => {
    assert.deepStrictEqual(Arrow.toIpc([batchOf(some)]), Arrow.toIpc([batchOf(some)]))
    assert.deepStrictEqual(Arrow.toIpcMessages(batchOf(some)), Arrow.toIpcMessages(batchOf(some)))
  })

  it("as two messages, are the stream of plain strings without its end", () => {
    const { recordBatch, schema } = Arrow.toIpcMessages(batchOf(some))
    const stream = Arrow.toIpc([batchOf(some)], { strings: "plain" })
    assert.deepStrictEqual(
      Buffer.concat([schema, recordBatch, Buffer.from("ffffffff00000000", "hex")]),
      Buffer.from(stream),
    )
    assert.isTrue([schema, recordBatch].every((message) => message[0] === 0xff && message.length % 8 === 0))
    const header = RecordBatchReader.from(schema).open()
    assert.deepStrictEqual(
      header.schema.fields.map((field) => field.name),
      table.columns.map((c) => c.name),
    )
    assert.isTrue(
      Array.from(header).every((batch) => batch.numRows === 0),
      "no record batch in the schema's message",
    )
  })

  it("hold a table without rows, and one without columns", () => {
    assert.deepStrictEqual(readBack(Arrow.toIpc([batchOf([])])).flatMap(toRows), [])
    const bare = TableSchema.make({ ...table, columns: [] })
    const batch = Arrow.toRecordBatch({ schema: bare, rows: 3, columns: [] })
    assert.strictEqual(Arrow.fromRecordBatch(bare, batch).rows, 3)
  })

  it("are made of equal tables, the same object or not", () => {
    const twin = { ...batchOf(some), schema: structuredClone(table) }
    assert.deepStrictEqual(Arrow.toIpc([batchOf(some), twin]), Arrow.toIpc([batchOf(some), batchOf(some)]))
  })

  it("are not made of two tables", () => {
    const other = ColumnBatchBuilder.fromRows({ ...table, columns: [] }, [])
    assert.throws(() => Arrow.toIpc([batchOf(some), other]), /one table schema/)
  })
})

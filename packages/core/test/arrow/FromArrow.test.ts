import * as Arrow from "@tributary/core/arrow"
import { toRows } from "@tributary/core/ColumnBatch"
import * as ColumnBatchBuilder from "@tributary/core/ColumnBatchBuilder"
import * as TableSchema from "@tributary/core/TableSchema"
import { assert, describe, it } from "@effect/vitest"
import {
  type Data,
  Decimal,
  Dictionary,
  Int32,
  makeData,
  RecordBatch,
  TimestampMicrosecond,
  Utf8,
  Vector,
} from "apache-arrow"
import { batchOf, column, kindNames, some, table, typeOf } from "./everything.ts"

describe("foreign batches", () => {
  const one = (name: string, data: Data): RecordBatch => new RecordBatch({ [name]: data })
  const tableOf = (c: TableSchema.Column) => TableSchema.make({ ...table, columns: [c] })

  const swap = (name: string, replacement: TableSchema.Column) => {
    const index = table.columns.findIndex((c) => c.name === name)
    return { ...table, columns: table.columns.map((c, i) => (i === index ? replacement : c)) }
  }

  for (const kind of kindNames) {
    for (const other of kindNames.filter(
      (name) => name !== kind && !(kind === "string" && name === "json") && !(kind === "json" && name === "string"),
    )) {
      it(`${kind} is not read as ${other}`, () => {
        const wanted = swap(`maybe_${kind}`, column(`maybe_${kind}`, typeOf(other)))
        assert.throws(
          () => Arrow.fromRecordBatch(wanted, Arrow.toRecordBatch(batchOf(some))),
          new RegExp(`maybe_${kind} is ${other}`),
        )
      })
    }
  }

  it("a column that is missing, or null where it must not be, is refused", () => {
    const batch = Arrow.toRecordBatch(batchOf(some))
    assert.throws(
      () => Arrow.fromRecordBatch(tableOf(column("elsewhere", { kind: "string" })), batch),
      /elsewhere is missing/,
    )
    assert.throws(
      () => Arrow.fromRecordBatch(swap("maybe_int64", column("maybe_int64", { kind: "int64" }, true)), batch),
      /required/,
    )
  })

  it("columns are found by name, and others left alone", () => {
    const wanted = TableSchema.make({ ...table, columns: [table.columns[9]!, table.columns[0]!] })
    const batch = Arrow.fromRecordBatch(wanted, Arrow.toRecordBatch(batchOf(some)))
    assert.deepStrictEqual(
      toRows(batch),
      some.map((row) => [row[9] as string, row[0] as string | null]),
    )
  })

  it("a timestamp without a zone is no moment", () => {
    const data = makeData({ type: new TimestampMicrosecond(), data: BigInt64Array.of(0n) })
    assert.throws(
      () => Arrow.fromRecordBatch(tableOf(column("at", { kind: "timestamp" })), one("at", data)),
      /timestamp here/,
    )
  })

  it("a decimal beyond 64 bits is refused, unless it is null", () => {
    const wide = (validity: number) =>
      one(
        "d",
        makeData({
          type: new Decimal(0, 18),
          data: Uint32Array.of(0, 0, 1, 0),
          nullBitmap: Uint8Array.of(validity),
          length: 1,
        }),
      )
    const decimals = tableOf(column("d", { kind: "decimal", precision: 18, scale: 0 }))
    assert.throws(() => Arrow.fromRecordBatch(decimals, wide(1)), /beyond 64 bits/)
    assert.deepStrictEqual(toRows(Arrow.fromRecordBatch(decimals, wide(0))), [[null]])
  })

  it("a dictionary in pieces is joined", () => {
    const strings = tableOf(column("maybe_string", { kind: "string" }))
    const dictionaryOf = (texts: ReadonlyArray<string>) =>
      Arrow.toRecordBatch(
        ColumnBatchBuilder.fromRows(
          strings,
          texts.map((text) => [text]),
        ),
      ).getChild("maybe_string")!.data[0]!.dictionary!
    const pieces = [dictionaryOf(["a", "bc"]), dictionaryOf(["skip", "déf", "🛶"]).slice(1, 3), dictionaryOf([""])]
    const data = makeData({
      type: new Dictionary(new Utf8(), new Int32()),
      data: Int32Array.of(4, 3, 2, 1, 0),
      dictionary: new Vector(pieces.flatMap((piece) => piece.data)),
    })
    assert.deepStrictEqual(toRows(Arrow.fromRecordBatch(strings, one("maybe_string", data))), [
      [""],
      ["🛶"],
      ["déf"],
      ["bc"],
      ["a"],
    ])
  })
})

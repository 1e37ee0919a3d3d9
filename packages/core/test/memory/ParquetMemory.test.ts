import { assert, describe, it } from "@effect/vitest"
import * as ColumnBatchBuilder from "@tributary/core/ColumnBatchBuilder"
import * as ParquetEncoderMemory from "@tributary/core/memory/ParquetEncoderMemory"
import * as ParquetReaderMemory from "@tributary/core/memory/ParquetReaderMemory"
import { joinBytes } from "@tributary/core/testing/Contract"
import * as ParquetEncoderContract from "@tributary/core/testing/ParquetEncoderContract"
import * as ParquetReaderContract from "@tributary/core/testing/ParquetReaderContract"
import type { TableSchema } from "@tributary/core/TableSchema"
import { Effect, Layer } from "effect"

const layer = Layer.mergeAll(ParquetEncoderMemory.layer, ParquetReaderMemory.layer)

const schema: TableSchema = {
  database: "lake",
  name: "rows",
  columns: [
    { name: "hour", type: { kind: "int64" }, required: true },
    { name: "device", type: { kind: "string" }, required: false },
    { name: "share", type: { kind: "float64" }, required: false },
  ],
  partitionColumns: [],
  version: 1,
}

const file = Effect.gen(function* () {
  const open = yield* ParquetEncoderMemory.make.open(schema, { codec: "snappy", metadata: { input: "a" } })
  const rows = ColumnBatchBuilder.fromRows(schema, [
    [1n, "mobile", -0],
    [2n, null, null],
  ])
  return joinBytes([...(yield* open.write(rows)), ...(yield* open.finish)])
})

describe("ParquetEncoderMemory", () => {
  for (const c of ParquetEncoderContract.cases()) it.effect(c.name, () => c.run.pipe(Effect.provide(layer)))

  it.effect("writes the lines that its documentation tells", () =>
    Effect.gen(function* () {
      const lines = new TextDecoder().decode(yield* file).split("\n")
      assert.deepStrictEqual(lines, [
        `{"format":"tributary-rows/1","codec":"snappy","columns":[{"name":"hour","type":"int64","required":true},{"name":"device","type":"string","required":false},{"name":"share","type":"float64","required":false}]}`,
        `[["1","mobile","-0"],["2",null,null]]`,
        `{"rows":2,"metadata":[["input","a"]]}`,
        "",
      ])
    }),
  )
})

describe("ParquetReaderMemory", () => {
  const cases = ParquetReaderContract.cases({
    file,
    metadata: {
      rows: 2,
      columns: [
        { name: "hour", type: "int64", required: true },
        { name: "device", type: "string", required: false },
        { name: "share", type: "float64", required: false },
      ],
      keyValues: { input: "a" },
    },
    rows: [
      [1n, "mobile", -0],
      [2n, null, null],
    ],
  })
  for (const c of cases) it.effect(c.name, () => c.run.pipe(Effect.provide(layer)))
})

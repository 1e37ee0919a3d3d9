import { assert, describe, it } from "@effect/vitest"
import * as ColumnBatchBuilder from "@tributary/core/ColumnBatchBuilder"
import * as RowSinkMemory from "@tributary/core/memory/RowSinkMemory"
import { RowSink } from "@tributary/core/RowSink"
import * as RowSinkContract from "@tributary/core/testing/RowSinkContract"
import type { TableSchema } from "@tributary/core/TableSchema"
import { Effect, Layer } from "effect"

const schema: TableSchema = {
  database: "logs",
  name: "events",
  columns: [
    { name: "timestamp", type: { kind: "timestamp" }, required: true },
    { name: "session_id", type: { kind: "int64" }, required: true },
    { name: "action", type: { kind: "string" }, required: false },
    { name: "params", type: { kind: "json" }, required: false },
  ],
  partitionColumns: [],
  version: 1,
}

const options: RowSinkMemory.Options = {
  reject: ({ cells }) => (cells[1] === -1n ? "session_id is negative" : undefined),
}

const casesFor = (sink: RowSinkMemory.RowSinkMemory | undefined, onePerKey: boolean) =>
  RowSinkContract.cases({
    schema,
    prefix: "",
    row: (name) => [1_767_225_600_000_001n, 7n, name, `{"a": 1}`],
    badRow: (name) => [0n, -1n, name, null],
    nameColumn: "action",
    written: sink === undefined ? undefined : Effect.map(sink.rows, (rows) => rows.map((row) => row.cells)),
    onePerKey,
  })

describe("RowSinkMemory", () => {
  for (const [i, { name }] of casesFor(undefined, true).entries()) {
    it.effect(name, () =>
      Effect.gen(function* () {
        const sink = yield* RowSinkMemory.make(options)
        yield* casesFor(sink, true)[i]!.run.pipe(Effect.provideService(RowSink, sink))
      }),
    )
  }

  for (const c of casesFor(undefined, false)) {
    it.effect(`${c.name}, where the table cannot be seen`, () =>
      c.run.pipe(Effect.provide(Layer.fresh(RowSinkMemory.layerWith(options)))),
    )
  }

  it.effect("dies when keys and rows are not the same number", () =>
    Effect.gen(function* () {
      const sink = yield* RowSinkMemory.make()
      const exit = yield* Effect.exit(sink.append(ColumnBatchBuilder.fromRows(schema, [[0n, 0n, null, null]]), []))
      assert.strictEqual(exit._tag, "Failure")
    }),
  )
})

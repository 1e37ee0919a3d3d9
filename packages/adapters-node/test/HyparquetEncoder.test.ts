import { assert, describe, it } from "@effect/vitest"
import * as HyparquetEncoder from "@tributary/adapters-node/HyparquetEncoder"
import * as HyparquetReader from "@tributary/adapters-node/HyparquetReader"
import * as NodeCompression from "@tributary/adapters-node/NodeCompression"
import * as ColumnBatch from "@tributary/core/ColumnBatch"
import { fromRows } from "@tributary/core/ColumnBatchBuilder"
import type { PageCodec } from "@tributary/core/Compression"
import { ParquetEncoder } from "@tributary/core/ParquetEncoder"
import type { RandomAccess } from "@tributary/core/ParquetReader"
import * as TableSchema from "@tributary/core/TableSchema"
import * as ParquetEncoderContract from "@tributary/core/testing/ParquetEncoderContract"
import { Effect, Layer } from "effect"
import * as everyType from "./support/everyType.ts"

const layer = Layer.provide(HyparquetEncoder.layer, NodeCompression.layer)
const reader = HyparquetReader.make()

const encode = (
  schema: TableSchema.TableSchema,
  batches: ReadonlyArray<ColumnBatch.ColumnBatch>,
  codec: PageCodec = "zstd",
  metadata: Readonly<Record<string, string>> = {},
) =>
  Effect.gen(function* () {
    const encoder = yield* ParquetEncoder
    const file = yield* encoder.open(schema, { codec, metadata })
    const pieces: Array<Uint8Array> = []
    for (const batch of batches) pieces.push(...(yield* file.write(batch)))
    return Buffer.concat([...pieces, ...(yield* file.finish)])
  }).pipe(Effect.provide(layer))

const access = (bytes: Uint8Array): RandomAccess => ({
  size: bytes.length,
  slice: (start, end) => Effect.succeed(bytes.subarray(start, end)),
})

describe("contract", () => {
  const both = Layer.merge(layer, HyparquetReader.layer)
  for (const { name, run } of ParquetEncoderContract.cases()) it.effect(name, () => Effect.provide(run, both))
})

const batches = [everyType.batch(0, 70), everyType.batch(70, 1), everyType.batch(71, 1000)]
const expected = batches.flatMap(ColumnBatch.toRows)

describe.each(["zstd", "snappy", "gzip", "uncompressed"] as const)("%s", (codec) => {
  it.effect("keeps every type, nulls and several row groups", () =>
    Effect.gen(function* () {
      const bytes = yield* encode(everyType.schema, batches, codec, { input: "naïve", a: "1" })
      assert.deepStrictEqual(yield* reader.rows(access(bytes)), expected)
      const { rows, columns, keyValues } = yield* reader.metadata(access(bytes))
      assert.strictEqual(rows, 1071)
      assert.deepStrictEqual(keyValues, { a: "1", input: "naïve" })
      const names = { json: "string", decimal: "decimal(18,4)" } as Readonly<Record<string, string>>
      assert.deepStrictEqual(
        columns,
        everyType.schema.columns.map(({ name, type, required }) => ({
          name,
          type: names[type.kind] ?? type.kind,
          required,
        })),
      )
    }),
  )
})

const strings = TableSchema.make({
  database: "test",
  name: "strings",
  columns: [
    { name: "a", type: { kind: "string" }, required: false },
    { name: "b", type: { kind: "int64" }, required: false },
  ],
  partitionColumns: [],
  version: 1,
})

it.effect("the same batches give the same bytes, whatever the order of the metadata", () =>
  Effect.gen(function* () {
    const first = yield* encode(everyType.schema, batches, "zstd", { a: "1", b: "2" })
    const second = yield* encode(everyType.schema, batches, "zstd", { b: "2", a: "1" })
    assert.isTrue(first.equals(second))
  }),
)

it.effect("a column of nulls, of one value, and of many", () =>
  Effect.gen(function* () {
    const rows = Array.from({ length: 5000 }, (_, i) => [i % 7 === 0 ? null : `value ${i}`, null])
    const bytes = yield* encode(strings, [
      fromRows(strings, rows),
      fromRows(
        strings,
        rows.map(() => ["same", 7n]),
      ),
    ])
    assert.deepStrictEqual(yield* reader.rows(access(bytes)), [...rows, ...rows.map(() => ["same", 7n])])
  }),
)

it.effect("a batch that does not fit is Invalid, and the file takes no more", () =>
  Effect.gen(function* () {
    const encoder = yield* ParquetEncoder
    const file = yield* encoder.open(strings, { codec: "zstd", metadata: {} })
    const required = { ...strings, columns: strings.columns.map((column) => ({ ...column, required: true })) }
    const strict = yield* encoder.open(required, { codec: "zstd", metadata: {} })
    const withNull = fromRows(strings, [[null, 1n]])
    for (const effect of [
      file.write(everyType.batch(0, 1)),
      strict.write(withNull),
      strict.write(fromRows(strings, [["a", 1n]])),
    ]) {
      const error = yield* Effect.flip(effect)
      assert.strictEqual(error.reason._tag, "Invalid")
    }
    assert.strictEqual((yield* Effect.flip(file.finish)).reason._tag, "Invalid")
    const finished = yield* encoder.open(strings, { codec: "zstd", metadata: {} })
    yield* finished.finish
    assert.strictEqual((yield* Effect.flip(finished.finish)).reason._tag, "Invalid")
    const nothing = yield* Effect.flip(encoder.open({ ...strings, columns: [] }, { codec: "zstd", metadata: {} }))
    assert.strictEqual(nothing.reason._tag, "Invalid")
  }).pipe(Effect.provide(layer)),
)

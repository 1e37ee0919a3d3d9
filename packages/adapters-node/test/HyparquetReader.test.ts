import { assert, describe, it } from "@effect/vitest"
import * as HyparquetReader from "@tributary/adapters-node/HyparquetReader"
import * as ParquetReaderContract from "@tributary/core/testing/ParquetReaderContract"
import { Effect } from "effect"
import { ByteWriter, parquetWrite } from "hyparquet-writer"
import * as fs from "node:fs"
import { join } from "node:path"

/** Written by pyarrow, another implementation: see fixtures/make_fixtures.py. */
const pyarrow = new Uint8Array(fs.readFileSync(join(import.meta.dirname, "fixtures/pyarrow.parquet")))
const reader = HyparquetReader.make()

const optional = (name: string, type: string) => ({ name, type, required: false })

describe("contract", () => {
  const fixture = {
    file: Effect.succeed(pyarrow),
    metadata: {
      rows: 3,
      columns: [
        { name: "id", type: "int64", required: true },
        optional("text", "string"),
        optional("real", "float64"),
        optional("flag", "boolean"),
        optional("moment", "timestamp"),
        optional("plain_moment", "timestamp"),
        optional("day", "date"),
        optional("amount", "decimal(9,2)"),
        optional("small", "int64"),
      ],
      keyValues: { input: "i-1" },
    },
    rows: [
      [1n, "", 0.5, true, "1969-12-31T23:59:59.999999Z", "2026-01-02T03:04:05.006Z", "0001-01-01", "-0.01", 7n],
      [-(2n ** 63n), null, null, null, null, null, null, null, null],
      [
        2n ** 63n - 1n,
        "\ufeffnaïve 日本 😀",
        -Infinity,
        false,
        "9999-12-31T00:00:00Z",
        null,
        "2026-01-02",
        "9999999.99",
        -7n,
      ],
    ],
  }
  for (const { name, run } of ParquetReaderContract.cases(fixture)) {
    it.effect(name, () => Effect.provide(run, HyparquetReader.layer))
  }
})

it.effect("a file that is cut at any byte is Invalid", () =>
  Effect.gen(function* () {
    for (let length = 0; length < pyarrow.length; length += 7) {
      const cut = ParquetReaderContract.randomAccess(pyarrow.subarray(0, length))
      assert.strictEqual((yield* Effect.flip(reader.metadata(cut))).reason._tag, "Invalid", `cut at ${length}`)
    }
  }),
)

it.effect("a range that is shorter than it was asked for is Invalid", () =>
  Effect.gen(function* () {
    const short = { size: 1000, slice: () => Effect.succeed(new Uint8Array(3)) }
    assert.strictEqual((yield* Effect.flip(reader.metadata(short))).reason._tag, "Invalid")
  }),
)

it.effect("what it does not know is refused, not guessed", () =>
  Effect.gen(function* () {
    const file = (columnData: Parameters<typeof parquetWrite>[0]["columnData"]) => {
      const writer = new ByteWriter()
      void parquetWrite({ writer, columnData })
      return ParquetReaderContract.randomAccess(writer.getBytes())
    }
    const nested = yield* Effect.flip(reader.metadata(file([{ name: "v", data: [{ a: 1 }], type: "VARIANT" }])))
    assert.include(nested.reason.detail, "column v is nested")
    const uuids = file([{ name: "u", data: ["00000000-0000-0000-0000-000000000001"], type: "UUID" }])
    assert.deepStrictEqual(
      (yield* reader.metadata(uuids)).columns.map(({ type }) => type),
      ["fixed_len_byte_array"],
    )
    assert.deepStrictEqual(yield* reader.rows(uuids), [["00000000-0000-0000-0000-000000000001"]])
    const halves = yield* Effect.flip(
      reader.rows(
        file([
          { name: "raw", data: [new Uint8Array(3)], type: "BYTE_ARRAY" },
          { name: "g", data: [{ type: "Point", coordinates: [1, 2] }], type: "GEOMETRY" },
        ]),
      ),
    )
    assert.include(halves.reason.detail, "column g holds")
  }),
)

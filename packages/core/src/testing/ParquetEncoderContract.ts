/**
 * The rules of {@link ParquetEncoder}, held with a {@link ParquetReader} that is trusted: what was written is read.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { type ColumnBatch, toRows } from "../ColumnBatch.ts"
import * as ColumnBatchBuilder from "../ColumnBatchBuilder.ts"
import type { PageCodec } from "../Compression.ts"
import { ParquetEncoder } from "../ParquetEncoder.ts"
import { ParquetReader } from "../ParquetReader.ts"
import type { Column, ColumnType, TableSchema } from "../TableSchema.ts"
import * as Timestamp from "../Timestamp.ts"
import { type Case, joinBytes, must, mustBeBytes, mustEqual } from "./Contract.ts"
import { randomAccess } from "./ParquetReaderContract.ts"

/**
 * What the cases need to know of an encoder.
 *
 * @category models
 * @since 0.1.0
 */
export interface Fixture {
  /** The codecs that the encoder has; default all. */
  readonly codecs?: ReadonlyArray<PageCodec> | undefined
}

type Value = ColumnBatchBuilder.Value

const optional = (name: string, type: ColumnType): Column => ({ name, type, required: false })

const tableOf = (columns: ReadonlyArray<Column>): TableSchema => ({
  database: "lake",
  name: "rows",
  columns,
  partitionColumns: ["year"],
  version: 1,
})

/** A column of each type, and values at the edges of each. */
const edges: ReadonlyArray<readonly [type: ColumnType, values: ReadonlyArray<Value>]> = [
  [{ kind: "string" }, ["", "a", "naïve Zürich 日本 😀", "\u0000\n\"'\\", "x".repeat(70_000)]],
  [{ kind: "json" }, ["{}", `{"a": [1, 2.50, 1e3], "b":null}`, `"text"`, "null", "12345678901234567890"]],
  [{ kind: "int64" }, [0n, 1n, -1n, 9_007_199_254_740_993n, 2n ** 63n - 1n, -(2n ** 63n)]],
  [{ kind: "float64" }, [0, 1.5, -1e-300, Number.MAX_VALUE, Number.MIN_VALUE, Infinity, -Infinity, NaN]],
  [{ kind: "boolean" }, [true, false, false, true, true, true, false, true, false]],
  [{ kind: "timestamp" }, [0n, 1n, -1n, Timestamp.minMicros, Timestamp.endMicros - 1n, 1_767_225_600_123_456n]],
  [{ kind: "date" }, [0, 1, -1, 20_454, -719_162, 2_932_896]],
  [
    { kind: "decimal", precision: 18, scale: 2 },
    [0n, 1n, -1n, 12_345n, 999_999_999_999_999_999n, -999_999_999_999_999_999n],
  ],
  [{ kind: "decimal", precision: 5, scale: 0 }, [0n, 99_999n, -99_999n]],
]

const everyType = tableOf(edges.map(([type], i) => optional(`c${i}_${type.kind}`, type)))

/** Rows of every type; each column runs through its edges and a null. */
const everyRow = (rows: number): ColumnBatch =>
  ColumnBatchBuilder.fromRows(
    everyType,
    Array.from({ length: rows }, (_, row) =>
      edges.map(([, values], i) => [...values, null][(row + i) % (values.length + 1)]!),
    ),
  )

const numbers = tableOf([
  { name: "n", type: { kind: "int64" }, required: true },
  { name: "device", type: { kind: "string" }, required: true },
])

const numberRows = (from: number, to: number): ColumnBatch =>
  ColumnBatchBuilder.fromRows(
    numbers,
    Array.from({ length: to - from }, (_, i) => [BigInt(from + i), `device-${(from + i) % 7}`]),
  )

/**
 * The cases of the contract.
 *
 * @category contract
 * @since 0.1.0
 */
export const cases = (fixture: Fixture = {}): ReadonlyArray<Case<ParquetEncoder | ParquetReader>> => {
  const codecs = fixture.codecs ?? ["uncompressed", "snappy", "gzip", "zstd"]
  const codec = codecs[0]!

  /** The pieces of a file of these batches. */
  const encode = Effect.fnUntraced(function* (
    encoder: ParquetEncoder["Service"],
    schema: TableSchema,
    batches: ReadonlyArray<ColumnBatch>,
    options: { readonly codec?: PageCodec; readonly metadata?: Readonly<Record<string, string>> } = {},
  ) {
    const file = yield* encoder.open(schema, { codec: options.codec ?? codec, metadata: options.metadata ?? {} })
    const pieces: Array<Uint8Array> = []
    for (const batch of batches) pieces.push(...(yield* file.write(batch)))
    pieces.push(...(yield* file.finish))
    return joinBytes(pieces)
  })

  const rule = (
    name: string,
    body: (encoder: ParquetEncoder["Service"], reader: ParquetReader["Service"]) => Effect.fn.Return<void, unknown>,
  ): Case<ParquetEncoder | ParquetReader> => ({
    name,
    run: ParquetEncoder.use((encoder) => ParquetReader.use((reader) => Effect.gen(() => body(encoder, reader)))),
  })

  /** A case that writes batches and reads them back. */
  const roundTrip = (name: string, schema: TableSchema, batches: () => ReadonlyArray<ColumnBatch>, codec?: PageCodec) =>
    rule(name, function* (encoder, reader) {
      const written = batches()
      const file = yield* encode(encoder, schema, written, codec === undefined ? {} : { codec })
      const rows = yield* reader.rows(randomAccess(file))
      const expected = written.flatMap((batch) => toRows(batch))
      yield* mustEqual(rows.length, expected.length, "number of rows")
      for (const [i, row] of rows.entries()) yield* mustEqual(row, expected[i]!, `row ${i}`)
      yield* mustEqual((yield* reader.metadata(randomAccess(file))).rows, expected.length, "rows of the footer")
    })

  const strings = tableOf([optional("s", { kind: "string" })])
  const rowsOf = (schema: TableSchema, values: ReadonlyArray<Value>) =>
    ColumnBatchBuilder.fromRows(
      schema,
      values.map((value) => [value]),
    )

  return [
    ...codecs.map((codec) =>
      roundTrip(`writes every type and its edges, ${codec}`, everyType, () => [everyRow(40)], codec),
    ),
    ...codecs.map((codec) =>
      roundTrip(
        `writes thousands of rows, ${codec}`,
        numbers,
        () => [numberRows(0, 5_000), numberRows(5_000, 9_001)],
        codec,
      ),
    ),
    roundTrip("writes one row", everyType, () => [everyRow(1)]),
    roundTrip("writes batches of unlike sizes", everyType, () => [everyRow(1), everyRow(9), everyRow(2), everyRow(65)]),
    roundTrip("writes nulls at any place of a byte of validity", strings, () =>
      Array.from({ length: 18 }, (_, n) =>
        rowsOf(
          strings,
          Array.from({ length: n + 1 }, (_, i) => (i % 3 === n % 3 ? null : `${i}`)),
        ),
      ),
    ),
    roundTrip("writes a column of nulls only", strings, () => [
      rowsOf(
        strings,
        Array.from({ length: 100 }, () => null),
      ),
    ]),
    roundTrip("writes a batch of nulls before one of values", strings, () => [
      rowsOf(strings, [null, null]),
      rowsOf(strings, ["a", "b"]),
    ]),
    roundTrip("tells an empty string from null", strings, () => [rowsOf(strings, ["", null, "", null, "a"])]),
    roundTrip("writes many distinct strings", strings, () => [
      rowsOf(
        strings,
        Array.from({ length: 3_000 }, (_, i) => `value ${i * 7919}`),
      ),
    ]),
    roundTrip("writes one string many times", strings, () => [
      rowsOf(
        strings,
        Array.from({ length: 3_000 }, () => "the same"),
      ),
    ]),
    roundTrip("writes each batch's own dictionary", strings, () => [
      rowsOf(strings, ["a", "b", "a"]),
      rowsOf(strings, ["c", "a", "d"]),
    ]),
    roundTrip(
      "writes many columns",
      tableOf(Array.from({ length: 120 }, (_, i) => optional(`c${i}`, { kind: "int64" }))),
      () => {
        const schema = tableOf(Array.from({ length: 120 }, (_, i) => optional(`c${i}`, { kind: "int64" })))
        return [
          ColumnBatchBuilder.fromRows(
            schema,
            [0, 1, 2].map((row) => schema.columns.map((_, i) => (i % 5 === row ? null : BigInt(i * row)))),
          ),
        ]
      },
    ),
    rule("a file without batches has its columns and no rows", function* (encoder, reader) {
      const file = yield* encode(encoder, everyType, [])
      yield* mustEqual(yield* reader.rows(randomAccess(file)), [], "rows")
      const { columns, rows } = yield* reader.metadata(randomAccess(file))
      yield* mustEqual(rows, 0, "rows of the footer")
      yield* mustEqual(
        columns.map(({ name }) => name),
        everyType.columns.map(({ name }) => name),
        "columns",
      )
    }),
    rule("a batch without rows writes nothing", function* (encoder, reader) {
      const file = yield* encoder.open(numbers, { codec, metadata: {} })
      const pieces = [...(yield* file.write(numberRows(0, 3)))]
      const nothing = yield* file.write(numberRows(3, 3))
      yield* mustEqual(joinBytes(nothing).length, 0, "bytes for a batch without rows")
      pieces.push(...(yield* file.write(numberRows(3, 5))), ...(yield* file.finish))
      yield* mustEqual(
        (yield* reader.rows(randomAccess(joinBytes(pieces)))).map((row) => row[0]!),
        [0n, 1n, 2n, 3n, 4n],
        "rows",
      )
    }),
    rule("the footer tells names, types and which columns are required", function* (encoder, reader) {
      const schema = tableOf([...numbers.columns, ...everyType.columns])
      const { columns } = yield* reader.metadata(randomAccess(yield* encode(encoder, schema, [])))
      const expected = [
        "int64",
        "string",
        "string",
        "string",
        "int64",
        "float64",
        "boolean",
        "timestamp",
        "date",
        "decimal(18,2)",
        "decimal(5,0)",
      ]
      // Json is a string in the file: a reader may tell either.
      yield* mustEqual(
        columns.map(({ type }) => (type === "json" ? "string" : type)),
        expected,
        "types",
      )
      yield* mustEqual(
        columns.map(({ name }) => name),
        schema.columns.map(({ name }) => name),
        "names",
      )
      yield* mustEqual(
        columns.map(({ required }) => required),
        schema.columns.map(({ required }) => required),
        "required",
      )
    }),
    rule("the footer holds the metadata", function* (encoder, reader) {
      const metadata = { "tributary.input": "s3://bucket/ga data/ä.json", empty: "", z: "1", a: "😀" }
      const { keyValues } = yield* reader.metadata(
        randomAccess(yield* encode(encoder, numbers, [numberRows(0, 1)], { metadata })),
      )
      for (const [key, value] of Object.entries(metadata)) yield* mustEqual(keyValues[key], value, key)
    }),
    rule("partition columns are not in the file", function* (encoder, reader) {
      const { columns } = yield* reader.metadata(randomAccess(yield* encode(encoder, numbers, [numberRows(0, 1)])))
      yield* must(!columns.some(({ name }) => name === "year"), "the file has the partition column")
    }),
    ...codecs.map((codec) =>
      rule(`the same batches give the same bytes, ${codec}`, function* (encoder) {
        const options = { codec, metadata: { b: "2", a: "1" } }
        const first = yield* encode(encoder, everyType, [everyRow(30), everyRow(7)], options)
        const second = yield* encode(encoder, everyType, [everyRow(30), everyRow(7)], options)
        yield* mustBeBytes(second, first, "second file")
      }),
    ),
    rule("files that are written in turns do not mix", function* (encoder, reader) {
      const files = [
        yield* encoder.open(numbers, { codec, metadata: {} }),
        yield* encoder.open(numbers, { codec, metadata: {} }),
      ]
      const pieces: ReadonlyArray<Array<Uint8Array>> = [[], []]
      for (const [i, n] of [
        [0, 0],
        [1, 100],
        [0, 10],
        [1, 110],
      ] as const)
        pieces[i]!.push(...(yield* files[i]!.write(numberRows(n, n + 10))))
      for (const i of [0, 1]) {
        pieces[i]!.push(...(yield* files[i]!.finish))
        const rows = yield* reader.rows(randomAccess(joinBytes(pieces[i]!)))
        yield* mustEqual(
          rows.map((row) => row[0]!),
          Array.from({ length: 20 }, (_, n) => BigInt(i * 100 + n)),
          `file ${i}`,
        )
      }
    }),
    rule("pieces answered before stay as they are", function* (encoder, reader) {
      const file = yield* encoder.open(numbers, { codec, metadata: {} })
      const pieces = [...(yield* file.write(numberRows(0, 500)))]
      const kept = joinBytes(pieces)
      pieces.push(...(yield* file.write(numberRows(500, 1_000))), ...(yield* file.finish))
      yield* mustBeBytes(joinBytes(pieces).slice(0, kept.length), kept, "first pieces")
      yield* mustEqual((yield* reader.rows(randomAccess(joinBytes(pieces)))).length, 1_000, "number of rows")
    }),
    rule("encoding leaves the batch as it is", function* (encoder) {
      const batch = everyRow(20)
      yield* encode(encoder, everyType, [batch])
      yield* mustEqual(toRows(batch), toRows(everyRow(20)), "rows of the batch")
    }),
  ]
}

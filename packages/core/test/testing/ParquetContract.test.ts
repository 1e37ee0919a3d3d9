import { describe } from "@effect/vitest"
import * as ColumnBatchBuilder from "@tributary/core/ColumnBatchBuilder"
import * as ParquetEncoderMemory from "@tributary/core/memory/ParquetEncoderMemory"
import * as ParquetReaderMemory from "@tributary/core/memory/ParquetReaderMemory"
import { ParquetEncoder, type ParquetFile } from "@tributary/core/ParquetEncoder"
import { ParquetReader, ParquetReaderError, type RandomAccess } from "@tributary/core/ParquetReader"
import * as PortError from "@tributary/core/PortError"
import type { Cell } from "@tributary/core/QueryEngine"
import { joinBytes } from "@tributary/core/testing/Contract"
import * as ParquetEncoderContract from "@tributary/core/testing/ParquetEncoderContract"
import * as ParquetReaderContract from "@tributary/core/testing/ParquetReaderContract"
import type { TableSchema } from "@tributary/core/TableSchema"
import { Effect, Layer } from "effect"
import { refuses } from "./refuses.ts"

const schema: TableSchema = {
  database: "lake",
  name: "rows",
  columns: [{ name: "n", type: { kind: "int64" }, required: true }],
  partitionColumns: [],
  version: 1,
}

describe("ParquetEncoderContract", () => {
  const right = ParquetEncoderMemory.make

  /** The encoder in memory with a fault, and the reader in memory without one, but for what it reads of each cell. */
  const faulty = (fault: string, by: string, open: typeof right.open, cell: (cell: Cell) => Cell = (cell) => cell) =>
    refuses(
      fault,
      by,
      ParquetEncoderContract.cases(),
      Layer.mergeAll(
        Layer.succeed(ParquetEncoder, { open }),
        Layer.succeed(ParquetReader, {
          ...ParquetReaderMemory.make,
          rows: (file) => Effect.map(ParquetReaderMemory.make.rows(file), (rows) => rows.map((row) => row.map(cell))),
        }),
      ),
    )

  const changed =
    (change: (file: ParquetFile) => Partial<ParquetFile>): typeof right.open =>
    (schema, options) =>
      Effect.map(right.open(schema, options), (file) => ({ ...file, ...change(file) }))

  let files = 0
  faulty("counts its files", "the same batches give the same bytes, uncompressed", (schema, options) =>
    right.open(schema, { ...options, metadata: { ...options.metadata, file: String(files++) } }),
  )
  faulty("forgets the metadata", "the footer holds the metadata", (schema, options) =>
    right.open(schema, { ...options, metadata: {} }),
  )
  faulty(
    "takes every column for optional",
    "the footer tells names, types and which columns are required",
    (schema, options) =>
      right.open({ ...schema, columns: schema.columns.map((column) => ({ ...column, required: false })) }, options),
  )
  faulty("writes partition columns", "partition columns are not in the file", (schema, options) =>
    right.open(
      { ...schema, columns: [...schema.columns, { name: "year", type: { kind: "int64" }, required: true }] },
      options,
    ),
  )
  faulty(
    "writes something for a batch without rows",
    "a batch without rows writes nothing",
    changed((file) => ({
      write: (batch) => Effect.map(file.write(batch), (pieces) => (batch.rows === 0 ? [Uint8Array.of(10)] : pieces)),
    })),
  )
  faulty(
    "writes the last batch only",
    "writes batches of unlike sizes",
    changed((file) => {
      let header: ReadonlyArray<Uint8Array> = []
      return {
        write: (batch) =>
          Effect.map(file.write(batch), (pieces) => {
            if (header.length > 0) return []
            header = pieces
            return pieces
          }),
      }
    }),
  )
  faulty(
    "uses a buffer again",
    "pieces answered before stay as they are",
    changed((file) => {
      const buffer = new Uint8Array(1_000_000)
      return {
        write: (batch) =>
          Effect.map(file.write(batch), (pieces) => {
            const bytes = joinBytes(pieces)
            buffer.set(bytes)
            return [buffer.subarray(0, bytes.length)]
          }),
      }
    }),
  )
  faulty("writes null for an empty string", "tells an empty string from null", right.open, (cell) =>
    cell === "" ? null : cell,
  )
  faulty("rounds int64 to doubles", "writes every type and its edges, uncompressed", right.open, (cell) =>
    typeof cell === "bigint" ? BigInt(Number(cell)) : cell,
  )
})

describe("ParquetReaderContract", () => {
  const file = Effect.gen(function* () {
    const open = yield* ParquetEncoderMemory.make.open(schema, { codec: "uncompressed", metadata: { input: "a" } })
    const batch = ColumnBatchBuilder.fromRows(
      schema,
      Array.from({ length: 20 }, (_, n) => [BigInt(n)]),
    )
    return joinBytes([...(yield* open.write(batch)), ...(yield* open.finish)])
  })
  const right = ParquetReaderMemory.make
  const cases = ParquetReaderContract.cases({
    file,
    metadata: { rows: 20, columns: [{ name: "n", type: "int64", required: true }], keyValues: { input: "a" } },
    rows: Array.from({ length: 20 }, (_, n) => [BigInt(n)]),
  })

  const faulty = (fault: string, by: string, change: Partial<ParquetReader["Service"]>) =>
    refuses(fault, by, cases, Layer.succeed(ParquetReader, { ...right, ...change }))

  faulty("reads int64 as numbers", "reads the rows", {
    rows: (file) => Effect.map(right.rows(file), (rows) => rows.map((row) => row.map(Number))),
  })
  faulty("counts no rows", "reads the footer", {
    metadata: (file) => Effect.map(right.metadata(file), (metadata) => ({ ...metadata, rows: 0 })),
  })
  faulty("takes a cut file for an empty one", "a file that is cut is Invalid", {
    rows: (file) => right.rows(file).pipe(Effect.catch(() => Effect.succeed([]))),
  })
  const blurred =
    <A>(read: (file: RandomAccess) => Effect.Effect<A, ParquetReaderError>) =>
    (file: RandomAccess) =>
      Effect.mapError(
        read(file),
        () => new ParquetReaderError({ operation: "read", reason: new PortError.Invalid({ detail: "wrong" }) }),
      )
  faulty("takes every failure for a bad file", "a range that fails with Unavailable fails the reading with it", {
    rows: blurred(right.rows),
    metadata: blurred(right.metadata),
  })
})

/** A table with a column of every type, rows of any values for it, and a few rows at the limits. */
import type { ColumnBatch } from "@tributary/core/ColumnBatch"
import * as ColumnBatchBuilder from "@tributary/core/ColumnBatchBuilder"
import * as TableSchema from "@tributary/core/TableSchema"
import { Schema } from "effect"

export const int64 = { minimum: -(2n ** 63n), maximum: 2n ** 63n - 1n }
export const decimal = { minimum: -(10n ** 18n) + 1n, maximum: 10n ** 18n - 1n }
export const micros = { minimum: -62135596800000000n, maximum: 253402300799999999n }

export const column = (name: string, type: TableSchema.ColumnType, required = false): TableSchema.Column => ({
  name,
  type,
  required,
})

const kinds = {
  string: Schema.String.check(Schema.makeFilter((text) => text.isWellFormed())),
  json: Schema.Literals(["null", "{}", '{"a":1}', '"é🛶"']),
  int64: Schema.BigInt.check(Schema.isBetweenBigInt(int64)),
  float64: Schema.Number,
  boolean: Schema.Boolean,
  timestamp: Schema.BigInt.check(Schema.isBetweenBigInt(micros)),
  date: Schema.Int.check(Schema.isBetween({ minimum: -719162, maximum: 2932896 })),
  decimal: Schema.BigInt.check(Schema.isBetweenBigInt(decimal)),
} as const

export const typeOf = (kind: keyof typeof kinds): TableSchema.ColumnType =>
  kind === "decimal" ? { kind, precision: 18, scale: 4 } : { kind }

export const kindNames = Object.keys(kinds) as ReadonlyArray<keyof typeof kinds>

/** Each kind twice: once with nulls, once required. */
export const table = TableSchema.make({
  database: "lab",
  name: "everything",
  columns: [
    ...kindNames.map((kind) => column(`maybe_${kind}`, typeOf(kind))),
    ...kindNames.map((kind) => column(`sure_${kind}`, typeOf(kind), true)),
  ],
  partitionColumns: ["year"],
  version: 1,
})

/** Any rows of the table. */
export const Rows = Schema.Array(
  Schema.Tuple([...kindNames.map((kind) => Schema.NullOr(kinds[kind])), ...kindNames.map((kind) => kinds[kind])]),
)

export const batchOf = (rows: ReadonlyArray<ReadonlyArray<ColumnBatchBuilder.Value>>): ColumnBatch =>
  ColumnBatchBuilder.fromRows(table, rows)

/** The second row is null wherever it may be. */
export const some: ReadonlyArray<ReadonlyArray<ColumnBatchBuilder.Value>> = [
  ["a", "{}", 1n, 1.5, true, 1767258300000001n, 20454, 12345n, "x", "{}", 1n, 0, true, 0n, 0, 0n],
  [null, null, null, null, null, null, null, null, "y", "{}", -1n, -0, false, -1n, -1, -1n],
  [
    "🛶",
    "null",
    int64.minimum,
    Number.NaN,
    false,
    micros.minimum,
    -719162,
    decimal.minimum,
    "x",
    "1",
    2n,
    Infinity,
    true,
    1n,
    1,
    1n,
  ],
  ["", "[]", int64.maximum, -Infinity, true, micros.maximum, 2932896, decimal.maximum, "", "2", 3n, 1, true, 2n, 2, 2n],
]

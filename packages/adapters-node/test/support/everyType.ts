/** A table with a column of every type, required and not, and rows at the edges of each. */
import { fromRows, type Value } from "@tributary/core/ColumnBatchBuilder"
import * as TableSchema from "@tributary/core/TableSchema"

const types: ReadonlyArray<readonly [string, TableSchema.ColumnType]> = [
  ["text", { kind: "string" }],
  ["whole", { kind: "int64" }],
  ["real", { kind: "float64" }],
  ["flag", { kind: "boolean" }],
  ["moment", { kind: "timestamp" }],
  ["day", { kind: "date" }],
  ["amount", { kind: "decimal", precision: 18, scale: 4 }],
  ["payload", { kind: "json" }],
]

export const schema = TableSchema.make({
  database: "test",
  name: "every_type",
  columns: types
    .flatMap(([name, type]) => [
      { name, type, required: true },
      { name: `${name}_or_null`, type, required: false },
    ])
    .concat({ name: "never", type: { kind: "string" }, required: false }),
  partitionColumns: [],
  version: 1,
})

const edges: ReadonlyArray<ReadonlyArray<Value>> = [
  ["", "naïve 日本 😀", "\ufeffbyte order mark", "\ufb00 sorts below 😀", "nul \u0000 and \u2028", "x".repeat(1000)],
  [0n, 1n, -1n, 9007199254740993n, -9007199254740993n, 2n ** 63n - 1n, -(2n ** 63n)],
  [0, -0, 0.1, -1e300, 5e-324, 1.7976931348623157e308, Number.NaN, Infinity, -Infinity],
  [true, false],
  // 1970, µs around it, 0001, 9999, and a digit that a Date would round away.
  [0n, 1n, -1n, -62135596800000000n, 253402300799999999n, 1767225600123457n, -2208988800000001n],
  [0, 1, -1, -719162, 2932896, 20454],
  [0n, 12345n, -1n, 999999999999999999n, -999999999999999999n],
  ["{}", `{"n":12345678901234567890.10}`, "null", `[1, 2]`, `"text"`],
]

/** Row `i` takes each type's edges in turn; every third value of an optional column is null. */
export const rows = (from: number, count: number): ReadonlyArray<ReadonlyArray<Value>> =>
  Array.from({ length: count }, (_, i) =>
    edges
      .flatMap((values, type) => {
        const value = values[(from + i) % values.length]!
        return [value, (from + i + type) % 3 === 0 ? null : value]
      })
      .concat(null),
  )

export const batch = (from: number, count: number) => fromRows(schema, rows(from, count))

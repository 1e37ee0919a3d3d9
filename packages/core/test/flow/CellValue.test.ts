import * as ColumnBatch from "@tributary/core/ColumnBatch"
import * as ColumnBatchBuilder from "@tributary/core/ColumnBatchBuilder"
import type { Value } from "@tributary/core/ColumnBatchBuilder"
import * as CellValue from "@tributary/core/flow/CellValue"
import * as TableSchema from "@tributary/core/TableSchema"
import * as Timestamp from "@tributary/core/Timestamp"
import { assert, describe, it } from "@effect/vitest"

const kinds: ReadonlyArray<readonly [TableSchema.ColumnType, ReadonlyArray<Value>]> = [
  [{ kind: "string" }, ["", "2026-01-01", "é"]],
  [{ kind: "json" }, ['{"a":1}']],
  [{ kind: "boolean" }, [true, false]],
  [{ kind: "int64" }, [0n, -(2n ** 63n), 2n ** 63n - 1n]],
  [{ kind: "float64" }, [0.1, -1e300]],
  [{ kind: "date" }, [0, -1, 20_000, Timestamp.toDays({ year: 1, month: 1, day: 1 })]],
  [{ kind: "decimal", precision: 9, scale: 2 }, [0n, -5n, 123_456n]],
  [{ kind: "decimal", precision: 9, scale: 0 }, [7n]],
  [
    { kind: "timestamp" },
    [0n, -1n, 1_767_225_600_123_000n, 1_767_225_600_000_001n, Timestamp.minMicros, Timestamp.endMicros - 1n],
  ],
]

describe("CellValue", () => {
  for (const [type, values] of kinds) {
    it(`takes the cells of ${TableSchema.typeName(type)} back`, () => {
      const column = { name: "c", type, required: false }
      const table = TableSchema.make({ database: "d", name: "t", columns: [column], partitionColumns: [], version: 1 })
      const all = [...values, null]
      const batch = ColumnBatchBuilder.fromRows(
        table,
        all.map((value) => [value]),
      )
      assert.deepStrictEqual(
        ColumnBatch.toRows(batch).map(([cell]) => CellValue.of(type, cell!)),
        all,
      )
    })
  }
})

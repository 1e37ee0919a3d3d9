/**
 * Cells of a file that was read back, as the values that a batch takes: the other way round of `ColumnBatch.cell`.
 *
 * @since 0.1.0
 */
import type { Value } from "../ColumnBatchBuilder.ts"
import type { Cell } from "../QueryEngine.ts"
import type { ColumnType } from "../TableSchema.ts"
import * as Timestamp from "../Timestamp.ts"

/**
 * The value of a cell: µs since 1970 of a timestamp, days since 1970 of a date, the unscaled number of a decimal, anything else as it is.
 *
 * @example
 * ```ts
 * import * as CellValue from "@tributary/core/flow/CellValue"
 *
 * CellValue.of({ kind: "date" }, "1970-01-02") // => 1
 * CellValue.of({ kind: "decimal", precision: 9, scale: 2 }, "-0.05") // => -5n
 * CellValue.of({ kind: "timestamp" }, "1970-01-01T00:00:00.001Z") // => 1000n
 * ```
 *
 * @category conversions
 * @since 0.1.0
 */
export const of = (type: ColumnType, cell: Cell): Value => {
  if (typeof cell !== "string") return cell
  switch (type.kind) {
    case "timestamp":
      return microsOf(cell)
    case "date":
      return Timestamp.toDays(Timestamp.parseDay(cell))
    case "decimal":
      return BigInt(cell.replace(".", ""))
    default:
      return cell
  }
}

/** Of `Timestamp.formatMicros`. */
const microsOf = (text: string): bigint => {
  const [day = "", clock = ""] = text.slice(0, -1).split("T")
  const [hour, minute, second] = clock.slice(0, 8).split(":").map(Number)
  const seconds = (Timestamp.toDays(Timestamp.parseDay(day)) * 24 + hour!) * 3600 + minute! * 60 + second!
  return BigInt(seconds) * 1_000_000n + BigInt(clock.slice(9).padEnd(6, "0"))
}

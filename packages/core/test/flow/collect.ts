import type { RecordOutput } from "@tributary/core/flow/RecordReader"
import type { TableSchema } from "@tributary/core/TableSchema"

/** Collects what a reader finds as plain values, rows as records with their partition columns. */
export const collect = (table: TableSchema) => {
  const rows: Array<Record<string, unknown>> = []
  const rejected: Array<readonly [position: string, reason: string]> = []
  const bytes: Array<string> = []
  const counts = { filtered: 0, duplicate: 0 }
  const output: RecordOutput = {
    filtered: (records) => void (counts.filtered += records),
    duplicate: (records) => void (counts.duplicate += records),
    rejected: (record) => {
      rejected.push([record.position, record.reason])
      bytes.push(Buffer.from(record.bytes).toString())
    },
    row: (origin, fill) => {
      const row: Record<string, unknown> = {}
      const rejection = fill({
        setColumn: (column, value) => void (row[table.columns[column]!.name] = value),
        setPartition: (column, value) => void (row[table.partitionColumns[column]!] = value),
      })
      if (rejection === undefined) rows.push(row)
      else output.rejected({ ...origin(), ...rejection })
    },
  }
  return { output, rows, rejected, bytes, counts }
}

/** What one deploy of the program says, and what the next one does. */
import { type Config, defineConfig } from "@tributary/core/Config"
import { gaFlow } from "@tributary/core/GaFlow"
import { logEvents, logsFlow } from "@tributary/core/LogsFlow"
import type { FieldMapping } from "@tributary/core/mapping/RowMapping"
import type { TableSchema } from "@tributary/core/TableSchema"
import type { SimRandom } from "@tributary/core/testing/sim/SimRandom"

export const flowNames = ["ga", "logs", "warehouse"] as const
export type FlowName = (typeof flowNames)[number]

/** A later version of a table: one more column, which may be null. */
const widened = (table: TableSchema): TableSchema => ({
  ...table,
  columns: [...table.columns, { name: "note", type: { kind: "string" }, required: false }],
  version: table.version + 1,
})

const note: FieldMapping = { names: ["note"], reading: { as: "string", column: "note" }, ifMissing: null }

/** Borders of row groups and files, the codec, and whether the lake's tables have one column more. */
export const make = (random: SimRandom, isWidened: boolean): Config =>
  defineConfig({
    flows: {
      ga: isWidened
        ? { ...gaFlow, table: widened(gaFlow.table), fields: [...gaFlow.fields, { ...note, role: "dimension" }] }
        : gaFlow,
      logs: isWidened ? { ...logsFlow, table: widened(logEvents), fields: [...logsFlow.fields, note] } : logsFlow,
      warehouse: { ...logsFlow, table: { ...logEvents, name: "warehouse" }, sink: "warehouse" },
    },
    batching: { rowsPerGroup: random.between(1, 3), rowsPerFile: random.between(1, 4) },
    codec: random.pick(["uncompressed", "snappy", "gzip", "zstd"]),
  })

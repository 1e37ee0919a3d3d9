/**
 * SQL over a lake: DuckDB over the files that one reading of the journal shows.
 *
 * @since 0.1.0
 */
import * as DuckDbQueryEngine from "@tributary/adapters-node/DuckDbQueryEngine"
import type { Config } from "@tributary/core/Config"
import * as LakeState from "@tributary/core/journal/LakeState"
import type { JournalStore, JournalStoreError } from "@tributary/core/JournalStore"
import type { QueryEngine } from "@tributary/core/QueryEngine"
import { qualifiedName, type TableSchema } from "@tributary/core/TableSchema"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { LakeFolder } from "./LakeFolder.ts"

/**
 * The engine, over the lake as the journal shows it when the layer is built. Each table of a flow can be queried, be it empty.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (config: Config, folder: LakeFolder): Layer.Layer<QueryEngine, JournalStoreError, JournalStore> =>
  Layer.unwrap(
    Effect.map(LakeState.read(), (state) =>
      DuckDbQueryEngine.layer({
        directory: folder.path,
        tables: Effect.succeed(tablesOf(config).map((schema) => tableAt(state, schema))),
      }),
    ),
  )

/** Tables whose rows are in the lake. */
const tablesOf = (config: Config): ReadonlyArray<TableSchema> =>
  Object.values(config.flows)
    .filter((flow) => flow.kind === "report" || flow.sink === "lake")
    .map((flow) => flow.table)

const tableAt = (state: LakeState.LakeState, schema: TableSchema): DuckDbQueryEngine.LakeTable => ({
  schema,
  files: LakeState.visibleFiles(state, qualifiedName(schema)).map(({ bytes, day, path }) => ({
    path,
    bytes,
    partition: partitionOf(day),
  })),
})

const partitionOf = (day: string): Readonly<Record<string, number>> => {
  const [year, month, date] = day.split("-").map(Number)
  return { year: year!, month: month!, day: date! }
}

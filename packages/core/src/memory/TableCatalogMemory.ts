/**
 * {@link TableCatalog} in memory. Databases need not be created; a table's version is a counter.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as PortError from "../PortError.ts"
import {
  type CatalogPartition,
  type CatalogTable,
  evolution,
  TableCatalog,
  TableCatalogError,
} from "../TableCatalog.ts"
import { qualifiedName, type TableSchema } from "../TableSchema.ts"

interface Entry {
  table: CatalogTable
  /** By values, joined. */
  readonly partitions: Map<string, CatalogPartition>
}

/**
 * An empty catalog. Every change is one step: no fiber sees half of it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make: Effect.Effect<TableCatalog["Service"]> = Effect.sync(() => {
  const entries = new Map<string, Entry>()

  const find = (
    operation: string,
    table: { readonly database: string; readonly name: string },
  ): Effect.Effect<Entry, TableCatalogError> =>
    Effect.suspend(() => {
      const entry = entries.get(`${table.database}.${table.name}`)
      return entry === undefined
        ? failWith(operation, new PortError.NotFound({ detail: `there is no table ${table.database}.${table.name}` }))
        : Effect.succeed(entry)
    })

  /** Gives the table the columns it lacks; `evolution` says whether it may have them. */
  const widen = (
    operation: string,
    entry: Entry,
    wanted: TableSchema,
  ): Effect.Effect<CatalogTable, TableCatalogError> => {
    const { table } = entry
    const change = evolution(table.schema, wanted)
    if ("refused" in change) {
      return failWith(operation, new PortError.Invalid({ detail: `${qualifiedName(table.schema)}: ${change.refused}` }))
    }
    if (change.added.length > 0) {
      const schema = {
        ...table.schema,
        columns: [...table.schema.columns, ...change.added],
        version: table.schema.version + 1,
      }
      entry.table = { ...table, schema, version: String(Number(table.version) + 1) }
    }
    return Effect.succeed(entry.table)
  }

  return TableCatalog.of({
    ensureTable: Effect.fn("TableCatalogMemory.ensureTable")((wanted: Omit<CatalogTable, "version">) =>
      Effect.suspend(() => {
        const name = qualifiedName(wanted.schema)
        const entry = entries.get(name)
        if (entry === undefined) {
          const table = { ...wanted, version: "1" }
          entries.set(name, { table, partitions: new Map() })
          return Effect.succeed(table)
        }
        const { location, partitioning } = entry.table
        if (location !== wanted.location || partitioning !== wanted.partitioning) {
          const detail = `${name} lies at ${location} (${partitioning}), not at ${wanted.location} (${wanted.partitioning})`
          return failWith("ensureTable", new PortError.Invalid({ detail }))
        }
        return widen("ensureTable", entry, wanted.schema)
      }),
    ),
    getTable: Effect.fn("TableCatalogMemory.getTable")((database: string, name: string) =>
      Effect.map(find("getTable", { database, name }), ({ table }) => table),
    ),
    addColumns: Effect.fn("TableCatalogMemory.addColumns")((table: CatalogTable, columns) =>
      Effect.flatMap(find("addColumns", table.schema), (entry) => {
        if (entry.table.version !== table.version) {
          const detail = `${qualifiedName(table.schema)} has version ${entry.table.version}, not ${table.version}`
          return failWith("addColumns", new PortError.Conflict({ detail, actualVersion: entry.table.version }))
        }
        return widen("addColumns", entry, { ...entry.table.schema, columns })
      }),
    ),
    pointPartitions: Effect.fn("TableCatalogMemory.pointPartitions")(
      (table, partitions: ReadonlyArray<CatalogPartition>) =>
        Effect.map(find("pointPartitions", table), (entry) => {
          for (const partition of partitions) entry.partitions.set(JSON.stringify(partition.values), partition)
        }),
    ),
    partitions: (database, name) =>
      Stream.unwrap(
        Effect.map(find("partitions", { database, name }), (entry) =>
          Stream.fromIterable([...entry.partitions.values()]),
        ),
      ),
  })
})

/**
 * An empty catalog.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<TableCatalog> = Layer.effect(TableCatalog, make)

const failWith = (operation: string, reason: PortError.Reason) =>
  Effect.fail(new TableCatalogError({ operation, reason }))

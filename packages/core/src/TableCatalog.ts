/**
 * Port for the catalog that tells query engines which tables there are and where their partitions lie: Glue.
 *
 * The catalog is a projection of the journal. Whoever switches a partition appends to the partition's stream first, then points the catalog.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import * as PortError from "./PortError.ts"
import { type Column, type TableSchema, typeName } from "./TableSchema.ts"

/**
 * How a table's partitions are found: `registered` one by one, or `projected` from the shape of their paths (Athena's partition projection).
 *
 * @category models
 * @since 0.1.0
 */
export type Partitioning = "registered" | "projected"

/**
 * A table as the catalog has it. `version` moves with every change and is what an update must name.
 *
 * @category models
 * @since 0.1.0
 */
export interface CatalogTable {
  readonly schema: TableSchema
  readonly location: string
  readonly partitioning: Partitioning
  readonly version: string
}

/**
 * A partition and where its files lie. `values` stand in the order of the table's partition columns.
 *
 * @category models
 * @since 0.1.0
 */
export interface CatalogPartition {
  readonly values: ReadonlyArray<string>
  /** Ends with a slash. */
  readonly location: string
}

/**
 * Failure of any catalog. A change that is no widening is `Invalid`; a version that has moved on is `Conflict`.
 *
 * @category errors
 * @since 0.1.0
 */
export class TableCatalogError extends Schema.TaggedError<TableCatalogError>()("TableCatalogError", PortError.fields) {
  override get message(): string {
    return PortError.message(this)
  }
  get isRetryable(): boolean {
    return PortError.isRetryable(this.reason)
  }
}

/**
 * Keeps table definitions and the locations of partitions.
 *
 * @category services
 * @since 0.1.0
 */
export class TableCatalog extends Context.Service<
  TableCatalog,
  {
    /**
     * Creates database and table where they are missing. A table that exists with the same columns is left as it is; missing nullable columns are
     * added; any other difference is `Invalid`, and nothing is changed.
     */
    readonly ensureTable: (table: Omit<CatalogTable, "version">) => Effect.Effect<CatalogTable, TableCatalogError>
    readonly getTable: (database: string, name: string) => Effect.Effect<CatalogTable, TableCatalogError>
    /** Adds nullable columns to the version named; fails with `Conflict` where the table has moved on since it was read. */
    readonly addColumns: (
      table: CatalogTable,
      columns: ReadonlyArray<Column>,
    ) => Effect.Effect<CatalogTable, TableCatalogError>
    /** Registers partitions, or points registered ones at a new location; each switches in one step. */
    readonly pointPartitions: (
      table: { readonly database: string; readonly name: string },
      partitions: ReadonlyArray<CatalogPartition>,
    ) => Effect.Effect<void, TableCatalogError>
    readonly partitions: (database: string, name: string) => Stream.Stream<CatalogPartition, TableCatalogError>
  }
>()("@tributary/core/TableCatalog") {}

/**
 * The columns of `wanted` that `current` lacks, or a sentence that says why one cannot become the other. Adding a nullable column is the one
 * change allowed: a reader of old files finds null there.
 *
 * @category schema evolution
 * @since 0.1.0
 */
export const evolution = (
  current: TableSchema,
  wanted: TableSchema,
): { readonly added: ReadonlyArray<Column> } | { readonly refused: string } => {
  if (current.partitionColumns.join() !== wanted.partitionColumns.join()) {
    return {
      refused: `its partition columns are ${current.partitionColumns.join(", ")}, not ${wanted.partitionColumns.join(", ")}`,
    }
  }
  const added: Array<Column> = []
  for (const column of wanted.columns) {
    const existing = current.columns.find((other) => other.name === column.name)
    if (existing === undefined) {
      if (column.required)
        return { refused: `column ${column.name} is new and required; files written before have no value for it` }
      added.push(column)
    } else if (typeName(existing.type) !== typeName(column.type)) {
      return { refused: `column ${column.name} is ${typeName(existing.type)}, not ${typeName(column.type)}` }
    }
  }
  return { added }
}

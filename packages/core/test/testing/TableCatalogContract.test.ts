import { describe } from "@effect/vitest"
import * as TableCatalogMemory from "@tributary/core/memory/TableCatalogMemory"
import { type CatalogTable, TableCatalog } from "@tributary/core/TableCatalog"
import * as TableCatalogContract from "@tributary/core/testing/TableCatalogContract"
import { Effect, Layer, Stream } from "effect"
import { refuses } from "./refuses.ts"

type Catalog = TableCatalog["Service"]

const cases = TableCatalogContract.cases({ database: "lake", prefix: "t_", location: "s3://lake/" })

/** The adapter in memory with a fault put over it. */
const faulty = (fault: string, by: string, change: (catalog: Catalog) => Partial<Catalog>) =>
  refuses(
    fault,
    by,
    cases,
    Layer.effect(
      TableCatalog,
      Effect.map(TableCatalogMemory.make, (catalog) => ({ ...catalog, ...change(catalog) })),
    ),
  )

/** Changes each table that the catalog answers. */
const answering =
  (each: (table: CatalogTable) => CatalogTable) =>
  (catalog: Catalog): Partial<Catalog> => ({
    getTable: (database, name) => Effect.map(catalog.getTable(database, name), each),
  })

describe("TableCatalogContract", () => {
  faulty(
    "does not look at the version",
    "addColumns to a version that has moved on is Conflict, and the other's columns stay",
    (catalog) => ({
      addColumns: (table, columns) =>
        Effect.flatMap(catalog.getTable(table.schema.database, table.schema.name), (now) =>
          catalog.addColumns(now, columns),
        ),
    }),
  )
  faulty(
    "writes the columns it read over newer ones",
    "writers that read again after Conflict lose no column",
    (catalog) => {
      const tables = new Map<string, CatalogTable>()
      return {
        getTable: (database, name) =>
          Effect.map(catalog.getTable(database, name), (table) => tables.get(name) ?? table),
        addColumns: (table, columns) =>
          Effect.gen(function* () {
            yield* Effect.yieldNow
            const schema = { ...table.schema, columns: [...table.schema.columns, ...columns] }
            const next = { ...table, schema, version: `${Number(table.version) + 1}` }
            tables.set(schema.name, next)
            return next
          }),
      }
    },
  )
  faulty("adds required columns", "a new column that is required is Invalid, and nothing is changed", (catalog) => ({
    ensureTable: (table) =>
      catalog.ensureTable({
        ...table,
        schema: {
          ...table.schema,
          columns: table.schema.columns.map((column) => ({ ...column, required: column.name === "hour" })),
        },
      }),
  }))
  faulty("keeps another type silently", "another type of a column is Invalid, and nothing is changed", (catalog) => ({
    ensureTable: (table) =>
      catalog.ensureTable(table).pipe(Effect.catch(() => catalog.getTable(table.schema.database, table.schema.name))),
  }))
  faulty(
    "adds columns before it refuses",
    "another type and a new column together is Invalid, and nothing is changed",
    (catalog) => ({
      ensureTable: (table) =>
        Effect.andThen(
          Effect.ignore(
            catalog.ensureTable({
              ...table,
              schema: { ...table.schema, columns: table.schema.columns.filter(({ name }) => name !== "device") },
            }),
          ),
          catalog.ensureTable(table),
        ),
    }),
  )
  faulty("does not look at the location", "another location, or another partitioning, is Invalid", (catalog) => ({
    ensureTable: (table) => catalog.ensureTable({ ...table, location: "s3://lake/same/", partitioning: "registered" }),
  }))
  faulty("does not add columns", "ensureTable adds missing nullable columns", (catalog) => ({
    ensureTable: (table) =>
      catalog.getTable(table.schema.database, table.schema.name).pipe(Effect.catch(() => catalog.ensureTable(table))),
  }))
  faulty(
    "forgets json",
    "every column type comes back as it was",
    answering((table) => ({
      ...table,
      schema: {
        ...table.schema,
        columns: table.schema.columns.map((column) =>
          column.type.kind === "json" ? { ...column, type: { kind: "string" } } : column,
        ),
      },
    })),
  )
  faulty(
    "takes every table for registered",
    "a table whose partitions are projected stays one",
    answering((table) => ({ ...table, partitioning: "registered" })),
  )
  let reads = 0
  faulty("moves the version without a change", "ensureTable again changes nothing", (catalog) => ({
    ensureTable: (table) => Effect.map(catalog.ensureTable(table), (kept) => ({ ...kept, version: `${reads++}` })),
  }))
  faulty(
    "does not point registered partitions elsewhere",
    "pointPartitions points a registered partition at its new location, and leaves the others",
    (catalog) => ({
      pointPartitions: (table, partitions) =>
        Effect.flatMap(Stream.runCollect(catalog.partitions(table.database, table.name)), (known) =>
          catalog.pointPartitions(
            table,
            partitions.filter(({ values }) => !known.some((partition) => partition.values.join() === values.join())),
          ),
        ),
    }),
  )
  faulty(
    "registers one call's worth",
    "pointPartitions takes more partitions than one call of the provider",
    (catalog) => ({
      pointPartitions: (table, partitions) => catalog.pointPartitions(table, partitions.slice(0, 100)),
    }),
  )
  faulty("lists one page only", "pointPartitions takes more partitions than one call of the provider", (catalog) => ({
    partitions: (database, name) => Stream.take(catalog.partitions(database, name), 100),
  }))
  faulty("finds no fault with a missing table", "partitions of a missing table are NotFound", (catalog) => ({
    partitions: (database, name) =>
      Stream.catchTag(catalog.partitions(database, name), "TableCatalogError", () => Stream.empty),
  }))
})

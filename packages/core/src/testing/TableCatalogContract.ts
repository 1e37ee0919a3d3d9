/**
 * The rules of {@link TableCatalog}: columns only widen, a stale version is refused, and a partition points at one location at a time.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { type CatalogPartition, type CatalogTable, TableCatalog } from "../TableCatalog.ts"
import type { Column, TableSchema } from "../TableSchema.ts"
import { type Case, must, mustEqual, mustFail, rulesOf } from "./Contract.ts"

/**
 * What the cases need to know of a catalog.
 *
 * @category models
 * @since 0.1.0
 */
export interface Fixture {
  /** A database that may be created. */
  readonly database: string
  /** Begins the name of every table, in lower case, digits and `_`, at most 60 characters; fresh for each run on a catalog that remembers. */
  readonly prefix: string
  /** Where the tables' folders would lie; ends with a slash. */
  readonly location: string
  /** Whether the catalog refuses a stale version, as Glue does; moto does not. Default true. */
  readonly checksVersions?: boolean | undefined
}

type Catalog = TableCatalog["Service"]

const column = (name: string, type: Column["type"], required = false): Column => ({ name, type, required })

const columns: ReadonlyArray<Column> = [column("hour", { kind: "int64" }, true), column("device", { kind: "string" })]

const everyType: ReadonlyArray<Column> = [
  ...(["string", "int64", "float64", "boolean", "timestamp", "date", "json"] as const).map((kind) =>
    column(`a_${kind}`, { kind }),
  ),
  column("a_decimal", { kind: "decimal", precision: 12, scale: 3 }),
]

const added = column("country", { kind: "string" })

const shape = (schema: TableSchema): ReadonlyArray<Column> =>
  schema.columns.map(({ name, type, required }) => ({ name, type, required }))

/**
 * The cases of the contract.
 *
 * @category contract
 * @since 0.1.0
 */
export const cases = ({
  database,
  prefix,
  location,
  checksVersions = true,
}: Fixture): ReadonlyArray<Case<TableCatalog>> => {
  const rule = rulesOf(TableCatalog)

  const tableOf = (slug: string, change: Partial<TableSchema> = {}): Omit<CatalogTable, "version"> => {
    const name = `${prefix}${slug.replaceAll("-", "_")}`
    const schema = { database, name, columns, partitionColumns: ["year", "month", "day"], version: 1, ...change }
    return { schema, location: `${location}${name}/`, partitioning: "registered" }
  }
  const partition = (
    table: Omit<CatalogTable, "version">,
    values: ReadonlyArray<string>,
    generation: number,
  ): CatalogPartition => ({
    values,
    location: `${table.location}year=${values[0]}/month=${values[1]}/day=${values[2]}/g${generation}/`,
  })
  const partitionsOf = (catalog: Catalog, { schema }: Pick<CatalogTable, "schema">) =>
    Effect.map(Stream.runCollect(catalog.partitions(schema.database, schema.name)), (partitions) =>
      partitions.map(({ values, location }) => `${values.join("-")} ${location}`).toSorted(),
    )
  const expected = (partitions: ReadonlyArray<CatalogPartition>) =>
    partitions.map(({ values, location }) => `${values.join("-")} ${location}`).toSorted()
  /** Reads the table, adds a column, and does both again where another was faster. */
  const addWithRetry = Effect.fnUntraced(function* (catalog: Catalog, name: string, wanted: Column) {
    for (;;) {
      const table = yield* catalog.getTable(database, name)
      const result = yield* Effect.result(catalog.addColumns(table, [wanted]))
      if (Result.isSuccess(result)) return
      if (result.failure.reason._tag !== "Conflict") return yield* result.failure
    }
  })

  return [
    rule("a table that is missing is NotFound", function* (catalog, slug) {
      yield* mustFail(catalog.getTable(database, `${prefix}${slug.replaceAll("-", "_")}`), "NotFound", "getTable")
      yield* mustFail(catalog.getTable(`${prefix}none`, "none"), "NotFound", "getTable in a missing database")
    }),
    rule("ensureTable creates the table, and getTable answers it", function* (catalog, slug) {
      const wanted = tableOf(slug)
      const created = yield* catalog.ensureTable(wanted)
      const got = yield* catalog.getTable(database, wanted.schema.name)
      for (const [what, table] of [
        ["ensureTable", created],
        ["getTable", got],
      ] as const) {
        yield* mustEqual([table.schema.database, table.schema.name], [database, wanted.schema.name], `name, by ${what}`)
        yield* mustEqual(shape(table.schema), shape(wanted.schema), `columns, by ${what}`)
        yield* mustEqual(table.schema.partitionColumns, wanted.schema.partitionColumns, `partition columns, by ${what}`)
        yield* mustEqual(
          [table.location, table.partitioning],
          [wanted.location, "registered"],
          `location and partitioning, by ${what}`,
        )
      }
      yield* mustEqual(got.version, created.version, "version")
    }),
    rule("every column type comes back as it was", function* (catalog, slug) {
      const wanted = tableOf(slug, { columns: everyType })
      yield* catalog.ensureTable(wanted)
      yield* mustEqual(
        shape((yield* catalog.getTable(database, wanted.schema.name)).schema),
        shape(wanted.schema),
        "columns",
      )
      yield* mustEqual(
        shape((yield* catalog.ensureTable(wanted)).schema),
        shape(wanted.schema),
        "columns of a second ensureTable",
      )
    }),
    rule("a table whose partitions are projected stays one", function* (catalog, slug) {
      const wanted = { ...tableOf(slug), partitioning: "projected" as const }
      yield* catalog.ensureTable(wanted)
      yield* mustEqual(
        (yield* catalog.getTable(database, wanted.schema.name)).partitioning,
        "projected",
        "partitioning",
      )
    }),
    rule("a table may have no partitions", function* (catalog, slug) {
      const wanted = tableOf(slug, { partitionColumns: [] })
      yield* catalog.ensureTable(wanted)
      yield* mustEqual(
        (yield* catalog.getTable(database, wanted.schema.name)).schema.partitionColumns,
        [],
        "partition columns",
      )
    }),
    rule("ensureTable again changes nothing", function* (catalog, slug) {
      const first = yield* catalog.ensureTable(tableOf(slug))
      const second = yield* catalog.ensureTable(tableOf(slug))
      yield* mustEqual(second.version, first.version, "version")
      yield* mustEqual(second.schema.version, first.schema.version, "version of the schema")
    }),
    rule("ensureTable from many sides at once creates one table", function* (catalog, slug) {
      const wanted = tableOf(slug)
      yield* Effect.all(
        Array.from({ length: 6 }, () => catalog.ensureTable(wanted)),
        { concurrency: "unbounded" },
      )
      yield* mustEqual(
        shape((yield* catalog.getTable(database, wanted.schema.name)).schema),
        shape(wanted.schema),
        "columns",
      )
    }),
    rule("ensureTable adds missing nullable columns", function* (catalog, slug) {
      const before = yield* catalog.ensureTable(tableOf(slug))
      const after = yield* catalog.ensureTable(tableOf(slug, { columns: [...columns, added] }))
      yield* mustEqual(shape(after.schema), [...columns, added], "columns answered")
      const got = yield* catalog.getTable(database, after.schema.name)
      yield* mustEqual(shape(got.schema), [...columns, added], "columns kept")
      yield* must(got.version !== before.version, "the version has not moved")
      yield* mustEqual(got.schema.version, before.schema.version + 1, "version of the schema")
    }),
    ...(
      [
        ["a new column that is required", { columns: [...columns, { ...added, required: true }] }],
        ["another type of a column", { columns: [columns[0]!, column("device", { kind: "int64" })] }],
        [
          "another type and a new column together",
          { columns: [columns[0]!, column("device", { kind: "json" }), added] },
        ],
        ["other partition columns", { partitionColumns: ["year", "month"] }],
      ] satisfies ReadonlyArray<readonly [string, Partial<TableSchema>]>
    ).map(([name, change], i) =>
      rule(`${name} is Invalid, and nothing is changed`, function* (catalog) {
        const slug = `refused_${i}`
        const before = yield* catalog.ensureTable(tableOf(slug))
        yield* mustFail(catalog.ensureTable(tableOf(slug, change)), "Invalid", "ensureTable")
        const after = yield* catalog.getTable(database, before.schema.name)
        yield* mustEqual(shape(after.schema), columns, "columns")
        yield* mustEqual(after.version, before.version, "version")
      }),
    ),
    rule("another location, or another partitioning, is Invalid", function* (catalog, slug) {
      const wanted = tableOf(slug)
      yield* catalog.ensureTable(wanted)
      yield* mustFail(
        catalog.ensureTable({ ...wanted, location: `${location}elsewhere/` }),
        "Invalid",
        "another location",
      )
      yield* mustFail(catalog.ensureTable({ ...wanted, partitioning: "projected" }), "Invalid", "another partitioning")
      const got = yield* catalog.getTable(database, wanted.schema.name)
      yield* mustEqual([got.location, got.partitioning], [wanted.location, "registered"], "location and partitioning")
    }),

    rule("addColumns adds columns and moves the versions", function* (catalog, slug) {
      const before = yield* catalog.ensureTable(tableOf(slug))
      const after = yield* catalog.addColumns(before, [added, column("visits", { kind: "int64" })])
      yield* mustEqual(
        after.schema.columns.map(({ name }) => name),
        ["hour", "device", "country", "visits"],
        "columns answered",
      )
      const got = yield* catalog.getTable(database, before.schema.name)
      yield* mustEqual(shape(got.schema), shape(after.schema), "columns kept")
      yield* mustEqual(got.version, after.version, "version kept")
      yield* must(after.version !== before.version, "the version has not moved")
      yield* mustEqual(got.schema.version, before.schema.version + 1, "version of the schema")
    }),
    rule("addColumns of a required column, or of another type, is Invalid", function* (catalog, slug) {
      const table = yield* catalog.ensureTable(tableOf(slug))
      yield* mustFail(catalog.addColumns(table, [{ ...added, required: true }]), "Invalid", "a required column")
      yield* mustFail(catalog.addColumns(table, [column("device", { kind: "int64" })]), "Invalid", "another type")
      yield* mustEqual((yield* catalog.getTable(database, table.schema.name)).version, table.version, "version")
    }),
    rule("addColumns to a missing table is NotFound", function* (catalog, slug) {
      yield* mustFail(catalog.addColumns({ ...tableOf(slug), version: "1" }, [added]), "NotFound", "addColumns")
    }),
    ...(checksVersions
      ? [
          rule(
            "addColumns to a version that has moved on is Conflict, and the other's columns stay",
            function* (catalog, slug) {
              const stale = yield* catalog.ensureTable(tableOf(slug))
              yield* catalog.addColumns(stale, [added])
              yield* mustFail(
                catalog.addColumns(stale, [column("visits", { kind: "int64" })]),
                "Conflict",
                "addColumns",
              )
              const names = (yield* catalog.getTable(database, stale.schema.name)).schema.columns.map(
                ({ name }) => name,
              )
              yield* mustEqual(names, ["hour", "device", "country"], "columns")
            },
          ),
          rule("of concurrent additions to one version exactly one wins", function* (catalog, slug) {
            const table = yield* catalog.ensureTable(tableOf(slug))
            const results = yield* Effect.forEach(
              Array.from({ length: 6 }, (_, i) => column(`c${i}`, { kind: "string" })),
              (wanted) => Effect.result(catalog.addColumns(table, [wanted])),
              { concurrency: "unbounded" },
            )
            const tags = results
              .map((result) => (Result.isSuccess(result) ? "won" : result.failure.reason._tag))
              .toSorted()
            yield* mustEqual(tags, ["Conflict", "Conflict", "Conflict", "Conflict", "Conflict", "won"], "outcomes")
          }),
          rule("writers that read again after Conflict lose no column", function* (catalog, slug) {
            const { schema } = yield* catalog.ensureTable(tableOf(slug))
            const names = Array.from({ length: 8 }, (_, i) => `c${i}`)
            yield* Effect.forEach(
              names,
              (name) => addWithRetry(catalog, schema.name, column(name, { kind: "string" })),
              {
                concurrency: "unbounded",
              },
            )
            const got = yield* catalog.getTable(database, schema.name)
            yield* mustEqual(
              got.schema.columns.map(({ name }) => name).toSorted(),
              [...names, "device", "hour"],
              "columns",
            )
          }),
        ]
      : []),

    rule("a new table has no partitions", function* (catalog, slug) {
      const table = yield* catalog.ensureTable(tableOf(slug))
      yield* mustEqual(yield* partitionsOf(catalog, table), [], "partitions")
    }),
    rule("pointPartitions registers partitions", function* (catalog, slug) {
      const table = yield* catalog.ensureTable(tableOf(slug))
      const wanted = [partition(table, ["2026", "1", "2"], 1), partition(table, ["2026", "1", "10"], 1)]
      yield* catalog.pointPartitions(table.schema, wanted)
      yield* mustEqual(yield* partitionsOf(catalog, table), expected(wanted), "partitions")
    }),
    rule(
      "pointPartitions points a registered partition at its new location, and leaves the others",
      function* (catalog, slug) {
        const table = yield* catalog.ensureTable(tableOf(slug))
        const other = partition(table, ["2026", "1", "1"], 1)
        yield* catalog.pointPartitions(table.schema, [other, partition(table, ["2026", "1", "2"], 1)])
        const wanted = [partition(table, ["2026", "1", "2"], 2), partition(table, ["2026", "1", "3"], 1)]
        yield* catalog.pointPartitions(table.schema, wanted)
        yield* mustEqual(yield* partitionsOf(catalog, table), expected([other, ...wanted]), "partitions")
      },
    ),
    rule("pointPartitions again changes nothing", function* (catalog, slug) {
      const table = yield* catalog.ensureTable(tableOf(slug))
      const wanted = [partition(table, ["2026", "1", "2"], 1)]
      yield* catalog.pointPartitions(table.schema, wanted)
      yield* catalog.pointPartitions(table.schema, wanted)
      yield* catalog.pointPartitions(table.schema, [])
      yield* mustEqual(yield* partitionsOf(catalog, table), expected(wanted), "partitions")
    }),
    rule("pointPartitions takes more partitions than one call of the provider", function* (catalog, slug) {
      const table = yield* catalog.ensureTable(tableOf(slug))
      // Glue creates and updates 100 at most in one call.
      const days = Array.from({ length: 210 }, (_, i) => ["2026", String(Math.floor(i / 28) + 1), String((i % 28) + 1)])
      yield* catalog.pointPartitions(
        table.schema,
        days.slice(0, 105).map((day) => partition(table, day, 1)),
      )
      const wanted = days.map((day) => partition(table, day, 2))
      yield* catalog.pointPartitions(table.schema, wanted)
      yield* mustEqual(yield* partitionsOf(catalog, table), expected(wanted), "partitions")
    }),
    rule("a partition pointed at from many sides ends at one of their locations", function* (catalog, slug) {
      const table = yield* catalog.ensureTable(tableOf(slug))
      const wanted = Array.from({ length: 5 }, (_, i) => partition(table, ["2026", "1", "2"], i))
      yield* Effect.forEach(wanted, (one) => catalog.pointPartitions(table.schema, [one]), { concurrency: "unbounded" })
      const got = yield* partitionsOf(catalog, table)
      yield* mustEqual(got.length, 1, "number of partitions")
      yield* must(expected(wanted).includes(got[0]!), `${got[0]} is none of the locations`)
    }),
    rule("new columns leave the partitions where they are", function* (catalog, slug) {
      const table = yield* catalog.ensureTable(tableOf(slug))
      const wanted = [partition(table, ["2026", "1", "2"], 1)]
      yield* catalog.pointPartitions(table.schema, wanted)
      yield* catalog.addColumns(yield* catalog.getTable(database, table.schema.name), [added])
      yield* mustEqual(yield* partitionsOf(catalog, table), expected(wanted), "partitions")
    }),
    rule("partitions of a missing table are NotFound", function* (catalog, slug) {
      const table = tableOf(slug)
      yield* mustFail(Stream.runCollect(catalog.partitions(database, table.schema.name)), "NotFound", "partitions")
      yield* mustFail(
        catalog.pointPartitions(table.schema, [partition(table, ["2026", "1", "2"], 1)]),
        "NotFound",
        "pointPartitions",
      )
    }),
  ]
}

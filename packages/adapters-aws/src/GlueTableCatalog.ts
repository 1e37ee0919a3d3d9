/**
 * {@link TableCatalog} on Glue, for tables that Athena reads.
 *
 * Columns are added under the table's `VersionId`, so no concurrent change is lost. Partition calls have no version to check: the journal decides, and
 * its reader points the catalog again until both agree.
 *
 * Rights: `glue:GetTable`, `glue:CreateTable`, `glue:UpdateTable`, `glue:CreateDatabase`, `glue:BatchCreatePartition`, `glue:BatchUpdatePartition`,
 * `glue:GetPartitions`.
 *
 * @since 0.1.0
 */
import { type GetPartitionsCommandInput, GlueClient, type Table } from "@aws-sdk/client-glue"
import * as PortError from "@tributary/core/PortError"
import {
  type CatalogPartition,
  type CatalogTable,
  evolution,
  TableCatalog,
  type TableCatalogError,
} from "@tributary/core/TableCatalog"
import type { Column } from "@tributary/core/TableSchema"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import * as Glue from "./internal/glue.ts"
import * as GlueTypes from "./internal/glueTypes.ts"
import { clientSettings, scoped, transient } from "./internal/sdk.ts"

/**
 * How tables are made.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  /**
   * Years that projected tables have, default 2010 to 2040. Rows of other years are written, but Athena does not see them; and a query that names no
   * date makes Athena look at every day of all these years.
   */
  readonly projectedYears?: GlueTypes.Years | undefined
}

/**
 * The calls of Glue that the catalog makes.
 *
 * @category models
 * @since 0.1.0
 */
export type Api = Glue.Api

/**
 * The catalog over the calls given.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (api: Api, options: Options = {}): TableCatalog["Service"] => {
  const years = options.projectedYears ?? { first: 2010, last: 2040 }

  const glueTable = Effect.fnUntraced(function* (operation: string, database: string, name: string) {
    const { Table } = yield* transient(Glue.call(operation, api.getTable, { DatabaseName: database, Name: name }))
    return Table ?? (yield* Effect.die(new Error("Glue answered no table and no error")))
  })

  const ours = (operation: string, database: string, table: Table): Effect.Effect<CatalogTable, TableCatalogError> => {
    const found = GlueTypes.fromTable(database, table)
    return typeof found === "string" ? Glue.refuse(operation, found) : Effect.succeed(found)
  }

  const getTable = Effect.fn("GlueTableCatalog.getTable")(function* (database: string, name: string) {
    const operation = `read table ${database}.${name}`
    return yield* ours(operation, database, yield* glueTable(operation, database, name))
  })

  /** Creates the table, and its database where that is missing too; somebody else may do so at the same time. */
  const create = (operation: string, table: Omit<CatalogTable, "version">) => {
    const DatabaseName = table.schema.database
    const TableInput = GlueTypes.toTableInput(table, years)
    if (typeof TableInput === "string") return Glue.refuse(operation, TableInput)
    const createTable = transient(Glue.call(operation, api.createTable, { DatabaseName, TableInput }))
    const createDatabase = transient(
      Glue.call(operation, api.createDatabase, { DatabaseInput: { Name: DatabaseName } }),
    )
    return createTable.pipe(
      Glue.catchTag("NotFound", () =>
        Effect.andThen(Glue.catchTag("Conflict", () => Effect.void)(createDatabase), createTable),
      ),
      Glue.catchTag("Conflict", () => Effect.void),
      Effect.asVoid,
    )
  }

  const addColumns = Effect.fn("GlueTableCatalog.addColumns")(function* (
    table: CatalogTable,
    columns: ReadonlyArray<Column>,
  ) {
    const { database, name } = table.schema
    const operation = `add columns to ${database}.${name}`
    const change = evolution(table.schema, { ...table.schema, columns })
    if ("refused" in change) return yield* Glue.refuse(operation, change.refused)
    if (change.added.length === 0) return table

    const attempt = Effect.gen(function* () {
      const current = yield* glueTable(operation, database, name)
      if (current.VersionId !== table.version) {
        const detail = `${database}.${name} is at version ${current.VersionId}, not ${table.version}`
        return yield* Glue.failure({ operation, reason: new PortError.Conflict({ detail, ...actual(current) }) })
      }
      yield* Glue.call(operation, api.updateTable, {
        DatabaseName: database,
        TableInput: GlueTypes.withColumns(current, change.added),
        VersionId: table.version,
        // No old versions are kept: the journal knows which schema wrote what, and Glue limits how many there may be.
        SkipArchive: true,
      })
      return yield* getTable(database, name)
    })

    // Whether an update of ours may have taken effect without our knowing.
    let unknown = false
    return yield* attempt.pipe(
      Effect.tapError((error) => Effect.sync(() => (unknown ||= error.reason._tag === "Unavailable"))),
      transient,
      Glue.catchTag("Conflict", (error) =>
        Effect.flatMap(getTable(database, name), (found) => {
          const missing = evolution(found.schema, { ...found.schema, columns: change.added })
          return unknown && "added" in missing && missing.added.length === 0 ? Effect.succeed(found) : error
        }),
      ),
    )
  })

  /** One look, and what it asks for; a `Conflict` is somebody else's change in between. */
  const agree = Effect.fnUntraced(function* (operation: string, table: Omit<CatalogTable, "version">) {
    const { database, name } = table.schema
    const found = yield* getTable(database, name).pipe(
      Glue.catchTag("NotFound", () => Effect.andThen(create(operation, table), getTable(database, name))),
    )
    const change = evolution(found.schema, table.schema)
    if ("refused" in change) return yield* Glue.refuse(operation, change.refused)
    if (found.location !== table.location) {
      return yield* Glue.refuse(operation, `it lies at ${found.location}, not at ${table.location}`)
    }
    if (found.partitioning !== table.partitioning) {
      return yield* Glue.refuse(operation, `its partitions are ${found.partitioning}, not ${table.partitioning}`)
    }
    return change.added.length === 0 ? found : yield* addColumns(found, change.added)
  })

  return TableCatalog.of({
    ensureTable: Effect.fn("GlueTableCatalog.ensureTable")((table: Omit<CatalogTable, "version">) =>
      agree(`ensure table ${table.schema.database}.${table.schema.name}`, table).pipe(
        // Of many that add columns at once one wins each round.
        Effect.retry({ schedule: contention, while: ({ reason }) => reason._tag === "Conflict" }),
      ),
    ),
    getTable,
    addColumns,
    pointPartitions: Effect.fn("GlueTableCatalog.pointPartitions")(function* (
      { database, name }: { readonly database: string; readonly name: string },
      partitions: ReadonlyArray<CatalogPartition>,
    ) {
      const operation = `point partitions of ${database}.${name}`
      const table = yield* glueTable(operation, database, name)
      const columns = (table.PartitionKeys ?? []).map(({ Name }) => Name ?? "")
      for (const { values, location } of partitions) {
        // Athena reads a null or empty value as none at all, and drops the rows.
        if (values.length !== columns.length || values.some((value) => !/^-?\d+$/.test(value))) {
          return yield* Glue.refuse(operation, `[${values.join(", ")}] are no values of ${columns.join(", ")}`)
        }
        const projected = GlueTypes.partitionLocation(
          table.StorageDescriptor?.Location ?? "",
          columns,
          (_, i) => values[i]!,
        )
        if (GlueTypes.isProjected(table) && location !== projected) {
          return yield* Glue.refuse(
            operation,
            `Athena looks for ${values.join("/")} at ${projected}, not at ${location}`,
          )
        }
      }
      if (GlueTypes.isProjected(table)) return
      yield* Glue.pointPartitions(api, operation, database, table, partitions)
    }),
    partitions: (database, name) =>
      Stream.paginate(
        { DatabaseName: database, TableName: name, ExcludeColumnSchema: true },
        (input: GetPartitionsCommandInput) =>
          Glue.call(`read partitions of ${database}.${name}`, api.getPartitions, input).pipe(
            transient,
            Effect.map(({ Partitions = [], NextToken }) => [
              Partitions.map(({ Values = [], StorageDescriptor }) => ({
                values: Values,
                location: StorageDescriptor?.Location ?? "",
              })),
              NextToken === undefined || NextToken === "" ? Option.none() : Option.some({ ...input, NextToken }),
            ]),
          ),
      ),
  })
}

/**
 * Glue as the standard AWS environment says.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options = {}): Layer.Layer<TableCatalog> =>
  Layer.effect(
    TableCatalog,
    Effect.map(
      scoped(() => new GlueClient(clientSettings)),
      (client) => make(Glue.apiOf(client), options),
    ),
  )

const actual = ({ VersionId }: Table) => (VersionId === undefined ? {} : { actualVersion: VersionId })

/** 50 ms at first, 1 s at most, 30 times: enough for 20 writers that each add a column to one table. */
const contention = Schedule.min([Schedule.exponential("50 millis"), Schedule.spaced("1 second")]).pipe(
  Schedule.jittered,
  Schedule.upTo({ times: 30 }),
)

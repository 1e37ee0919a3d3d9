/**
 * The catalog of a lake on this machine: a folder with one JSON file for each table, `<database>.<name>.json`.
 *
 * ```json
 * {
 *   "format": 1,
 *   "version": 7,
 *   "schema": {
 *     "database": "appflow_data", "name": "ga_sample", "version": 2, "partitionColumns": ["year", "month", "day"],
 *     "columns": [{ "name": "hour", "type": { "kind": "int64" }, "required": true }]
 *   },
 *   "location": "file:///lake/appflow_data/ga_sample/",
 *   "partitioning": "registered",
 *   "partitions": [{ "values": ["2026", "1", "2"], "location": "file:///lake/…/g1/" }]
 * }
 * ```
 *
 * `version` grows by one with each change of the columns; `schema` is a `TableSchema`. A file is replaced in one step, so readers need no lock; writers of all
 * processes take turns by the file `.lock`, an empty SQLite database whose lock the system releases when its holder dies. What a crash leaves behind,
 * `<table>.json.tmp`, is overwritten by the next change. Changes are short synchronous calls: the lock is never held across an `await`.
 *
 * @since 0.1.0
 */
import * as PortError from "@tributary/core/PortError"
import * as TableCatalog from "@tributary/core/TableCatalog"
import { isIdentifier, qualifiedName, type TableSchema } from "@tributary/core/TableSchema"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as fs from "node:fs"
import * as path from "node:path"
import { replaceFileSync } from "./internal/atomicFile.ts"
import { withLockSync } from "./internal/fileLock.ts"
import { toReason } from "./internal/nodeError.ts"

/**
 * Where the catalog lies.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  /** The folder; it is made with the first table. */
  readonly directory: string
  /** How long a change waits for other processes before it fails with `Unavailable`; 5 seconds by default. */
  readonly lockTimeoutMs?: number | undefined
}

const ColumnType = Schema.Union([
  Schema.Struct({ kind: Schema.Literals(["string", "int64", "float64", "boolean", "timestamp", "date", "json"]) }),
  Schema.Struct({ kind: Schema.Literal("decimal"), precision: Schema.Int, scale: Schema.Int }),
])

const Entry = Schema.Struct({
  format: Schema.Literal(1),
  version: Schema.Int,
  schema: Schema.Struct({
    database: Schema.String,
    name: Schema.String,
    columns: Schema.Array(
      Schema.Struct({
        name: Schema.String,
        type: ColumnType,
        required: Schema.Boolean,
        description: Schema.optional(Schema.String),
      }),
    ),
    partitionColumns: Schema.Array(Schema.String),
    version: Schema.Int,
    view: Schema.optional(Schema.Array(Schema.String)),
  }),
  location: Schema.String,
  partitioning: Schema.Literals(["registered", "projected"]),
  partitions: Schema.Array(Schema.Struct({ values: Schema.Array(Schema.String), location: Schema.String })),
})
type Entry = typeof Entry.Type

const EntryFile = Schema.fromJsonString(Entry)
const decodeEntry = Schema.decodeUnknownResult(EntryFile)

type Name = { readonly database: string; readonly name: string }

/**
 * A catalog in the folder. A file that is no table of this catalog, or of a later format, is `Invalid`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = ({ directory, lockTimeoutMs = 5_000 }: Options): TableCatalog.TableCatalog["Service"] => {
  const folder = path.resolve(directory)
  const fileOf = ({ database, name }: Name): string => path.join(folder, `${database}.${name}.json`)

  const attempt = <A>(table: Name, run: () => Result.Result<A, PortError.Reason>): Effect.Effect<A, PortError.Reason> =>
    Effect.try({ try: run, catch: (error) => toReason(error, fileOf(table)) }).pipe(Effect.flatMap(Effect.fromResult))

  const readSync = (table: Name): Result.Result<Option.Option<Entry>, PortError.Reason> => {
    const file = fileOf(table)
    // Names of tables that cannot be name no files either, wherever they would lead.
    if (!isIdentifier(table.database) || !isIdentifier(table.name) || !fs.existsSync(file))
      return Result.succeed(Option.none())
    return Result.mapBoth(decodeEntry(fs.readFileSync(file, "utf8")), {
      onSuccess: Option.some,
      onFailure: (cause) =>
        new PortError.Invalid({ detail: `${file} is no table of this catalog: ${cause.message}`, cause }),
    })
  }

  const existingSync = (table: Name): Result.Result<Entry, PortError.Reason> =>
    Result.flatMap(
      readSync(table),
      Option.match({
        onSome: Result.succeed,
        onNone: () =>
          Result.fail(new PortError.NotFound({ detail: `there is no table ${table.database}.${table.name}` })),
      }),
    )

  /** Reads, decides and writes as the only one. An entry that the decision answers as it was is not written. */
  const change = (
    table: Name,
    decide: (current: Option.Option<Entry>) => Result.Result<Entry, PortError.Reason>,
  ): Effect.Effect<Entry, PortError.Reason> =>
    attempt(table, () => {
      fs.mkdirSync(folder, { recursive: true })
      return withLockSync(path.join(folder, ".lock"), lockTimeoutMs, () =>
        Result.flatMap(readSync(table), (current) =>
          Result.map(decide(current), (next) => {
            if (Option.getOrUndefined(current) !== next)
              replaceFileSync(fileOf(table), `${JSON.stringify(next, null, 2)}\n`)
            return next
          }),
        ),
      )
    })

  const changeExisting = (table: Name, decide: (current: Entry) => Result.Result<Entry, PortError.Reason>) =>
    change(table, Option.match({ onSome: decide, onNone: () => existingSync(table) }))

  return {
    ensureTable: Effect.fn("DiskCatalog.ensureTable")(
      function* (wanted: Omit<TableCatalog.CatalogTable, "version">) {
        const { schema, location, partitioning } = wanted
        const name = qualifiedName(schema)
        const misnamed = [schema.database, schema.name].find((part) => !isIdentifier(part))
        if (misnamed !== undefined)
          return yield* new PortError.Invalid({ detail: `"${misnamed}" is no identifier (lower case, digits, _)` })
        const entry = yield* change(
          schema,
          Option.match({
            onNone: () =>
              Result.succeed<Entry>({ format: 1, version: 1, schema, location, partitioning, partitions: [] }),
            onSome: (current) => {
              if (current.location !== location || current.partitioning !== partitioning) {
                const detail = `${name} lies at ${current.location} (${current.partitioning}), not at ${location} (${partitioning})`
                return Result.fail(new PortError.Invalid({ detail }))
              }
              return widen(current, schema)
            },
          }),
        )
        return tableOf(entry)
      },
      Effect.mapError(failed("ensureTable")),
    ),
    getTable: Effect.fn("DiskCatalog.getTable")(
      (database: string, name: string) =>
        attempt({ database, name }, () => existingSync({ database, name })).pipe(Effect.map(tableOf)),
      Effect.mapError(failed("getTable")),
    ),
    addColumns: Effect.fn("DiskCatalog.addColumns")(
      (table, columns) =>
        changeExisting(table.schema, (current) => {
          const actualVersion = String(current.version)
          if (actualVersion !== table.version) {
            const detail = `${qualifiedName(table.schema)} has version ${actualVersion}, not ${table.version}`
            return Result.fail(new PortError.Conflict({ detail, actualVersion }))
          }
          return widen(current, { ...current.schema, columns })
        }).pipe(Effect.map(tableOf)),
      Effect.mapError(failed("addColumns")),
    ),
    pointPartitions: Effect.fn("DiskCatalog.pointPartitions")(
      (table, partitions) => Effect.asVoid(changeExisting(table, (current) => point(current, partitions))),
      Effect.mapError(failed("pointPartitions")),
    ),
    partitions: (database, name) =>
      Stream.fromIterableEffect(
        attempt({ database, name }, () => existingSync({ database, name })).pipe(
          Effect.map(({ partitions }) => partitions),
          Effect.mapError(failed("partitions")),
        ),
      ),
  }
}

/**
 * A catalog in the folder, as a layer.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options): Layer.Layer<TableCatalog.TableCatalog> =>
  Layer.sync(TableCatalog.TableCatalog, () => make(options))

const failed =
  (call: string) =>
  (reason: PortError.Reason): TableCatalog.TableCatalogError =>
    new TableCatalog.TableCatalogError({ operation: `DiskCatalog.${call}`, reason })

const tableOf = ({ schema, location, partitioning, version }: Entry): TableCatalog.CatalogTable => ({
  schema,
  location,
  partitioning,
  version: String(version),
})

const widen = (current: Entry, wanted: TableSchema): Result.Result<Entry, PortError.Reason> => {
  const change = TableCatalog.evolution(current.schema, wanted)
  if ("refused" in change) {
    return Result.fail(new PortError.Invalid({ detail: `${qualifiedName(current.schema)}: ${change.refused}` }))
  }
  if (change.added.length === 0) return Result.succeed(current)
  const columns = [...current.schema.columns, ...change.added]
  const schema = { ...current.schema, columns, version: current.schema.version + 1 }
  return Result.succeed({ ...current, schema, version: current.version + 1 })
}

const point = (
  current: Entry,
  partitions: ReadonlyArray<TableCatalog.CatalogPartition>,
): Result.Result<Entry, PortError.Reason> => {
  const { partitionColumns } = current.schema
  const misfit = partitions.find(
    ({ values, location }) => values.length !== partitionColumns.length || !location.endsWith("/"),
  )
  if (misfit !== undefined) {
    const detail = `partition (${misfit.values.join(", ")}) at ${misfit.location}: it needs values of ${partitionColumns.join(", ")} and a location that ends with a slash`
    return Result.fail(new PortError.Invalid({ detail }))
  }
  const pointed = new Map(current.partitions.map((partition) => [JSON.stringify(partition.values), partition]))
  const moved = partitions.filter(({ values, location }) => pointed.get(JSON.stringify(values))?.location !== location)
  for (const { values, location } of moved) pointed.set(JSON.stringify(values), { values, location })
  return Result.succeed(moved.length === 0 ? current : { ...current, partitions: [...pointed.values()] })
}

/**
 * Defines datasets, tables and views in BigQuery: made where they are missing, compared where they are there. Nothing that exists is changed.
 *
 * @since 0.1.0
 */
import * as PortError from "@tributary/core/PortError"
import { type TableSchema, visibleColumns } from "@tributary/core/TableSchema"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { BigQueryClient } from "./BigQueryClient.ts"
import * as BigQueryTableId from "./BigQueryTableId.ts"
import { backoff } from "./internal/backoff.ts"
import { describe, Field, fieldOf, partitionField, pathOnlyColumns, recordId, takes } from "./internal/types.ts"

/**
 * Failure to define a table. `Invalid` where what is there differs; the detail lists each difference.
 *
 * @category errors
 * @since 0.1.0
 */
export class BigQueryTableError extends Schema.TaggedError<BigQueryTableError>()(
  "BigQueryTableError",
  PortError.fields,
) {
  override get message(): string {
    return PortError.message(this)
  }
}

const Resource = Schema.Struct({
  type: Schema.optionalKey(Schema.String),
  location: Schema.optionalKey(Schema.String),
  schema: Schema.optionalKey(Schema.Struct({ fields: Schema.optionalKey(Schema.Array(Field)) })),
  timePartitioning: Schema.optionalKey(
    Schema.Struct({ type: Schema.optionalKey(Schema.String), field: Schema.optionalKey(Schema.String) }),
  ),
  view: Schema.optionalKey(Schema.Struct({ query: Schema.optionalKey(Schema.String) })),
})

/**
 * The parts of a dataset's or table's description that are compared.
 *
 * @category models
 * @since 0.1.0
 */
export type Resource = typeof Resource.Type

/**
 * The calls of the REST API. `path` is `/datasets`, `/datasets/D`, `/datasets/D/tables` or `/datasets/D/tables/T`.
 *
 * @category services
 * @since 0.1.0
 */
export class Api extends Context.Service<
  Api,
  {
    readonly project: Effect.Effect<string, PortError.Reason>
    readonly get: (project: string, path: string) => Effect.Effect<Resource, PortError.Reason>
    readonly insert: (project: string, path: string, resource: object) => Effect.Effect<Resource, PortError.Reason>
  }
>()("@tributary/adapters-gcp/BigQueryTable/Api") {}

/**
 * The calls over REST.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerApi: Layer.Layer<Api, never, BigQueryClient> = Layer.effect(
  Api,
  Effect.gen(function* () {
    const client = yield* BigQueryClient
    return Api.of({
      project: client.project,
      get: (project, path) => client.call({ method: "GET", project, path }, Resource),
      insert: (project, path, resource) =>
        client.call({ method: "POST", project, path, body: JSON.stringify(resource) }, Resource),
    })
  }),
)

/**
 * A table to define: its columns are those of `schema`, behind `_record_id STRING REQUIRED`.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  readonly table: BigQueryTableId.BigQueryTableId
  readonly schema: TableSchema
  /** A view over the table with the schema's columns and one copy of each record. */
  readonly view?: BigQueryTableId.BigQueryTableId | undefined
  /** Where a dataset is made that is missing, such as `EU`; Google's default is `US`. */
  readonly location?: string | undefined
  readonly description?: string | undefined
}

/**
 * Makes dataset, table and view where they are missing. The table is partitioned by day of its first timestamp column that is required.
 *
 * A table that is there may have more columns, and other descriptions; any other difference, of a column, of the partitioning or of the view's
 * query, fails with `Invalid`.
 *
 * @category definitions
 * @since 0.1.0
 */
export const ensure: (options: Options) => Effect.Effect<void, BigQueryTableError, Api> = Effect.fn(
  "BigQueryTable.ensure",
)(
  function* (options: Options) {
    const api = yield* Api
    const { schema, table, view } = options
    const project = table.project ?? (yield* api.project)
    const pathOnly = pathOnlyColumns(schema)
    if (pathOnly.length > 0) {
      return yield* new PortError.Invalid({
        detail: `${pathOnly.join(", ")} stands in the lake's paths; a table of rows cannot have it`,
      })
    }
    yield* ensureDataset(project, table.dataset, options.location)
    const columns = schema.columns.filter(({ name }) => name !== recordId)
    const wanted: Resource = {
      schema: { fields: [{ name: recordId, type: "STRING", mode: "REQUIRED" }, ...columns.map(fieldOf)] },
      ...partitioning(schema),
    }
    const description = options.description === undefined ? {} : { description: options.description }
    yield* ensureResource(project, table, { ...wanted, ...description }, (found) => tableDifferences(found, wanted))
    if (view !== undefined) {
      const viewProject = view.project ?? (yield* api.project)
      yield* ensureDataset(viewProject, view.dataset, options.location)
      const query = viewQuery({ ...table, project }, schema)
      yield* ensureResource(viewProject, view, { view: { query, useLegacySql: false }, ...description }, (found) =>
        viewDifferences(found, query),
      )
    }
  },
  (effect, { table }) =>
    Effect.mapError(
      effect,
      (reason) => new BigQueryTableError({ operation: `define ${BigQueryTableId.format(table)}`, reason }),
    ),
)

/**
 * The SQL of a view that shows each record once. Copies of a record have the same time, so that time stands beside the key: a filter on it may then
 * go below the window and reach the table's partitions.
 *
 * @example
 * ```ts
 * import * as BigQueryTable from "@tributary/adapters-gcp/BigQueryTable"
 *
 * BigQueryTable.viewQuery({ dataset: "shop", table: "cities_records" }, {
 *   database: "shop",
 *   name: "cities",
 *   columns: [{ name: "city", type: { kind: "string" }, required: true }],
 *   partitionColumns: [],
 *   version: 1
 * }) // => "SELECT `city` FROM `shop.cities_records` QUALIFY ROW_NUMBER() OVER (PARTITION BY `_record_id`) = 1"
 * ```
 *
 * @category definitions
 * @since 0.1.0
 */
export const viewQuery = (table: BigQueryTableId.BigQueryTableId, schema: TableSchema): string => {
  const columns = visibleColumns(schema).map(quote).join(", ")
  const time = partitionField(schema.columns)
  const key = [recordId, ...(time === undefined ? [] : [time])].map(quote).join(", ")
  return `SELECT ${columns} FROM ${quote(BigQueryTableId.format(table))} QUALIFY ROW_NUMBER() OVER (PARTITION BY ${key}) = 1`
}

const quote = (name: string): string => `\`${name}\``

const partitioning = (schema: TableSchema): Pick<Resource, "timePartitioning"> => {
  const field = partitionField(schema.columns)
  return field === undefined ? {} : { timePartitioning: { type: "DAY", field } }
}

const ensureDataset = (project: string, dataset: string, location: string | undefined) =>
  getOrInsert(project, `/datasets/${dataset}`, "/datasets", {
    datasetReference: { projectId: project, datasetId: dataset },
    ...(location === undefined ? {} : { location }),
  })

const ensureResource = Effect.fnUntraced(function* (
  project: string,
  { dataset, table }: BigQueryTableId.BigQueryTableId,
  resource: object,
  differences: (found: Resource) => ReadonlyArray<string>,
) {
  const tables = `/datasets/${dataset}/tables`
  const found = yield* getOrInsert(project, `${tables}/${table}`, tables, {
    tableReference: { projectId: project, datasetId: dataset, tableId: table },
    ...resource,
  })
  if (found === undefined) return
  const refused = differences(found)
  if (refused.length > 0) {
    return yield* new PortError.Invalid({
      detail: `${project}.${dataset}.${table} is there and differs: ${refused.join("; ")}`,
    })
  }
})

/** What is there already; `undefined` where it was made just now. Whoever loses a race to make it looks again. */
const getOrInsert = Effect.fnUntraced(function* (project: string, path: string, parent: string, resource: object) {
  const api = yield* Api
  const get = Effect.retry(api.get(project, path), backoff)
  return yield* Effect.catchTag(get, "NotFound", () =>
    api.insert(project, parent, resource).pipe(
      Effect.retry(backoff),
      Effect.as(undefined),
      Effect.catchTag("Conflict", () => get),
    ),
  )
})

const tableDifferences = (found: Resource, wanted: Resource): ReadonlyArray<string> => {
  if (found.type !== undefined && found.type !== "TABLE") return [`it is a ${found.type.toLowerCase()}`]
  const fields = new Map((found.schema?.fields ?? []).map((field) => [field.name.toLowerCase(), field]))
  const columns = (wanted.schema?.fields ?? []).flatMap((field) => {
    const existing = fields.get(field.name)
    if (existing === undefined) return [`column ${field.name} ${describe(field)} is missing`]
    return takes(existing, field) ? [] : [`column ${field.name} is ${describe(existing)}, not ${describe(field)}`]
  })
  const names = new Set((wanted.schema?.fields ?? []).map((field) => field.name))
  const demands = [...fields.values()].filter(
    (field) => field.mode === "REQUIRED" && !names.has(field.name.toLowerCase()),
  )
  const [is, should] = [partitions(found), partitions(wanted)]
  return [
    ...columns,
    ...demands.map((field) => `column ${field.name} is required and no row has it`),
    ...(is === should ? [] : [`it is partitioned by ${is}, not by ${should}`]),
  ]
}

const partitions = ({ timePartitioning }: Resource): string =>
  timePartitioning === undefined
    ? "nothing"
    : `${timePartitioning.type ?? "DAY"} of ${timePartitioning.field ?? "arrival"}`

const viewDifferences = (found: Resource, query: string): ReadonlyArray<string> => {
  if (found.type !== undefined && found.type !== "VIEW") return [`it is a ${found.type.toLowerCase()}, not a view`]
  return found.view?.query === undefined || found.view.query === query
    ? []
    : [`its query is ${found.view.query}, not ${query}`]
}

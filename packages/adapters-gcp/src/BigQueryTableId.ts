/**
 * The address of a BigQuery table, as people write it: `project.dataset.table` or `dataset.table`.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"

/**
 * A table or view. Without a project it lies in the client's own.
 *
 * @category models
 * @since 0.1.0
 */
export interface BigQueryTableId {
  readonly project?: string | undefined
  readonly dataset: string
  readonly table: string
}

// Datasets: letters, digits and _. Tables: also marks, connectors, dashes and spaces of any script, no dot.
// https://cloud.google.com/bigquery/docs/datasets#dataset-naming, /tables#table_naming. Old projects have a domain: example.com:name.
const shape = /^(?:((?:[a-z0-9.-]+:)?[a-z0-9-]+)\.)?(\w{1,1024})\.([\p{L}\p{M}\p{N}\p{Pc}\p{Pd}\p{Zs}]{1,1024})$/u

/**
 * Reads an address; `undefined` where it is none.
 *
 * @example
 * ```ts
 * import * as BigQueryTableId from "@tributary/adapters-gcp/BigQueryTableId"
 *
 * BigQueryTableId.parse("shop.logs.events") // => { project: "shop", dataset: "logs", table: "events" }
 * BigQueryTableId.parse("logs.events") // => { dataset: "logs", table: "events" }
 * BigQueryTableId.parse("events") // => undefined
 * ```
 *
 * @category parsing
 * @since 0.1.0
 */
export const parse = (text: string): BigQueryTableId | undefined => {
  const found = shape.exec(text)
  if (found === null) return undefined
  const [, project, dataset, table] = found
  return { ...(project === undefined ? {} : { project }), dataset: dataset!, table: table! }
}

/**
 * The address as {@link parse} reads it.
 *
 * @category formatting
 * @since 0.1.0
 */
export const format = (id: BigQueryTableId): string =>
  id.project === undefined ? `${id.dataset}.${id.table}` : `${id.project}.${id.dataset}.${id.table}`

/**
 * {@link parse} as a schema, for configuration.
 *
 * @category schemas
 * @since 0.1.0
 */
export const FromString: Schema.Codec<BigQueryTableId, string> = Schema.String.check(
  Schema.makeFilter((text: string) => parse(text) !== undefined || "project.dataset.table or dataset.table"),
).pipe(
  Schema.decodeTo(
    Schema.Struct({
      project: Schema.optionalKey(Schema.UndefinedOr(Schema.String)),
      dataset: Schema.String,
      table: Schema.String,
    }),
    { decode: SchemaGetter.transform((text: string) => parse(text)!), encode: SchemaGetter.transform(format) },
  ),
)

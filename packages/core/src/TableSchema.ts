/**
 * The shape of a table: columns with a logical type, and the columns that stand in the path instead of the file.
 *
 * @since 0.1.0
 */
import type * as Schema from "effect/Schema"
import type * as SchemaAST from "effect/SchemaAST"

/**
 * What a column's values mean. Timestamps are microseconds since 1970 UTC, dates are days since 1970, a decimal has up to 18 digits, json is kept
 * as its text.
 *
 * @category models
 * @since 0.1.0
 */
export type ColumnType =
  | { readonly kind: "string" | "int64" | "float64" | "boolean" | "timestamp" | "date" | "json" }
  | { readonly kind: "decimal"; readonly precision: number; readonly scale: number }

/**
 * A column of a file.
 *
 * @category models
 * @since 0.1.0
 */
export interface Column {
  readonly name: string
  readonly type: ColumnType
  readonly required: boolean
  readonly description?: string | undefined
}

/**
 * A table. Its name is `database.name` in SQL; partition columns are int64 and stand in the path (`year=2026/month=1/day=2`), not in the file.
 *
 * @category models
 * @since 0.1.0
 */
export interface TableSchema {
  readonly database: string
  readonly name: string
  readonly columns: ReadonlyArray<Column>
  readonly partitionColumns: ReadonlyArray<string>
  /** Grows by one with each change of the columns. */
  readonly version: number
  /** Columns that a person sees, in this order, where that differs from partition columns and then columns. */
  readonly view?: ReadonlyArray<string> | undefined
}

declare module "effect/Schema" {
  namespace Annotations {
    interface Annotations {
      /** The column type where the schema's own type does not tell it: `Schema.String` that holds JSON, for instance. */
      readonly columnType?: ColumnType | undefined
    }
  }
}

const identifier = /^[a-z_][a-z0-9_]{0,127}$/

/**
 * Whether Athena, BigQuery, Glue and DuckDB all take the name unquoted: lower case, digits and `_`, at most 128 characters. `__proto__` is none: rows
 * that are objects could not hold it.
 *
 * @category guards
 * @since 0.1.0
 */
export const isIdentifier = (name: string): boolean => identifier.test(name) && name !== "__proto__"

/**
 * `database.name`, which names the table everywhere: in SQL, in paths, in the journal.
 *
 * @category getters
 * @since 0.1.0
 */
export const qualifiedName = (table: TableSchema): string => `${table.database}.${table.name}`

/**
 * A column type in one word, as messages and file footers say it: `int64`, `timestamp`, `decimal(9,2)`.
 *
 * @category formatting
 * @since 0.1.0
 */
export const typeName = (type: ColumnType): string =>
  type.kind === "decimal" ? `decimal(${type.precision},${type.scale})` : type.kind

/**
 * The columns that a reader of the table sees.
 *
 * @category getters
 * @since 0.1.0
 */
export const visibleColumns = (table: TableSchema): ReadonlyArray<string> =>
  table.view ?? [...table.partitionColumns, ...table.columns.map((column) => column.name)]

/**
 * Derives a table from an Effect Schema: `String` → string, `BigInt` and `Int` → int64, `Number` and `Finite` → float64, `Boolean` → boolean; any
 * other type by the annotation `columnType`. A field that is optional, or may be null or undefined, is not required.
 *
 * Throws where a name is not an identifier, stands twice, or a type has no column type: a table that cannot be is a bug of the program.
 *
 * @example
 * ```ts
 * import * as TableSchema from "@tributary/core/TableSchema"
 * import * as Schema from "effect/Schema"
 *
 * const table = TableSchema.fromSchema(Schema.Struct({ city: Schema.String, users: Schema.NullOr(Schema.BigInt) }), {
 *   database: "appflow_data",
 *   name: "ga_cities",
 *   partitionColumns: ["year", "month", "day"]
 * })
 * table.columns[1] // => { name: "users", type: { kind: "int64" }, required: false }
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromSchema = (
  schema: Schema.Struct<Schema.Struct.Fields>,
  options: {
    readonly database: string
    readonly name: string
    readonly partitionColumns?: ReadonlyArray<string>
    readonly version?: number
    readonly view?: ReadonlyArray<string>
  },
): TableSchema =>
  make({
    database: options.database,
    name: options.name,
    columns: Object.entries(schema.fields).map(([name, field]) => columnOf(name, field.ast)),
    partitionColumns: options.partitionColumns ?? [],
    version: options.version ?? 1,
    view: options.view,
  })

/**
 * Checks names and answers the table as it is; throws where a name cannot be.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (table: TableSchema): TableSchema => {
  const names = [...table.partitionColumns, ...table.columns.map((column) => column.name)]
  for (const name of [table.database, table.name, ...names]) {
    if (!isIdentifier(name))
      throw new Error(`table ${qualifiedName(table)}: "${name}" is no identifier (lower case, digits, _)`)
  }
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw new Error(`table ${qualifiedName(table)}: column "${twice}" stands twice`)
  const unseen = table.view?.find((name) => !names.includes(name))
  if (unseen !== undefined)
    throw new Error(`table ${qualifiedName(table)}: its view names "${unseen}", which is no column`)
  return table
}

const columnOf = (name: string, ast: SchemaAST.AST): Column => {
  const members = ast._tag === "Union" ? ast.types : [ast]
  const values = members.filter((member) => member._tag !== "Null" && member._tag !== "Undefined")
  const type =
    annotatedType(ast) ?? (values.length === 1 ? (annotatedType(values[0]!) ?? typeOf(values[0]!)) : undefined)
  if (type === undefined)
    throw new Error(`column "${name}": annotate its schema with columnType, its type does not tell one`)
  const description = ast.annotations?.["description"]
  return {
    name,
    type,
    required: values.length === members.length && ast.context?.isOptional !== true,
    ...(typeof description === "string" ? { description } : {}),
  }
}

const annotatedType = (ast: SchemaAST.AST): ColumnType | undefined =>
  ast.annotations?.columnType ?? ast.checks?.at(-1)?.annotations?.columnType

const typeOf = (ast: SchemaAST.AST): ColumnType | undefined => {
  switch (ast._tag) {
    case "String":
      return { kind: "string" }
    case "BigInt":
      return { kind: "int64" }
    case "Number":
      return { kind: isInteger(ast) ? "int64" : "float64" }
    case "Boolean":
      return { kind: "boolean" }
    default:
      return undefined
  }
}

const isInteger = (ast: SchemaAST.AST): boolean =>
  ast.checks?.some((check) => {
    const representation = check.annotations?.["representation"] as { readonly id?: string } | undefined
    return representation?.id === "effect/schema/isInt"
  }) ?? false

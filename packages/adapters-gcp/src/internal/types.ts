/** BigQuery's types beside ours: the one table, for definitions, comparison and results. */
import { type Column, type ColumnType, type TableSchema, visibleColumns } from "@tributary/core/TableSchema"
import * as Schema from "effect/Schema"

/** The column that carries a record's key in the tables that we create. */
export const recordId = "_record_id"

/** A column as the REST API describes it. Numbers in it are strings: they are int64. */
export interface Field {
  readonly name: string
  readonly type: string
  readonly mode?: string
  readonly description?: string
  readonly precision?: string
  readonly scale?: string
  /** What a row gets that leaves the column out. */
  readonly defaultValueExpression?: string
  readonly fields?: ReadonlyArray<Field>
}

/** {@link Field} as the API answers it. */
export const Field = Schema.Struct({
  name: Schema.String,
  type: Schema.String,
  mode: Schema.optionalKey(Schema.String),
  description: Schema.optionalKey(Schema.String),
  precision: Schema.optionalKey(Schema.String),
  scale: Schema.optionalKey(Schema.String),
  defaultValueExpression: Schema.optionalKey(Schema.String),
  fields: Schema.optionalKey(Schema.Array(Schema.suspend((): Schema.Codec<Field> => Field))),
})

/** GoogleSQL's name of a type: the REST API answers with legacy SQL's for some. */
export const canonicalType = (type: string): string => aliases[type] ?? type

const aliases: Readonly<Record<string, string>> = {
  INTEGER: "INT64",
  FLOAT: "FLOAT64",
  BOOLEAN: "BOOL",
  RECORD: "STRUCT",
}

/** The digits that NUMERIC has behind and before the point; a decimal beyond them is a BIGNUMERIC. */
const numericScale = 9
const numericIntegers = 29

/** The BigQuery type of a column type. */
export const typeOf = (type: ColumnType): Pick<Field, "type" | "precision" | "scale"> => {
  switch (type.kind) {
    case "string":
      return { type: "STRING" }
    case "int64":
      return { type: "INT64" }
    case "float64":
      return { type: "FLOAT64" }
    case "boolean":
      return { type: "BOOL" }
    case "timestamp":
      return { type: "TIMESTAMP" }
    case "date":
      return { type: "DATE" }
    case "json":
      return { type: "JSON" }
    case "decimal": {
      const fits = type.scale <= numericScale && type.precision - type.scale <= numericIntegers
      return { type: fits ? "NUMERIC" : "BIGNUMERIC", precision: String(type.precision), scale: String(type.scale) }
    }
  }
}

/** The definition of a column. */
export const fieldOf = (column: Column): Field => ({
  name: column.name,
  ...typeOf(column.type),
  mode: column.required ? "REQUIRED" : "NULLABLE",
  ...(column.description === undefined ? {} : { description: column.description }),
})

const typeName = (field: Field): string =>
  `${canonicalType(field.type)}${field.precision === undefined ? "" : `(${field.precision},${field.scale ?? "0"})`}`

const mode = (field: Field): string => field.mode ?? "NULLABLE"

/** A field's type and mode in words: `NUMERIC(18,2) REQUIRED`. */
export const describe = (field: Field): string =>
  mode(field) === "NULLABLE" ? typeName(field) : `${typeName(field)} ${mode(field)}`

/** Whether a column that is there takes the values of one that is wanted: the same type, and the same mode unless it was relaxed. */
export const takes = (existing: Field, wanted: Field): boolean =>
  typeName(existing) === typeName(wanted) && (mode(existing) === "NULLABLE" || mode(existing) === mode(wanted))

/** The column that a table is partitioned by: its first timestamp that is never null, else its first timestamp. */
export const partitionField = (columns: ReadonlyArray<Column>): string | undefined => {
  const timestamps = columns.filter((column) => column.type.kind === "timestamp")
  return (timestamps.find((column) => column.required) ?? timestamps[0])?.name
}

/** Columns that a reader sees and that stand in the path of the lake's files only: a warehouse table has no such place. */
export const pathOnlyColumns = (schema: TableSchema): ReadonlyArray<string> =>
  visibleColumns(schema).filter((name) => schema.partitionColumns.includes(name))

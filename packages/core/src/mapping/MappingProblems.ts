/**
 * What is wrong with a mapping before anything is read by it.
 *
 * @since 0.1.0
 */
import type { Value } from "../ColumnBatchBuilder.ts"
import { type Column, type TableSchema, typeName } from "../TableSchema.ts"
import * as FieldReading from "./FieldReading.ts"
import type { FieldMapping } from "./RowMapping.ts"

/** Which columns a reading can fill. */
const fits: Record<FieldReading.FieldReading["as"], ReadonlyArray<Column["type"]["kind"]>> = {
  string: ["string"],
  boolean: ["boolean"],
  json: ["json", "string"],
  int64: ["int64"],
  float64: ["float64"],
  dateHour: ["int64"],
  date: ["int64"],
}

/** What a column's slot takes, as `typeof` says it. */
const takes: Record<Column["type"]["kind"], string> = {
  string: "string",
  json: "string",
  boolean: "boolean",
  int64: "bigint",
  timestamp: "bigint",
  decimal: "bigint",
  float64: "number",
  date: "number",
}

/**
 * Sentences that name the field or column, none where all is well. `own` are columns that the flow itself fills, `wanted` those that must be filled.
 *
 * @category checks
 * @since 0.1.0
 */
export const find = (
  table: TableSchema,
  fields: ReadonlyArray<FieldMapping>,
  own: ReadonlyArray<string>,
  wanted: ReadonlyArray<string>,
): ReadonlyArray<string> => {
  const columnNamed = (name: string) => table.columns.find((column) => column.name === name)
  const filled = new Set([...own, ...fields.flatMap(({ reading }) => FieldReading.columnsOf(reading))])
  return [
    ...wanted.filter((name) => !filled.has(name)).map((name) => `no field fills the column ${name}`),
    ...own.filter((name) => columnNamed(name) === undefined).map((name) => `the table has no column ${name}`),
    ...fields.flatMap((field) => {
      const columns = FieldReading.columnsOf(field.reading).map(columnNamed)
      return columns.flatMap((column) => (column === undefined ? [] : fieldProblems(field, column)))
    }),
  ]
}

const fieldProblems = ({ ifMissing, names, reading }: FieldMapping, column: Column): ReadonlyArray<string> => {
  const problems: Array<string> = []
  if (!fits[reading.as].includes(column.type.kind)) {
    problems.push(
      `${names[0]} is read as ${reading.as}, which the ${typeName(column.type)} column ${column.name} cannot hold`,
    )
  }
  const fault = ifMissing === undefined ? undefined : missingFault(ifMissing, column)
  return fault === undefined ? problems : [...problems, `${names[0]}: ifMissing ${fault}`]
}

const missingFault = (ifMissing: Value, column: Column): string | undefined => {
  if (ifMissing === null) return column.required ? `is null, but the column ${column.name} is required` : undefined
  const wanted = takes[column.type.kind]
  return typeof ifMissing === wanted
    ? undefined
    : `must be a ${wanted} for the ${typeName(column.type)} column ${column.name}`
}

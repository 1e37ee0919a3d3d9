/**
 * The SQL that shows a lake's tables to DuckDB: for each a view over exactly the files that it is given.
 */
import type { Column, TableSchema } from "@tributary/core/TableSchema"
import { visibleColumns } from "@tributary/core/TableSchema"

/** A Parquet file of a table, by its absolute path, and the values of its partition columns. */
export interface LakeFile {
  readonly path: string
  readonly bytes: number
  readonly partition: Readonly<Record<string, number | bigint>>
}

export interface LakeTable {
  readonly schema: TableSchema
  readonly files: ReadonlyArray<LakeFile>
}

export const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`

export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** A path as read_parquet takes it: brackets keep the characters of a glob from being one. */
export const pathPattern = (path: string): string => path.replace(/[*?[]/g, "[$&]")

/**
 * A view of the visible columns, in their order. Columns that a file lacks, because they are younger, are null; one that no file has is there too.
 */
export const createView = ({ schema, files }: LakeTable): string => {
  const shown = visibleColumns(schema).map((name) => {
    const isJson = schema.columns.some((column) => column.name === name && column.type.kind === "json")
    return isJson ? `${quote(name)}::JSON AS ${quote(name)}` : quote(name)
  })
  const types = [
    ...schema.partitionColumns.map((name) => [name, "BIGINT"] as const),
    ...schema.columns.map((column) => [column.name, fileType(column)] as const),
  ]
  const empty = `SELECT ${types.map(([name, type]) => `NULL::${type} AS ${quote(name)}`).join(", ")} WHERE false`
  const source = files.length === 0 ? empty : `${empty} UNION ALL BY NAME ${rowsOf(schema.partitionColumns, files)}`
  return `CREATE VIEW ${quote(schema.database)}.${quote(schema.name)} AS SELECT ${shown.join(", ")} FROM (${source})`
}

/** The type that a column has once it is read from its file; json is text there. */
const fileType = ({ type }: Column): string => {
  switch (type.kind) {
    case "string":
    case "json":
      return "VARCHAR"
    case "int64":
      return "BIGINT"
    case "float64":
      return "DOUBLE"
    case "boolean":
      return "BOOLEAN"
    case "timestamp":
      return "TIMESTAMPTZ"
    case "date":
      return "DATE"
    case "decimal":
      return `DECIMAL(${type.precision}, ${type.scale})`
  }
}

/**
 * All rows with their partition columns. Paths that say just what the record says (`year=2026/month=1`) let DuckDB leave files out by their names; any
 * other are joined with the record's values.
 */
const rowsOf = (partitionColumns: ReadonlyArray<string>, files: ReadonlyArray<LakeFile>): string => {
  const list = `[${files.map(({ path }) => literal(pathPattern(path))).join(", ")}]`
  if (partitionColumns.length === 0)
    return `SELECT * FROM read_parquet(${list}, union_by_name = true, hive_partitioning = false)`
  if (pathsTell(partitionColumns, files)) {
    const types = partitionColumns.map((name) => `${literal(name)}: BIGINT`).join(", ")
    return `SELECT * FROM read_parquet(${list}, union_by_name = true, hive_partitioning = true, hive_types_autocast = false, hive_types = {${types}})`
  }
  const values = partitionColumns.map(
    (name) => `unnest([${files.map((file) => valueOf(file, name)).join(", ")}]::BIGINT[]) AS ${quote(name)}`,
  )
  const paths = `unnest([${files.map(({ path }) => literal(path)).join(", ")}]) AS ${quote(pathColumn)}`
  return (
    `SELECT * FROM read_parquet(${list}, union_by_name = true, hive_partitioning = false, filename = ${literal(pathColumn)}) ` +
    `JOIN (SELECT ${[paths, ...values].join(", ")}) USING (${quote(pathColumn)})`
  )
}

/** No column of a table begins like this: names are lower case. */
const pathColumn = "_Path"

/** Whether DuckDB reads from every path just the partition values that are recorded; it wants the same keys in all paths. */
const pathsTell = (partitionColumns: ReadonlyArray<string>, files: ReadonlyArray<LakeFile>): boolean => {
  const keys = files.length === 0 ? [] : hiveKeys(files[0]!.path).map(([key]) => key)
  return files.every((file) => {
    const found = hiveKeys(file.path)
    return (
      found.length === keys.length &&
      found.every(([key], i) => key === keys[i]) &&
      partitionColumns.every((name) => {
        const values = found.filter(([key]) => key.toLowerCase() === name)
        return values.length === 1 && values[0]![1] === valueOf(file, name)
      })
    )
  })
}

const hiveKeys = (path: string): ReadonlyArray<readonly [string, string]> =>
  path
    .split(/[\\/]/)
    .slice(0, -1)
    .flatMap((segment) => {
      const at = segment.indexOf("=")
      return at === -1 ? [] : [[segment.slice(0, at), segment.slice(at + 1)] as const]
    })

const valueOf = ({ path, partition }: LakeFile, name: string): string => {
  const value = partition[name]
  if (value === undefined) throw new Error(`${path} has no value for partition column ${name}`)
  return value.toString()
}

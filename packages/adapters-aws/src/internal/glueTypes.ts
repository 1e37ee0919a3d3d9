/**
 * Tables between our words and Glue's, both ways, in one place.
 *
 * The storage descriptor is what awswrangler writes and Athena reads (`samples/awswrangler-capture`), less `compressionType`: Parquet pages name their
 * codec themselves. What Glue's types cannot say stands in parameters named `tributary.…`: that a string is JSON, that a column is required, the
 * schema's version, the order of the view. Where a person or a crawler dropped them, a column reads back as a plain, nullable one.
 */
import type { Column as GlueColumn, StorageDescriptor, Table, TableInput } from "@aws-sdk/client-glue"
import type { CatalogTable, Partitioning } from "@tributary/core/TableCatalog"
import type { Column, ColumnType, TableSchema } from "@tributary/core/TableSchema"

const jsonParameter = "tributary.type"
const requiredParameter = "tributary.required"
const versionParameter = "tributary.schema-version"
const viewParameter = "tributary.view"

/** A comment has at most 255 characters and no control characters (Glue service model, CommentString). */
const commentOf = (description: string): string =>
  // oxlint-disable-next-line no-control-regex
  description.replaceAll(/[\u0000-\u001f\u007f]+/g, " ").slice(0, 255)

const typeNames = {
  string: "string",
  int64: "bigint",
  float64: "double",
  boolean: "boolean",
  timestamp: "timestamp",
  date: "date",
  json: "string",
} as const

const glueType = (type: ColumnType): string =>
  type.kind === "decimal" ? `decimal(${type.precision},${type.scale})` : typeNames[type.kind]

const decimal = /^decimal\((\d+), *(\d+)\)$/

const columnType = (name: string): ColumnType | undefined => {
  const [, precision, scale] = decimal.exec(name) ?? []
  if (precision !== undefined) return { kind: "decimal", precision: Number(precision), scale: Number(scale) }
  const kinds = ["string", "int64", "float64", "boolean", "timestamp", "date"] as const
  const kind = kinds.find((kind) => typeNames[kind] === name)
  return kind === undefined ? undefined : { kind }
}

/** A column in Glue's words. */
export const toGlueColumn = (column: Column): GlueColumn => {
  const parameters = {
    ...(column.type.kind === "json" ? { [jsonParameter]: "json" } : {}),
    ...(column.required ? { [requiredParameter]: "true" } : {}),
  }
  return {
    Name: column.name,
    Type: glueType(column.type),
    ...(column.description === undefined ? {} : { Comment: commentOf(column.description) }),
    ...(Object.keys(parameters).length === 0 ? {} : { Parameters: parameters }),
  }
}

const fromGlueColumn = ({ Name = "", Type = "", Comment, Parameters = {} }: GlueColumn): Column | string => {
  const type = columnType(Type.toLowerCase())
  if (type === undefined) return `column ${Name} is ${Type}, which no column of ours is`
  return {
    name: Name,
    type: type.kind === "string" && Parameters[jsonParameter] === "json" ? { kind: "json" } : type,
    required: Parameters[requiredParameter] === "true",
    ...(Comment === undefined || Comment === "" ? {} : { description: Comment }),
  }
}

/** Years that a projected table has; Athena looks at every date between them where a query names none, and at none beyond. */
export interface Years {
  readonly first: number
  readonly last: number
}

/** Values of partition columns that Athena can count out by itself. */
const ranges = (years: Years): Readonly<Record<string, string>> => ({
  year: `${years.first},${years.last}`,
  month: "1,12",
  day: "1,31",
  hour: "0,23",
})

/** Partition projection (Athena User Guide, "Supported types for partition projection"): integers without padding, as our paths have them. */
const projection = (schema: TableSchema, location: string, years: Years): Record<string, string> | string => {
  const known = ranges(years)
  const unknown = schema.partitionColumns.find((name) => !Object.hasOwn(known, name))
  if (unknown !== undefined) return `partition column ${unknown} cannot be projected; year, month, day and hour can`
  const columns = schema.partitionColumns.flatMap((name) => [
    [`projection.${name}.type`, "integer"],
    [`projection.${name}.range`, known[name]!],
  ])
  return {
    "projection.enabled": "true",
    ...Object.fromEntries(columns),
    "storage.location.template": partitionLocation(location, schema.partitionColumns, (name) => `\${${name}}`),
  }
}

/** Where a projected partition lies: `<location>year=2026/month=1/day=2/`. */
export const partitionLocation = (
  location: string,
  columns: ReadonlyArray<string>,
  value: (column: string, i: number) => string,
): string => `${location.replace(/\/*$/, "/")}${columns.map((name, i) => `${name}=${value(name, i)}/`).join("")}`

/** The table in Glue's words, or a sentence that says why Glue cannot have it. */
export const toTableInput = (table: Omit<CatalogTable, "version">, years: Years): TableInput | string => {
  const { schema, location, partitioning } = table
  const projected =
    partitioning === "projected" ? projection(schema, location, years) : { "projection.enabled": "false" }
  if (typeof projected === "string") return projected
  return {
    Name: schema.name,
    PartitionKeys: schema.partitionColumns.map((name) => ({ Name: name, Type: "bigint" })),
    TableType: "EXTERNAL_TABLE",
    Parameters: {
      classification: "parquet",
      typeOfData: "file",
      ...projected,
      [versionParameter]: String(schema.version),
      ...(schema.view === undefined ? {} : { [viewParameter]: schema.view.join(",") }),
    },
    StorageDescriptor: {
      Columns: schema.columns.map(toGlueColumn),
      Location: location,
      InputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
      OutputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
      Compressed: true,
      NumberOfBuckets: -1,
      SerdeInfo: {
        SerializationLibrary: "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
        Parameters: { "serialization.format": "1" },
      },
      BucketColumns: [],
      StoredAsSubDirectories: false,
      SortColumns: [],
      Parameters: { CrawlerSchemaDeserializerVersion: "1.0", classification: "parquet", typeOfData: "file" },
    },
  }
}

/** The table in our words, or a sentence that says why it is none of ours. */
export const fromTable = (database: string, table: Table): CatalogTable | string => {
  const { Name = "", StorageDescriptor, PartitionKeys = [], Parameters = {}, VersionId = "" } = table
  const named = `${database}.${Name}`
  const columns: Array<Column> = []
  for (const found of StorageDescriptor?.Columns ?? []) {
    const column = fromGlueColumn(found)
    if (typeof column === "string") return `${named}: ${column}`
    columns.push(column)
  }
  const other = PartitionKeys.find(({ Type }) => Type !== "bigint")
  if (other !== undefined) return `${named}: partition column ${other.Name} is ${other.Type}, ours are bigint`
  const partitioning: Partitioning = isProjected(table) ? "projected" : "registered"
  const view = Parameters[viewParameter]
  return {
    schema: {
      database,
      name: Name,
      columns,
      partitionColumns: PartitionKeys.map(({ Name }) => Name ?? ""),
      version: Number(Parameters[versionParameter] ?? 1),
      ...(view === undefined ? {} : { view: view.split(",") }),
    },
    location: StorageDescriptor?.Location ?? "",
    partitioning,
    version: VersionId,
  }
}

/** Whether Athena counts the partitions out by itself. */
export const isProjected = ({ Parameters = {} }: Table): boolean => Parameters["projection.enabled"] === "true"

/** The input that leaves a table as it is but for new columns and the schema's next version. */
export const withColumns = (table: Table, columns: ReadonlyArray<Column>): TableInput => {
  const { Parameters = {}, StorageDescriptor = {} } = table
  return {
    ...inputOf(table),
    StorageDescriptor: {
      ...StorageDescriptor,
      Columns: [...(StorageDescriptor.Columns ?? []), ...columns.map(toGlueColumn)],
    },
    Parameters: { ...Parameters, [versionParameter]: String(Number(Parameters[versionParameter] ?? 1) + 1) },
  }
}

/** What an update takes over from the table that was read (Glue service model, TableInput); the rest of a table is Glue's own. */
const inputOf = (table: Table): TableInput => {
  const { Name, Description, Owner, LastAccessTime, LastAnalyzedTime, Retention, TableType, TargetTable } = table
  const { StorageDescriptor, PartitionKeys, Parameters, ViewOriginalText, ViewExpandedText } = table
  const about = { Name, Description, Owner, LastAccessTime, LastAnalyzedTime, Retention, TableType, TargetTable }
  return { ...about, StorageDescriptor, PartitionKeys, Parameters, ViewOriginalText, ViewExpandedText }
}

/** A partition's own descriptor: the table's, columns too, at another place. */
export const partitionDescriptor = (table: Table, location: string): StorageDescriptor => ({
  ...table.StorageDescriptor,
  Location: location,
})

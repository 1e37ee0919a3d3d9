/** The seed's query on ministack, as Athena would answer it. */
import { TableCatalog } from "@tributary/core/TableCatalog"
import { QueryEngine } from "@tributary/core/QueryEngine"
import { Effect, Stream } from "effect"
import { call } from "./aws.ts"

export const seedQuery = (database: string): string =>
  `SELECT year, month, day, device, count(user_count) AS cnt FROM ${database}.ga_sample ` +
  "GROUP BY year, month, day, device ORDER BY cnt DESC, year, month, day, device LIMIT 10"

/** Runs the SQL and answers its rows. */
export const select = Effect.fnUntraced(function* (sql: string) {
  const engine = yield* QueryEngine
  const { rows } = yield* engine.query(sql)
  return yield* Stream.runCollect(rows)
})

/**
 * Runs the query over the files where the catalog's partitions point, which is what Athena reads. ministack does not look at partitions: it reads every
 * file under the table's location, those of replaced generations too. So each partition becomes a table here, and the query's table their union.
 */
export const selectShown = Effect.fnUntraced(function* (database: string, sql: string) {
  const catalog = yield* TableCatalog
  const partitions = yield* Stream.runCollect(catalog.partitions(database, "ga_sample"))
  const parts: Array<string> = []
  for (const { location, values } of partitions) {
    const Name = `part_${location.replaceAll(/\W/g, "_").toLowerCase()}`.slice(0, 200)
    const StorageDescriptor = {
      Location: location,
      InputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
      SerdeInfo: { SerializationLibrary: "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe" },
      Columns: [],
    }
    const Parameters = { classification: "parquet" }
    const TableInput = { Name, TableType: "EXTERNAL_TABLE", Parameters, StorageDescriptor }
    yield* Effect.promise(() => call("glue", "AWSGlue.CreateTable", { DatabaseName: database, TableInput })).pipe(
      Effect.catchDefect((defect) => (String(defect).includes("AlreadyExists") ? Effect.void : Effect.die(defect))),
    )
    const [year, month, day] = values
    const columns = `${year} AS year, ${month} AS month, ${day} AS day, hour, device, user_count`
    parts.push(`SELECT ${columns} FROM ${database}.${Name}`)
  }
  return yield* select(sql.replace(`${database}.ga_sample`, `(${parts.join(" UNION ALL ")}) AS ga_sample`))
})

import * as AthenaQueryEngine from "@tributary/adapters-aws/AthenaQueryEngine"
import * as GlueTableCatalog from "@tributary/adapters-aws/GlueTableCatalog"
import * as S3ObjectStore from "@tributary/adapters-aws/S3ObjectStore"
import { ObjectStore } from "@tributary/core/ObjectStore"
import { QueryEngine } from "@tributary/core/QueryEngine"
import { TableCatalog } from "@tributary/core/TableCatalog"
import type { Column } from "@tributary/core/TableSchema"
import { cases } from "@tributary/core/testing/QueryEngineContract"
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Layer, Stream } from "effect"
import { existsSync, readFileSync } from "node:fs"
import { clouds, unique } from "../../../scripts/clouds/clouds.ts"
import { newBucket } from "./support/aws.ts"
import { holds } from "./support/contract.ts"

clouds()

/** Two rows in words that Athena and ministack's DuckDB both know. */
const two = "(VALUES (CAST(1 AS bigint), 'a'), (CAST(2 AS bigint), NULL)) AS t(n, s)"

const fixture = {
  literals: {
    int64: "SELECT CAST(9007199254740993 AS bigint) AS v",
    smallest: "SELECT CAST('-9223372036854775808' AS bigint) AS v",
    float64: "SELECT CAST(1.5 AS double) AS v",
    boolean: "SELECT true AS v",
    string: "SELECT 'naïve 😀 ''quoted''' AS v",
    timestamp: "SELECT TIMESTAMP '2026-01-02 03:04:05' AS v",
    micros: "SELECT TIMESTAMP '2026-01-02 03:04:05.000006' AS v",
    date: "SELECT DATE '2026-01-02' AS v",
    // DuckDB's words: Athena would make a JSON string of this, and wants JSON '…'.
    json: `SELECT CAST('{"a":1}' AS json) AS v`,
    decimal: "SELECT CAST(12.30 AS decimal(10, 2)) AS v",
    null: "SELECT CAST(NULL AS varchar) AS v",
  },
  table: `SELECT n, s FROM ${two} ORDER BY n`,
  empty: `SELECT n, s FROM ${two} WHERE n > 2`,
  // DuckDB's words: Athena says UNNEST(sequence(0, 9999)).
  many: "SELECT n FROM range(10000) AS t(n) ORDER BY n",
  refused: ["SELEC 1", "SELECT * FROM no_such_table"],
}

const bucket = await newBucket({ versions: true })
const athena = AthenaQueryEngine.layer({ outputLocation: `s3://${bucket}/results/` })

describe("AthenaQueryEngine on ministack", () => {
  holds(cases(fixture), athena)
})

/** The same, as the environment of a Lambda would say it. */
const configured = AthenaQueryEngine.layerConfig.pipe(
  Layer.provide(
    ConfigProvider.layer(
      ConfigProvider.fromEnv({
        env: { ATHENA_OUTPUT_LOCATION: `s3://${bucket}/results/`, ATHENA_WORKGROUP: "primary" },
      }),
    ),
  ),
)

const sample = "/work/shared/samples/awswrangler-capture/first_write.snappy.parquet"

const column = (name: string): Column => ({
  name,
  type: { kind: name === "device" ? "string" : "int64" },
  required: false,
})

describe.runIf(existsSync(sample))("S3, Glue and Athena together on ministack", () => {
  it.live("answer the seed's query over a file that awswrangler wrote", () =>
    Effect.gen(function* () {
      const database = unique("appflow_data_")
      const names = ["year", "month", "day", "hour", "device", "user_count"]
      const schema = { database, name: "ga_sample", columns: names.map(column), partitionColumns: [], version: 1 }
      const location = `s3://${bucket}/ga-sample/`
      yield* (yield* TableCatalog).ensureTable({ schema, location, partitioning: "registered" })
      const ref = { bucket, key: "ga-sample/first.snappy.parquet" }
      yield* (yield* ObjectStore).put(ref, readFileSync(sample), "absent")

      const { columns, rows } = yield* (yield* QueryEngine).query(
        `SELECT year, month, day, device, count(user_count) AS cnt FROM ${database}.ga_sample ` +
          "GROUP BY year, month, day, device ORDER BY cnt DESC LIMIT 10",
      )
      assert.deepStrictEqual(
        columns.map(({ name, type }) => `${name} ${type}`),
        ["year bigint", "month bigint", "day bigint", "device varchar", "cnt bigint"],
      )
      const found = (yield* Stream.runCollect(rows)).map((row) => row.join(" ")).toSorted()
      assert.deepStrictEqual(found, ["2022 1 1 desktop 2", "2022 1 1 mobile 1"])
    }).pipe(Effect.provide(Layer.mergeAll(configured, GlueTableCatalog.layer(), S3ObjectStore.layerConfig))),
  )
})

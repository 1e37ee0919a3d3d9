/** The adapters over Google's client and bqemulator. Where it differs from BigQuery, the test says so. */
import { assert, describe, layer } from "@effect/vitest"
import * as BigQueryClient from "@tributary/adapters-gcp/BigQueryClient"
import * as BigQueryQueryEngine from "@tributary/adapters-gcp/BigQueryQueryEngine"
import * as BigQueryRowSink from "@tributary/adapters-gcp/BigQueryRowSink"
import * as BigQueryTable from "@tributary/adapters-gcp/BigQueryTable"
import * as BigQueryTableId from "@tributary/adapters-gcp/BigQueryTableId"
import * as ColumnBatchBuilder from "@tributary/core/ColumnBatchBuilder"
import { QueryEngine } from "@tributary/core/QueryEngine"
import { RowSink } from "@tributary/core/RowSink"
import * as QueryEngineContract from "@tributary/core/testing/QueryEngineContract"
import * as RowSinkContract from "@tributary/core/testing/RowSinkContract"
import type { TableSchema } from "@tributary/core/TableSchema"
import { ConfigProvider, Effect, Layer, Schema, Stream } from "effect"
import { clouds, unique } from "../../../scripts/clouds/clouds.ts"

const { bigquery } = clouds()
const client = BigQueryClient.layer({ apiEndpoint: bigquery.endpoint, projectId: bigquery.projectId })
const services = Layer.mergeAll(BigQueryTable.layerApi, BigQueryQueryEngine.layer()).pipe(Layer.provideMerge(client))

const seed: TableSchema = {
  database: "logs",
  name: "events",
  columns: [
    { name: "timestamp", type: { kind: "timestamp" }, required: true, description: "The log event's time" },
    { name: "session_id", type: { kind: "int64" }, required: true },
    { name: "action", type: { kind: "string" }, required: false },
    { name: "params", type: { kind: "json" }, required: false },
  ],
  partitionColumns: ["year", "month", "day"],
  version: 1,
  view: ["timestamp", "session_id", "action", "params"],
}

/** Runs the query and answers its rows. */
const select = (sql: string) =>
  Effect.gen(function* () {
    const engine = yield* QueryEngine
    const result = yield* engine.query(sql)
    return yield* Stream.runCollect(result.rows)
  })

/** Appends through a sink of its own, as a function that has just started does. */
const append = (
  table: BigQueryTableId.BigQueryTableId,
  rows: ReadonlyArray<ReadonlyArray<ColumnBatchBuilder.Value>>,
  keys: ReadonlyArray<string>,
  schema = seed,
) =>
  Effect.gen(function* () {
    const sink = yield* RowSink
    return yield* sink.append(ColumnBatchBuilder.fromRows(schema, rows), keys)
  }).pipe(Effect.provide(BigQueryRowSink.layer({ table })))

const rowsOf = (n: number) =>
  Array.from({ length: n }, (_, i) => [1_767_225_600_000_000n + BigInt(i), BigInt(i), `action ${i % 7}`, `{"i":${i}}`])
const keysOf = (n: number) => Array.from({ length: n }, (_, i) => `key-${i}`)

layer(services, { excludeTestServices: true })("BigQuery on bqemulator", (it) => {
  describe("our own table", () => {
    it.effect("is defined, written twice, and read once through its view", () =>
      Effect.gen(function* () {
        const dataset = unique("logs")
        const [table, view] = [
          { dataset, table: "events_records" },
          { dataset, table: "events" },
        ]
        const define = BigQueryTable.ensure({ table, schema: seed, view, location: "EU" })
        yield* define
        yield* define
        const rows = [
          [1_767_225_600_123_456n, 9_007_199_254_740_993n, "é {{projectId}}", '{"a":1,"b":"\\u00e9"}'],
          [0n, 0n, null, null],
        ] as const
        // BigQuery would recognise the insertIds; bqemulator keeps both copies, which is what the view is for.
        for (let i = 0; i < 2; i++) assert.deepStrictEqual(yield* append(table, rows, ["x", "y"]), { rejected: [] })
        const name = `\`${bigquery.projectId}.${dataset}\``
        assert.deepStrictEqual(yield* select(`SELECT COUNT(*) AS n FROM ${name}.events_records`), [[4n]])
        assert.deepStrictEqual(yield* select(`SELECT * FROM ${name}.events ORDER BY timestamp`), [
          ["1970-01-01T00:00:00Z", 0n, null, null],
          ["2026-01-01T00:00:00.123456Z", 9_007_199_254_740_993n, "é {{projectId}}", '{"a":1,"b":"\\u00e9"}'],
        ])
        assert.deepStrictEqual(
          yield* select(`SELECT JSON_VALUE(params, '$.b') AS b FROM ${name}.events WHERE session_id > 0`),
          [["é"]],
        )
      }),
    )

    it.effect("that differs is refused, and told how", () =>
      Effect.gen(function* () {
        const table = { dataset: unique("logs"), table: "events" }
        yield* BigQueryTable.ensure({ table, schema: seed })
        const columns = seed.columns.map((column) =>
          column.name === "action" ? { ...column, type: { kind: "int64" } as const } : column,
        )
        const error = yield* Effect.flip(BigQueryTable.ensure({ table, schema: { ...seed, columns } }))
        assert.include(error.message, "column action is STRING, not INT64")
      }),
    )

    it.effect("takes every type", () =>
      Effect.gen(function* () {
        const table = { dataset: unique("types"), table: "all" }
        const schema: TableSchema = {
          database: "d",
          name: "all",
          columns: (["string", "int64", "float64", "boolean", "timestamp", "date", "json"] as const).map((kind) => ({
            name: `c_${kind}`,
            type: { kind },
            required: false,
          })),
          partitionColumns: [],
          version: 1,
        }
        yield* BigQueryTable.ensure({ table, schema })
        const rows = [
          ['a"\n€', -9_223_372_036_854_775_808n, 0.1, true, -1n, 20_454, "[1,2]"],
          ["", 9_223_372_036_854_775_807n, -1e300, false, 253_402_300_799_999_999n, -1, '"x"'],
          [null, null, null, null, null, null, null],
        ] as const
        assert.deepStrictEqual(yield* append(table, rows, keysOf(3), schema), { rejected: [] })
        const columns = schema.columns.map(({ name }) => name).join(", ")
        assert.deepStrictEqual(
          yield* select(`SELECT ${columns} FROM \`${table.dataset}.all\` ORDER BY c_int64 NULLS LAST`),
          [
            ['a"\n€', -9_223_372_036_854_775_808n, 0.1, true, "1969-12-31T23:59:59.999999Z", "2026-01-01", "[1,2]"],
            ["", 9_223_372_036_854_775_807n, -1e300, false, "9999-12-31T23:59:59.999999Z", "1969-12-31", '"x"'],
            [null, null, null, null, null, null, null],
          ],
        )
      }),
    )
  })

  describe("a user's four-column table", () => {
    const userTable = Effect.gen(function* () {
      const { call, project } = yield* BigQueryClient.BigQueryClient
      const table = { project: yield* project, dataset: unique("own"), table: "events" }
      const create = (path: string, resource: object) =>
        call({ method: "POST", project: table.project, path, body: JSON.stringify(resource) }, Schema.Unknown)
      yield* create("/datasets", { datasetReference: { datasetId: table.dataset } })
      yield* create(`/datasets/${table.dataset}/tables`, {
        tableReference: { tableId: table.table },
        schema: {
          fields: [
            { name: "timestamp", type: "TIMESTAMP", mode: "REQUIRED" },
            { name: "session_id", type: "INT64", mode: "REQUIRED" },
            { name: "action", type: "STRING" },
            { name: "params", type: "JSON" },
          ],
        },
      })
      return table
    })

    it.effect("is written as it is, by the address in BIGQUERY_TABLE_ID", () =>
      Effect.gen(function* () {
        const table = yield* userTable
        const env = ConfigProvider.fromUnknown({ BIGQUERY_TABLE_ID: BigQueryTableId.format(table) })
        const batch = ColumnBatchBuilder.fromRows(seed, rowsOf(1))
        const answer = yield* RowSink.use((sink) => sink.append(batch, ["x"])).pipe(
          Effect.provide(BigQueryRowSink.layerConfig),
          Effect.provide(ConfigProvider.layer(env)),
        )
        assert.deepStrictEqual(answer, { rejected: [] })
        assert.deepStrictEqual(yield* select(`SELECT * FROM \`${table.dataset}.events\``), [
          ["2026-01-01T00:00:00Z", 0n, "action 0", '{"i":0}'],
        ])
      }),
    )

    it.effect("takes 12 MB in several requests, without the row of 11 MB", () =>
      Effect.gen(function* () {
        const table = yield* userTable
        const rows = Array.from({ length: 12 }, (_, i) => [
          0n,
          BigInt(i),
          "x".repeat(i === 5 ? 11_000_000 : 1_000_000),
          null,
        ])
        const { rejected } = yield* append(table, rows, keysOf(12))
        assert.deepStrictEqual(
          rejected.map(({ index }) => index),
          [5],
        )
        assert.match(rejected[0]!.detail, /BigQuery takes 10 MB/)
        const sum = yield* select(`SELECT COUNT(*) AS n, SUM(LENGTH(action)) AS bytes FROM \`${table.dataset}.events\``)
        assert.deepStrictEqual(sum, [[11n, 11_000_000n]])
      }),
    )

    it.effect("takes 5,000 rows but for the bad one, which is named", () =>
      Effect.gen(function* () {
        const { call } = yield* BigQueryClient.BigQueryClient
        const table = yield* userTable
        // The batch says string, the table integer: 4,999 rows hold digits.
        const path = `/datasets/${table.dataset}/tables`
        const fields = [{ name: "action", type: "INT64" }]
        const body = JSON.stringify({ tableReference: { tableId: "digits" }, schema: { fields } })
        yield* call({ method: "POST", project: table.project, path, body }, Schema.Unknown)
        const rows = Array.from({ length: 5000 }, (_, i) => [0n, 0n, i === 4321 ? "abc" : String(i), null])
        const { rejected } = yield* RowSink.use((sink) =>
          sink.append(ColumnBatchBuilder.fromRows(seed, rows), keysOf(5000)),
        ).pipe(Effect.provide(BigQueryRowSink.layer({ table: { ...table, table: "digits" }, columns: ["action"] })))
        assert.deepStrictEqual(
          rejected.map(({ index }) => index),
          [4321],
        )
        assert.match(rejected[0]!.detail, /abc/)
        assert.deepStrictEqual(yield* select(`SELECT COUNT(*) AS n FROM \`${table.dataset}.digits\``), [[4999n]])
      }),
    )

    it.effect("that is missing is NotFound", () =>
      Effect.gen(function* () {
        const table = yield* userTable
        const error = yield* Effect.flip(append({ ...table, table: "nowhere" }, rowsOf(1), ["x"]))
        assert.strictEqual(error.reason._tag, "NotFound")
      }),
    )
  })

  describe("queries", () => {
    it.effect("stream several pages", () =>
      Effect.gen(function* () {
        const numbers = yield* QueryEngine.use((engine) =>
          engine.query("SELECT n FROM UNNEST(GENERATE_ARRAY(1, 2500)) AS n ORDER BY n"),
        ).pipe(
          Effect.flatMap(({ rows }) => Stream.runCollect(rows)),
          Effect.provide(Layer.fresh(BigQueryQueryEngine.layer({ pageRows: 1000 }))),
        )
        assert.deepStrictEqual(
          numbers,
          Array.from({ length: 2500 }, (_, i) => [BigInt(i + 1)]),
        )
      }),
    )

    it.effect("that are wrong fail with the engine's words", () =>
      Effect.gen(function* () {
        const engine = yield* QueryEngine
        const error = yield* Effect.flip(engine.query("SELECT nope FROM UNNEST([1]) AS n"))
        assert.strictEqual(error.reason._tag, "Invalid")
        assert.include(error.message, "nope")
      }),
    )
  })

  describe("the contract of RowSink", () => {
    const table = { dataset: unique("contract"), table: "events" }
    const amount = (kind: "int64" | "string") => ({
      ...seed,
      columns: [...seed.columns, { name: "amount", type: { kind }, required: false }],
      view: undefined,
      partitionColumns: [],
    })
    const sink = Layer.unwrap(
      Effect.as(BigQueryTable.ensure({ table, schema: amount("int64") }), BigQueryRowSink.layer({ table })),
    )
    const written = select(
      `SELECT timestamp, session_id, action, params, CAST(amount AS STRING) FROM \`${table.dataset}.events\``,
    )
    const cases = RowSinkContract.cases({
      // The batch says string and the table integer, so that a row can be bad by a value. Malformed JSON, which BigQuery rejects by the row,
      // makes bqemulator answer 500.
      schema: amount("string"),
      prefix: "contract-",
      nameColumn: "action",
      row: (name) => [1_767_225_600_123_456n, 9_007_199_254_740_993n, name, '{"a":1}', "12"],
      badRow: (name) => [0n, 0n, name, null, "twelve"],
      // bqemulator keeps a row as often as its insertId is sent.
      onePerKey: false,
      written: Effect.provide(written, services),
    })
    for (const c of cases) it.effect(c.name, () => c.run.pipe(Effect.provide(sink)))
  })

  describe("the contract of QueryEngine", () => {
    const cases = QueryEngineContract.cases({
      literals: {
        int64: "SELECT 9007199254740993 AS v",
        smallest: "SELECT CAST('-9223372036854775808' AS INT64) AS v",
        float64: "SELECT 1.5 AS v",
        boolean: "SELECT TRUE AS v",
        string: "SELECT \"naïve 😀 'quoted'\" AS v",
        timestamp: "SELECT TIMESTAMP '2026-01-02 03:04:05+00' AS v",
        micros: "SELECT TIMESTAMP '2026-01-02 03:04:05.000006+00' AS v",
        date: "SELECT DATE '2026-01-02' AS v",
        json: `SELECT JSON '{"a":1}' AS v`,
        // A decimal literal has no scale in GoogleSQL: BigQuery answers 12.3.
        null: "SELECT CAST(NULL AS STRING) AS v",
      },
      table: "SELECT 1 AS n, 'a' AS s UNION ALL SELECT 2, NULL ORDER BY n",
      empty: "SELECT 1 AS n, 'a' AS s FROM UNNEST([1]) AS x WHERE x > 1",
      many: "SELECT n FROM UNNEST(GENERATE_ARRAY(0, 9999)) AS n ORDER BY n",
      refused: ["SELEC 1", "SELECT * FROM nowhere.nothing"],
    })
    for (const c of cases) it.effect(c.name, () => c.run)
  })
})

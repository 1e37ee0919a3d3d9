import { assert, describe, it } from "@effect/vitest"
import * as DuckDbQueryEngine from "@tributary/adapters-node/DuckDbQueryEngine"
import * as HyparquetEncoder from "@tributary/adapters-node/HyparquetEncoder"
import * as NodeCompression from "@tributary/adapters-node/NodeCompression"
import { type ColumnBatch, toRows } from "@tributary/core/ColumnBatch"
import { fromRows, type Value } from "@tributary/core/ColumnBatchBuilder"
import { ParquetEncoder } from "@tributary/core/ParquetEncoder"
import * as PortError from "@tributary/core/PortError"
import * as QueryEngineContract from "@tributary/core/testing/QueryEngineContract"
import * as TableSchema from "@tributary/core/TableSchema"
import { Effect, Layer, Option, Stream } from "effect"
import { TestClock } from "effect/testing"
import * as fs from "node:fs"
import { dirname, join } from "node:path"
import * as everyType from "./support/everyType.ts"
import { folder } from "./support/temporary.ts"

const ga = TableSchema.make({
  database: "appflow_data",
  name: "ga_sample",
  columns: [
    { name: "hour", type: { kind: "int64" }, required: true },
    { name: "device", type: { kind: "string" }, required: false },
    { name: "user_count", type: { kind: "int64" }, required: true },
  ],
  partitionColumns: ["year", "month", "day"],
  version: 1,
})

const logs = TableSchema.make({
  database: "logs",
  name: "events",
  columns: [
    { name: "_record_id", type: { kind: "string" }, required: true },
    { name: "timestamp", type: { kind: "timestamp" }, required: true },
    { name: "session_id", type: { kind: "int64" }, required: true },
    { name: "action", type: { kind: "string" }, required: false },
    { name: "params", type: { kind: "json" }, required: false },
  ],
  partitionColumns: [],
  version: 1,
  view: ["timestamp", "session_id", "action", "params"],
})

const encoder = Layer.provide(HyparquetEncoder.layer, NodeCompression.layer)

const write = (path: string, batch: ColumnBatch) =>
  Effect.gen(function* () {
    const port = yield* ParquetEncoder
    const file = yield* port.open(batch.schema, { codec: "zstd", metadata: {} })
    const bytes = Buffer.concat([...(yield* file.write(batch)), ...(yield* file.finish)])
    fs.mkdirSync(dirname(path), { recursive: true })
    fs.writeFileSync(path, bytes)
    return bytes.length
  }).pipe(Effect.provide(encoder))

type File = {
  readonly at: string
  readonly partition?: Readonly<Record<string, number | bigint>>
  readonly rows: ReadonlyArray<ReadonlyArray<Value>>
}

const tableOf = (root: string, schema: TableSchema.TableSchema, files: ReadonlyArray<File>, written = schema) =>
  Effect.map(
    Effect.forEach(files, ({ at, partition = {}, rows }) =>
      Effect.map(write(join(root, at), fromRows(written, rows)), (bytes) => ({ path: at, bytes, partition })),
    ),
    (files) => ({ schema, files }),
  )

const engineOf = (directory: string, tables: ReadonlyArray<DuckDbQueryEngine.LakeTable>) =>
  DuckDbQueryEngine.make({ directory, tables: Effect.succeed(tables) })

type Engine = Effect.Success<ReturnType<typeof engineOf>>

const ask = (engine: Engine, sql: string) =>
  Effect.flatMap(engine.query(sql), (answer) =>
    Effect.map(Stream.runCollect(answer.rows), (rows) => ({ ...answer, rows })),
  )

const refused = (engine: Engine, sql: string) => Effect.map(Effect.flip(ask(engine, sql)), ({ reason }) => reason)

const date = (year: number, month: number, day: number) => ({ year, month, day })

const gaFiles: ReadonlyArray<File> = [
  {
    at: "ga/year=2026/month=1/day=2/e1/g1/a.parquet",
    partition: date(2026, 1, 2),
    rows: [
      [0n, "mobile", 3n],
      [1n, "desktop", 2n],
    ],
  },
  { at: "ga/year=2026/month=1/day=2/e1/g1/b.parquet", partition: date(2026, 1, 2), rows: [[2n, "mobile", 1n]] },
  {
    at: "ga/year=2026/month=1/day=10/e1/g1/c.parquet",
    partition: { year: 2026n, month: 1n, day: 10n },
    rows: [[0n, null, 9007199254740993n]],
  },
]

const seed = `SELECT year, month, day, device, count(user_count) AS cnt FROM appflow_data.ga_sample
  GROUP BY year, month, day, device ORDER BY cnt DESC LIMIT 10`

const withLake = <A, E>(body: (engine: Engine, root: string, bytes: number) => Effect.Effect<A, E>) =>
  Effect.scoped(
    Effect.gen(function* () {
      const root = yield* folder
      const table = yield* tableOf(root, ga, gaFiles)
      const events = yield* tableOf(root, logs, [
        {
          at: "logs/a.parquet",
          rows: [
            ["k1", 1767225600123456n, 7n, "buy", `{"n":12345678901234567890.10}`],
            ["k2", -1n, 0n, null, null],
          ],
        },
      ])
      fs.writeFileSync(join(root, "secret.txt"), "secret")
      const engine = yield* engineOf(root, [table, events])
      return yield* body(
        engine,
        root,
        table.files.reduce((sum, { bytes }) => sum + bytes, 0),
      )
    }),
  )

describe("contract", () => {
  const layer = Layer.unwrap(
    Effect.map(folder, (directory) => DuckDbQueryEngine.layer({ directory, tables: Effect.succeed([]) })),
  )
  const fixture = {
    literals: {
      int64: "SELECT 9007199254740993",
      smallest: "SELECT -9223372036854775808",
      float64: "SELECT 1.5::DOUBLE",
      boolean: "SELECT true",
      string: "SELECT 'naïve 😀 ''quoted'''",
      timestamp: "SELECT TIMESTAMPTZ '2026-01-02 03:04:05Z'",
      micros: "SELECT TIMESTAMPTZ '2026-01-02 03:04:05.000006Z'",
      date: "SELECT DATE '2026-01-02'",
      json: `SELECT '{"a":1}'::JSON`,
      decimal: "SELECT 12.30",
      null: "SELECT NULL",
    },
    table: "SELECT * FROM (VALUES (1, 'a'), (2, NULL)) AS t (n, s)",
    empty: "SELECT * FROM (VALUES (1, 'a')) AS t (n, s) WHERE false",
    many: "SELECT range AS n FROM range(10000) ORDER BY n",
    refused: ["SELEC 1", "SELECT * FROM logs.nothing"],
  }
  for (const { name, run } of QueryEngineContract.cases(fixture)) {
    it.effect(name, () => Effect.provide(run, layer))
  }
})

it.effect("answers the seed's query, and what it read for it", () =>
  withLake((engine, _, bytes) =>
    Effect.gen(function* () {
      const { columns, rows, bytesScanned } = yield* ask(engine, seed)
      assert.deepStrictEqual(columns, [
        { name: "year", type: "int64" },
        { name: "month", type: "int64" },
        { name: "day", type: "int64" },
        { name: "device", type: "string" },
        { name: "cnt", type: "int64" },
      ])
      assert.deepStrictEqual(rows[0], [2026n, 1n, 2n, "mobile", 2n])
      assert.sameDeepMembers(
        [...rows],
        [
          [2026n, 1n, 2n, "mobile", 2n],
          [2026n, 1n, 2n, "desktop", 1n],
          [2026n, 1n, 10n, null, 1n],
        ],
      )
      assert.strictEqual(bytesScanned, bytes)
    }),
  ),
)

it.effect("tables show their visible columns, in their order", () =>
  withLake((engine) =>
    Effect.gen(function* () {
      const visits = yield* ask(engine, "SELECT * FROM appflow_data.ga_sample ORDER BY ALL LIMIT 1")
      assert.deepStrictEqual(
        visits.columns.map(({ name }) => name),
        ["year", "month", "day", "hour", "device", "user_count"],
      )
      const events = yield* ask(engine, "FROM logs.events ORDER BY timestamp")
      assert.deepStrictEqual(events.columns, [
        { name: "timestamp", type: "timestamp" },
        { name: "session_id", type: "int64" },
        { name: "action", type: "string" },
        { name: "params", type: "json" },
      ])
      assert.deepStrictEqual(events.rows, [
        ["1969-12-31T23:59:59.999999Z", 0n, null, null],
        ["2026-01-01T00:00:00.123456Z", 7n, "buy", `{"n":12345678901234567890.10}`],
      ])
    }),
  ),
)

it.effect("keeps a byte order mark that a string begins with", () =>
  withLake((engine) =>
    Effect.gen(function* () {
      const { rows } = yield* ask(engine, "SELECT chr(65279), chr(65279) || 'a', 'a' || chr(65279)")
      assert.deepStrictEqual(rows, [["\ufeff", "\ufeffa", "a\ufeff"]])
    }),
  ),
)

it.effect("only the tables that a statement names are opened, and count as scanned", () =>
  withLake((engine, root, bytes) =>
    Effect.gen(function* () {
      fs.writeFileSync(join(root, "logs/a.parquet"), "PAR1 broken PAR1")
      assert.strictEqual((yield* ask(engine, "SELECT 1")).bytesScanned, 0)
      assert.strictEqual(
        (yield* ask(
          engine,
          'WITH events AS (SELECT 1 AS x) SELECT * FROM events, APPFLOW_DATA."ga_sample" b JOIN appflow_data.ga_sample USING (hour)',
        )).bytesScanned,
        bytes,
      )
      assert.strictEqual(
        (yield* ask(engine, "SELECT (SELECT max(hour) FROM appflow_data.ga_sample)")).bytesScanned,
        bytes,
      )
      const broken = yield* refused(engine, "SELECT * FROM logs.events")
      assert.strictEqual(broken._tag, "Invalid")
      assert.include(broken.detail, "a.parquet")
    }),
  ),
)

it.effect("statements that hide their tables are answered; all tables count", () =>
  withLake((engine, _, bytes) =>
    Effect.gen(function* () {
      for (const sql of [
        "FROM query_table('appflow_data.ga_sample')",
        "PIVOT appflow_data.ga_sample ON device USING sum(user_count)",
        `EXPLAIN ${seed}`,
        `explain (analyze, format json) ${seed}`,
        `explain analyze ${seed}`,
      ]) {
        const { rows, bytesScanned } = yield* ask(engine, sql)
        assert.isAbove(rows.length, 0)
        assert.isAbove(bytesScanned, bytes)
      }
      assert.deepStrictEqual(
        (yield* ask(engine, "CREATE TEMP TABLE t AS FROM appflow_data.ga_sample; SELECT count(*) FROM t")).rows,
        [[4n]],
      )
      assert.deepStrictEqual((yield* ask(engine, "SELECT 1; SELECT 2")).rows, [[2n]])
      assert.strictEqual((yield* ask(engine, "DESCRIBE logs.events")).rows.length, 4)
      assert.strictEqual((yield* ask(engine, "SUMMARIZE logs.events")).rows.length, 4)
    }),
  ),
)

it.effect("cells keep their values, whatever their type", () =>
  withLake((engine) =>
    Effect.gen(function* () {
      const cells = [
        ["sum(user_count)", 9007199254740999n, "hugeint"],
        ["1::UTINYINT", 1n, "int64"],
        ["18446744073709551615::UBIGINT", 18446744073709551615n, "ubigint"],
        ["1.50::DECIMAL(9,2)", "1.50", "decimal(9,2)"],
        ["avg(hour)", 0.75, "float64"],
        ["'nan'::DOUBLE", Number.NaN, "float64"],
        ["'-inf'::FLOAT", -Infinity, "float64"],
        ["true", true, "boolean"],
        ["NULL", null, "int64"],
        ["DATE '1969-12-31'", "1969-12-31", "date"],
        ["TIMESTAMPTZ '2026-01-02 03:04:05+01'", "2026-01-02T02:04:05Z", "timestamp"],
        ["TIMESTAMP '2026-01-02 03:04:05.1'", "2026-01-02T03:04:05.100Z", "timestamp"],
        ["TIMESTAMP_S '2026-01-02 03:04:05'", "2026-01-02T03:04:05Z", "timestamp"],
        ["TIMESTAMP_MS '2026-01-02 03:04:05.001'", "2026-01-02T03:04:05.001Z", "timestamp"],
        ["TIMESTAMP_NS '1969-12-31 23:59:59.123456789'", "1969-12-31T23:59:59.123456789Z", "timestamp"],
        ["TIMESTAMP_NS '2026-01-01 00:00:00.5'", "2026-01-01T00:00:00.500Z", "timestamp"],
        ["'infinity'::TIMESTAMPTZ", "infinity", "timestamp"],
        ["DATE '5000-01-01 (BC)'", "5000-01-01 (BC)", "date"],
        ["TIME '01:02:03'", "01:02:03", "time"],
        ["INTERVAL 90 MINUTE", "01:30:00", "interval"],
        ["'00000000-0000-0000-0000-000000000001'::UUID", "00000000-0000-0000-0000-000000000001", "uuid"],
        ["'a'::ENUM('a', 'b')", "a", "enum('a', 'b')"],
        ["[1, NULL, 9007199254740993]", "[1,null,9007199254740993]", "bigint[]"],
        ["[[0.1]]::DOUBLE[][]", "[[0.1]]", "double[][]"],
        ["['nan'::DOUBLE]", `["NaN"]`, "double[]"],
        ["[1, 2]::INT[2]", "[1,2]", "integer[2]"],
        [
          `{a: 1.50, "b""c": 'x"y', d: [DATE '2026-01-02']}`,
          `{"a":1.50,"b\\"c":"x\\"y","d":["2026-01-02"]}`,
          `struct("a" decimal(3,2), "b""c" varchar, "d" date[])`,
        ],
        ["MAP {2: true}", `{"2":true}`, "map(integer, boolean)"],
        ["union_value(num := 2)", "2", 'union("num" integer)'],
        [`'{"n": 1.0}'::JSON`, `{"n": 1.0}`, "json"],
      ] as const
      const { columns, rows } = yield* ask(
        engine,
        `SELECT ${cells.map(([sql]) => sql).join(", ")} FROM appflow_data.ga_sample`,
      )
      assert.deepStrictEqual(
        rows[0],
        cells.map(([, cell]) => cell),
      )
      assert.deepStrictEqual(
        columns.map(({ type }) => type),
        cells.map(([, , type]) => type),
      )
    }),
  ),
)

it.effect("every type of a table comes back as it was written", () =>
  Effect.gen(function* () {
    const root = yield* folder
    const rows = everyType.rows(0, 100)
    const table = yield* tableOf(root, everyType.schema, [{ at: "a.parquet", rows }])
    const engine = yield* engineOf(root, [table])
    const got = yield* ask(engine, "FROM test.every_type")
    assert.deepStrictEqual(got.rows, toRows(everyType.batch(0, 100)))
    assert.deepStrictEqual(
      got.columns.map(({ type }) => type),
      everyType.schema.columns.map(({ type }) => (type.kind === "decimal" ? "decimal(18,4)" : type.kind)),
    )
  }),
)

it.effect("a table without files is empty, with its columns", () =>
  Effect.gen(function* () {
    const engine = yield* engineOf(yield* folder, [
      { schema: ga, files: [] },
      { schema: everyType.schema, files: [] },
    ])
    assert.deepStrictEqual((yield* ask(engine, seed)).rows, [])
    const { columns } = yield* ask(engine, "FROM test.every_type")
    assert.deepStrictEqual(
      columns.map(({ type }) => type),
      everyType.schema.columns.map(({ type }) => (type.kind === "decimal" ? "decimal(18,4)" : type.kind)),
    )
  }),
)

it.effect("columns that old files lack are null, also where no file has them", () =>
  Effect.gen(function* () {
    const root = yield* folder
    const country = { name: "country", type: { kind: "string" }, required: false } as const
    const visits = { name: "first_visit", type: { kind: "timestamp" }, required: false } as const
    const middle = { ...ga, columns: [...ga.columns, country] }
    const newest = { ...ga, columns: [...ga.columns, country, visits] }
    const old = yield* tableOf(root, ga, gaFiles.slice(0, 1))
    const mid = yield* tableOf(root, middle, [
      { at: "ga/year=2026/month=1/day=3/x.parquet", partition: date(2026, 1, 3), rows: [[5n, "tv", 1n, "CH"]] },
    ])
    const engine = yield* engineOf(root, [{ schema: newest, files: [...old.files, ...mid.files] }])
    const { rows } = yield* ask(
      engine,
      "SELECT day, hour, country, first_visit FROM appflow_data.ga_sample ORDER BY ALL",
    )
    assert.deepStrictEqual(rows, [
      [2n, 0n, null, null],
      [2n, 1n, null, null],
      [3n, 5n, "CH", null],
    ])
  }),
)

describe("partition values come from the record", () => {
  const rows: ReadonlyArray<ReadonlyArray<Value>> = [[1n, "tv", 1n]]
  it.effect.each([
    ["where the path says them too", "year=2026/month=1/day=2/a.parquet"],
    ["where the path says nothing", "plain/a.parquet"],
    ["where the path says something else", "year=1999/month=9/day=9/a.parquet"],
    ["where the path says them with zeros", "year=2026/month=01/day=02/a.parquet"],
    ["where the path says them twice", "year=2026/month=1/day=2/year=1999/a.parquet"],
    ["where the path says more", "env=prod/year=2026/month=1/day=2/a.parquet"],
    ["where the path would be a pattern", "we?ird*[x]/year=2026/month=1/day=2/it's {a}.parquet"],
    ["where the path is a pattern, and says nothing", "we?ird*[x]/a.parquet"],
  ] as const)("%s", ([, at]) =>
    Effect.gen(function* () {
      const root = yield* folder
      const decoy = yield* tableOf(root, ga, [
        { at: "weird/year=2026/month=1/day=2/decoy.parquet", rows: [[9n, "decoy", 9n]] },
      ])
      const table = yield* tableOf(root, ga, [
        { at, partition: date(2026, 1, 2), rows },
        { at: `second/${at}`, partition: date(2026, 1, 2), rows },
      ])
      const engine = yield* engineOf(root, [
        table,
        { schema: { ...ga, name: "other" }, files: decoy.files.map((file) => ({ ...file, partition: date(1, 1, 1) })) },
      ])
      const got = yield* ask(
        engine,
        "SELECT year, month, day, hour, device FROM appflow_data.ga_sample WHERE month = 1 AND year > 2000",
      )
      assert.deepStrictEqual(got.rows, [
        [2026n, 1n, 2n, 1n, "tv"],
        [2026n, 1n, 2n, 1n, "tv"],
      ])
    }),
  )
})

it.effect("SQL reads the tables' files and nothing else, writes nothing and changes no setting", () =>
  withLake((engine, root) =>
    Effect.gen(function* () {
      const before = fs.readdirSync(root, { recursive: true, encoding: "utf8" }).toSorted()
      const parquet = join(root, gaFiles[0]!.at)
      const content = fs.readFileSync(parquet)
      for (const sql of [
        `SELECT * FROM read_text('${root}/secret.txt')`,
        `SELECT * FROM read_csv('${root}/secret.txt')`,
        `SELECT * FROM '${root}/secret.txt'`,
        `SELECT * FROM glob('${root}/*')`,
        `SELECT * FROM read_text('/etc/passwd')`,
        `SELECT * FROM read_parquet('https://example.com/a.parquet')`,
        `COPY (SELECT 1) TO '${root}/out.csv'`,
        `COPY (SELECT 1) TO '${parquet}' (FORMAT parquet, USE_TMP_FILE false)`,
        `SELECT 1; COPY (SELECT 1) TO '${parquet}' (FORMAT csv, USE_TMP_FILE false); SELECT 2`,
        `EXPLAIN ANALYZE COPY (SELECT 1) TO '${parquet}' (FORMAT csv, USE_TMP_FILE false)`,
        `EXPLAIN SELECT 1; EXPLAIN ANALYZE /* select */ COPY (SELECT 1) TO '${parquet}' (FORMAT csv, USE_TMP_FILE false)`,
        `PREPARE p AS COPY (SELECT 1) TO '${parquet}' (FORMAT csv, USE_TMP_FILE false); EXECUTE p`,
        `ATTACH '${root}/x.db'`,
        `EXPORT DATABASE '${root}/export'`,
        "SET enable_external_access = true",
        "SET lock_configuration = false; SELECT 1",
        "RESET allowed_paths",
        "INSTALL httpfs",
        "LOAD httpfs",
        "PRAGMA enable_profiling",
        "CALL pragma_version()",
        "DROP VIEW appflow_data.ga_sample",
        "CREATE SECRET s (TYPE s3)",
      ])
        assert.strictEqual((yield* refused(engine, sql))._tag, "Invalid", sql)
      assert.deepStrictEqual(fs.readdirSync(root, { recursive: true, encoding: "utf8" }).toSorted(), before)
      assert.isTrue(content.equals(fs.readFileSync(parquet)))
      // The guards have not broken the engine.
      assert.strictEqual((yield* ask(engine, seed)).rows.length, 3)
    }),
  ),
)

it.effect("refused SQL is Invalid, with DuckDB's first line", () =>
  withLake((engine) =>
    Effect.gen(function* () {
      for (const [sql, words] of [
        ["selec 1", `Parser Error: syntax error at or near "selec"`],
        [
          "SELECT nothing FROM appflow_data.ga_sample",
          'Binder Error: Referenced column "nothing" not found in FROM clause!',
        ],
        ["SELECT * FROM appflow_data.no_such", "Catalog Error: Table with name no_such does not exist!"],
        ["", "there is no statement"],
        ["-- nothing", "there is no statement"],
      ] as const) {
        const { _tag, detail } = yield* refused(engine, sql)
        assert.strictEqual(_tag, "Invalid", sql)
        assert.include(detail, words)
        assert.notInclude(detail, "\n")
      }
      const late = yield* refused(
        engine,
        "SELECT (CASE WHEN range = 5000 THEN 'x' ELSE '1' END)::INT FROM range(10000)",
      )
      assert.strictEqual(late._tag, "Invalid")
      assert.include(late.detail, "Conversion Error")
    }),
  ),
)

it.effect("rows come in pieces, once, and a reader may stop early or be interrupted", () =>
  withLake((engine) =>
    Effect.gen(function* () {
      const many = yield* engine.query("SELECT range FROM range(100000)")
      const total = yield* Stream.runFold(
        many.rows,
        () => 0n,
        (sum, [n]) => sum + (n as bigint),
      )
      assert.strictEqual(total, 4999950000n)
      assert.strictEqual((yield* Effect.flip(Stream.runDrain(many.rows))).reason._tag, "Invalid")
      const endless = yield* engine.query("SELECT a.range FROM range(10000000) a, range(10000000) b")
      assert.strictEqual((yield* Stream.runCollect(Stream.take(endless.rows, 5))).length, 5)
      const slow = yield* engine.query("SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b")
      const outcome = yield* Effect.timeoutOption(Stream.runDrain(slow.rows), "100 millis").pipe(TestClock.withLive)
      assert.isTrue(Option.isNone(outcome))
    }),
  ),
)

it.effect("each query asks for the tables anew, and its failure is the query's", () =>
  Effect.gen(function* () {
    const root = yield* folder
    const table = yield* tableOf(root, ga, gaFiles)
    let files = table.files.slice(0, 1)
    const engine = yield* DuckDbQueryEngine.make({
      directory: root,
      tables: Effect.sync(() => [{ schema: ga, files }]),
    })
    assert.deepStrictEqual((yield* ask(engine, "SELECT count(*) FROM appflow_data.ga_sample")).rows, [[2n]])
    files = table.files
    assert.deepStrictEqual((yield* ask(engine, "SELECT count(*) FROM appflow_data.ga_sample")).rows, [[4n]])
    files = [{ ...table.files[0]!, path: "/etc/passwd" }]
    assert.include((yield* refused(engine, "SELECT 1")).detail, "outside of the lake")
    const reason = new PortError.Unavailable({ detail: "journal is busy" })
    const failing = yield* DuckDbQueryEngine.make({ directory: root, tables: Effect.fail({ reason }) })
    assert.strictEqual((yield* refused(failing, "SELECT 1"))._tag, "Unavailable")
  }),
)

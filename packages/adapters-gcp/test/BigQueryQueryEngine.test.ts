import { assert, describe, it } from "@effect/vitest"
import * as BigQueryQueryEngine from "@tributary/adapters-gcp/BigQueryQueryEngine"
import * as PortError from "@tributary/core/PortError"
import { QueryEngine } from "@tributary/core/QueryEngine"
import * as QueryEngineContract from "@tributary/core/testing/QueryEngineContract"
import { Effect, Fiber, Layer, Stream } from "effect"
import { TestClock } from "effect/testing"
import * as FakeJobs from "./FakeJobs.ts"

type Page = BigQueryQueryEngine.Page

interface Fake {
  readonly jobs: Array<object>
  readonly asked: Array<string>
  readonly api: BigQueryQueryEngine.Api["Service"]
}

/** A server with one job; its pages, and faults in between, are answered in turn. */
const fake = (answers: ReadonlyArray<Page | PortError.Reason>, job: Partial<BigQueryQueryEngine.Job> = {}): Fake => {
  const jobs: Array<object> = []
  const asked: Array<string> = []
  return {
    jobs,
    asked,
    api: BigQueryQueryEngine.Api.of({
      insertJob: (configuration, location) =>
        Effect.sync(() => {
          jobs.push({ ...configuration, location })
          return { jobReference: { jobId: "j1", location: "EU" }, ...job }
        }),
      getQueryResults: ({ jobId, location }, { maxResults, pageToken }) =>
        Effect.suspend(() => {
          const answer = answers[asked.length]!
          asked.push(`${jobId} ${location} ${maxResults} ${pageToken ?? "first"}`)
          return "_tag" in answer ? Effect.fail(answer) : Effect.succeed(answer)
        }),
    }),
  }
}

const engineOf = ({ api }: Fake, options: BigQueryQueryEngine.Options = {}) =>
  BigQueryQueryEngine.make(options).pipe(Effect.provideService(BigQueryQueryEngine.Api, api))

const fields = [
  { name: "device", type: "STRING" },
  { name: "users", type: "INTEGER" },
]
const row = (...values: ReadonlyArray<string | null>) => ({ f: values.map((v) => ({ v })) })

describe("BigQueryQueryEngine", () => {
  it.effect("waits for the job and streams typed rows over its pages", () =>
    Effect.gen(function* () {
      const server = fake([
        { jobComplete: false },
        {
          jobComplete: true,
          schema: { fields },
          rows: [row("mobile", "9007199254740993")],
          pageToken: "p2",
          totalBytesProcessed: "123",
        },
        { jobComplete: true, schema: { fields }, pageToken: "p3" },
        { jobComplete: true, schema: { fields }, rows: [row("desktop", "2"), row(null, null)] },
      ])
      const engine = yield* engineOf(server, { pageRows: 2 })
      const result = yield* engine.query("SELECT 1")
      assert.deepStrictEqual(result.columns, [
        { name: "device", type: "STRING" },
        { name: "users", type: "INT64" },
      ])
      assert.strictEqual(result.bytesScanned, 123)
      // Pages are read as they are asked for.
      assert.strictEqual(server.asked.length, 2)
      assert.deepStrictEqual(yield* Stream.runCollect(Stream.take(result.rows, 1)), [
        ["mobile", 9_007_199_254_740_993n],
      ])
      assert.strictEqual(server.asked.length, 2)
      assert.deepStrictEqual(yield* Stream.runCollect(result.rows), [
        ["mobile", 9_007_199_254_740_993n],
        ["desktop", 2n],
        [null, null],
      ])
      assert.deepStrictEqual(server.asked, ["j1 EU 2 first", "j1 EU 2 first", "j1 EU 2 p2", "j1 EU 2 p3"])
    }),
  )

  it.effect("a statement without a result has no columns and no rows", () =>
    Effect.gen(function* () {
      const engine = yield* engineOf(fake([{ jobComplete: true }]))
      const result = yield* engine.query("CREATE VIEW v AS SELECT 1 AS n")
      assert.deepStrictEqual(result.columns, [])
      assert.deepStrictEqual(yield* Stream.runCollect(result.rows), [])
      assert.strictEqual(result.bytesScanned, 0)
    }),
  )

  it.effect("asks for standard SQL, with the limits of its options", () =>
    Effect.gen(function* () {
      const server = fake([{ jobComplete: true }, { jobComplete: true }])
      yield* (yield* engineOf(server)).query("SELECT 1")
      const options = {
        location: "EU",
        maximumBytesBilled: 10n ** 18n,
        defaultDataset: { project: "shop", dataset: "logs" },
      }
      yield* (yield* engineOf(server, options)).query("SELECT 2")
      assert.deepStrictEqual(server.jobs, [
        { query: "SELECT 1", useLegacySql: false, location: undefined },
        {
          query: "SELECT 2",
          useLegacySql: false,
          location: "EU",
          maximumBytesBilled: "1000000000000000000",
          defaultDataset: { datasetId: "logs", projectId: "shop" },
        },
      ])
    }),
  )

  it.effect("a job that has failed already is an error, not an empty result", () =>
    Effect.gen(function* () {
      for (const [reason, tag] of [
        ["invalidQuery", "Invalid"],
        ["notFound", "Invalid"],
        ["accessDenied", "Denied"],
        ["bytesBilledLimitExceeded", "Invalid"],
        ["backendError", "Unavailable"],
      ] as const) {
        const engine = yield* engineOf(
          fake([], { status: { errorResult: { reason, message: "Syntax error at [1:8]" } } }),
        )
        const error = yield* Effect.flip(engine.query("SELEC 1"))
        assert.strictEqual(error.reason._tag, tag)
        assert.strictEqual(error.message, `query BigQuery: Syntax error at [1:8] (${reason})`)
      }
    }),
  )

  it.effect("reads a page again after a passing fault, and fails in the stream after one that stays", () =>
    Effect.gen(function* () {
      const passing = new PortError.Unavailable({ detail: "503" })
      const server = fake([
        passing,
        { jobComplete: true, schema: { fields }, rows: [row("a", "1")], pageToken: "p2" },
        new PortError.NotFound({ detail: "Not found: Job shop:j1" }),
      ])
      const engine = yield* engineOf(server)
      const fiber = yield* Effect.forkChild(engine.query("SELECT 1"))
      yield* TestClock.adjust("1 second")
      const { rows } = yield* Fiber.join(fiber)
      const seen: Array<unknown> = []
      const error = yield* Effect.flip(Stream.runForEach(rows, (row) => Effect.sync(() => seen.push(row))))
      assert.deepStrictEqual(seen, [["a", 1n]])
      assert.strictEqual(error._tag, "QueryEngineError")
      assert.strictEqual(error.reason._tag, "NotFound")
    }),
  )
})

describe("the contract of QueryEngine, on a fake of query jobs", () => {
  const one = (type: string, value: string | null): FakeJobs.Answer => ({ columns: [`v ${type}`], rows: [[value]] })
  const columns = ["n INTEGER", "s STRING"]
  const answers = {
    int64: one("INTEGER", "9007199254740993"),
    smallest: one("INTEGER", "-9223372036854775808"),
    float64: one("FLOAT", "1.5"),
    boolean: one("BOOLEAN", "true"),
    string: one("STRING", "naïve 😀 'quoted'"),
    timestamp: one("TIMESTAMP", "1767323045000000"),
    micros: one("TIMESTAMP", "1767323045000006"),
    date: one("DATE", "2026-01-02"),
    json: one("JSON", '{"a":1}'),
    decimal: one("NUMERIC 2", "12.3"),
    null: one("STRING", null),
  }
  const engine = BigQueryQueryEngine.make({ pageRows: 1000 })
  const layer = Layer.effect(QueryEngine, engine).pipe(
    Layer.provide(
      FakeJobs.layer({
        ...answers,
        table: {
          columns,
          rows: [
            ["1", "a"],
            ["2", null],
          ],
        },
        empty: { columns, rows: [] },
        many: { columns: ["n INTEGER"], rows: Array.from({ length: 10_000 }, (_, i) => [String(i)]) },
      }),
    ),
  )
  const literals = Object.fromEntries(Object.keys(answers).map((name) => [name, name]))
  const refused = ["SELEC 1", "SELECT * FROM nowhere.nothing"]
  for (const c of QueryEngineContract.cases({ literals, table: "table", empty: "empty", many: "many", refused })) {
    it.effect(c.name, () => c.run.pipe(Effect.provide(Layer.fresh(layer))))
  }
})

import type { QueryExecution } from "@aws-sdk/client-athena"
import * as AthenaQueryEngine from "@tributary/adapters-aws/AthenaQueryEngine"
import { mustFail } from "@tributary/core/testing/Contract"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Stream } from "effect"
import { TestClock } from "effect/testing"
import { type Fault, serviceError, watched } from "./support/fake.ts"
import { inTime } from "./support/time.ts"

const select = "SELECT device, users, at FROM ga_sample"
const infos = [
  { Name: "device", Type: "varchar" },
  { Name: "users", Type: "bigint" },
  { Name: "at", Type: "timestamp" },
]
const row = (...cells: ReadonlyArray<string | undefined>) => ({
  Data: cells.map((cell) => (cell === undefined ? {} : { VarCharValue: cell })),
})
const header = row("device", "users", "at")

interface Script {
  /** The states that the query goes through, the last one to stay. */
  readonly states?: ReadonlyArray<QueryExecution["Status"]>
  readonly pages?: ReadonlyArray<ReadonlyArray<ReturnType<typeof row>>>
  readonly statement?: "DML" | "UTILITY"
  readonly faults?: { readonly [Name in keyof AthenaQueryEngine.Api]?: Array<Fault> }
}

/** An Athena that plays one query. A token that it knows starts no second one. */
const fake = (script: Script = {}, options: AthenaQueryEngine.Options = {}) => {
  const states = [...(script.states ?? [{ State: "QUEUED" }, { State: "RUNNING" }, { State: "SUCCEEDED" }])]
  const pages = script.pages ?? [[header]]
  const started = new Map<string, string>()
  const played: AthenaQueryEngine.Api = {
    startQueryExecution: async ({ ClientRequestToken = "" }) => {
      const id = started.get(ClientRequestToken) ?? `query-${started.size + 1}`
      started.set(ClientRequestToken, id)
      return { QueryExecutionId: id }
    },
    getQueryExecution: async ({ QueryExecutionId }) => ({
      QueryExecution: {
        QueryExecutionId,
        Status: states.length > 1 ? states.shift() : states[0],
        StatementType: script.statement ?? "DML",
        Statistics: { DataScannedInBytes: 4096 },
      },
    }),
    getQueryResults: async ({ NextToken = "0" }) => {
      const next = Number(NextToken) + 1
      const ResultSet = { Rows: [...(pages[Number(NextToken)] ?? [])], ResultSetMetadata: { ColumnInfo: infos } }
      return next < pages.length ? { ResultSet, NextToken: String(next) } : { ResultSet }
    },
    stopQueryExecution: async () => ({}),
  }
  const { api, made, faults } = watched(played)
  Object.assign(faults, script.faults)
  return { engine: AthenaQueryEngine.make(api, options), made, started, calls: () => made.map(({ call }) => call) }
}

describe("AthenaQueryEngine", () => {
  it.effect("answers typed rows, without the header", () =>
    Effect.gen(function* () {
      const { engine, made } = fake(
        {
          pages: [
            [header, row("mobile", "9007199254740993", "2026-01-02 03:04:05.000"), row("", undefined, undefined)],
          ],
        },
        { workGroup: "lake", database: "appflow_data", outputLocation: "s3://out/" },
      )
      const { columns, rows, bytesScanned } = yield* inTime(engine.query(select))
      assert.deepStrictEqual(columns, [
        { name: "device", type: "varchar" },
        { name: "users", type: "bigint" },
        { name: "at", type: "timestamp" },
      ])
      assert.deepStrictEqual(yield* Stream.runCollect(rows), [
        ["mobile", 9007199254740993n, "2026-01-02T03:04:05Z"],
        ["", null, null],
      ])
      assert.strictEqual(bytesScanned, 4096)
      const { ClientRequestToken, ...input } = made[0]!.input as { ClientRequestToken: string }
      assert.match(ClientRequestToken, /^[0-9a-f-]{36}$/)
      assert.deepStrictEqual(input, {
        QueryString: select,
        WorkGroup: "lake",
        QueryExecutionContext: { Database: "appflow_data" },
        ResultConfiguration: { OutputLocation: "s3://out/" },
      })
    }),
  )

  it.effect("reads page by page, as rows are asked for; only the first page has a header", () =>
    Effect.gen(function* () {
      const pages = [[header, row("a", "1")], [row("device", "2")], [row("c", "3")]]
      const { engine, calls } = fake({ pages: pages.map((page) => page.map((one) => one)) })
      const { rows } = yield* inTime(engine.query(select))
      const reads = () => calls().filter((call) => call === "getQueryResults").length
      assert.strictEqual(reads(), 1)
      const all = yield* Stream.runCollect(rows)
      assert.deepStrictEqual(
        all.map(([device]) => device),
        ["a", "device", "c"],
      )
      assert.strictEqual(reads(), 3)
    }),
  )

  it.effect("keeps the first row of a statement whose results have no header", () =>
    Effect.gen(function* () {
      const { engine } = fake({ statement: "UTILITY", pages: [[row("device", "1"), row("b", "2")]] })
      const { rows } = yield* inTime(engine.query("SHOW TABLES"))
      assert.strictEqual((yield* Stream.runCollect(rows)).length, 2)
    }),
  )

  it.effect("starts one query, though the answer to its start was lost", () =>
    Effect.gen(function* () {
      const { engine, started, calls } = fake({ faults: { startQueryExecution: ["answer lost", "request lost"] } })
      yield* inTime(engine.query(select))
      assert.strictEqual(started.size, 1)
      assert.strictEqual(calls().filter((call) => call === "startQueryExecution").length, 3)
    }),
  )

  it.effect("waits longer from look to look, and goes on where Athena asks for a slower pace", () =>
    Effect.gen(function* () {
      const states = [
        ...Array.from({ length: 30 }, () => ({ State: "RUNNING" as const })),
        { State: "SUCCEEDED" as const },
      ]
      const { engine, calls } = fake({
        states,
        faults: { getQueryExecution: [serviceError("TooManyRequestsException", 400)] },
      })
      const fiber = yield* Effect.forkChild(engine.query(select))
      yield* TestClock.adjust("10 seconds")
      const looks = calls().filter((call) => call === "getQueryExecution").length
      assert.isTrue(looks > 5 && looks < 15, `${looks} looks in 10 s`)
      yield* TestClock.adjust("2 minutes")
      yield* Fiber.join(fiber)
    }),
  )

  it.effect.each([
    ["words of Athena's", { State: "FAILED", StateChangeReason: "COLUMN_NOT_FOUND: line 1:8: nope" }, "Invalid"],
    ["a fault of Athena's own", { State: "FAILED", AthenaError: { ErrorCategory: 1 } }, "Unavailable"],
    ["a fault that passes", { State: "FAILED", AthenaError: { ErrorCategory: 2, Retryable: true } }, "Unavailable"],
    [
      "somebody who stopped it",
      { State: "CANCELLED", StateChangeReason: "Query was cancelled by user" },
      "Unavailable",
    ],
    ["the workgroup's limit", { State: "CANCELLED", StateChangeReason: "Bytes scanned limit was exceeded" }, "Full"],
  ] as const)("ends by %s", ([, state, tag]) =>
    Effect.gen(function* () {
      const { engine } = fake({ states: [{ State: "RUNNING" }, state] })
      const reason = yield* inTime(mustFail(engine.query(select), tag, "query"))
      if ("StateChangeReason" in state) assert.strictEqual(reason.detail, state.StateChangeReason)
    }),
  )

  it.effect("stops the query when nobody waits for it any more", () =>
    Effect.gen(function* () {
      const { engine, made } = fake({ states: [{ State: "RUNNING" }] })
      const fiber = yield* Effect.forkChild(engine.query(select))
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual(made.at(-1), { call: "stopQueryExecution", input: { QueryExecutionId: "query-1" } })
    }),
  )
})

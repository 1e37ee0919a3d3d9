import { assert, describe, it } from "@effect/vitest"
import * as BigQueryClient from "@tributary/adapters-gcp/BigQueryClient"
import * as BigQueryRowSink from "@tributary/adapters-gcp/BigQueryRowSink"
import * as ColumnBatchBuilder from "@tributary/core/ColumnBatchBuilder"
import * as PortError from "@tributary/core/PortError"
import { RowSink } from "@tributary/core/RowSink"
import * as RowSinkContract from "@tributary/core/testing/RowSinkContract"
import type { TableSchema } from "@tributary/core/TableSchema"
import { ConfigProvider, Effect, Exit, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"
import * as Fake from "./FakeBigQuery.ts"

const seed: TableSchema = {
  database: "logs",
  name: "events",
  columns: [
    { name: "timestamp", type: { kind: "timestamp" }, required: true },
    { name: "session_id", type: { kind: "int64" }, required: true },
    { name: "action", type: { kind: "string" }, required: false },
    { name: "params", type: { kind: "json" }, required: false },
  ],
  partitionColumns: ["year", "month", "day"],
  version: 1,
  view: ["timestamp", "session_id", "action", "params"],
}
const own = [
  "_record_id STRING REQUIRED",
  "timestamp TIMESTAMP REQUIRED",
  "session_id INT64 REQUIRED",
  "action STRING",
  "params JSON",
]
const name = "shop.logs.events"
const table = { project: "shop", dataset: "logs", table: "events" }

const rows = (n: number, from = 0) =>
  Array.from({ length: n }, (_, i): ReadonlyArray<ColumnBatchBuilder.Value> => [
    1_767_225_600_123_456n,
    BigInt(from + i),
    `a${from + i}`,
    null,
  ])
const keysOf = (n: number, from = 0) => Array.from({ length: n }, (_, i) => `k${from + i}`)
const batchOf = (values: ReadonlyArray<ReadonlyArray<ColumnBatchBuilder.Value>>) =>
  ColumnBatchBuilder.fromRows(seed, values)

/** Runs to the end, a second of virtual time after the other. */
const letTimePass = <A, E>(effect: Effect.Effect<A, E>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(effect)
    for (let second = 0; second < 300 && fiber.pollUnsafe() === undefined; second++) yield* TestClock.adjust("1 second")
    return yield* Fiber.join(fiber)
  })

/** Runs with a sink over fresh fakes. */
const withSink = <A, E>(
  use: (sink: RowSink["Service"], fakes: Fake.Fakes) => Effect.Effect<A, E>,
  options: Partial<BigQueryRowSink.Options> = {},
  columns: ReadonlyArray<string> = own,
) =>
  Effect.gen(function* () {
    const fakes = Fake.make()
    Fake.withTable(fakes, name, columns)
    const sink = yield* BigQueryRowSink.make({ table, ...options }).pipe(Effect.provide(fakes.layer))
    return yield* letTimePass(use(sink, fakes))
  })

const stored = (fakes: Fake.Fakes) => fakes.tables.get(name)!.rows
const reasonOf = <A, R>(effect: Effect.Effect<A, { readonly reason: PortError.Reason }, R>) =>
  Effect.map(Effect.flip(effect), ({ reason }) => reason)

describe("BigQueryRowSink", () => {
  it.effect("writes a batch under its keys", () =>
    withSink((sink, fakes) =>
      Effect.gen(function* () {
        const values = [
          [1_767_225_600_123_456n, 9_007_199_254_740_993n, "é", '{"a": 1.10}'],
          [0n, 0n, null, null],
        ] as const
        assert.deepStrictEqual(yield* sink.append(batchOf(values), ["x", "y"]), { rejected: [] })
        assert.deepStrictEqual(
          stored(fakes).map(({ insertId, json }) => ({ insertId, json })),
          [
            {
              insertId: "x",
              json: {
                _record_id: "x",
                timestamp: "2026-01-01T00:00:00.123456Z",
                session_id: "9007199254740993",
                action: "é",
                params: '{"a": 1.10}',
              },
            },
            { insertId: "y", json: { _record_id: "y", timestamp: "1970-01-01T00:00:00Z", session_id: "0" } },
          ],
        )
      }),
    ),
  )

  it.effect("does nothing for an empty batch", () =>
    withSink((sink, fakes) =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* sink.append(batchOf([]), []), { rejected: [] })
        assert.deepStrictEqual(fakes.calls, [])
      }),
    ),
  )

  it.effect("dies of a batch with too few keys", () =>
    withSink((sink) =>
      Effect.gen(function* () {
        assert.isTrue(Exit.hasDies(yield* Effect.exit(sink.append(batchOf(rows(2)), ["a"]))))
      }),
    ),
  )

  it.effect("asks for the table once", () =>
    withSink((sink, fakes) =>
      Effect.gen(function* () {
        yield* sink.append(batchOf(rows(1)), keysOf(1))
        yield* sink.append(batchOf(rows(1, 1)), keysOf(1, 1))
        assert.deepStrictEqual(fakes.calls, [`get ${name}`])
      }),
    ),
  )

  describe("columns", () => {
    it.effect("leaves the key out where the table has no place for it", () =>
      withSink(
        (sink, fakes) =>
          Effect.gen(function* () {
            yield* sink.append(batchOf(rows(1)), ["x"])
            assert.hasAllKeys(stored(fakes)[0]?.json, ["timestamp", "session_id", "action"])
            assert.strictEqual(stored(fakes)[0]?.insertId, "x")
          }),
        {},
        own.slice(1),
      ),
    )

    it.effect("sends those that were chosen", () =>
      withSink(
        (sink, fakes) =>
          Effect.gen(function* () {
            yield* sink.append(batchOf(rows(1)), ["x"])
            assert.deepStrictEqual(stored(fakes)[0]?.json, { action: "a0", session_id: "0" })
          }),
        { columns: ["action", "session_id"] },
        ["Session_ID INT64", "action STRING"],
      ),
    )

    const refused: ReadonlyArray<readonly [string, ReadonlyArray<string>, Partial<BigQueryRowSink.Options>, string]> = [
      ["a column that the table lacks", own.slice(0, 4), {}, "the table has no column params"],
      [
        "a chosen column that the batch lacks",
        own,
        { columns: ["action", "colour"] },
        "the batch has no column colour",
      ],
      [
        "a column that the table requires and nobody sends",
        [...own, "tenant STRING REQUIRED"],
        {},
        "the table requires tenant",
      ],
    ]
    for (const [what, columns, options, words] of refused) {
      it.effect(`fails for ${what}`, () =>
        withSink(
          (sink, fakes) =>
            Effect.gen(function* () {
              const reason = yield* reasonOf(sink.append(batchOf(rows(2)), keysOf(2)))
              assert.strictEqual(reason._tag, "Invalid")
              assert.include(reason.detail, words)
              assert.strictEqual(fakes.bodies.length, 0)
            }),
          options,
          columns,
        ),
      )
    }

    it.effect("fails for a view", () =>
      withSink((sink, fakes) =>
        Effect.gen(function* () {
          fakes.tables.set(name, { resource: { type: "VIEW" }, rows: [] })
          const reason = yield* reasonOf(sink.append(batchOf(rows(1)), keysOf(1)))
          assert.deepInclude(reason, { _tag: "Invalid", detail: "it is a view; rows go into tables" })
        }),
      ),
    )

    it.effect("fails for a column that stands in the lake's paths", () =>
      withSink((sink) =>
        Effect.gen(function* () {
          const { view: _, ...schema } = seed
          const reason = yield* reasonOf(sink.append(ColumnBatchBuilder.fromRows(schema, rows(1)), keysOf(1)))
          assert.strictEqual(reason._tag, "Invalid")
          assert.include(reason.detail, "year, month, day")
        }),
      ),
    )
  })

  describe("bad rows", () => {
    it.effect("are rejected in order of index, with Google's words, and the good ones are written", () =>
      withSink((sink, fakes) =>
        Effect.gen(function* () {
          const values = rows(1200)
          for (const i of [3, 700, 701, 1199]) values[i] = [0n, 1n, "bad", "not json"]
          const { rejected } = yield* sink.append(batchOf(values), keysOf(1200))
          assert.deepStrictEqual(
            rejected.map(({ index }) => index),
            [3, 700, 701, 1199],
          )
          for (const { detail } of rejected)
            assert.strictEqual(detail, 'params: Cannot convert value to JSON (bad value): "not json" (invalid)')
          assert.strictEqual(stored(fakes).length, 1196)
          assert.strictEqual(fakes.inserts, 3)
        }),
      ),
    )

    it.effect("that cannot be sent are rejected beside those that BigQuery rejects", () =>
      withSink(
        (sink, fakes) =>
          Effect.gen(function* () {
            const schema = {
              ...seed,
              columns: [{ name: "ratio", type: { kind: "float64" }, required: false }],
            } as const
            const batch = ColumnBatchBuilder.fromRows({ ...schema, view: ["ratio"] }, [
              [Number.NaN],
              [1.5],
              [null],
              [Number.POSITIVE_INFINITY],
            ])
            const { rejected } = yield* sink.append(batch, keysOf(4))
            assert.deepStrictEqual(rejected, [
              { index: 0, detail: "ratio is NaN, which is no number" },
              { index: 3, detail: "ratio is Infinity, which is no number" },
            ])
            assert.deepStrictEqual(
              stored(fakes).map(({ json }) => json["ratio"]),
              [1.5, undefined],
            )
          }),
        {},
        ["_record_id STRING REQUIRED", "ratio FLOAT64"],
      ),
    )

    it.effect("that stop the others: those are sent again without them", () =>
      withSink((sink, fakes) =>
        Effect.gen(function* () {
          fakes.skips = false
          const values = rows(3)
          values[1] = [0n, 0n, null, "not json"]
          const { rejected } = yield* sink.append(batchOf(values), keysOf(3))
          assert.deepStrictEqual(
            rejected.map(({ index }) => index),
            [1],
          )
          assert.sameMembers(
            stored(fakes).map(({ insertId }) => insertId),
            ["k0", "k2"],
          )
          assert.strictEqual(fakes.inserts, 2)
        }),
      ),
    )

    it.effect("in a request that is refused as a whole are found by halving it", () =>
      withSink((sink, fakes) =>
        Effect.gen(function* () {
          fakes.refusesRequest = ({ insertId }) =>
            ["k3", "k77"].includes(insertId) ? "the partition is too old" : undefined
          const { rejected } = yield* sink.append(batchOf(rows(100)), keysOf(100))
          assert.deepStrictEqual(rejected, [
            { index: 3, detail: "the partition is too old (invalid)" },
            { index: 77, detail: "the partition is too old (invalid)" },
          ])
          assert.strictEqual(stored(fakes).length, 98)
          assert.isBelow(fakes.bodies.length, 32)
        }),
      ),
    )

    it.effect("make it look at the table again where a field is unknown", () =>
      withSink((sink, fakes) =>
        Effect.gen(function* () {
          yield* sink.append(batchOf(rows(1)), keysOf(1))
          Fake.withTable(fakes, name, own.slice(0, 4))
          const { rejected } = yield* sink.append(batchOf([[0n, 0n, null, "{}"]]), ["x"])
          assert.deepStrictEqual(rejected, [{ index: 0, detail: "no such field: params. (invalid)" }])
          const reason = yield* reasonOf(sink.append(batchOf([[0n, 0n, null, "{}"]]), ["y"]))
          assert.include(reason.detail, "the table has no column params")
        }),
      ),
    )
  })

  describe("faults", () => {
    const throttled = new PortError.Throttled({ detail: "slow down", retryAfterMs: 3000 })
    const unavailable = new PortError.Unavailable({ detail: "503" })

    it.effect("that pass are tried again", () =>
      withSink((sink, fakes) =>
        Effect.gen(function* () {
          fakes.faults.push(unavailable, "fine", throttled, unavailable, "lost", "fine")
          assert.deepStrictEqual(yield* sink.append(batchOf(rows(5)), keysOf(5)), { rejected: [] })
          assert.strictEqual(stored(fakes).length, 5)
          assert.deepStrictEqual(fakes.faults, [])
        }),
      ),
    )

    it.effect("wait as long as the answer asks, and no longer than ten seconds", () =>
      Effect.gen(function* () {
        for (const [retryAfterMs, waits] of [
          [3000, 3000],
          [3_600_000, 10_000],
        ] as const) {
          const fakes = Fake.make()
          Fake.withTable(fakes, name, own)
          fakes.faults.push("fine", new PortError.Throttled({ detail: "slow down", retryAfterMs }))
          const sink = yield* BigQueryRowSink.make({ table }).pipe(Effect.provide(fakes.layer))
          const fiber = yield* Effect.forkChild(sink.append(batchOf(rows(1)), keysOf(1)))
          yield* TestClock.adjust(waits - 1)
          assert.strictEqual(stored(fakes).length, 0)
          yield* TestClock.adjust(1)
          yield* Fiber.join(fiber)
          assert.strictEqual(stored(fakes).length, 1)
        }
      }),
    )

    for (const [fault, tag] of [
      [unavailable, "Unavailable"],
      [throttled, "Throttled"],
    ] as const) {
      it.effect(`that stay fail as ${tag} after five tries`, () =>
        withSink((sink, fakes) =>
          Effect.gen(function* () {
            yield* sink.append(batchOf(rows(1)), keysOf(1))
            fakes.faults.push(...Array.from({ length: 6 }, () => fault))
            const error = yield* Effect.flip(sink.append(batchOf(rows(1, 1)), keysOf(1, 1)))
            assert.strictEqual(error.reason._tag, tag)
            assert.isTrue(error.isRetryable)
            assert.strictEqual(fakes.faults.length, 1)
            assert.strictEqual(error.message, `append to ${name}: ${fault.detail}`)
          }),
        ),
      )
    }

    for (const reason of [
      new PortError.Denied({ detail: "no right" }),
      new PortError.NotFound({ detail: "no table" }),
    ]) {
      it.effect(`that never pass fail at once: ${reason._tag}`, () =>
        withSink(
          (sink, fakes) =>
            Effect.gen(function* () {
              fakes.faults.push("fine", reason)
              const error = yield* Effect.flip(sink.append(batchOf(rows(600)), keysOf(600)))
              assert.deepStrictEqual(error.reason, reason)
              assert.isFalse(error.isRetryable)
            }),
          { concurrency: 1 },
        ),
      )
    }

    it.effect("of single rows are sent again, and those rows only", () =>
      withSink((sink, fakes) =>
        Effect.gen(function* () {
          fakes.rowFault = ({ insertId }) => (insertId === "k1" && fakes.inserts < 3 ? "timeout" : undefined)
          assert.deepStrictEqual(yield* sink.append(batchOf(rows(3)), keysOf(3)), { rejected: [] })
          assert.deepStrictEqual(
            stored(fakes).map(({ insertId }) => insertId),
            ["k0", "k2", "k1"],
          )
          const sent = fakes.bodies.map((body) => (JSON.parse(body) as { rows: ReadonlyArray<unknown> }).rows.length)
          assert.deepStrictEqual(sent, [3, 1, 1])
        }),
      ),
    )

    it.effect("of single rows that stay fail the batch: nothing is said to be written", () =>
      withSink((sink, fakes) =>
        Effect.gen(function* () {
          fakes.rowFault = ({ insertId }) => (insertId === "k1" ? "stopped" : undefined)
          const reason = yield* reasonOf(sink.append(batchOf(rows(3)), keysOf(3)))
          assert.deepInclude(reason, { _tag: "Unavailable", detail: "1 rows were not taken: stopped" })
        }),
      ),
    )

    it.effect("a lost answer and a second delivery leave one row per key, within the minute", () =>
      withSink((sink, fakes) =>
        Effect.gen(function* () {
          fakes.faults.push("fine", "lost")
          yield* sink.append(batchOf(rows(4)), keysOf(4))
          yield* sink.append(batchOf(rows(4)), keysOf(4))
          assert.strictEqual(stored(fakes).length, 4)
        }),
      ),
    )

    it.effect("an answer about a row that was not sent is not believed", () =>
      Effect.gen(function* () {
        const api = BigQueryRowSink.Api.of({
          getTable: () => Effect.succeed({ type: "TABLE", schema: { fields: [{ name: "action", type: "STRING" }] } }),
          insertAll: () => Effect.succeed({ insertErrors: [{ index: 9, errors: [{ reason: "invalid" }] }] }),
        })
        const sink = yield* BigQueryRowSink.make({ table, columns: ["action"] }).pipe(
          Effect.provideService(BigQueryRowSink.Api, api),
        )
        const reason = yield* letTimePass(reasonOf(sink.append(batchOf(rows(1)), keysOf(1))))
        assert.deepInclude(reason, {
          _tag: "Unavailable",
          detail: "the answer names row 9 of 1",
        })
      }),
    )
  })

  it.effect("60,000 rows go in 120 requests", () =>
    withSink((sink, fakes) =>
      Effect.gen(function* () {
        // Comparing each insertId with all others is slow in the fake; what matters here is what is sent.
        let sent = 0
        fakes.rowFault = () => (sent++, undefined)
        fakes.tables.set(name, {
          resource: fakes.tables.get(name)!.resource,
          rows: Object.assign([], { some: () => false }),
        })
        assert.deepStrictEqual(yield* sink.append(batchOf(rows(60_000)), keysOf(60_000)), { rejected: [] })
        assert.strictEqual(sent, 60_000)
        assert.strictEqual(fakes.inserts, 120)
      }),
    ),
  )

  describe("layerConfig", () => {
    const build = (env: Record<string, string>) =>
      Effect.scoped(Layer.build(BigQueryRowSink.layerConfig)).pipe(
        Effect.provide(BigQueryClient.layer({ apiEndpoint: "http://127.0.0.1:9", projectId: "shop" })),
        Effect.provide(ConfigProvider.layer(ConfigProvider.fromUnknown(env))),
      )

    it.effect("reads BIGQUERY_TABLE_ID", () => build({ BIGQUERY_TABLE_ID: "shop.logs.events" }))

    it.effect("says what an address looks like", () =>
      Effect.gen(function* () {
        for (const env of [{ BIGQUERY_TABLE_ID: "events" }, {}]) {
          const error = yield* Effect.flip(build(env))
          assert.match(error.message, /dataset\.table|BIGQUERY_TABLE_ID/)
        }
      }),
    )
  })
})

describe("the contract of RowSink, on a fake of insertAll", () => {
  const fakes = Fake.make()
  Fake.withTable(fakes, name, own)
  const layer = Layer.effect(RowSink, BigQueryRowSink.make({ table })).pipe(Layer.provide(fakes.layer))
  const cases = RowSinkContract.cases({
    schema: seed,
    prefix: "contract-",
    nameColumn: "action",
    row: (name) => [1_767_225_600_123_456n, 9_007_199_254_740_993n, name, '{"a":1.10}'],
    badRow: (name) => [0n, 0n, name, "not json"],
    written: Effect.sync(() =>
      stored(fakes).map(({ json }) => [
        json["timestamp"] as string,
        BigInt(json["session_id"] as string),
        (json["action"] ?? null) as string | null,
        (json["params"] ?? null) as string | null,
      ]),
    ),
  })
  for (const c of cases) it.effect(c.name, () => c.run.pipe(Effect.provide(Layer.fresh(layer))))
})

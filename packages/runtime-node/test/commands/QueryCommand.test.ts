import { assert, describe, it, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { join } from "node:path"
import { type Answer, folder, json, line, payload, run, write } from "../support/cli.ts"

class Lake extends Context.Service<Lake, string>()("test/Lake") {}

const seeded = Layer.effect(
  Lake,
  Effect.gen(function* () {
    const root = yield* folder
    const lake = join(root, "lake")
    write(root, {
      ga: line("2026010100", "mobile", 9007199254740991) + line("2026010100", "desktop", "9007199254740992"),
      logs: payload(
        '{"session_id":"-9007199254740993","action":"a\\u001b[2J\\nb","params":{"n":1.10,"big":12345678901234567890}}',
        '{"session_id":null}',
      ),
    })
    yield* json(["ingest", "ga", join(root, "ga"), "--lake", lake])
    yield* json(["ingest", "logs", join(root, "logs"), "--lake", lake])
    return lake
  }),
)

layer(seeded, { excludeTestServices: true })("query", (it) => {
  const ask = (sql: string) => Effect.flatMap(Lake, (lake) => json<Answer>(["query", sql, "--lake", lake]))
  const show = (sql: string, options = {}) =>
    Effect.flatMap(Lake, (lake) => run(["query", sql, "--lake", lake], options))

  it.effect("answers with columns, rows and bytesScanned, in this order", () =>
    Effect.gen(function* () {
      const lake = yield* Lake
      const sql = "SELECT year, month, day, hour, device, user_count FROM appflow_data.ga_sample ORDER BY device"
      const { out } = yield* run(["query", sql, "--lake", lake, "--format", "json"])
      assert.match(
        out,
        /^\{"columns":\["year","month","day","hour","device","user_count"\],"rows":\[\[2026,1,1,0,"desktop","9007199254740992"\],\[2026,1,1,0,"mobile",9007199254740991\]\],"bytesScanned":\d{3,}\}\n$/,
      )
    }),
  )

  it.effect("writes timestamps as ISO 8601 with Z, json as its text, integers exact", () =>
    Effect.gen(function* () {
      const { rows } = yield* ask("SELECT * FROM logs.events ORDER BY timestamp")
      assert.deepStrictEqual(rows, [
        ["2026-01-04T09:00:00Z", "-9007199254740993", "a\u001b[2J\nb", '{"n":1.10,"big":12345678901234567890}'],
        ["2026-01-04T09:00:00.001Z", 0, null, null],
      ])
      assert.deepStrictEqual((yield* ask("SELECT 0.5::DOUBLE, 'NaN'::DOUBLE, true, NULL")).rows, [
        [0.5, "NaN", true, null],
      ])
    }),
  )

  it.effect("answers without rows", () =>
    Effect.gen(function* () {
      const { columns, rows } = yield* ask("SELECT device FROM appflow_data.ga_sample WHERE day = 9")
      assert.deepStrictEqual([columns, rows], [["device"], []])
    }),
  )

  it.effect("is a table for people, which nothing in the data can disturb", () =>
    Effect.gen(function* () {
      const { out } = yield* show("SELECT session_id, action FROM logs.events ORDER BY session_id")
      const [heading, rule, first, second, , words] = out.split("\n")
      assert.strictEqual(heading, "       session_id  action")
      assert.strictEqual(rule, "─────────────────  ───────────")
      assert.strictEqual(first, "-9007199254740993  a\\x1b[2J\\nb")
      assert.strictEqual(second, "                0  NULL")
      assert.match(words!, /^2 rows, [\d.]+ k?B read, \d+ ms$/)
    }),
  )

  it.effect("shows people a limited number of rows, programs all", () =>
    Effect.gen(function* () {
      const { out } = yield* show("SELECT * FROM range(10001)")
      assert.include(out, "10,001 rows (the first 10,000 are shown; --format json prints all)")
      assert.lengthOf((yield* ask("SELECT * FROM range(10001)")).rows, 10_001)
    }),
  )

  it.effect("stops quietly when its reader has gone", () =>
    Effect.gen(function* () {
      const lake = yield* Lake
      const { code, err, out } = yield* run(
        ["query", "SELECT * FROM range(100000000)", "--lake", lake, "--format", "json"],
        { closesAfter: 1 },
      )
      assert.deepStrictEqual([code, err], [0, ""])
      assert.isBelow(out.length, 1_000_000)
    }),
  )

  it.effect("refuses what is no query, with exit code 2 and no output", () =>
    Effect.gen(function* () {
      for (const sql of [
        "",
        "SELEC 1",
        "SELECT nope FROM logs.events",
        "SELECT * FROM nope",
        "DELETE FROM logs.events",
        "SELECT * FROM '/etc/passwd'",
      ]) {
        const { code, err, out } = yield* Effect.flatMap(Lake, (lake) =>
          run(["query", sql, "--lake", lake, "--format", "json"]),
        )
        assert.strictEqual(code, 2, `${sql}: ${out}`)
        assert.strictEqual(out, "")
        assert.match(
          err,
          sql === "" ? /^tributary: the SQL is empty\n$/ : /^tributary: the query was refused: [^\n]+\n$/,
        )
      }
      const { err } = yield* run(["query", "SELECT", "1"])
      assert.match(err, /"1" was not expected; words that belong together stand in quotes/)
    }),
  )
})

describe("an empty lake", () => {
  it.live("has both tables, without rows", () =>
    Effect.gen(function* () {
      const root = yield* folder
      write(root, { empty: "" })
      yield* json(["ingest", "ga", join(root, "empty"), "--lake", join(root, "lake")])
      for (const table of ["appflow_data.ga_sample", "logs.events"]) {
        assert.deepStrictEqual(
          (yield* json<Answer>(["query", `SELECT * FROM ${table}`, "--lake", join(root, "lake")])).rows,
          [],
        )
      }
    }),
  )
})

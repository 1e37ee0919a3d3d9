import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { existsSync, rmSync, utimesSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { type Answer, type Ledger, everything, folder, json, line, payload, run, write } from "../support/cli.ts"

const nothing = { records: 0, written: 0, superseded: 0, duplicate: 0, filtered: 0, quarantined: 0, pending: 0 }
const ofCall = { inputs: 1, duplicateInputs: 0, ...nothing }

/** A lake, and commands on it: paths are below the folder. */
const lakeIn = (root: string) => {
  const lake = ["--lake", join(root, "lake")]
  return {
    ingest: (flow: string, paths: ReadonlyArray<string>, ...flags: ReadonlyArray<string>) =>
      json(["ingest", flow, ...paths.map((path) => join(root, path)), ...lake, ...flags]),
    query: (sql: string) => Effect.map(json<Answer>(["query", sql, ...lake]), ({ rows }) => rows),
    ledger: json(["ledger", ...lake]),
  }
}

describe("--format json", () => {
  it.live("is one document with the members of the contract, in their order; progress is elsewhere", () =>
    Effect.gen(function* () {
      const root = yield* folder
      write(root, {
        "in/a.jsonl": line("2026010100", "mobile", 7) + "broken\n",
        "in/b.gz": gzipSync(line("2026010200", "tablet", "8")),
      })
      const { code, err, out } = yield* run([
        "ingest",
        "ga",
        join(root, "in"),
        "--lake",
        join(root, "lake"),
        "--format",
        "json",
      ])
      assert.strictEqual(code, 0)
      assert.strictEqual(
        out,
        '{"inputs":2,"duplicateInputs":0,"records":3,"written":2,"superseded":0,"duplicate":0,"filtered":0,"quarantined":1,"pending":0}\n',
      )
      assert.strictEqual(err, `1/2  ${root}/in/a.jsonl: 2 records, 1 quarantined\n2/2  ${root}/in/b.gz: 1 record\n`)
    }),
  )

  it.live("may stand before the command too", () =>
    Effect.gen(function* () {
      const root = yield* folder
      write(root, { a: line("2026010100", "mobile", 7) })
      const { out } = yield* run(["--format", "json", "--lake", join(root, "lake"), "ingest", "ga", join(root, "a")])
      assert.deepStrictEqual(JSON.parse(out), { ...ofCall, records: 1, written: 1 })
    }),
  )
})

describe("for people", () => {
  it.live("is a table, a sentence, and where to look next", () =>
    Effect.gen(function* () {
      const root = yield* folder
      write(root, {
        a: "broken\n" + line("2026010100", "mobile", 7).repeat(1),
        b: "broken\n" + line("2026010100", "mobile", 7),
      })
      const { out } = yield* run(["ingest", "ga", join(root, "a"), join(root, "b"), "--lake", join(root, "lake")])
      assert.match(out, /^2 inputs, 1 of them carried before, 2 records, in \d+ ms\n/)
      assert.match(out, /\nthis call +2 +1 +0 +0 +0 +1 +0\n/)
      assert.include(out, "It adds up: 2 records = 1 written + 1 quarantined.\n")
      assert.include(out, `tributary quarantine list --lake ${join(root, "lake")}\n`)
    }),
  )

  it.live("on a terminal, progress is a bar that leaves nothing behind", () =>
    Effect.gen(function* () {
      const root = yield* folder
      write(root, { a: line("2026010100", "mobile", 7) })
      const { err, out } = yield* run(["ingest", "ga", join(root, "a"), "--lake", join(root, "lake")], {
        terminal: true,
      })
      assert.isTrue(err.startsWith(`\r\u001b[K${"░".repeat(24)} 0/1 inputs  0 records  `), err)
      assert.isTrue(err.endsWith("\r\u001b[K"))
      assert.notInclude(err, "\n")
      assert.notInclude(out, "\u001b")
    }),
  )
})

describe("the same files again", () => {
  it.live("write nothing, under whatever name", () =>
    Effect.gen(function* () {
      const root = yield* folder
      const { ingest, ledger } = lakeIn(root)
      write(root, {
        "in/a": line("2026010100", "mobile", 7),
        "in/b": payload("{}"),
        "in/empty": "",
        copy: line("2026010100", "mobile", 7),
      })
      const first = yield* ingest("ga", ["in"])
      assert.deepInclude(first, { inputs: 3, duplicateInputs: 0 })
      const before = everything(join(root, "lake"))
      const account = yield* ledger
      assert.deepStrictEqual(yield* ingest("ga", ["in", "in/a", "copy"]), { ...ofCall, inputs: 5, duplicateInputs: 5 })
      assert.deepStrictEqual(everything(join(root, "lake")), before)
      assert.deepStrictEqual(yield* ledger, account)
    }),
  )

  it.live("given twice in one call count once", () =>
    Effect.gen(function* () {
      const root = yield* folder
      const { ingest } = lakeIn(root)
      write(root, { a: line("2026010100", "mobile", 7) })
      assert.deepStrictEqual(yield* ingest("ga", ["a", "a"]), {
        ...ofCall,
        inputs: 2,
        duplicateInputs: 1,
        records: 1,
        written: 1,
      })
    }),
  )

  it.live("log events are told apart by their ids", () =>
    Effect.gen(function* () {
      const root = yield* folder
      const { ingest, query } = lakeIn(root)
      write(root, { a: payload('{"action":"view"}', "START RequestId: x"), b: `${payload('{"action":"view"}')}\n` })
      assert.deepStrictEqual(yield* ingest("logs", ["a"]), { ...ofCall, records: 2, written: 1, filtered: 1 })
      assert.deepStrictEqual(yield* ingest("logs", ["b"]), { ...ofCall, records: 1, duplicate: 1 })
      assert.deepStrictEqual(yield* query("SELECT timestamp, session_id, action, params FROM logs.events"), [
        ["2026-01-04T09:00:00Z", 0, "view", null],
      ])
    }),
  )
})

describe("restated figures", () => {
  const users = "SELECT day, sum(user_count)::BIGINT FROM appflow_data.ga_sample GROUP BY day ORDER BY day"

  it.live("of the newest --extracted-at are shown, in whatever order they came", () =>
    Effect.gen(function* () {
      const root = yield* folder
      const { ingest, ledger, query } = lakeIn(root)
      write(root, {
        old: line("2026010100", "mobile", 1) + line("2026010200", "mobile", 2),
        new: line("2026010200", "mobile", 20) + line("2026010300", "mobile", 30),
        oldest: line("2026010200", "mobile", 200),
      })
      yield* ingest("ga", ["new"], "--extracted-at", "2026-01-05T08:00:00+02:00")
      assert.deepStrictEqual(yield* ingest("ga", ["old"], "--extracted-at", "2026-01-04"), {
        ...ofCall,
        records: 2,
        written: 1,
        superseded: 1,
      })
      yield* ingest("ga", ["oldest"], "--extracted-at=2026-01-03T23:59:59.999Z")
      assert.deepStrictEqual(yield* query(users), [
        [1, 1],
        [2, 20],
        [3, 30],
      ])
      assert.deepStrictEqual(yield* ledger, {
        flows: { ga: { ...nothing, records: 5, written: 3, superseded: 2 }, logs: nothing },
        balanced: true,
      })
    }),
  )

  it.live("of one time, however it is written, add up", () =>
    Effect.gen(function* () {
      const root = yield* folder
      const { ingest, query } = lakeIn(root)
      write(root, { a: line("2026010100", "mobile", 1), b: line("2026010100", "tablet", 2) })
      yield* ingest("ga", ["a"], "--extracted-at", "2026-01-05")
      yield* ingest("ga", ["b"], "--extracted-at", "2026-01-05T01:00:00+01:00")
      assert.deepStrictEqual(yield* query(users), [[1, 3]])
    }),
  )

  it.live("without a time go by the files' own", () =>
    Effect.gen(function* () {
      const root = yield* folder
      const { ingest, query } = lakeIn(root)
      write(root, { a: line("2026010100", "mobile", 1), b: line("2026010100", "mobile", 2) })
      utimesSync(join(root, "a"), 0, 2000)
      utimesSync(join(root, "b"), 0, 1000)
      yield* ingest("ga", ["a", "b"])
      assert.deepStrictEqual(yield* query(users), [[1, 1]])
    }),
  )
})

describe("--strict", () => {
  it.live("ends with 1 where something was quarantined, and the work is done all the same", () =>
    Effect.gen(function* () {
      const root = yield* folder
      write(root, { bad: "broken\n" + line("2026010100", "mobile", 1), good: line("2026010200", "mobile", 2) })
      const strict = (name: string) =>
        run(["ingest", "ga", join(root, name), "--lake", join(root, "lake"), "--format", "json", "--strict"])
      const { code, err, out } = yield* strict("bad")
      assert.strictEqual(code, 1)
      assert.deepStrictEqual(JSON.parse(out), { ...ofCall, records: 2, written: 1, quarantined: 1 })
      assert.match(err, /\ntributary: 1 record quarantined\n$/)
      assert.strictEqual((yield* strict("good")).code, 0)
      write(root, { worse: "broken too" })
      const closed = yield* run(["ingest", "ga", join(root, "worse"), "--lake", join(root, "lake"), "--strict"], {
        closesAfter: 0,
      })
      assert.strictEqual(closed.code, 1)
      const ledger = (...flags: ReadonlyArray<string>) =>
        Effect.map(run(["ledger", "--lake", join(root, "lake"), ...flags]), ({ code }) => code)
      assert.deepStrictEqual(yield* Effect.all([ledger(), ledger("--strict")]), [0, 1])
    }),
  )
})

describe("wrong calls", () => {
  it.live("end with 2 and one sentence, and write nothing at all", () =>
    Effect.gen(function* () {
      const root = yield* folder
      write(root, { "a.json": line("2026010100", "mobile", 1), "empty/a/.hidden": "" })
      const lake = join(root, "lake")
      const before = everything(root)
      const calls: ReadonlyArray<readonly [ReadonlyArray<string>, RegExp]> = [
        [["ga", "a.json", "missing"], /there is no file or folder .*\/missing$/],
        [["ga", "a.json", "empty"], /the folder .*\/empty has no files$/],
        [["nope", "a.json"], /there is no flow nope; the configuration has ga, logs$/],
        [["toString", "a.json"], /there is no flow toString; /],
        [["ga"], /PATH is missing; see: tributary ingest --help$/],
        [[], /FLOW is missing; see: tributary ingest --help$/],
        [
          ["ga", "a.json", "--extracted-at", "yesterday"],
          /--extracted-at "yesterday" is no time: write it like 2026-01-05 or 2026-01-05T06:00:00Z$/,
        ],
        [["ga", "a.json", "--extracted-at"], /--extracted-at needs a value: TIME; /],
        [["ga", "a.json", "--no-such-flag"], /there is no flag --no-such-flag; /],
        [["ga", "a.json", "--stirct"], /there is no flag --stirct \(did you mean --strict\?\); /],
        [["ga", "a.json", "--lake", ""], /--lake needs /],
        [["ga", "s3://bucket/key"], /s3:\/\/bucket\/key cannot be read yet/],
      ]
      for (const [args, sentence] of calls) {
        const paths = args.map((arg, i) =>
          i === 0 || arg.startsWith("-") || arg === "" || /^(s3:|yesterday)/.test(arg) ? arg : join(root, arg),
        )
        const flags = args.includes("--lake") ? [] : ["--lake", lake]
        for (const format of [[], ["--format", "json"]]) {
          const { code, err, out } = yield* run(["ingest", ...flags, ...format, ...paths])
          assert.strictEqual(code, 2, args.join(" "))
          assert.strictEqual(out, "")
          const lines = err.split("\n")
          assert.lengthOf(lines, 2, err)
          assert.match(lines[0]!, sentence)
          assert.match(lines[0]!, /^tributary: /)
        }
        assert.isFalse(existsSync(lake), args.join(" "))
      }
      assert.deepStrictEqual(everything(root), before)
    }),
  )
})

describe("an input that vanishes during the call", () => {
  it.live("is a wrong input; what was carried before it is kept, and published by the next call", () =>
    Effect.gen(function* () {
      const root = yield* folder
      write(root, { "in/a": line("2026010100", "mobile", 1), "in/b": line("2026010200", "mobile", 2) })
      const args = ["ingest", "ga", join(root, "in"), "--lake", join(root, "lake")]
      const { code, err, out } = yield* run(args, { onMessage: () => rmSync(join(root, "in/b"), { force: true }) })
      assert.deepStrictEqual([code, out], [2, ""])
      assert.include(
        err,
        `\ntributary: ${join(root, "in/b")} can no longer be read; it was there when the call began\n`,
      )
      assert.deepStrictEqual(yield* json(args), { ...ofCall, duplicateInputs: 1 })
      const { flows } = yield* json<Ledger>(["ledger", "--lake", join(root, "lake")])
      assert.deepInclude(flows.ga, { records: 1, written: 1 })
    }),
  )
})

describe("a flow of the configuration", () => {
  const config = `
    import { defineConfig } from "@tributary/core/Config"
    import { gaFlow, gaSample } from "@tributary/core/GaFlow"
    import { logsFlow } from "@tributary/core/LogsFlow"
    const flow = { ...gaFlow, table: { ...gaSample, database: "web", name: "visits" } }
    export default defineConfig({ flows: { visits: flow, stream: { ...logsFlow, sink: "warehouse" } } })
  `

  it.live("is carried under its name, into its table; the packages are found from anywhere", () =>
    Effect.gen(function* () {
      const root = yield* folder
      write(root, { "tributary.config.ts": config, a: line("2026010100", "mobile", 1) })
      const flags = ["--lake", join(root, "lake"), "--config", join(root, "tributary.config.ts")]
      assert.deepInclude(yield* json(["ingest", "visits", join(root, "a"), ...flags]), { written: 1 })
      assert.deepInclude(yield* json(["query", "SELECT device FROM web.visits", ...flags]), { rows: [["mobile"]] })
      assert.deepStrictEqual(Object.keys((yield* json<Ledger>(["ledger", ...flags])).flows), ["visits", "stream"])
      const { code, err } = yield* run(["ingest", "stream", join(root, "a"), ...flags])
      assert.strictEqual(code, 2)
      assert.match(err, /^tributary: the flow stream goes to BigQuery, and its address is missing: /)
    }),
  )
})

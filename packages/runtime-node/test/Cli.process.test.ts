import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { type Answer, type Ledger, ended, everything, folder, json, line, start, write } from "./support/cli.ts"

/** Prints every module that is loaded from a file. */
const tracing = [
  "--import",
  `data:text/javascript,import { registerHooks } from "node:module"; registerHooks({ load: (url, context, next) => { console.error(url); return next(url, context) } })`,
]

const hours = (count: number) =>
  Array.from({ length: count }, (_, i) =>
    line(`202601${String(1 + (i % 28)).padStart(2, "0")}${String(i % 24).padStart(2, "0")}`, "mobile", i),
  ).join("")

describe("a process", () => {
  it.live(
    "says nothing on standard error that is not its own, and loads neither clouds nor DuckDB for local work",
    () =>
      Effect.gen(function* () {
        const root = yield* folder
        write(root, { a: hours(3) })
        const lake = ["--lake", join(root, "lake")]
        const ingest = yield* Effect.promise(() => ended(start(["ingest", "ga", join(root, "a"), ...lake])))
        assert.deepStrictEqual([ingest.code, ingest.err], [0, `1/1  ${root}/a: 3 records\n`])
        for (const args of [
          ["ledger"],
          ["ingest", "ga", join(root, "a")],
          ["quarantine", "list"],
          ["quarantine", "retry", "--all"],
          ["verify"],
        ]) {
          const { code, err } = yield* Effect.promise(() => ended(start([...args, ...lake], { node: tracing })))
          assert.strictEqual(code, 0)
          assert.include(err, "/LakeLayer.ts")
          for (const one of ["@aws-sdk", "@google-cloud", "google-auth", "@duckdb", "adapters-aws", "adapters-gcp"])
            assert.notInclude(err, one)
        }
      }),
  )

  it.live("stops at Ctrl-C with 130, and a later call goes on", () =>
    Effect.gen(function* () {
      const root = yield* folder
      write(root, Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`in/${i}`, hours(4000 + i)])))
      const args = ["ingest", "ga", join(root, "in"), "--extracted-at", "2026-02-01", "--lake", join(root, "lake")]
      const child = start(args)
      child.stderr.once("data", () => child.kill("SIGINT"))
      const { code, err, out } = yield* Effect.promise(() => ended(child))
      assert.strictEqual(code, 130)
      assert.strictEqual(out, "")
      assert.match(err, /tributary: stopped; the same command goes on from here\n$/)
      const { duplicateInputs, inputs } = yield* json(args)
      assert.strictEqual(inputs, 8)
      assert.isAtLeast(Number(duplicateInputs), 1)
      const { balanced, flows } = yield* json<Ledger>(["ledger", "--lake", join(root, "lake")])
      assert.deepStrictEqual([balanced, flows.ga.written], [true, 32_028])
      assert.deepStrictEqual(readdirSync(join(root, "lake/.tmp")), [])
    }),
  )

  it.live("that is killed leaves what a later call completes, to the same bytes", () =>
    Effect.gen(function* () {
      const root = yield* folder
      write(root, Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`in/${i}`, hours(3000 + i)])))
      const args = (lake: string) => [
        "ingest",
        "ga",
        join(root, "in"),
        "--extracted-at",
        "2026-02-01",
        "--lake",
        join(root, lake),
      ]
      const child = start(args("killed"))
      child.stderr.once("data", () => child.kill("SIGKILL"))
      assert.strictEqual((yield* Effect.promise(() => ended(child))).signal, "SIGKILL")
      yield* json(args("killed"))
      yield* json(args("whole"))
      const tables = (lake: string) =>
        everything(join(root, lake, "appflow_data")).map((file) => file.split(" ").slice(0, 2).join(" "))
      assert.deepStrictEqual(tables("killed"), tables("whole"))
      assert.isTrue((yield* json<Ledger>(["ledger", "--lake", join(root, "killed")])).balanced)
    }),
  )

  it.live("without room on the disk ends with 3, shows nothing half, and completes later", () =>
    Effect.gen(function* () {
      const root = yield* folder
      write(root, { "in/a": hours(2000), "in/b": hours(20_000) })
      const args = ["ingest", "ga", join(root, "in"), "--lake", join(root, "lake")]
      // Files may have 300 KiB in this process: the kernel answers EFBIG behind that.
      const limited = start(args, { fileBlocks: 300 })
      const { code, err, out } = yield* Effect.promise(() => ended(limited))
      assert.strictEqual(code, 3, err)
      assert.strictEqual(out, "")
      assert.match(
        err,
        /\ntributary: .*\/in\/b was not carried to its end: there is no room left \(.*\): make some, then run the same command again\n$/,
      )
      assert.deepStrictEqual(
        (yield* json<Answer>(["query", "SELECT * FROM appflow_data.ga_sample LIMIT 1", "--lake", join(root, "lake")]))
          .rows,
        [],
      )
      assert.deepStrictEqual(readdirSync(join(root, "lake/.tmp")), [])
      assert.deepInclude(yield* json(args), { inputs: 2, duplicateInputs: 1, records: 20_000 })
    }),
  )

  it.live("whose reader has gone is silent, and its work is done", () =>
    Effect.gen(function* () {
      const root = yield* folder
      write(root, { a: hours(3) })
      const child = start(["ingest", "ga", join(root, "a"), "--lake", join(root, "lake")])
      child.stdout.destroy()
      const { code, err } = yield* Effect.promise(() => ended(child))
      assert.deepStrictEqual([code, err], [0, `1/1  ${root}/a: 3 records\n`])
      assert.deepInclude((yield* json<Ledger>(["ledger", "--lake", join(root, "lake")])).flows.ga, { written: 3 })
      const rows = start(["query", "SELECT * FROM range(100000000)", "--lake", join(root, "lake"), "--format", "json"])
      rows.stdout.once("data", () => rows.stdout.destroy())
      const stopped = yield* Effect.promise(() => ended(rows))
      assert.deepStrictEqual([stopped.code, stopped.err], [0, ""])
    }),
  )
})

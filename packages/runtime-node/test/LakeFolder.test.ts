import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { existsSync, readFileSync, renameSync, rmSync } from "node:fs"
import { join } from "node:path"
import { folder, json, line, run, write } from "./support/cli.ts"

const readers = [
  ["ledger"],
  ["quarantine", "list"],
  ["quarantine", "show", "x-1"],
  ["quarantine", "retry", "x-1"],
  ["quarantine", "drop", "x-1", "--reason", "x"],
  ["journal"],
  ["query", "SELECT 1"],
  ["verify"],
]

const each = (lake: string, check: (outcome: { code: number; out: string; err: string }, command: string) => void) =>
  Effect.forEach(
    readers,
    (args) => Effect.map(run([...args, "--lake", lake]), (outcome) => check(outcome, args.join(" "))),
    { discard: true },
  )

describe("a lake that is none", () => {
  it.live("is refused by every reader, and not made", () =>
    Effect.gen(function* () {
      const root = yield* folder
      write(root, { file: "", "folder/x": "" })
      yield* each(join(root, "nix"), ({ code, err, out }, command) => {
        assert.strictEqual(code, 2, command)
        assert.strictEqual(out, "")
        assert.strictEqual(
          err,
          `tributary: there is no lake at ${join(root, "nix")}; make one with: tributary ingest, or name another with --lake\n`,
        )
      })
      yield* each(join(root, "folder"), ({ code, err }, command) => {
        assert.strictEqual(code, 2, command)
        assert.include(err, "folder is no lake: it has no lake.json")
      })
      yield* each(join(root, "file"), ({ code, err }, command) => {
        assert.strictEqual(code, 2, command)
        assert.include(err, "file is no folder")
      })
      assert.isFalse(existsSync(join(root, "nix")))
      for (const name of ["file", "file/below", "s3://bucket/lake"]) {
        const lake = name.startsWith("s3:") ? name : join(root, name)
        assert.strictEqual((yield* run(["ingest", "ga", join(root, "folder/x"), "--lake", lake])).code, 2, name)
      }
    }),
  )
})

describe("a lake that has lost its journal", () => {
  it.live("is refused by every command, and given no new one", () =>
    Effect.gen(function* () {
      const root = yield* folder
      const lake = join(root, "lake")
      write(root, { a: line("2026010100", "mobile", 7) })
      yield* json(["ingest", "ga", join(root, "a"), "--lake", lake])
      rmSync(join(lake, "_journal"), { recursive: true })
      const sentence = `tributary: the lake ${lake} has lost its journal: put ${join(lake, "_journal/journal.sqlite")} back\n`
      yield* each(lake, ({ code, err, out }, command) =>
        assert.deepStrictEqual([code, err, out], [2, sentence, ""], command),
      )
      const { code, err } = yield* run(["ingest", "ga", join(root, "a"), "--lake", lake])
      assert.deepStrictEqual([code, err], [2, sentence])
      assert.isFalse(existsSync(join(lake, "_journal")))
    }),
  )
})

describe("lake.json", () => {
  it.live("names journal and catalog, relative to the folder, so that a lake can be moved", () =>
    Effect.gen(function* () {
      const root = yield* folder
      write(root, { "a.jsonl": line("2026010100", "mobile", 7) })
      yield* json(["ingest", "ga", join(root, "a.jsonl"), "--lake", join(root, "lake")])
      assert.deepStrictEqual(JSON.parse(readFileSync(join(root, "lake/lake.json"), "utf8")), {
        format: 1,
        journal: { kind: "sqlite", file: "_journal/journal.sqlite" },
        catalog: { kind: "files", folder: "_catalog" },
      })
      renameSync(join(root, "lake"), join(root, "moved"))
      const { rows } = yield* json([
        "query",
        "SELECT user_count FROM appflow_data.ga_sample",
        "--lake",
        join(root, "moved"),
      ])
      assert.deepStrictEqual(rows, [[7]])
      assert.deepInclude(yield* json(["ingest", "ga", join(root, "a.jsonl"), "--lake", join(root, "moved")]), {
        duplicateInputs: 1,
      })
    }),
  )

  it.live("of a newer format, or of none, is refused", () =>
    Effect.gen(function* () {
      const root = yield* folder
      write(root, {
        "newer/lake.json": `{"format":2,"journal":"dynamodb"}`,
        "broken/lake.json": "{",
        "other/lake.json": `{"format":1}`,
        a: "",
      })
      const said = (lake: string) =>
        Effect.map(
          run(["ingest", "ga", join(root, "a"), "--lake", join(root, lake)]),
          ({ code, err }) => `${code} ${err}`,
        )
      assert.match(
        yield* said("newer"),
        /^2 tributary: .*newer was written by a newer version: its format is 2, this version knows 1; update tributary\n$/,
      )
      assert.match(yield* said("broken"), /^2 tributary: .*lake\.json is not what it should be: .*\n$/)
      assert.match(yield* said("other"), /^2 tributary: .*lake\.json is not what it should be: .*journal.*\n$/)
    }),
  )
})

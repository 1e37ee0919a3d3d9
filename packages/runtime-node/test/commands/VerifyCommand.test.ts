import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { appendFileSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { everything, folder, json, line, payload, run, write } from "../support/cli.ts"

interface Verification {
  readonly files: number
  readonly rows: number
  readonly problems: ReadonlyArray<{ readonly what: string; readonly problem: string }>
}

/** A lake with two extracts of one date, of which the second is shown, logs, and a record in quarantine. */
const filled = Effect.gen(function* () {
  const root = yield* folder
  const lake = join(root, "lake")
  write(root, {
    old: line("2026010100", "mobile", 1) + line("2026010200", "mobile", 1),
    new: `${line("2026010100", "mobile", 2)}broken\n`,
    logs: payload('{"session_id":1}', "{}"),
  })
  yield* json(["ingest", "ga", join(root, "old"), "--extracted-at", "2026-01-05", "--lake", lake])
  yield* json(["ingest", "ga", join(root, "new"), "--extracted-at", "2026-01-06", "--lake", lake])
  yield* json(["ingest", "logs", join(root, "logs"), "--lake", lake])
  return lake
})

/** The one file of a lake that the pattern finds. */
const find = (lake: string, pattern: string): string => {
  const found = globSync(pattern, { cwd: lake })
  assert.lengthOf(found, 1, pattern)
  return found[0]!
}

const verify = (lake: string, ...flags: ReadonlyArray<string>) => run(["verify", "--lake", lake, ...flags])

describe("verify", () => {
  it.live("of a lake that is right is one line, or one document, and leaves the lake alone", () =>
    Effect.gen(function* () {
      const lake = yield* filled
      const before = everything(lake)
      assert.deepStrictEqual(yield* verify(lake, "--strict"), {
        code: 0,
        out: "All is as the journal says: 4 files, 5 rows.\n",
        err: "",
      })
      assert.deepStrictEqual(yield* verify(lake, "--strict", "--format", "json"), {
        code: 0,
        out: '{"files":4,"rows":5,"problems":[]}\n',
        err: "",
      })
      assert.deepStrictEqual(everything(lake), before)
    }),
  )

  it.live("names each problem; with --strict it ends with 1", () =>
    Effect.gen(function* () {
      const lake = yield* filled
      const superseded = find(lake, "appflow_data/ga_sample/**/day=1/at-20260105T000000Z/**/*.parquet")
      const changed = find(lake, "logs/events/**/*.parquet")
      const cut = find(lake, "appflow_data/ga_sample/**/day=2/**/*.parquet")
      rmSync(join(lake, superseded))
      const bytes = readFileSync(join(lake, changed))
      writeFileSync(join(lake, changed), bytes.with(20, bytes[20]! ^ 1))
      writeFileSync(join(lake, cut), readFileSync(join(lake, cut)).subarray(0, 9))
      mkdirSync(join(lake, "logs/events/year=2026/month=1/day=9"), { recursive: true })
      writeFileSync(join(lake, "logs/events/year=2026/month=1/day=9/stray\n.parquet"), "")

      const { problems } = yield* json<Verification>(["verify", "--lake", lake])
      assert.sameDeepMembers(
        problems.map(({ problem, what }) => ({ what, problem: problem.replaceAll(/\d+/g, "#") })),
        [
          { what: superseded, problem: "the file is missing" },
          { what: changed, problem: "its bytes are not those that were written: the SHA-# differs" },
          { what: cut, problem: "it has # bytes; # were written" },
          {
            what: "logs/events/year=2026/month=1/day=9/stray\n.parquet",
            problem: "the journal knows nothing of this file",
          },
        ],
      )
      const { code, err, out } = yield* verify(lake)
      assert.deepStrictEqual([code, err], [0, ""])
      assert.include(out, `${superseded}\n  the file is missing\n`)
      assert.include(out, "day=9/stray\\n.parquet\n  the journal knows nothing of this file\n")
      assert.match(out, /\n\n4 problems, in a lake of 4 files\.\n$/)
      for (const flags of [["--strict"], ["--strict", "--format", "json"]]) {
        const strict = yield* verify(lake, ...flags)
        assert.deepStrictEqual([strict.code, strict.err], [1, "tributary: 4 problems\n"])
        assert.notStrictEqual(strict.out, "")
      }
    }),
  )

  it.live("finds what is kept beside the tables, and the catalog, changed", () =>
    Effect.gen(function* () {
      const lake = yield* filled
      rmSync(join(lake, find(lake, "_quarantine/*/records.jsonl")))
      appendFileSync(join(lake, globSync("_inputs/*", { cwd: lake }).toSorted()[0]!), " ")
      const catalog = join(lake, "_catalog/appflow_data.ga_sample.json")
      writeFileSync(catalog, readFileSync(catalog, "utf8").replace("day=2/at-20260105T000000Z/g1/", "day=2/elsewhere/"))
      const { problems } = yield* json<Verification>(["verify", "--lake", lake])
      const found = problems.map(({ problem, what }) => `${what}: ${problem}`).join("\n")
      assert.lengthOf(problems, 3, found)
      assert.match(found, /\/new: 0 quarantined records are kept; there were 1/)
      assert.match(found, /: its kept bytes are not those that came: _inputs\//)
      assert.match(found, /ga_sample 2026-01-02: the partition points at .*elsewhere\/ in the catalog, not at .*g1\//)
    }),
  )
})

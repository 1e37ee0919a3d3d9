import { assert, describe, it, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { join } from "node:path"
import { type Answer, type Event, appendEvents, folder, json, line, payload, run, write } from "../support/cli.ts"

interface Told {
  readonly lake: string
  /** When the first extract was there, and the second one was not. */
  readonly between: string
}

class Lake extends Context.Service<Lake, Told>()("test/History") {}

/** The 1st and the 2nd as they were first told, then the 2nd and the 3rd as they are told now, then what came too late. */
const seeded = Layer.effect(
  Lake,
  Effect.gen(function* () {
    const root = yield* folder
    const lake = join(root, "lake")
    write(root, {
      first: line("2026010100", "mobile", 10) + line("2026010200", "mobile", 20),
      second: line("2026010200", "mobile", 21) + line("2026010300", "mobile", 30),
      late: line("2026010200", "mobile", 19),
      logs: payload('{"session_id":1}'),
    })
    const ingest = (file: string, at: string) =>
      json(["ingest", "ga", join(root, file), "--extracted-at", at, "--lake", lake])
    yield* ingest("first", "2026-01-05")
    const { events } = yield* json<{ events: ReadonlyArray<Event> }>(["journal", "--lake", lake])
    // An event's own time belongs to the past that it made.
    const between = events.at(-1)!.at
    yield* Effect.sleep("5 millis")
    yield* ingest("second", "2026-01-06")
    yield* ingest("late", "2026-01-04")
    yield* json(["ingest", "logs", join(root, "logs"), "--lake", lake])
    return { lake, between }
  }),
)

const users = "SELECT day, user_count FROM appflow_data.ga_sample ORDER BY day"

layer(seeded, { excludeTestServices: true })("query", (it) => {
  const ask = (sql: string, ...flags: ReadonlyArray<string>) =>
    Effect.flatMap(Lake, ({ lake }) =>
      Effect.map(json<Answer>(["query", sql, ...flags, "--lake", lake]), ({ rows }) => rows),
    )
  const refused = Effect.fnUntraced(function* (...flags: ReadonlyArray<string>) {
    const { lake } = yield* Lake
    const { code, err, out } = yield* run(["query", users, ...flags, "--lake", lake, "--format", "json"])
    assert.deepStrictEqual([code, out], [2, ""])
    return err
  })

  const now = [
    [1, 10],
    [2, 21],
    [3, 30],
  ]

  it.effect("--as-of answers as it did before and after a restatement", () =>
    Effect.gen(function* () {
      const { between } = yield* Lake
      assert.deepStrictEqual(yield* ask(users), now)
      assert.deepStrictEqual(yield* ask(users, "--as-of", between), [
        [1, 10],
        [2, 20],
      ])
      assert.deepStrictEqual(yield* ask("SELECT * FROM logs.events", "--as-of", between), [])
      assert.deepStrictEqual(yield* ask(users, "--as-of", new Date().toISOString()), now)
      assert.deepStrictEqual(yield* ask(users, "--as-of", "2020-01-01"), [])
    }),
  )

  it.effect("--extract asks one extract, be it shown, superseded in part, or never shown", () =>
    Effect.gen(function* () {
      const first = [
        [1, 10],
        [2, 20],
      ]
      assert.deepStrictEqual(yield* ask(users, "--extract", "at-20260105T000000Z"), first)
      assert.deepStrictEqual(yield* ask(users, "--extract", "at-20260105"), first)
      assert.deepStrictEqual(yield* ask(users, "--extract", "at-20260106T000000Z"), [
        [2, 21],
        [3, 30],
      ])
      assert.deepStrictEqual(yield* ask(users, "--extract", "at-20260104T000000Z"), [[2, 19]])
      assert.deepStrictEqual(yield* ask("SELECT * FROM logs.events", "--extract", "at-20260105T000000Z"), [])
    }),
  )

  it.effect("refuses an extract that is not there, or is not the only one that begins so", () =>
    Effect.gen(function* () {
      assert.match(yield* refused("--extract", "at-2027"), /^tributary: there is no extract "at-2027"; .*journal\n$/)
      assert.match(yield* refused("--extract", ""), /^tributary: there is no extract ""; /)
      assert.strictEqual(
        yield* refused("--extract", "at-2026010"),
        "tributary: 3 extracts begin with at-2026010: at-20260105T000000Z, at-20260106T000000Z, at-20260104T000000Z\n",
      )
    }),
  )

  it.effect("refuses a time that is none, and both flags at once", () =>
    Effect.gen(function* () {
      assert.match(yield* refused("--as-of", "yesterday"), /^tributary: --as-of "yesterday" is no time: write it like /)
      assert.strictEqual(
        yield* refused("--as-of", "2026-01-05", "--extract", "at-20260105T000000Z"),
        "tributary: --as-of and --extract do not go together: name one of them\n",
      )
    }),
  )
})

describe("an extract that is not published", () => {
  it.live("is refused, for a reader never sees half of one", () =>
    Effect.gen(function* () {
      const root = yield* folder
      const lake = join(root, "lake")
      write(root, { a: line("2026010100", "mobile", 1) })
      yield* json(["ingest", "ga", join(root, "a"), "--extracted-at", "2026-01-05", "--lake", lake])
      // As a crash leaves it before its run has ended.
      const added = { flow: "ga", table: "appflow_data.ga_sample", extract: "half", at: 1, input: "i", generation: 1 }
      yield* appendEvents(lake, "extract/ga/half", [{ type: "InputAdded@1", data: JSON.stringify(added) }])
      const { code, err } = yield* run(["query", users, "--extract", "ha", "--lake", lake])
      assert.strictEqual(code, 2)
      assert.match(err, /^tributary: the extract half is not published yet, so nothing of it can be asked\n$/)
    }),
  )
})

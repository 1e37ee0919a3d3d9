import { assert, describe, it } from "@effect/vitest"
import * as SqliteJournalStore from "@tributary/adapters-node/SqliteJournalStore"
import { JournalStore } from "@tributary/core/JournalStore"
import { Effect, Layer, Result, Stream } from "effect"
import * as fs from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { eventDigest, problem } from "../src/internal/journalRows.ts"
import { folder } from "./support/temporary.ts"

const append = (stream: string, expectedVersion: number, commandId: string) => ({
  stream,
  expectedVersion,
  commandId,
  events: [{ type: "T@1", data: `"${commandId}"` }] as const,
})

/** What each call answers once the SQL has run: `right` or the words of the refusal behind `is corrupt: `. */
const after = (sql: string) =>
  Effect.gen(function* () {
    const file = join(yield* folder, "journal.db")
    const journal = Layer.fresh(SqliteJournalStore.layer({ file }))
    const appends = [append("s", 0, "a"), append("s", 1, "b"), append("t", 0, "c"), append("s", 2, "d")]
    const events = yield* JournalStore.use((store) =>
      Effect.andThen(Effect.forEach(appends, store.append), Stream.runCollect(store.readAll())),
    ).pipe(Effect.provide(journal))
    const db = new DatabaseSync(file)
    db.exec(sql)
    db.close()
    return yield* JournalStore.use((store) => {
      const answer = <A>(call: Effect.Effect<A, { readonly message: string }>, right: A) =>
        Effect.map(Effect.result(call), (result) =>
          Result.isFailure(result)
            ? result.failure.message.replace(/^.* is corrupt: /, "")
            : (assert.deepStrictEqual(result.success, right, sql), "right"),
        )
      return Effect.all([
        answer(Stream.runCollect(store.readAll()), events),
        answer(
          Stream.runCollect(store.read("s")),
          events.filter(({ stream }) => stream === "s"),
        ),
        answer(
          Stream.runCollect(store.read("t")),
          events.filter(({ stream }) => stream === "t"),
        ),
        answer(store.append(appends[1]!), { version: 2 }),
        answer(store.append(append("s", 3, "new")), { version: 4 }),
      ])
    }).pipe(Effect.provide(journal))
  })

describe("a journal that was changed behind our back", () => {
  const lastLost = "its last events are missing, or are some too many"
  const cases = [
    ["nothing", "SELECT 1", ["right", "right", "right", "right", "right"]],
    [
      "an event's data",
      `UPDATE events SET data = '"x"' WHERE position = 2`,
      [
        "the event of position 2 was changed",
        "the event of version 2 was changed",
        "right",
        "the event of version 2 was changed",
        "right",
      ],
    ],
    [
      "the time of the last event",
      `UPDATE events SET at = at + 1 WHERE position = 4`,
      [
        "the event of position 4 was changed",
        "the event of version 3 was changed",
        "right",
        "the event of version 3 was changed",
        "the event of version 3 was changed",
      ],
    ],
    [
      "an event's stream",
      `UPDATE events SET stream = 't', version = 2 WHERE position = 4`,
      [
        "the event of position 4 was changed",
        "the event of version 3 is missing",
        "the event of version 2 was changed",
        "the event of version 3 is missing",
        "the event of version 3 is missing",
      ],
    ],
    [
      "an event in the middle, lost",
      `DELETE FROM events WHERE position = 2`,
      [
        "the event of position 2 is missing",
        "the event of version 2 is missing",
        "right",
        "the event of version 2 is missing",
        "right",
      ],
    ],
    [
      "the last event, lost",
      `DELETE FROM events WHERE position = 4`,
      [
        lastLost,
        "the event of version 3 is missing",
        "right",
        "the event of version 3 is missing",
        "the event of version 3 is missing",
      ],
    ],
    [
      "a whole stream, lost",
      `DELETE FROM events WHERE stream = 't'`,
      ["the event of position 3 is missing", "right", "the event of version 1 is missing", "right", "right"],
    ],
    ["where the journal ends", `UPDATE journal SET position = 3`, [lastLost, "right", "right", "right", lastLost]],
    ["that there is an end", `DELETE FROM journal`, [lastLost, "right", "right", "right", lastLost]],
    [
      "where a stream ends",
      `UPDATE streams SET version = 2 WHERE stream = 's'`,
      [
        "right",
        "the event of version 3 is one too many",
        "right",
        "the event of version 3 is one too many",
        "the event of version 3 is one too many",
      ],
    ],
    [
      "that there is a stream",
      `DELETE FROM streams WHERE stream = 't'`,
      ["right", "right", "the event of version 1 is one too many", "right", "right"],
    ],
    [
      "what a command made",
      `UPDATE commands SET last_version = 3 WHERE id = 'b'`,
      ["right", "right", "right", "the command b was changed", "right"],
    ],
  ] as const
  for (const [what, sql, answers] of cases) {
    it.effect(`is refused by each call that would answer wrongly: ${what}`, () =>
      Effect.gen(function* () {
        assert.deepStrictEqual<ReadonlyArray<string>>(yield* after(sql), answers)
      }),
    )
  }

  it.effect("makes a command that it lost a Conflict: whoever asks reads again, and finds it done", () =>
    Effect.gen(function* () {
      const [, , , repeated] = yield* after(`DELETE FROM commands WHERE id = 'b'`)
      assert.include(repeated, "s has version 3, not 1")
    }),
  )

  it.effect("is refused where its tables are others", () =>
    Effect.gen(function* () {
      const { message } = yield* Effect.flip(after("CREATE TABLE mine (a)"))
      assert.include(message, "is corrupt: its tables are not those that it was made with")
    }),
  )

  it.effect("is refused where its header says that it may not be written", () =>
    Effect.gen(function* () {
      const file = join(yield* folder, "journal.db")
      yield* Effect.scoped(SqliteJournalStore.make({ file }))
      for (const at of [18, 19]) {
        const bytes = fs.readFileSync(file)
        bytes[at] = 1
        fs.writeFileSync(`${file}${at}`, bytes)
        const reason = yield* Effect.flip(Effect.scoped(SqliteJournalStore.make({ file: `${file}${at}` })))
        assert.strictEqual(reason._tag, "Invalid")
        assert.include(reason.detail, "is corrupt: its header was changed")
      }
    }),
  )

  it("is refused where a text became NULL, which a flipped bit can do and no statement", () => {
    const row = { position: 1, stream: "s", version: 1, type: "T@1", data: "{}", at: 0 }
    const rows = [{ ...row, digest: eventDigest(row) }]
    const reading = { rows, key: "position", after: 0, last: 1, cut: false } as const
    assert.isUndefined(problem(reading))
    for (const column of ["stream", "type", "data"]) {
      const changed = rows.map((whole) => ({ ...whole, [column]: null }))
      assert.strictEqual(problem({ ...reading, rows: changed }), "the event of position 1 was changed")
    }
  })

  it("differs by its digest from every one that is like it", () => {
    const row = { position: 1, stream: "s", version: 1, type: "T@1", data: "{}", at: 0 }
    const others = [
      { ...row, position: 2 },
      { ...row, version: 2 },
      { ...row, at: 1 },
      { ...row, stream: "sT", type: "@1" },
      { ...row, stream: "", type: "sT@1" },
      { ...row, type: "T@", data: "1{}" },
      { ...row, position: 11, version: 1, at: 10 },
    ]
    assert.strictEqual(new Set([row, ...others].map(eventDigest)).size, others.length + 1)
  })
})

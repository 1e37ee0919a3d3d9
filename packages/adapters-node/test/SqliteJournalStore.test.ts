import { afterAll, assert, describe, it } from "@effect/vitest"
import * as SqliteJournalStore from "@tributary/adapters-node/SqliteJournalStore"
import * as SqliteSeenKeys from "@tributary/adapters-node/SqliteSeenKeys"
import { JournalStore } from "@tributary/core/JournalStore"
import { SeenKeys } from "@tributary/core/SeenKeys"
import * as JournalStoreContract from "@tributary/core/testing/JournalStoreContract"
import * as SeenKeysContract from "@tributary/core/testing/SeenKeysContract"
import { Effect, Layer, Stream } from "effect"
import { TestClock } from "effect/testing"
import { fork } from "node:child_process"
import * as fs from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { folder } from "./support/temporary.ts"

const fixture = { prefix: "", passTime: (ms: number) => TestClock.adjust(ms) }
const file = Effect.map(folder, (path) => join(path, "state", "journal.db"))

describe("journal contract", () => {
  // One file for all cases: each opens it anew, so that all of them come after a restart.
  const path = fs.mkdtempSync(join(tmpdir(), "tributary-"))
  afterAll(() => fs.rmSync(path, { recursive: true }))
  const options = { file: join(path, "journal.db") }
  const another = SqliteJournalStore.make(options)
  for (const { name, run } of JournalStoreContract.cases({ ...fixture, another })) {
    it.effect(name, () => Effect.provide(run, Layer.fresh(SqliteJournalStore.layer(options))))
  }
})

describe("seen keys contract", () => {
  const layer = Layer.unwrap(Effect.map(file, (file) => SqliteSeenKeys.layer({ file })))
  for (const { name, run } of SeenKeysContract.cases(fixture)) {
    it.effect(name, () => Effect.provide(run, Layer.fresh(layer)))
  }
})

const event = (data: string) => ({ type: "T@1", data })
const append = (stream: string, expectedVersion: number, commandId: string) =>
  JournalStore.use((store) => store.append({ stream, expectedVersion, commandId, events: [event(`"${commandId}"`)] }))
const reading = (stream: string) => JournalStore.use((store) => Stream.runCollect(store.read(stream)))
const openError = (file: string) =>
  append("s", 0, "c").pipe(Effect.provide(SqliteJournalStore.layer({ file, busyTimeoutMs: 50 })), Effect.flip)

it.effect("journal and seen keys share a file, and find it again", () =>
  Effect.gen(function* () {
    const path = yield* file
    const both = Layer.fresh(
      Layer.merge(SqliteJournalStore.layer({ file: path }), SqliteSeenKeys.layer({ file: path })),
    )
    const claim = (inputId: string) =>
      SeenKeys.use((seen) => seen.claim({ flow: "f", inputId, keys: ["k"], windowMs: 1000 }))
    yield* Effect.provide(Effect.andThen(append("s", 0, "one"), claim("a")), both)
    const [events, duplicates] = yield* Effect.provide(Effect.all([reading("s"), claim("b")]), both)
    assert.deepStrictEqual(
      events.map(({ data }) => data),
      [`"one"`],
    )
    assert.deepStrictEqual(duplicates, [0])
  }),
)

it.effect("pages a long reading", () =>
  Effect.gen(function* () {
    const path = yield* file
    yield* Effect.gen(function* () {
      const store = yield* JournalStore
      const [first, ...rest] = Array.from({ length: 700 }, (_, i) => event(String(i)))
      yield* store.append({ stream: "long", expectedVersion: 0, commandId: "c", events: [first!, ...rest] })
      const expected = Array.from({ length: 700 }, (_, i) => String(i))
      assert.deepStrictEqual(
        (yield* Stream.runCollect(store.read("long"))).map(({ data }) => data),
        expected,
      )
      assert.deepStrictEqual(
        (yield* Stream.runCollect(store.readAll())).map(({ data }) => data),
        expected,
      )
      const wrong = yield* Effect.flip(Stream.runDrain(store.readAll("abc")))
      assert.strictEqual(wrong.reason._tag, "Invalid")
    }).pipe(Effect.provide(SqliteJournalStore.layer({ file: path })))
  }),
)

it.effect("a claim's cost grows with its keys, not with all keys", () =>
  Effect.gen(function* () {
    const path = yield* file
    const keys = Array.from({ length: 20_000 }, (_, i) => `key ${i}`)
    const [first, second] = yield* Effect.forEach(["a", "b"], (inputId) =>
      SeenKeys.use((seen) => seen.claim({ flow: "f", inputId, keys, windowMs: 1000 })),
    ).pipe(Effect.provide(SqliteSeenKeys.layer({ file: path })))
    assert.deepStrictEqual([first!.length, second!.length], [0, 20_000])
  }),
)

describe("a file that is not ours", () => {
  it.effect("text is Invalid", () =>
    Effect.gen(function* () {
      const path = join(yield* folder, "a.db")
      fs.writeFileSync(path, "this is no database, but it is long enough to have a header ".repeat(20))
      const { reason } = yield* openError(path)
      assert.strictEqual(reason._tag, "Invalid")
      assert.strictEqual(reason.detail, `${path} is no SQLite database`)
    }),
  )

  it.effect("another program's database is Invalid, and is left as it was", () =>
    Effect.gen(function* () {
      const path = join(yield* folder, "a.db")
      const other = new DatabaseSync(path)
      other.exec("CREATE TABLE t (a)")
      other.close()
      const before = fs.readFileSync(path)
      const { reason } = yield* openError(path)
      assert.strictEqual(reason._tag, "Invalid")
      assert.strictEqual(reason.detail, `${path} is the database of another program`)
      assert.isTrue(before.equals(fs.readFileSync(path)))
    }),
  )

  it.effect("a newer version's file is Invalid", () =>
    Effect.gen(function* () {
      const path = join(yield* folder, "a.db")
      yield* append("s", 0, "c").pipe(Effect.provide(SqliteJournalStore.layer({ file: path })))
      const newer = new DatabaseSync(path)
      newer.exec("PRAGMA user_version = 3")
      newer.close()
      const { reason } = yield* openError(path)
      assert.strictEqual(reason._tag, "Invalid")
      assert.include(reason.detail, "a newer version (schema 3, this one knows 2)")
    }),
  )

  it.effect("a file without digests is Invalid: unreleased versions wrote such", () =>
    Effect.gen(function* () {
      const path = join(yield* folder, "a.db")
      const older = new DatabaseSync(path)
      older.exec("CREATE TABLE events (position); PRAGMA application_id = 0x54726962; PRAGMA user_version = 1")
      older.close()
      const { reason } = yield* openError(path)
      assert.strictEqual(reason._tag, "Invalid")
      assert.include(reason.detail, "an older, unreleased version (schema 1, this one knows 2)")
    }),
  )

  it.effect("an empty file is Invalid: it was cut", () =>
    Effect.gen(function* () {
      const path = join(yield* folder, "a.db")
      fs.writeFileSync(path, "")
      const { reason } = yield* openError(path)
      assert.strictEqual(reason._tag, "Invalid")
      assert.strictEqual(reason.detail, `${path} is corrupt: it is empty, and was not made so`)
    }),
  )

  it.effect("a corrupt file is Invalid", () =>
    Effect.gen(function* () {
      const path = join(yield* folder, "a.db")
      yield* append("s", 0, "c").pipe(Effect.provide(Layer.fresh(SqliteJournalStore.layer({ file: path }))))
      const bytes = fs.readFileSync(path)
      fs.writeFileSync(path, bytes.fill(0xff, 100))
      const { reason } = yield* openError(path)
      assert.strictEqual(reason._tag, "Invalid")
      assert.include(reason.detail, `${path} is corrupt`)
    }),
  )

  it.effect("a folder in its place is no journal either", () =>
    Effect.gen(function* () {
      const { reason } = yield* openError(yield* folder)
      assert.strictEqual(reason._tag, "Invalid")
    }),
  )
})

it.live("a file that another process keeps busy is Unavailable", () =>
  Effect.gen(function* () {
    const path = yield* file
    const layer = SqliteJournalStore.layer({ file: path, busyTimeoutMs: 50 })
    yield* append("s", 0, "c").pipe(Effect.provide(Layer.fresh(layer)))
    const other = new DatabaseSync(path)
    const error = yield* Effect.gen(function* () {
      yield* Effect.sync(() => other.exec("BEGIN IMMEDIATE"))
      assert.strictEqual((yield* reading("s")).length, 1)
      return yield* Effect.flip(append("s", 1, "d"))
    }).pipe(Effect.provide(Layer.fresh(layer)))
    other.close()
    assert.strictEqual(error.reason._tag, "Unavailable")
    assert.isTrue(error.isRetryable)
  }),
)

it.live("processes that append to one stream lose nothing, and each version has one winner", () =>
  Effect.gen(function* () {
    const path = yield* file
    const [processes, appends] = [4, 25]
    const run = (name: string) =>
      Effect.callback<number | null>((resume) => {
        const child = fork(new URL("./support/appender.ts", import.meta.url), [path, name, String(appends)], {
          execArgv: ["--conditions=@tributary/source"],
        })
        child.on("exit", (code) => resume(Effect.succeed(code)))
      })
    const codes = yield* Effect.all(
      Array.from({ length: processes }, (_, i) => run(`p${i}`)),
      { concurrency: "unbounded" },
    )
    assert.deepStrictEqual(codes, [0, 0, 0, 0])
    const events = yield* Effect.provide(reading("shared"), SqliteJournalStore.layer({ file: path }))
    assert.deepStrictEqual(
      events.map(({ version }) => version),
      Array.from({ length: processes * appends }, (_, i) => i + 1),
    )
    const expected = Array.from({ length: processes }, (_, p) =>
      Array.from({ length: appends }, (_, i) => `"p${p}-${i}"`),
    ).flat()
    assert.deepStrictEqual(events.map(({ data }) => data).toSorted(), expected.toSorted())
  }),
)

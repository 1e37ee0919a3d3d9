/** A small journal with seen keys, in a file and in its write-ahead log, and what may be found in a damaged copy of it. */
import * as SqliteJournalStore from "@tributary/adapters-node/SqliteJournalStore"
import * as SqliteSeenKeys from "@tributary/adapters-node/SqliteSeenKeys"
import type { Append, JournalStore, StoredEvent } from "@tributary/core/JournalStore"
import { assert } from "@effect/vitest"
import { Cause, Effect, Exit, Stream } from "effect"
import * as fs from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"

const event = (type: string, data: string) => ({ type, data })

const append = (stream: string, expectedVersion: number, ...events: Append["events"]) => ({
  stream,
  expectedVersion,
  events,
})

/** Some streams of some events; one event is larger than a page. */
const appends: ReadonlyArray<Append> = [
  append("input/a", 0, event("Received@1", `{"source":"in/1.json"}`)),
  append("input/b", 0, event("Received@1", `{"source":"in/2.json"}`)),
  append("extract/ga/x", 0, event("InputAdded@1", `{"input":"a"}`)),
  append("input/a", 1, event("Planned@1", `{"ordinals":[${Array.from({ length: 300 }, (_, i) => i).join()}]}`)),
  append("input/a", 2, event("OutputWritten@1", "1"), event("OutputWritten@1", "2"), event("Settled@1", "{}")),
  append("extract/ga/x", 1, event("InputSettled@1", `{"input":"a"}`)),
  append("input/b", 1, event("Quarantined@1", `{"reason":"NotJson"}`)),
  append("extract/ga/x", 2, event("RunEnded@1", `{"generation":1}`)),
  append("partition/t/2026-01-02", 0, event("Switched@1", `{"rows":3}`)),
  append("extract/ga/x", 3, event("Published@1", `{"generation":1}`)),
].map((append, i) => ({ ...append, commandId: `c${i}` }))

const streams = [...new Set(appends.map(({ stream }) => stream)), "input/none"]
/** What the journal's first user claimed. */
export const keys = Array.from({ length: 24 }, (_, i) => `key ${i * 7919}`)
const claim = (inputId: string) => ({ flow: "logs", inputId, keys, windowMs: 3_600_000 })

export interface Sample {
  /** The file; the log beside it holds the appends where the sample was taken before they were moved. */
  readonly main: Buffer
  readonly wal: Buffer | undefined
  /** The log's length after the keys were claimed, which was done first, and after each append. */
  readonly claimed: number
  readonly walLengths: ReadonlyArray<number>
  readonly events: ReadonlyArray<StoredEvent>
  /** How many of the events each append ends behind. */
  readonly ends: ReadonlyArray<number>
}

/** Writes the journal; with `log`, as a killed process would leave it. Pages of 512 bytes keep it small. */
export const makeSample = Effect.fnUntraced(function* (folder: string, log: boolean) {
  const file = join(folder, `${log}.db`)
  yield* Effect.scoped(SqliteJournalStore.make({ file }))
  const small = new DatabaseSync(file)
  small.exec("PRAGMA journal_mode = DELETE; PRAGMA page_size = 512; VACUUM; PRAGMA journal_mode = WAL")
  small.close()
  const wal = `${file}-wal`
  const walLengths: Array<number> = []
  const written = yield* Effect.scoped(
    Effect.gen(function* () {
      const store = yield* SqliteJournalStore.make({ file })
      yield* (yield* SqliteSeenKeys.make({ file })).claim(claim("a"))
      const claimed = fs.statSync(wal).size
      for (const append of appends) {
        yield* store.append(append)
        walLengths.push(fs.statSync(wal).size)
      }
      const events = yield* Stream.runCollect(store.readAll())
      return { claimed, events, main: fs.readFileSync(file), wal: fs.readFileSync(wal) }
    }),
  )
  let end = 0
  const ends = appends.map((append) => (end += append.events.length))
  const sample = { claimed: written.claimed, events: written.events, ends, walLengths }
  return log
    ? ({ ...sample, main: written.main, wal: written.wal } satisfies Sample)
    : ({ ...sample, main: fs.readFileSync(file), wal: undefined } satisfies Sample)
})

/** Writes a copy, damaged or not, under the same name each time. */
export const place = (folder: string, main: Uint8Array, wal: Uint8Array | undefined): string => {
  const file = join(folder, "damaged.db")
  for (const end of ["", "-wal", "-shm"]) fs.rmSync(file + end, { force: true })
  fs.writeFileSync(file, main)
  if (wal !== undefined) fs.writeFileSync(`${file}-wal`, wal)
  return file
}

/** `seen`: how many events were there; `duplicates`: how many of the keys were known; `refused`: something was. */
export interface Found {
  readonly seen: number | undefined
  readonly duplicates: number | undefined
  readonly refused: boolean
}

/**
 * Uses a damaged journal as a program does. Each answer must be the right one for a journal that ends behind some append, the same for all answers, or
 * a refusal; anything else throws.
 */
export const use = (file: string, { ends, events }: Sample, what: string) =>
  Effect.gen(function* () {
    let refused = false
    /** The answer; undefined where it was a refusal. A bug of the adapter's is none. */
    const ask = <A>(
      question: Effect.Effect<A, { readonly reason: { readonly _tag: string; readonly detail: string } }>,
    ) =>
      Effect.map(Effect.exit(question), (exit): A | undefined => {
        if (Exit.isSuccess(exit)) return exit.value
        assert.isFalse(Cause.hasDies(exit.cause), `${what}: ${Cause.pretty(exit.cause)}`)
        const { reason } = Cause.squash(exit.cause) as { reason: { _tag: string; detail: string } }
        assert.strictEqual(reason._tag, "Invalid", `${what}: ${reason.detail}`)
        refused = true
        return undefined
      })
    const opened = yield* Effect.exit(SqliteJournalStore.make({ file, busyTimeoutMs: 0 }))
    if (Exit.isFailure(opened)) {
      assert.isFalse(Cause.hasDies(opened.cause), `${what}: ${Cause.pretty(opened.cause)}`)
      const { _tag, ...reason } = Cause.squash(opened.cause) as { _tag: string; detail: string }
      assert.strictEqual(_tag, "Invalid", `${what}: ${reason.detail}`)
      return { seen: undefined, duplicates: undefined, refused: true } satisfies Found
    }
    const store = opened.value
    const all = yield* ask(Stream.runCollect(store.readAll()))
    if (all !== undefined) {
      assert.isTrue([0, ...ends].includes(all.length), `${what}: ${all.length} events are there`)
      assert.deepStrictEqual(all, events.slice(0, all.length), what)
    }
    for (const stream of streams) {
      const read = yield* ask(Stream.runCollect(store.read(stream)))
      if (read === undefined) continue
      const expected = (all ?? events).filter((event) => event.stream === stream)
      assert.deepStrictEqual(read, expected, `${what}: ${stream}`)
    }
    const duplicates = yield* claimAgain(file, ask)
    yield* appendMore(store, ask, all, what)
    return { seen: all?.length, duplicates, refused } satisfies Found
  }).pipe(Effect.scoped)

type Ask = <A>(
  question: Effect.Effect<A, { readonly reason: { readonly _tag: string; readonly detail: string } }>,
) => Effect.Effect<A | undefined>

/** Another input claims the keys: how many of them it does not get. */
const claimAgain = Effect.fnUntraced(function* (file: string, ask: Ask) {
  const opened = SqliteSeenKeys.make({ file, busyTimeoutMs: 0 }).pipe(Effect.mapError((reason) => ({ reason })))
  const claimed = yield* ask(Effect.scoped(Effect.flatMap(opened, (seen) => seen.claim(claim("b")))))
  return claimed?.length
})

/** One more event is appended; then everything is read once more. */
const appendMore = Effect.fnUntraced(function* (
  store: JournalStore["Service"],
  ask: Ask,
  all: ReadonlyArray<StoredEvent> | undefined,
  what: string,
) {
  const version = all?.filter(({ stream }) => stream === "input/a").length ?? 5
  const append: Append = {
    stream: "input/a",
    expectedVersion: version,
    commandId: "new",
    events: [event("New@1", "{}")],
  }
  const answer = yield* ask(store.append(append))
  if (answer !== undefined) assert.strictEqual(answer.version, version + 1, what)
  const after = yield* ask(Stream.runCollect(store.readAll()))
  if (after === undefined || all === undefined) return
  assert.deepStrictEqual(after.slice(0, all.length), all, what)
  assert.strictEqual(after.length, all.length + (answer === undefined ? 0 : 1), what)
})

/**
 * The rules of `readAll`: part of the contract of {@link JournalStore}, in a file of its own for its length.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { JournalStore, type StoredEvent } from "../JournalStore.ts"
import { type Case, must, mustEqual, rulesOf } from "./Contract.ts"

type Store = JournalStore["Service"]

/** A journal may hold other people's events, so every reading is narrowed to the case's own streams. */
const readUnder = (store: Store, start: string, after?: string) =>
  store.readAll(after).pipe(
    Stream.filter((event) => event.stream.startsWith(start)),
    Stream.runCollect,
  )

/** The position that `readAll` has come to: that of the last event of the whole journal. */
const endOf = (store: Store) => Effect.map(Stream.runCollect(store.readAll()), (events) => events.at(-1)?.position)

const nameOf = ({ stream, version }: StoredEvent): string => `${stream}#${version}`

const append = (store: Store, stream: string, version: number, count = 1) => {
  const event = { type: "Done@1", data: `{"from":${version}}` }
  return store.append({
    stream,
    expectedVersion: version,
    commandId: `${stream}-${version}`,
    events: [event, ...Array.from({ length: count - 1 }, () => event)],
  })
}

/** Three streams, ten events in turn: the names of all of them. */
const fill = Effect.fnUntraced(function* (store: Store, start: string) {
  for (let version = 0; version < 9; version += 3) {
    yield* append(store, `${start}/a`, version, 3)
    yield* append(store, `${start}/b`, version / 3)
    yield* append(store, `${start}/c/d`, version / 3)
  }
  const named = (stream: string, count: number) =>
    Array.from({ length: count }, (_, i) => `${start}/${stream}#${i + 1}`)
  return [...named("a", 9), ...named("b", 3), ...named("c/d", 3)]
})

/**
 * The cases about `readAll`, as {@link JournalStoreContract} holds them.
 *
 * @category contract
 * @since 0.1.0
 */
export const readAllCases = (prefix: string): ReadonlyArray<Case<JournalStore>> => {
  const rule = rulesOf(JournalStore)

  return [
    rule("readAll answers every event once", function* (store, slug) {
      const names = yield* fill(store, `${prefix}${slug}`)
      const read = yield* readUnder(store, `${prefix}${slug}`)
      yield* mustEqual(read.map(nameOf).toSorted(), names, "events")
    }),
    rule("readAll keeps the order within a stream", function* (store, slug) {
      const start = `${prefix}${slug}`
      yield* fill(store, start)
      const read = yield* readUnder(store, start)
      for (const [stream, count] of [
        [`${start}/a`, 9],
        [`${start}/b`, 3],
        [`${start}/c/d`, 3],
      ] as const) {
        const versions = read.filter((event) => event.stream === stream).map((event) => event.version)
        yield* mustEqual(
          versions,
          Array.from({ length: count }, (_, i) => i + 1),
          `versions of ${stream}`,
        )
      }
    }),
    rule("readAll answers the same events as read", function* (store, slug) {
      const start = `${prefix}${slug}`
      yield* fill(store, start)
      const all = (yield* readUnder(store, start)).filter((event) => event.stream === `${start}/a`)
      yield* mustEqual(all, yield* Stream.runCollect(store.read(`${start}/a`)), "events of one stream")
    }),
    rule("every event has a position of its own", function* (store, slug) {
      yield* fill(store, `${prefix}${slug}`)
      const positions = (yield* readUnder(store, `${prefix}${slug}`)).map((event) => event.position)
      yield* mustEqual(new Set(positions).size, positions.length, "number of positions")
    }),
    rule("readAll resumes behind any position exactly", function* (store, slug) {
      const start = `${prefix}${slug}`
      const names = yield* fill(store, start)
      const read = yield* readUnder(store, start)
      for (const [i, { position }] of read.entries()) {
        const rest = yield* readUnder(store, start, position)
        const both = [...read.slice(0, i + 1), ...rest].map(nameOf)
        yield* mustEqual(both.toSorted(), names, `events up to the ${i + 1}th and those behind its position`)
      }
    }),
    rule("readAll behind the last position is empty until something is appended", function* (store, slug) {
      const start = `${prefix}${slug}`
      yield* fill(store, start)
      const end = yield* endOf(store)
      yield* mustEqual(yield* readUnder(store, start, end), [], "events behind the end")
      yield* append(store, `${start}/b`, 3)
      yield* mustEqual((yield* readUnder(store, start, end)).map(nameOf), [`${start}/b#4`], "events behind the old end")
    }),
    rule("an append during a reading is not in it, but behind it", function* (store, slug) {
      const start = `${prefix}${slug}`
      const names = yield* fill(store, start)
      let appended = false
      const read = yield* store.readAll().pipe(
        Stream.filter((event) => event.stream.startsWith(start)),
        Stream.tap(() => {
          if (appended) return Effect.void
          appended = true
          return append(store, `${start}/b`, 3)
        }),
        Stream.runCollect,
      )
      yield* mustEqual(read.map(nameOf).toSorted(), names, "events of the reading")
      const behind = yield* readUnder(store, start, read.at(-1)?.position)
      yield* mustEqual(behind.map(nameOf), [`${start}/b#4`], "events behind it")
    }),
    rule("a reader that follows concurrent appends misses nothing", function* (store, slug) {
      const start = `${prefix}${slug}`
      const before = yield* endOf(store)
      const write = (writer: number) =>
        Effect.forEach([0, 2, 4, 6], (version) =>
          Effect.andThen(append(store, `${start}/${writer}`, version, 2), Effect.yieldNow),
        )
      const writing = yield* Effect.forEach(
        Array.from({ length: 8 }, (_, i) => i),
        write,
        { concurrency: "unbounded" },
      ).pipe(Effect.forkChild)
      const followed: Array<StoredEvent> = []
      let position = before
      for (let ended = false; !ended;) {
        ended = writing.pollUnsafe() !== undefined
        const events = yield* Stream.runCollect(store.readAll(position))
        followed.push(...events)
        position = events.at(-1)?.position ?? position
        yield* Effect.yieldNow
      }
      yield* Fiber.join(writing)
      const mine = followed.filter((event) => event.stream.startsWith(start))
      yield* must(new Set(mine.map(nameOf)).size === mine.length, "an event came twice")
      yield* mustEqual(mine.length, 64, "number of events followed")
      for (let writer = 0; writer < 8; writer++) {
        const versions = mine.filter((event) => event.stream === `${start}/${writer}`).map((event) => event.version)
        yield* mustEqual(versions, [1, 2, 3, 4, 5, 6, 7, 8], `versions of stream ${writer}`)
      }
    }),
  ]
}

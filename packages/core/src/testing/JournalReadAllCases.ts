/**
 * The rules of `readAll`: part of the contract of {@link JournalStore}, in a file of its own for its length.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { JournalStore, type StoredEvent } from "../JournalStore.ts"
import { type Case, must, mustEqual, mustFail, rulesOf } from "./Contract.ts"
import { appendOf, endOf, nameOf, readStream, readUnder, type Store, upTo } from "./JournalTestData.ts"

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
    rule("a reading during appends holds whole appends only", function* (store, slug) {
      const start = `${prefix}${slug}`
      const write = (stream: string) =>
        Effect.forEach([0, 3, 6, 9], (version) => Effect.andThen(append(store, stream, version, 3), Effect.yieldNow))
      const streams = upTo(4).map((n) => `${start}/${n}`)
      const writing = yield* Effect.forkChild(Effect.forEach(streams, write, { concurrency: "unbounded" }))
      for (let ended = false; !ended;) {
        ended = writing.pollUnsafe() !== undefined
        const read = yield* readUnder(store, start)
        for (const stream of streams) {
          const versions = read.filter((event) => event.stream === stream).map((event) => event.version)
          yield* mustEqual(versions, upTo(versions.length - (versions.length % 3)), `versions of ${stream}`)
        }
        yield* Effect.yieldNow
      }
      yield* Fiber.join(writing)
      yield* mustEqual((yield* readUnder(store, start)).length, 48, "number of events")
    }),
    rule("events of a refused append are in no reading", function* (store, slug) {
      const start = `${prefix}${slug}`
      yield* append(store, `${start}/a`, 0, 2)
      const end = yield* endOf(store)
      for (const expected of [0, 1, 3]) {
        const refused = store.append(appendOf(`${start}/a`, expected, `${start}-${expected}`, 7, 8))
        yield* mustFail(refused, "Conflict", `append at ${expected}`)
      }
      yield* mustEqual((yield* readUnder(store, start)).map(nameOf), [`${start}/a#1`, `${start}/a#2`], "events")
      yield* mustEqual(yield* readUnder(store, start, end), [], "events behind the end")
    }),
    rule("an event has the same position in every reading", function* (store, slug) {
      const start = `${prefix}${slug}`
      yield* fill(store, start)
      const positions = new Map((yield* readUnder(store, start)).map((event) => [nameOf(event), event.position]))
      for (const after of Array.from(positions.values()).slice(0, 10)) {
        for (const event of yield* readUnder(store, start, after)) {
          yield* mustEqual(event.position, positions.get(nameOf(event)), `position of ${nameOf(event)}`)
        }
      }
    }),
    rule("readAll goes on behind a position that read told", function* (store, slug) {
      const start = `${prefix}${slug}`
      const names = yield* fill(store, start)
      for (const event of yield* readStream(store, `${start}/b`)) {
        const before = (yield* readUnder(store, start)).map(nameOf)
        const rest = (yield* readUnder(store, start, event.position)).map(nameOf)
        yield* mustEqual(rest, before.slice(before.indexOf(nameOf(event)) + 1), `events behind ${nameOf(event)}`)
      }
      yield* mustEqual((yield* readUnder(store, start)).length, names.length, "number of events")
    }),
    rule("a position is good after many more appends", function* (store, slug) {
      const start = `${prefix}${slug}`
      yield* fill(store, start)
      const positions = (yield* readUnder(store, start)).map((event) => event.position)
      for (const n of upTo(30)) yield* append(store, `${start}/later`, n - 1)
      for (const [i, position] of positions.entries()) {
        const rest = yield* readUnder(store, start, position)
        yield* mustEqual(rest.length, positions.length - i - 1 + 30, `number of events behind position ${i + 1}`)
      }
    }),
    rule("what is no position is Invalid", function* (store, slug) {
      yield* fill(store, `${prefix}${slug}`)
      for (const position of ["", "no position", "-1", "1.5", "NaN", " ", "😀", "x".repeat(2000)]) {
        yield* mustFail(
          Stream.runDrain(store.readAll(position)),
          "Invalid",
          `readAll behind "${position.slice(0, 20)}"`,
        )
      }
    }),
    rule("two readings at once do not disturb each other", function* (store, slug) {
      const start = `${prefix}${slug}`
      yield* fill(store, start)
      const alone = (yield* readUnder(store, start)).map(nameOf)
      const pairs = yield* Stream.zip(store.readAll(), store.readAll()).pipe(
        Stream.rechunk(1),
        Stream.filter(([left]) => left.stream.startsWith(start)),
        Stream.runCollect,
      )
      for (const side of [0, 1] as const) {
        yield* mustEqual(
          pairs.map((pair) => nameOf(pair[side])),
          alone,
          "events",
        )
      }
    }),
    rule("a reading that is left early spoils no later one", function* (store, slug) {
      const start = `${prefix}${slug}`
      const names = yield* fill(store, start)
      const few = store.readAll().pipe(
        Stream.filter((event) => event.stream.startsWith(start)),
        Stream.take(3),
      )
      yield* mustEqual((yield* Stream.runCollect(few)).length, 3, "number of events of the short reading")
      yield* mustEqual((yield* readUnder(store, start)).map(nameOf).toSorted(), names, "events")
    }),
    rule("a reader that takes one event at a time gets all of them", function* (store, slug) {
      const start = `${prefix}${slug}`
      let position = yield* endOf(store)
      const names = yield* fill(store, start)
      const taken: Array<string> = []
      for (;;) {
        const [event] = yield* Stream.runCollect(Stream.take(store.readAll(position), 1))
        if (event === undefined) break
        if (event.stream.startsWith(start)) taken.push(nameOf(event))
        position = event.position
      }
      yield* mustEqual(taken.toSorted(), names, "events")
    }),
    rule("readAll of a long journal resumes anywhere", function* (store, slug) {
      const stream = `${prefix}${slug}`
      for (let version = 0; version < 600; version += 100) yield* append(store, stream, version, 100)
      const read = yield* readUnder(store, stream)
      yield* mustEqual(
        read.map((event) => event.version),
        upTo(600),
        "versions",
      )
      for (let i = 0; i < 600; i += 43) {
        const rest = yield* readUnder(store, stream, read[i]!.position)
        yield* must(
          rest.length === 599 - i && rest.every((event, j) => event.version === i + j + 2),
          `${rest.length} events, not all behind version ${i + 1}`,
        )
      }
    }),
  ]
}

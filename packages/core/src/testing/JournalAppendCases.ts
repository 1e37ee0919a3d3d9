/**
 * The rules of appending: versions, conflicts, races. Part of the contract of {@link JournalStore}, in a file of its own for its length.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Result from "effect/Result"
import { JournalStore } from "../JournalStore.ts"
import { type Case, must, mustEqual, mustFail, type PassTime, rulesOf } from "./Contract.ts"
import { appendOf, dataOf, readStream, readUnder, upTo, versionOf } from "./JournalTestData.ts"

/**
 * The cases about appends, as {@link JournalStoreContract} holds them.
 *
 * @category contract
 * @since 0.1.0
 */
export const appendCases = (prefix: string, passTime: PassTime): ReadonlyArray<Case<JournalStore>> => {
  const rule = rulesOf(JournalStore)

  return [
    rule("a stream never written to is empty", function* (store, slug) {
      yield* mustEqual(yield* readStream(store, `${prefix}${slug}`), [], "events")
    }),
    rule("the first append answers version 1", function* (store, slug) {
      const stream = `${prefix}${slug}`
      yield* mustEqual((yield* store.append(appendOf(stream, 0, stream, 1))).version, 1, "version")
    }),
    rule("an append of several events answers the version of the last", function* (store, slug) {
      const stream = `${prefix}${slug}`
      yield* mustEqual((yield* store.append(appendOf(stream, 0, `${stream}-1`, 1, 2, 3))).version, 3, "first append")
      yield* mustEqual((yield* store.append(appendOf(stream, 3, `${stream}-2`, 4, 5))).version, 5, "second append")
    }),
    rule("reads back stream, type and data, with versions from 1", function* (store, slug) {
      const stream = `${prefix}${slug}`
      const append = {
        ...appendOf(stream, 0, stream, 1),
        events: [
          { type: "Received@1", data: `{"a":1}` },
          { type: "Planned@2", data: `[]` },
          { type: "Received@1", data: `{"a":1}` },
        ],
      } as const
      yield* store.append(append)
      const read = yield* readStream(store, stream)
      yield* mustEqual(
        read.map(({ stream, type, data, version }) => ({ stream, type, data, version })),
        [
          { stream, type: "Received@1", data: `{"a":1}`, version: 1 },
          { stream, type: "Planned@2", data: `[]`, version: 2 },
          { stream, type: "Received@1", data: `{"a":1}`, version: 3 },
        ],
        "events",
      )
    }),
    rule("reads what stands behind a version", function* (store, slug) {
      const stream = `${prefix}${slug}`
      yield* store.append(appendOf(stream, 0, `${stream}-1`, 1, 2, 3))
      yield* store.append(appendOf(stream, 3, `${stream}-2`, 4))
      for (const after of [0, 1, 3]) {
        const versions = (yield* readStream(store, stream, after)).map((event) => event.version)
        yield* mustEqual(versions, [1, 2, 3, 4].slice(after), `versions behind ${after}`)
      }
      yield* mustEqual(yield* readStream(store, stream, 4), [], "events behind the last version")
      yield* mustEqual(yield* readStream(store, stream, 99), [], "events behind a version to come")
    }),
    rule("reads a long stream in order", function* (store, slug) {
      const stream = `${prefix}${slug}`
      for (let version = 0; version < 300; version += 10) {
        const [first, ...rest] = Array.from({ length: 10 }, (_, i) => version + i + 1)
        yield* store.append(appendOf(stream, version, `${stream}-${version}`, first!, ...rest))
      }
      const read = yield* readStream(store, stream)
      yield* mustEqual(read.length, 300, "number of events")
      yield* must(
        read.every(({ version, data }, i) => version === i + 1 && data === `{"n":${i + 1}}`),
        "an event is out of order",
      )
    }),
    rule("an append of 1,000 events is one append", function* (store, slug) {
      const stream = `${prefix}${slug}`
      const [first, ...rest] = upTo(1000)
      yield* mustEqual((yield* store.append(appendOf(stream, 0, stream, first!, ...rest))).version, 1000, "version")
      const read = yield* readStream(store, stream)
      yield* mustEqual(read.length, 1000, "number of events")
      yield* must(
        read.every(({ data, version }, i) => version === i + 1 && data === `{"n":${i + 1}}`),
        "an event is out of order",
      )
    }),
    rule("streams have versions of their own", function* (store, slug) {
      const start = `${prefix}${slug}`
      for (const stream of [`${start}/a`, `${start}/b`, `${start}/c`]) {
        yield* mustEqual((yield* store.append(appendOf(stream, 0, `${stream}-1`, 1, 2))).version, 2, `${stream} first`)
        yield* mustEqual((yield* store.append(appendOf(stream, 2, `${stream}-2`, 3))).version, 3, `${stream} then`)
      }
    }),

    rule("an append behind the stream's version is Conflict and tells the version", function* (store, slug) {
      const stream = `${prefix}${slug}`
      yield* store.append(appendOf(stream, 0, `${stream}-1`, 1, 2))
      for (const expected of [0, 1]) {
        const reason = yield* mustFail(
          store.append(appendOf(stream, expected, `${stream}-other-${expected}`, 9)),
          "Conflict",
          "append",
        )
        yield* mustEqual(reason.actualVersion, 2, `actualVersion for expected ${expected}`)
      }
    }),
    rule("an append ahead of the stream's version is Conflict and tells the version", function* (store, slug) {
      const stream = `${prefix}${slug}`
      const first = yield* mustFail(
        store.append(appendOf(stream, 1, `${stream}-1`, 1)),
        "Conflict",
        "append to a new stream",
      )
      yield* mustEqual(first.actualVersion, 0, "actualVersion of a new stream")
      yield* store.append(appendOf(stream, 0, `${stream}-2`, 1))
      const second = yield* mustFail(store.append(appendOf(stream, 2, `${stream}-3`, 1)), "Conflict", "append")
      yield* mustEqual(second.actualVersion, 1, "actualVersion")
    }),
    rule("a refused append of several events leaves none of them", function* (store, slug) {
      const stream = `${prefix}${slug}`
      yield* store.append(appendOf(stream, 0, `${stream}-1`, 1))
      yield* mustFail(store.append(appendOf(stream, 0, `${stream}-2`, 7, 8, 9)), "Conflict", "append")
      yield* mustEqual(yield* dataOf(store, stream), [`{"n":1}`], "data")
    }),
    rule("a version below 0 is no wildcard", function* (store, slug) {
      const stream = `${prefix}${slug}`
      yield* mustFail(store.append(appendOf(stream, -1, `${stream}-1`, 1)), "Conflict", "append to a new stream")
      yield* store.append(appendOf(stream, 0, `${stream}-2`, 1))
      const { actualVersion } = yield* mustFail(
        store.append(appendOf(stream, -1, `${stream}-3`, 2)),
        "Conflict",
        "append",
      )
      yield* mustEqual(actualVersion, 1, "actualVersion")
      yield* mustEqual(yield* dataOf(store, stream), [`{"n":1}`], "data")
    }),
    rule("each conflict tells the version of its moment", function* (store, slug) {
      const stream = `${prefix}${slug}`
      for (const version of upTo(4)) {
        yield* store.append(appendOf(stream, version - 1, `${stream}-${version}`, version))
        const { actualVersion } = yield* mustFail(
          store.append(appendOf(stream, 0, `${stream}-late-${version}`, 9)),
          "Conflict",
          "append",
        )
        yield* mustEqual(actualVersion, version, "actualVersion")
      }
    }),
    rule("an append at the version that a conflict told succeeds", function* (store, slug) {
      const stream = `${prefix}${slug}`
      yield* store.append(appendOf(stream, 0, `${stream}-1`, 1, 2, 3))
      const late = appendOf(stream, 0, `${stream}-2`, 4)
      const { actualVersion } = yield* mustFail(store.append(late), "Conflict", "append")
      // The type allows text, for the versions of other ports.
      yield* must(typeof actualVersion === "number", `actualVersion is ${typeof actualVersion}`)
      const again = store.append({ ...late, expectedVersion: Number(actualVersion) })
      yield* mustEqual((yield* again).version, 4, "version")
    }),

    rule("time does not run backwards in a stream", function* (store, slug) {
      const stream = `${prefix}${slug}`
      for (let version = 0; version < 4; version++) {
        yield* store.append(appendOf(stream, version, `${stream}-${version}`, version))
        yield* passTime(400)
      }
      const times = (yield* readStream(store, stream)).map((event) => event.at)
      yield* must(
        times.every((at, i) => i === 0 || at >= times[i - 1]!),
        `times are ${times.join(", ")}`,
      )
      yield* must(times.at(-1)! > times[0]!, `1.2 s passed between the appends, but the times are ${times.join(", ")}`)
    }),
    rule("times are whole milliseconds since 1970", function* (store, slug) {
      const stream = `${prefix}${slug}`
      yield* store.append(appendOf(stream, 0, `${stream}-1`, 1))
      yield* passTime(7)
      yield* store.append(appendOf(stream, 1, `${stream}-2`, 2, 3))
      for (const { at } of yield* readStream(store, stream)) {
        yield* must(Number.isInteger(at) && at >= 0, `a time is ${at}`)
      }
    }),
    rule("an event reads the same every time, its own time too", function* (store, slug) {
      const stream = `${prefix}${slug}`
      yield* store.append(appendOf(stream, 0, stream, 1, 2))
      const before = [yield* readStream(store, stream), yield* readUnder(store, stream)]
      yield* passTime(50)
      yield* mustEqual([yield* readStream(store, stream), yield* readUnder(store, stream)], before, "events")
    }),

    rule(
      "of concurrent appends to one version exactly one wins, and the others are told its version",
      function* (store, slug) {
        const stream = `${prefix}${slug}`
        const results = yield* Effect.forEach(
          Array.from({ length: 12 }, (_, i) => appendOf(stream, 0, `${stream}-${i}`, i, i)),
          (append) => Effect.result(store.append(append)),
          { concurrency: "unbounded" },
        )
        const winners = results.flatMap((result, i) => (Result.isSuccess(result) ? [i] : []))
        yield* mustEqual(winners.length, 1, "number of winners")
        for (const result of results) {
          if (Result.isSuccess(result)) continue
          const { reason } = result.failure
          yield* mustEqual(reason._tag, "Conflict", "reason of a loser")
          if (reason._tag === "Conflict") yield* mustEqual(reason.actualVersion, 2, "actualVersion")
        }
        yield* mustEqual(yield* dataOf(store, stream), [`{"n":${winners[0]}}`, `{"n":${winners[0]}}`], "data")
      },
    ),
    rule("writers that read again after Conflict all get in", function* (store, slug) {
      const stream = `${prefix}${slug}`
      const enter = Effect.fnUntraced(function* (writer: number) {
        for (;;) {
          const version = (yield* readStream(store, stream)).length
          yield* Effect.yieldNow
          const result = yield* Effect.result(store.append(appendOf(stream, version, `${stream}-${writer}`, writer)))
          if (Result.isSuccess(result)) return
          if (result.failure.reason._tag !== "Conflict") return yield* result.failure
        }
      })
      yield* Effect.forEach(
        Array.from({ length: 8 }, (_, i) => i),
        enter,
        { concurrency: "unbounded" },
      )
      const read = yield* readStream(store, stream)
      yield* mustEqual(
        read.map((event) => event.version),
        [1, 2, 3, 4, 5, 6, 7, 8],
        "versions",
      )
      yield* mustEqual(
        read.map((event) => event.data).toSorted(),
        Array.from({ length: 8 }, (_, i) => `{"n":${i}}`),
        "data",
      )
    }),
    rule("concurrent appends of several events do not mix", function* (store, slug) {
      const stream = `${prefix}${slug}`
      const enter = Effect.fnUntraced(function* (writer: number) {
        for (let attempt = 0; ; attempt++) {
          const version = yield* versionOf(store, stream)
          // Sometimes at once, sometimes later, so that the writers meet in every way.
          for (let turn = (writer + attempt) % 3; turn > 0; turn--) yield* Effect.yieldNow
          const append = appendOf(stream, version, `${stream}-${writer}`, writer, writer, writer)
          const result = yield* Effect.result(store.append(append))
          if (Result.isSuccess(result)) return
          if (result.failure.reason._tag !== "Conflict") return yield* result.failure
        }
      })
      yield* Effect.forEach(upTo(6), enter, { concurrency: "unbounded" })
      const data = yield* dataOf(store, stream)
      yield* mustEqual(data.length, 18, "number of events")
      yield* must(
        data.every((text, i) => text === data[i - (i % 3)]),
        `the events of two appends are mixed: ${data.join(" ")}`,
      )
    }),
    rule("concurrent appends to different streams all get in", function* (store, slug) {
      const start = `${prefix}${slug}`
      const write = (stream: string) =>
        Effect.forEach(upTo(5), (n) => store.append(appendOf(stream, n - 1, `${stream}-${n}`, n)), { discard: true })
      const streams = upTo(12).map((n) => `${start}/${n}`)
      yield* Effect.forEach(streams, write, { concurrency: "unbounded", discard: true })
      for (const stream of streams) {
        yield* mustEqual(
          yield* dataOf(store, stream),
          upTo(5).map((n) => `{"n":${n}}`),
          stream,
        )
      }
    }),
    rule("an append is read whole or not at all", function* (store, slug) {
      const stream = `${prefix}${slug}`
      const writing = yield* Effect.forkChild(
        Effect.forEach([0, 4, 8, 12, 16, 20], (version) =>
          Effect.andThen(store.append(appendOf(stream, version, `${stream}-${version}`, 1, 2, 3, 4)), Effect.yieldNow),
        ),
      )
      for (let ended = false; !ended;) {
        ended = writing.pollUnsafe() !== undefined
        const read = yield* readStream(store, stream)
        yield* must(read.length % 4 === 0, `${read.length} events are there, of appends of 4`)
        yield* Effect.yieldNow
      }
      yield* Fiber.join(writing)
      yield* mustEqual((yield* readStream(store, stream)).length, 24, "number of events")
    }),
  ]
}

/**
 * The rules of {@link JournalStore}: appends that are all or nothing, one winner of a race, and readings without gaps.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { type Append, JournalStore, maxEventBytes, type NewEvent } from "../JournalStore.ts"
import { type Case, must, mustEqual, mustFail, type PassTime, rulesOf } from "./Contract.ts"
import { readAllCases } from "./JournalReadAllCases.ts"

/**
 * What the cases need to know of a store.
 *
 * @category models
 * @since 0.1.0
 */
export interface Fixture {
  /** Begins the name of every stream and command; fresh for each run on a store that remembers. */
  readonly prefix: string
  readonly passTime: PassTime
}

/**
 * An append of events of type `Done@1` whose data are the numbers given, as JSON.
 *
 * @category test data
 * @since 0.1.0
 */
export const appendOf = (
  stream: string,
  expectedVersion: number,
  commandId: string,
  first: number,
  ...rest: ReadonlyArray<number>
): Append => {
  const event = (n: number): NewEvent => ({ type: "Done@1", data: JSON.stringify({ n }) })
  return { stream, expectedVersion, commandId, events: [event(first), ...rest.map(event)] }
}

/** A JSON string of exactly `bytes` bytes. */
const dataOf = (bytes: number): string => `"${"x".repeat(bytes - 2)}"`

const awkward = [
  JSON.stringify({ text: "naïve Zürich 日本 😀", quote: "\"'\\/", line: "a\nb\r\n\tc" }),
  JSON.stringify("\u2028\u2029\u0000\u007f\ufeff"),
  `{"spaces" :  [ 1 , 2.50, 1e3 ]  }`,
  "",
  `{"n":12345678901234567890123}`,
  `' OR 1=1; --`,
]

/**
 * The cases of the contract.
 *
 * @category contract
 * @since 0.1.0
 */
export const cases = ({ prefix, passTime }: Fixture): ReadonlyArray<Case<JournalStore>> => {
  const rule = rulesOf(JournalStore)
  const readStream = (store: JournalStore["Service"], stream: string, after?: number) =>
    Stream.runCollect(store.read(stream, after))
  const dataOfStream = (store: JournalStore["Service"], stream: string) =>
    Effect.map(readStream(store, stream), (events) => events.map((event) => event.data))

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
    rule("data of any text comes back as it was", function* (store, slug) {
      const stream = `${prefix}${slug}`
      for (const [i, data] of awkward.entries()) {
        yield* store.append({
          stream,
          expectedVersion: i,
          commandId: `${stream}-${i}`,
          events: [{ type: "T@1", data }],
        })
      }
      yield* mustEqual(yield* dataOfStream(store, stream), awkward, "data")
    }),
    rule("streams are apart, whatever their names", function* (store, slug) {
      const start = `${prefix}${slug}`
      const names = [
        "a",
        "a/b",
        "ab",
        "A",
        "a b",
        "a%2Fb",
        "ä/日本😀",
        "partition/appflow_data.ga_sample/2026-01-02",
        "a'--",
      ]
      for (const [i, name] of names.entries()) yield* store.append(appendOf(`${start}/${name}`, 0, `${start}-${i}`, i))
      for (const [i, name] of names.entries()) {
        const read = yield* readStream(store, `${start}/${name}`)
        yield* mustEqual(
          read.map(({ stream, data }) => [stream, data]),
          [[`${start}/${name}`, `{"n":${i}}`]],
          name,
        )
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
      yield* mustEqual(yield* dataOfStream(store, stream), [`{"n":1}`], "data")
    }),
    rule("a command that was refused may be tried again", function* (store, slug) {
      const stream = `${prefix}${slug}`
      yield* store.append(appendOf(stream, 0, `${stream}-1`, 1))
      yield* mustFail(store.append(appendOf(stream, 0, `${stream}-2`, 2)), "Conflict", "append")
      yield* mustEqual((yield* store.append(appendOf(stream, 1, `${stream}-2`, 2))).version, 2, "version")
    }),

    rule("the same command with the same events is answered with the first result", function* (store, slug) {
      const stream = `${prefix}${slug}`
      const append = appendOf(stream, 0, stream, 1, 2)
      yield* store.append(append)
      yield* mustEqual((yield* store.append(append)).version, 2, "version")
      yield* mustEqual(yield* dataOfStream(store, stream), [`{"n":1}`, `{"n":2}`], "data")
    }),
    rule("the first result is answered after the stream has moved on, too", function* (store, slug) {
      const stream = `${prefix}${slug}`
      const append = appendOf(stream, 0, `${stream}-1`, 1, 2)
      yield* store.append(append)
      yield* store.append(appendOf(stream, 2, `${stream}-2`, 3))
      yield* mustEqual((yield* store.append(append)).version, 2, "version")
      yield* mustEqual((yield* readStream(store, stream)).length, 3, "number of events")
    }),
    rule("the first result is answered whatever version is expected now", function* (store, slug) {
      const stream = `${prefix}${slug}`
      yield* store.append(appendOf(stream, 0, stream, 1))
      yield* mustEqual((yield* store.append(appendOf(stream, 1, stream, 1))).version, 1, "version")
      yield* mustEqual((yield* readStream(store, stream)).length, 1, "number of events")
    }),
    rule("the same command with other events is Conflict", function* (store, slug) {
      const stream = `${prefix}${slug}`
      yield* store.append(appendOf(stream, 0, stream, 1, 2))
      for (const events of [[9], [1], [1, 2, 3], [2, 1]] as const) {
        for (const expected of [0, 2]) {
          const append = appendOf(stream, expected, stream, events[0], ...events.slice(1))
          yield* mustFail(store.append(append), "Conflict", `append of ${events.join(", ")} at ${expected}`)
        }
      }
      const retyped = {
        ...appendOf(stream, 2, stream, 1),
        events: [
          { type: "Other@1", data: `{"n":1}` },
          { type: "Done@1", data: `{"n":2}` },
        ],
      } as const
      yield* mustFail(store.append(retyped), "Conflict", "append of another type")
      yield* mustEqual(yield* dataOfStream(store, stream), [`{"n":1}`, `{"n":2}`], "data")
    }),
    rule("other commands may append the same events", function* (store, slug) {
      const stream = `${prefix}${slug}`
      yield* store.append(appendOf(stream, 0, `${stream}-1`, 1))
      yield* mustEqual((yield* store.append(appendOf(stream, 1, `${stream}-2`, 1))).version, 2, "version")
    }),
    rule("the same command on another stream is an append of its own", function* (store, slug) {
      const stream = `${prefix}${slug}`
      yield* store.append(appendOf(`${stream}/a`, 0, stream, 1))
      yield* mustEqual((yield* store.append(appendOf(`${stream}/b`, 0, stream, 1))).version, 1, "version")
      yield* mustEqual((yield* readStream(store, `${stream}/b`)).length, 1, "number of events")
    }),
    rule("the same command at the same time is written once", function* (store, slug) {
      const stream = `${prefix}${slug}`
      const append = appendOf(stream, 0, stream, 1, 2)
      const answers = yield* Effect.all(
        Array.from({ length: 10 }, () => store.append(append)),
        { concurrency: "unbounded" },
      )
      yield* must(
        answers.every(({ version }) => version === 2),
        `versions are ${answers.map((a) => a.version).join(", ")}, expected 2`,
      )
      yield* mustEqual((yield* readStream(store, stream)).length, 2, "number of events")
    }),

    rule("data of 64 KiB is kept", function* (store, slug) {
      const stream = `${prefix}${slug}`
      const data = dataOf(maxEventBytes)
      yield* store.append({ stream, expectedVersion: 0, commandId: stream, events: [{ type: "Big@1", data }] })
      yield* must((yield* readStream(store, stream))[0]?.data === data, "data has changed")
    }),
    rule("data over 64 KiB is Invalid, and no event of its append is written", function* (store, slug) {
      const stream = `${prefix}${slug}`
      const events = [
        { type: "Small@1", data: "1" },
        { type: "Big@1", data: dataOf(maxEventBytes + 1) },
      ] as const
      yield* mustFail(store.append({ stream, expectedVersion: 0, commandId: stream, events }), "Invalid", "append")
      yield* mustEqual((yield* readStream(store, stream)).length, 0, "number of events")
    }),
    rule("the limit counts bytes of UTF-8, not characters", function* (store, slug) {
      const stream = `${prefix}${slug}`
      const events = [{ type: "Big@1", data: `"${"é".repeat(maxEventBytes / 2)}"` }] as const
      yield* mustFail(store.append({ stream, expectedVersion: 0, commandId: stream, events }), "Invalid", "append")
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
        yield* mustEqual(yield* dataOfStream(store, stream), [`{"n":${winners[0]}}`, `{"n":${winners[0]}}`], "data")
      },
    ),
    rule("writers that read again after Conflict all get in", function* (store, slug) {
      const stream = `${prefix}${slug}`
      const enter = Effect.fnUntraced(function* (writer: number) {
        for (;;) {
          const version = (yield* readStream(store, stream)).length
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
    ...readAllCases(prefix),
  ]
}

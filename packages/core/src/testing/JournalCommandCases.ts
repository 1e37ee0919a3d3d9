/**
 * The rules of command ids: an append that is asked for again. Part of the contract of {@link JournalStore}, in a file of its own for its length.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { JournalStore, maxEventBytes } from "../JournalStore.ts"
import { type Case, must, mustEqual, mustFail, type PassTime, rulesOf } from "./Contract.ts"
import { appendOf, appendOfData, dataOf, endOf, readStream, readUnder, upTo } from "./JournalTestData.ts"

/**
 * The cases about repeated commands, as {@link JournalStoreContract} holds them.
 *
 * @category contract
 * @since 0.1.0
 */
export const commandCases = (prefix: string, passTime: PassTime): ReadonlyArray<Case<JournalStore>> => {
  const rule = rulesOf(JournalStore)

  return [
    rule("the same command with the same events is answered with the first result", function* (store, slug) {
      const stream = `${prefix}${slug}`
      const append = appendOf(stream, 0, stream, 1, 2)
      yield* store.append(append)
      yield* mustEqual((yield* store.append(append)).version, 2, "version")
      yield* mustEqual(yield* dataOf(store, stream), [`{"n":1}`, `{"n":2}`], "data")
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
    rule("the first result is answered after a refused append, too", function* (store, slug) {
      const stream = `${prefix}${slug}`
      const append = appendOf(stream, 0, `${stream}-1`, 1, 2)
      yield* store.append(append)
      yield* mustFail(store.append(appendOf(stream, 1, `${stream}-2`, 3)), "Conflict", "another append")
      yield* mustEqual((yield* store.append(append)).version, 2, "version")
      yield* mustEqual((yield* readStream(store, stream)).length, 2, "number of events")
    }),
    rule("each of many commands is answered with its own result, in any order", function* (store, slug) {
      const stream = `${prefix}${slug}`
      const appends = upTo(10).map((n) => {
        // The n-th has n events: it begins behind 1 + 2 + … + (n - 1) others.
        const [first, ...rest] = upTo(n)
        return appendOf(stream, (n * (n - 1)) / 2, `${stream}-${n}`, first!, ...rest)
      })
      for (const append of appends) yield* store.append(append)
      for (const n of [10, 1, 5, 9, 2, 7, 3, 8, 4, 6]) {
        yield* mustEqual((yield* store.append(appends[n - 1]!)).version, (n * (n + 1)) / 2, `version of append ${n}`)
      }
      yield* mustEqual((yield* readStream(store, stream)).length, 55, "number of events")
    }),
    rule("a command is known again however many came after it", function* (store, slug) {
      const start = `${prefix}${slug}`
      const append = appendOf(`${start}/first`, 0, `${start}-first`, 1)
      yield* store.append(append)
      for (const n of upTo(150)) yield* store.append(appendOf(`${start}/later`, n - 1, `${start}-${n}`, n))
      yield* mustEqual((yield* store.append(append)).version, 1, "version")
      yield* mustEqual((yield* readStream(store, `${start}/first`)).length, 1, "number of events")
    }),
    rule("a repeated append changes nothing that is read", function* (store, slug) {
      const stream = `${prefix}${slug}`
      const append = appendOf(stream, 0, `${stream}-1`, 1, 2)
      yield* store.append(append)
      yield* store.append(appendOf(stream, 2, `${stream}-2`, 3))
      const before = yield* readStream(store, stream)
      const end = yield* endOf(store)
      yield* passTime(50)
      yield* store.append(append)
      yield* mustEqual(yield* readStream(store, stream), before, "events")
      yield* mustEqual(yield* readUnder(store, stream, end), [], "events behind the end before")
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
      yield* mustEqual(yield* dataOf(store, stream), [`{"n":1}`, `{"n":2}`], "data")
    }),
    rule("the same JSON in another spelling is other events", function* (store, slug) {
      const stream = `${prefix}${slug}`
      yield* store.append(appendOfData(stream, 0, stream, `{"a":1,"b":2}`))
      for (const data of [`{"a": 1,"b":2}`, `{"b":2,"a":1}`, `{"a":1.0,"b":2}`]) {
        yield* mustFail(store.append(appendOfData(stream, 0, stream, data)), "Conflict", `append of ${data}`)
      }
      yield* mustEqual(yield* dataOf(store, stream), [`{"a":1,"b":2}`], "data")
    }),
    rule("a command that was refused may be tried again", function* (store, slug) {
      const stream = `${prefix}${slug}`
      yield* store.append(appendOf(stream, 0, `${stream}-1`, 1))
      yield* mustFail(store.append(appendOf(stream, 0, `${stream}-2`, 2)), "Conflict", "append")
      yield* mustEqual((yield* store.append(appendOf(stream, 1, `${stream}-2`, 2))).version, 2, "version")
    }),
    rule("a command that was refused for its size may be tried again", function* (store, slug) {
      const stream = `${prefix}${slug}`
      const large = appendOfData(stream, 0, stream, "x".repeat(maxEventBytes + 1))
      yield* mustFail(store.append(large), "Invalid", "append")
      yield* mustEqual((yield* store.append(appendOfData(stream, 0, stream, "x"))).version, 1, "version")
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
    rule("command ids are compared character by character", function* (store, slug) {
      const stream = `${prefix}${slug}`
      // The last two are ä in two normal forms.
      const ids = ["id", "ID", "id ", " id", "i", "id1", "id-1", "\u00e4", "a\u0308"]
      for (const [i, id] of ids.entries()) {
        yield* mustEqual((yield* store.append(appendOf(stream, i, `${stream}${id}`, 1))).version, i + 1, `"${id}"`)
      }
      for (const [i, id] of ids.entries()) {
        yield* mustEqual(
          (yield* store.append(appendOf(stream, i, `${stream}${id}`, 1))).version,
          i + 1,
          `"${id}" again`,
        )
      }
    }),
    rule("command ids may be any text", function* (store, slug) {
      const stream = `${prefix}${slug}`
      const ids = ["/", "//", "a/b", "..", "#", "%2F", "%", "?*", "'--", `"`, "\\", "\n", "日本", "😀", "x".repeat(300)]
      for (const [i, id] of ids.entries()) {
        yield* mustEqual((yield* store.append(appendOf(stream, i, `${stream}${id}`, 1))).version, i + 1, `"${id}"`)
        yield* mustEqual(
          (yield* store.append(appendOf(stream, i, `${stream}${id}`, 1))).version,
          i + 1,
          `"${id}" again`,
        )
      }
      yield* must((yield* readStream(store, stream)).length === ids.length, "a command was taken for another one")
    }),
  ]
}

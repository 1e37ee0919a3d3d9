/**
 * The rules of names, types and data: any text, up to 64 KiB of it. Part of the contract of {@link JournalStore}, in a file of its own for its length.
 *
 * @since 0.1.0
 */
import { JournalStore, maxEventBytes, type NewEvent } from "../JournalStore.ts"
import { type Case, must, mustEqual, mustFail, rulesOf } from "./Contract.ts"
import { appendOf, appendOfData, dataOf, readStream, readUnder, type Store, upTo } from "./JournalTestData.ts"

/** A JSON string of exactly `bytes` bytes. */
const dataOfBytes = (bytes: number): string => `"${"x".repeat(bytes - 2)}"`

const awkward = [
  JSON.stringify({ text: "naïve Zürich 日本 😀", quote: "\"'\\/", line: "a\nb\r\n\tc" }),
  JSON.stringify("\u2028\u2029\u0000\u007f\ufeff"),
  `{"spaces" :  [ 1 , 2.50, 1e3 ]  }`,
  "",
  `{"n":12345678901234567890123}`,
  `' OR 1=1; --`,
]

/** Appends one event to each stream, and reads each back alone. */
const keepApart = function* (store: Store, streams: ReadonlyArray<string>) {
  for (const [i, stream] of streams.entries()) yield* store.append(appendOf(stream, 0, `${streams[0]}-${i}`, i))
  for (const [i, stream] of streams.entries()) {
    const read = yield* readStream(store, stream)
    yield* mustEqual(
      read.map(({ data, stream }) => [stream, data]),
      [[stream, `{"n":${i}}`]],
      JSON.stringify(stream),
    )
  }
}

/**
 * The cases about names and data, as {@link JournalStoreContract} holds them.
 *
 * @category contract
 * @since 0.1.0
 */
export const payloadCases = (prefix: string): ReadonlyArray<Case<JournalStore>> => {
  const rule = rulesOf(JournalStore)

  return [
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
      yield* mustEqual(yield* dataOf(store, stream), awkward, "data")
    }),
    rule("empty data are data", function* (store, slug) {
      const stream = `${prefix}${slug}`
      const data: ReadonlyArray<string> = ["{}", "", "[]", "null", `""`, "0", "{}"]
      yield* store.append(appendOfData(stream, 0, stream, data[0]!, ...data.slice(1)))
      yield* mustEqual(yield* dataOf(store, stream), data, "data")
      yield* mustEqual(
        (yield* readUnder(store, stream)).map((event) => event.data),
        data,
        "data in readAll",
      )
    }),
    rule("types of any text come back as they were", function* (store, slug) {
      const stream = `${prefix}${slug}`
      const types = [
        "Planned@1",
        "Planned@12",
        "Planned",
        "planned@1",
        "a b",
        "naïve@1",
        "日本@2",
        "😀",
        "T".repeat(200),
      ]
      const [first, ...rest] = types.map((type): NewEvent => ({ type, data: "{}" }))
      yield* store.append({ stream, expectedVersion: 0, commandId: stream, events: [first!, ...rest] })
      yield* mustEqual(
        (yield* readStream(store, stream)).map((event) => event.type),
        types,
        "types",
      )
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
      yield* keepApart(
        store,
        names.map((name) => `${start}/${name}`),
      )
    }),
    rule("streams whose names a path or a pattern would change are apart", function* (store, slug) {
      const start = `${prefix}${slug}`
      const names = [
        "",
        "/",
        "//",
        "a",
        "a/",
        "a//b",
        "a/b",
        "a/./b",
        "a/x/../b",
        "..",
        "*",
        "a*",
        "?",
        "[a]",
        "%",
        "_",
        "\\",
        "#",
        "a+b",
      ]
      yield* keepApart(
        store,
        names.map((name) => `${start}/${name}`),
      )
    }),
    rule("streams are apart by spaces and control characters, too", function* (store, slug) {
      const start = `${prefix}${slug}`
      const names = ["a", "a ", " a", "a\t", "a\n", "a\u0000", "a\u0000b", "a\u0000c", "a\u007f", "\ufeffa"]
      yield* keepApart(
        store,
        names.map((name) => `${start}/${name}`),
      )
    }),
    rule("streams are apart by the normal form of their names, too", function* (store, slug) {
      const start = `${prefix}${slug}`
      const names = ["\u00e4", "a\u0308", "\u212b", "\u00c5", "A\u030a", "\ufb01", "fi", "ı", "i", "I", "İ"]
      yield* keepApart(
        store,
        names.map((name) => `${start}/${name}`),
      )
    }),
    rule("streams with names of 400 characters are apart to the last one", function* (store, slug) {
      const long = `${prefix}${slug}/`.padEnd(399, "x")
      yield* keepApart(store, [`${long}a`, `${long}b`, long])
    }),
    rule("200 streams are all there", function* (store, slug) {
      const start = `${prefix}${slug}`
      yield* keepApart(
        store,
        upTo(200).map((n) => `${start}/${n}`),
      )
      yield* mustEqual((yield* readUnder(store, `${start}/`)).length, 200, "number of events in readAll")
    }),

    rule("data of 64 KiB is kept", function* (store, slug) {
      const stream = `${prefix}${slug}`
      const data = dataOfBytes(maxEventBytes)
      yield* store.append({ stream, expectedVersion: 0, commandId: stream, events: [{ type: "Big@1", data }] })
      yield* must((yield* readStream(store, stream))[0]?.data === data, "data has changed")
    }),
    rule("data over 64 KiB is Invalid, and no event of its append is written", function* (store, slug) {
      const stream = `${prefix}${slug}`
      const events = [
        { type: "Small@1", data: "1" },
        { type: "Big@1", data: dataOfBytes(maxEventBytes + 1) },
      ] as const
      yield* mustFail(store.append({ stream, expectedVersion: 0, commandId: stream, events }), "Invalid", "append")
      yield* mustEqual((yield* readStream(store, stream)).length, 0, "number of events")
    }),
    rule("the limit counts bytes of UTF-8, not characters", function* (store, slug) {
      const stream = `${prefix}${slug}`
      const events = [{ type: "Big@1", data: `"${"é".repeat(maxEventBytes / 2)}"` }] as const
      yield* mustFail(store.append({ stream, expectedVersion: 0, commandId: stream, events }), "Invalid", "append")
    }),
    rule("64 KiB of characters of any length are kept, and one byte more is Invalid", function* (store, slug) {
      for (const [i, character] of ["x", "é", "日", "😀"].entries()) {
        const stream = `${prefix}${slug}-${i}`
        const bytes = [1, 2, 3, 4][i]!
        const full = character.repeat(Math.floor(maxEventBytes / bytes)) + "x".repeat(maxEventBytes % bytes)
        yield* mustFail(store.append(appendOfData(stream, 0, stream, `${full}x`)), "Invalid", `append of ${character}`)
        yield* store.append(appendOfData(stream, 0, stream, full))
        yield* must((yield* dataOf(store, stream))[0] === full, `data of ${character} have changed`)
      }
    }),
    rule("each event of an append may have 64 KiB", function* (store, slug) {
      const stream = `${prefix}${slug}`
      const data = ["a", "b", "c", "d"].map((letter) => letter.repeat(maxEventBytes))
      const [first, ...rest] = data
      yield* store.append(appendOfData(stream, 0, stream, first!, ...rest))
      const read = yield* dataOf(store, stream)
      yield* must(read.length === 4 && read.every((text, i) => text === data[i]), "data have changed")
    }),
    rule("a stream of large events is read whole, and so is the journal", function* (store, slug) {
      const stream = `${prefix}${slug}`
      const data = dataOfBytes(maxEventBytes)
      for (let version = 0; version < 20; version += 2) {
        yield* store.append(appendOfData(stream, version, `${stream}-${version}`, data, "{}"))
      }
      const lengths = upTo(20).map((n) => (n % 2 === 1 ? maxEventBytes : 2))
      for (const read of [yield* readStream(store, stream), yield* readUnder(store, stream)]) {
        yield* mustEqual(
          read.map((event) => event.data.length),
          lengths,
          "lengths of data",
        )
      }
    }),
  ]
}

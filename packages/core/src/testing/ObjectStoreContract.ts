/**
 * The rules of {@link ObjectStore}: what every store of objects keeps, S3 and a folder of files alike.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { ObjectStore, type ObjectStoreError } from "../ObjectStore.ts"
import { type Case, joinBytes, must, mustBeBytes, mustEqual, mustFail, rulesOf, someBytes } from "./Contract.ts"
import { uploadCases } from "./ObjectUploadCases.ts"

/**
 * What the cases need to know of a store.
 *
 * @category models
 * @since 0.1.0
 */
export interface Fixture {
  /** A bucket that exists and may be written to. */
  readonly bucket: string
  /** Begins every key that the cases write; fresh for each run on a store that remembers. Empty, or ends with a slash. */
  readonly prefix: string
  /** How many objects the case about long listings writes (default 40); on S3 more than 1,000 make a second page. */
  readonly listed?: number | undefined
}

/**
 * The bytes of an object, joined.
 *
 * @category test data
 * @since 0.1.0
 */
export const readAll = <E, R>(bytes: Stream.Stream<Uint8Array, E, R>): Effect.Effect<Uint8Array, E, R> =>
  Stream.runCollect(bytes).pipe(Effect.map(joinBytes))

/** Keys that some layer on the way would like to change: form encoding, globbing, normalisation, hidden files. */
const oddKeys = [
  "with space.json",
  "plus+plus.json",
  "percent%20and%2Fslash%.json",
  "year=2026/month=1/day=2/part.parquet",
  "Zürich/日本/😀.json",
  "e\u0301 decomposed.json",
  "quote's & (brackets) [x] {y} ~ ! @ $ ^ , ; #.json",
  ".hidden/_under-score",
  "2026-01-02T03:04:05+00:00",
]

const one = Uint8Array.of(1, 2, 3)
const two = Uint8Array.of(9, 8, 7, 6)

/**
 * The cases of the contract.
 *
 * @category contract
 * @since 0.1.0
 */
export const cases = ({ bucket, prefix, listed = 40 }: Fixture): ReadonlyArray<Case<ObjectStore>> => {
  const rule = rulesOf(ObjectStore)
  const under = (slug: string) => (path: string) => ({ bucket, key: `${prefix}${slug}/${path}` })
  const keysOf = (store: ObjectStore["Service"], start: string) =>
    store.list(bucket, start).pipe(
      Stream.map((info) => info.key),
      Stream.runCollect,
    )

  return [
    rule("reads back what was put", function* (store, slug) {
      const at = under(slug)
      const bytes = someBytes(100_000)
      yield* store.put(at("a"), bytes, "any")
      yield* mustBeBytes(yield* readAll(store.get(at("a"))), bytes, "get")
    }),
    rule("put answers what head answers", function* (store, slug) {
      const at = under(slug)
      const put = yield* store.put(at("a"), one, "any")
      const head = yield* store.head(at("a"))
      yield* mustEqual([put.bucket, put.key, put.size], [bucket, at("a").key, 3], "bucket, key and size of put")
      yield* mustEqual([head.bucket, head.key, head.size], [bucket, at("a").key, 3], "bucket, key and size of head")
      yield* mustEqual(head.version, put.version, "version of head and of put")
    }),
    rule("get of a missing object is NotFound", function* (store, slug) {
      yield* mustFail(readAll(store.get(under(slug)("missing"))), "NotFound", "get")
    }),
    rule("head of a missing object is NotFound", function* (store, slug) {
      yield* mustFail(store.head(under(slug)("missing")), "NotFound", "head")
    }),
    rule("a folder is no object", function* (store, slug) {
      const at = under(slug)
      yield* store.put(at("folder/a"), one, "any")
      yield* mustFail(readAll(store.get(at("folder"))), "NotFound", "get of a key's beginning")
      yield* mustFail(store.head(at("folder")), "NotFound", "head of a key's beginning")
    }),
    rule("keeps an empty object", function* (store, slug) {
      const at = under(slug)
      yield* store.put(at("empty"), new Uint8Array(0), "absent")
      yield* mustEqual((yield* readAll(store.get(at("empty")))).length, 0, "length of get")
      yield* mustEqual((yield* store.head(at("empty"))).size, 0, "size")
      yield* mustEqual(yield* keysOf(store, at("").key), [at("empty").key], "keys listed")
    }),
    rule("keeps the bytes as they were when put returned", function* (store, slug) {
      const at = under(slug)
      const bytes = Uint8Array.from(one)
      yield* store.put(at("a"), bytes, "any")
      bytes.fill(0)
      yield* mustBeBytes(yield* readAll(store.get(at("a"))), one, "get after the caller used its array again")
    }),
    rule("a put without condition replaces the object", function* (store, slug) {
      const at = under(slug)
      const first = yield* store.put(at("a"), one, "any")
      const second = yield* store.put(at("a"), two, "any")
      yield* mustBeBytes(yield* readAll(store.get(at("a"))), two, "get")
      yield* mustEqual((yield* store.head(at("a"))).size, two.length, "size")
      yield* must(first.version !== second.version, "another content has the same version")
    }),
    rule("put absent writes where nothing is", function* (store, slug) {
      const at = under(slug)
      yield* store.put(at("a"), one, "absent")
      yield* mustBeBytes(yield* readAll(store.get(at("a"))), one, "get")
    }),
    rule("put absent on a taken key is Conflict, and the first content stays", function* (store, slug) {
      const at = under(slug)
      const first = yield* store.put(at("a"), one, "absent")
      yield* mustFail(store.put(at("a"), two, "absent"), "Conflict", "second put")
      yield* mustBeBytes(yield* readAll(store.get(at("a"))), one, "get")
      yield* mustEqual((yield* store.head(at("a"))).version, first.version, "version")
    }),
    rule("put absent of the same content again is Conflict too", function* (store, slug) {
      const at = under(slug)
      yield* store.put(at("a"), one, "absent")
      yield* mustFail(store.put(at("a"), one, "absent"), "Conflict", "second put")
    }),
    rule("of concurrent puts absent exactly one wins", function* (store, slug) {
      const at = under(slug)
      const contents = Array.from({ length: 12 }, (_, i) => someBytes(2_000 + i, i + 1))
      const results = yield* Effect.forEach(contents, (bytes) => Effect.result(store.put(at("a"), bytes, "absent")), {
        concurrency: "unbounded",
      })
      const winners = results.flatMap((result, i) => (Result.isSuccess(result) ? [i] : []))
      yield* mustEqual(winners.length, 1, "number of winners")
      const losses = results
        .filter(Result.isFailure)
        .map((result: Result.Failure<unknown, ObjectStoreError>) => result.failure.reason._tag)
      yield* must(
        losses.every((tag) => tag === "Conflict"),
        `losers fail with Conflict, got ${losses.join(", ")}`,
      )
      yield* mustBeBytes(yield* readAll(store.get(at("a"))), contents[winners[0]!]!, "content of the winner")
    }),
    rule("concurrent puts without condition leave one of them whole", function* (store, slug) {
      const at = under(slug)
      const contents = Array.from({ length: 8 }, (_, i) => new Uint8Array(50_000 + i).fill(i + 1))
      yield* Effect.forEach(contents, (bytes) => store.put(at("a"), bytes, "any"), { concurrency: "unbounded" })
      const kept = yield* readAll(store.get(at("a")))
      yield* mustBeBytes(kept, contents[kept[0]! - 1] ?? new Uint8Array(0), "content")
    }),
    rule("reads ranges: start included, end not", function* (store, slug) {
      const at = under(slug)
      const bytes = someBytes(10_000)
      yield* store.put(at("a"), bytes, "any")
      for (const [start, end] of [
        [0, 1],
        [0, 10_000],
        [9_999, 10_000],
        [1, 4_097],
        [4_096, 8_192],
      ] as const) {
        yield* mustBeBytes(
          yield* readAll(store.get(at("a"), { start, end })),
          bytes.slice(start, end),
          `[${start}, ${end})`,
        )
      }
    }),
    rule("reads ranges of a version", function* (store, slug) {
      const at = under(slug)
      const { version } = yield* store.put(at("a"), two, "any")
      yield* mustBeBytes(
        yield* readAll(store.get({ ...at("a"), version }, { start: 1, end: 3 })),
        two.slice(1, 3),
        "range",
      )
    }),
    rule("a range of a missing object is NotFound", function* (store, slug) {
      yield* mustFail(readAll(store.get(under(slug)("missing"), { start: 0, end: 1 })), "NotFound", "get")
    }),
    rule("reads and heads the version named", function* (store, slug) {
      const at = under(slug)
      const { version } = yield* store.put(at("a"), one, "any")
      yield* mustBeBytes(yield* readAll(store.get({ ...at("a"), version })), one, "get")
      yield* mustEqual((yield* store.head({ ...at("a"), version })).version, version, "version of head")
    }),
    rule("an overwritten version is its old content or NotFound, never the new content", function* (store, slug) {
      const at = under(slug)
      const { version } = yield* store.put(at("a"), one, "any")
      yield* store.put(at("a"), two, "any")
      const pinned = { ...at("a"), version }
      const got = yield* Effect.result(readAll(store.get(pinned)))
      if (Result.isSuccess(got)) yield* mustBeBytes(got.success, one, "get of the old version")
      else yield* mustEqual(got.failure.reason._tag, "NotFound", "reason of get")
      const head = yield* Effect.result(store.head(pinned))
      if (Result.isSuccess(head)) yield* mustEqual(head.success.size, one.length, "size of the old version")
      else yield* mustEqual(head.failure.reason._tag, "NotFound", "reason of head")
    }),
    rule("a version that this key never had is NotFound", function* (store, slug) {
      const at = under(slug)
      yield* store.put(at("a"), one, "any")
      const { version } = yield* store.put(at("b"), two, "any")
      yield* mustFail(readAll(store.get({ ...at("a"), version })), "NotFound", "get")
      yield* mustFail(store.head({ ...at("a"), version }), "NotFound", "head")
    }),
    rule("a reader sees the old content or the new, never a mix", function* (store, slug) {
      const at = under(slug)
      const old = new Uint8Array(2_000_000).fill(1)
      yield* store.put(at("a"), old, "any")
      let replaced = false
      const read = store.get(at("a")).pipe(
        Stream.tap(() => {
          if (replaced) return Effect.void
          replaced = true
          return store.put(at("a"), new Uint8Array(2_000_000).fill(2), "any")
        }),
        readAll,
      )
      const got = yield* Effect.result(read)
      // A store that notices the change may fail; one that answers must answer the object it began with.
      if (Result.isSuccess(got)) yield* mustBeBytes(got.success, old, "content begun before the overwrite")
    }),
    rule("lists by prefix, which need not be a folder", function* (store, slug) {
      const at = under(slug)
      for (const path of ["a/1", "ab", "b", "a/2/c"]) yield* store.put(at(path), one, "any")
      yield* mustEqual(
        yield* keysOf(store, at("a").key),
        ["a/1", "a/2/c", "ab"].map((path) => at(path).key),
        "keys under a",
      )
      yield* mustEqual(
        yield* keysOf(store, at("a/").key),
        ["a/1", "a/2/c"].map((path) => at(path).key),
        "keys under a/",
      )
    }),
    rule("lists nothing under a prefix that no key has", function* (store, slug) {
      yield* mustEqual(yield* keysOf(store, under(slug)("none").key), [], "keys")
    }),
    rule("lists in the order of the keys' UTF-8 bytes", function* (store, slug) {
      const at = under(slug)
      // UTF-16 puts the emoji before the full-width tilde; a walk through folders puts `x/` before `x-`.
      const sorted = ["B", "Z", "a", "x-1", "x/1", "x/2", "x0", "é", "～", "😀"].map((path) => at(path).key)
      yield* Effect.forEach(sorted.toReversed(), (key) => store.put({ bucket, key }, one, "any"))
      yield* mustEqual(yield* keysOf(store, at("").key), sorted, "order")
    }),
    rule("lists what head answers", function* (store, slug) {
      const at = under(slug)
      yield* store.put(at("a"), one, "any")
      yield* store.put(at("a"), two, "any")
      const infos = yield* Stream.runCollect(store.list(bucket, at("").key))
      const head = yield* store.head(at("a"))
      yield* mustEqual(
        infos.map(({ bucket, key, size, version }) => ({ bucket, key, size, version })),
        [{ bucket: head.bucket, key: head.key, size: head.size, version: head.version }],
        "infos",
      )
    }),
    rule("lists more objects than one page holds, each once", function* (store, slug) {
      const at = under(slug)
      const keys = Array.from({ length: listed }, (_, i) => at(`part-${String(i).padStart(5, "0")}`).key)
      yield* Effect.forEach(keys, (key) => store.put({ bucket, key }, one, "any"), { concurrency: 16 })
      const found = yield* keysOf(store, at("").key)
      yield* mustEqual(found.length, keys.length, "number of keys")
      yield* must(
        found.every((key, i) => key === keys[i]),
        "a key is missing, doubled or out of order",
      )
    }),
    ...oddKeys.map((key) =>
      rule(`keeps the key "${key}" as it is`, function* (store, slug) {
        const at = under(`odd-${slug}`)
        yield* store.put(at(key), one, "absent")
        yield* mustBeBytes(yield* readAll(store.get(at(key))), one, "get")
        yield* mustEqual((yield* store.head(at(key))).key, at(key).key, "key of head")
        yield* mustEqual(yield* keysOf(store, at(key).key), [at(key).key], "keys listed")
        yield* mustFail(store.put(at(key), two, "absent"), "Conflict", "second put")
      }),
    ),
    ...uploadCases(bucket, prefix),
  ]
}

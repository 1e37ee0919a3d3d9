/**
 * The rules of a medium that outlives its store, or that several stores share. Part of the contract of {@link JournalStore}, in a file of its own.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import { JournalStore } from "../JournalStore.ts"
import { type Case, mustEqual, mustFail, rulesOf } from "./Contract.ts"
import { appendOf, dataOf, endOf, nameOf, readStream, readUnder, type Store, upTo } from "./JournalTestData.ts"

/**
 * The cases about one medium under several stores, as {@link JournalStoreContract} holds them; `another` opens one more over the medium of the store
 * under test, until its scope closes.
 *
 * @category contract
 * @since 0.1.0
 */
export const sharedCases = (
  prefix: string,
  another: Effect.Effect<Store, unknown, Scope.Scope>,
): ReadonlyArray<Case<JournalStore>> => {
  const rule = rulesOf(JournalStore)
  /** What a store does that is opened for it and closed again. */
  const inAnother = <A>(use: (store: Store) => Effect.Effect<A, unknown>) => Effect.scoped(Effect.flatMap(another, use))

  return [
    rule("another store reads what is appended, and is read", function* (store, slug) {
      const stream = `${prefix}${slug}`
      yield* inAnother((other) =>
        Effect.gen(function* () {
          yield* mustEqual(yield* dataOf(other, stream), [], "data in the other store, before")
          yield* store.append(appendOf(stream, 0, `${stream}-1`, 1))
          yield* mustEqual(yield* dataOf(other, stream), [`{"n":1}`], "data in the other store")
          yield* other.append(appendOf(stream, 1, `${stream}-2`, 2))
          yield* mustEqual(yield* dataOf(store, stream), [`{"n":1}`, `{"n":2}`], "data")
          yield* mustEqual(yield* readUnder(other, stream), yield* readUnder(store, stream), "readings of all")
        }),
      )
    }),
    rule("another store's append makes an append a Conflict", function* (store, slug) {
      const stream = `${prefix}${slug}`
      yield* store.append(appendOf(stream, 0, `${stream}-1`, 1))
      yield* inAnother((other) => other.append(appendOf(stream, 1, `${stream}-2`, 2, 3)))
      const { actualVersion } = yield* mustFail(
        store.append(appendOf(stream, 1, `${stream}-3`, 4)),
        "Conflict",
        "append",
      )
      yield* mustEqual(actualVersion, 3, "actualVersion")
    }),
    rule("another store answers a repeated append with the first result", function* (store, slug) {
      const stream = `${prefix}${slug}`
      const append = appendOf(stream, 0, `${stream}-1`, 1, 2)
      yield* store.append(append)
      yield* store.append(appendOf(stream, 2, `${stream}-2`, 3))
      const { version } = yield* inAnother((other) => other.append(append))
      yield* mustEqual(version, 2, "version")
      yield* mustEqual((yield* readStream(store, stream)).length, 3, "number of events")
    }),
    rule("of two stores that append at once exactly one wins", function* (store, slug) {
      const stream = `${prefix}${slug}`
      yield* inAnother((other) =>
        Effect.gen(function* () {
          for (let version = 0; version < 10; version++) {
            const results = yield* Effect.forEach(
              [store, other],
              (one, i) => Effect.result(one.append(appendOf(stream, version, `${stream}-${version}-${i}`, i))),
              { concurrency: "unbounded" },
            )
            yield* mustEqual(results.filter(Result.isSuccess).length, 1, `number of winners of version ${version + 1}`)
          }
        }),
      )
      yield* mustEqual(
        (yield* readStream(store, stream)).map((event) => event.version),
        upTo(10),
        "versions",
      )
    }),
    rule("everything is there after a restart, as it was", function* (store, slug) {
      const start = `${prefix}${slug}`
      yield* inAnother((first) =>
        Effect.gen(function* () {
          yield* first.append(appendOf(`${start}/a`, 0, `${start}-1`, 1, 2, 3))
          yield* first.append(appendOf(`${start}/b`, 0, `${start}-2`, 4))
        }),
      )
      const before = yield* readUnder(store, start)
      yield* mustEqual(before.length, 4, "number of events")
      yield* mustEqual(yield* inAnother((second) => readUnder(second, start)), before, "events")
      const version = yield* inAnother((second) => second.append(appendOf(`${start}/a`, 3, `${start}-3`, 5)))
      yield* mustEqual(version, { version: 4 }, "version of a later append")
    }),
    rule("positions are good after a restart", function* (store, slug) {
      const start = `${prefix}${slug}`
      for (const n of upTo(3)) yield* store.append(appendOf(start, n - 1, `${start}-${n}`, n))
      const end = yield* inAnother(endOf)
      yield* mustEqual(yield* readUnder(store, start, end), [], "events behind the end")
      yield* store.append(appendOf(start, 3, `${start}-4`, 4))
      const behind = yield* inAnother((other) => readUnder(other, start, end))
      yield* mustEqual(behind.map(nameOf), [`${start}#4`], "events behind the old end")
    }),
  ]
}

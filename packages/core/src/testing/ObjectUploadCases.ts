/**
 * The rules of {@link Upload}: part of the contract of {@link ObjectStore}, in a file of its own for its length.
 *
 * @since 0.1.0
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { type ObjectRef, ObjectStore, type Upload, type WriteCondition } from "../ObjectStore.ts"
import { type Case, joinBytes, mustBeBytes, mustEqual, mustFail, rulesOf, someBytes } from "./Contract.ts"

type Store = ObjectStore["Service"]

const one = Uint8Array.of(1, 2, 3)
const two = Uint8Array.of(9, 8, 7, 6)

/** S3 takes parts of 5 MiB at least (but for the last): pieces that fit no part, and an object of several parts. */
const pieces = [
  someBytes(1, 1),
  someBytes(300_001, 2),
  someBytes(6_000_007, 3),
  new Uint8Array(0),
  someBytes(5_242_880, 4),
  someBytes(17, 5),
]

const writeAll = (store: Store, ref: ObjectRef, condition: WriteCondition, contents: ReadonlyArray<Uint8Array>) =>
  Effect.scoped(
    Effect.gen(function* () {
      const upload = yield* store.upload(ref, condition)
      for (const bytes of contents) yield* upload.write(bytes)
      return yield* upload.complete
    }),
  )

const read = (store: Store, ref: ObjectRef) => Stream.runCollect(store.get(ref)).pipe(Effect.map(joinBytes))

const mustBeInvisible = Effect.fnUntraced(function* (store: Store, ref: ObjectRef, when: string) {
  yield* mustFail(store.head(ref), "NotFound", `head ${when}`)
  yield* mustFail(read(store, ref), "NotFound", `get ${when}`)
  const listed = yield* Stream.runCollect(store.list(ref.bucket, ref.key))
  yield* mustEqual(
    listed.map((info) => info.key),
    [],
    `keys listed ${when}`,
  )
})

/**
 * The cases about uploads, as {@link ObjectStoreContract} holds them.
 *
 * @category contract
 * @since 0.1.0
 */
export const uploadCases = (bucket: string, prefix: string): ReadonlyArray<Case<ObjectStore>> => {
  const rule = rulesOf(ObjectStore)
  const under = (slug: string) => (path: string) => ({ bucket, key: `${prefix}${slug}/${path}` })

  return [
    rule("an upload is its pieces, joined", function* (store, slug) {
      const at = under(slug)
      const info = yield* writeAll(store, at("a"), "absent", [one, two, one])
      yield* mustBeBytes(yield* read(store, at("a")), joinBytes([one, two, one]), "get")
      const head = yield* store.head(at("a"))
      yield* mustEqual(
        [info.key, info.size, info.version],
        [head.key, head.size, head.version],
        "what complete answered",
      )
    }),
    rule("an upload may have megabytes, in pieces of any size", function* (store, slug) {
      const at = under(slug)
      yield* writeAll(store, at("a"), "absent", pieces)
      yield* mustBeBytes(yield* read(store, at("a")), joinBytes(pieces), "get")
      const range = { start: 5_000_000, end: 6_500_000 }
      const part = yield* Stream.runCollect(store.get(at("a"), range)).pipe(Effect.map(joinBytes))
      yield* mustBeBytes(part, joinBytes(pieces).slice(range.start, range.end), "range over the parts' border")
    }),
    rule("an upload without pieces is an empty object", function* (store, slug) {
      const at = under(slug)
      yield* writeAll(store, at("a"), "absent", [])
      yield* mustEqual((yield* store.head(at("a"))).size, 0, "size")
    }),
    rule("an upload is invisible before it is complete", function* (store, slug) {
      const at = under(slug)
      yield* Effect.scoped(
        Effect.gen(function* () {
          const upload = yield* store.upload(at("a"), "absent")
          yield* mustBeInvisible(store, at("a"), "before the first piece")
          for (const bytes of pieces) yield* upload.write(bytes)
          yield* mustBeInvisible(store, at("a"), "before complete")
          yield* upload.complete
          yield* mustBeBytes(yield* read(store, at("a")), joinBytes(pieces), "get after complete")
        }),
      )
    }),
    rule("an abandoned upload leaves nothing visible, and the key free", function* (store, slug) {
      const at = under(slug)
      yield* Effect.scoped(
        Effect.gen(function* () {
          const upload = yield* store.upload(at("a"), "absent")
          for (const bytes of pieces) yield* upload.write(bytes)
        }),
      )
      yield* mustBeInvisible(store, at("a"), "after the scope was closed")
      yield* store.put(at("a"), one, "absent")
      yield* mustBeBytes(yield* read(store, at("a")), one, "get of a later put")
    }),
    rule("an interrupted upload leaves nothing visible", function* (store, slug) {
      const at = under(slug)
      const written = yield* Deferred.make<void>()
      const fiber = yield* Effect.scoped(
        Effect.gen(function* () {
          const upload = yield* store.upload(at("a"), "any")
          yield* upload.write(one)
          yield* Deferred.succeed(written, undefined)
          yield* Effect.never
        }),
      ).pipe(Effect.forkChild({ startImmediately: true }))
      yield* Deferred.await(written)
      yield* Fiber.interrupt(fiber)
      yield* mustBeInvisible(store, at("a"), "after the interruption")
    }),
    rule("an abandoned upload over an object leaves that object", function* (store, slug) {
      const at = under(slug)
      const { version } = yield* store.put(at("a"), one, "any")
      yield* Effect.scoped(Effect.flatMap(store.upload(at("a"), "any"), (upload) => upload.write(two)))
      yield* mustBeBytes(yield* read(store, at("a")), one, "get")
      yield* mustEqual((yield* store.head(at("a"))).version, version, "version")
    }),
    rule("an upload without condition replaces the object when it is complete", function* (store, slug) {
      const at = under(slug)
      yield* store.put(at("a"), one, "any")
      yield* Effect.scoped(
        Effect.gen(function* () {
          const upload = yield* store.upload(at("a"), "any")
          yield* upload.write(two)
          yield* mustBeBytes(yield* read(store, at("a")), one, "get before complete")
          yield* upload.complete
        }),
      )
      yield* mustBeBytes(yield* read(store, at("a")), two, "get after complete")
    }),
    rule("an upload under absent on a taken key is Conflict, and the first content stays", function* (store, slug) {
      const at = under(slug)
      yield* store.put(at("a"), one, "any")
      yield* mustFail(writeAll(store, at("a"), "absent", [two]), "Conflict", "upload")
      yield* mustBeBytes(yield* read(store, at("a")), one, "get")
    }),
    rule(
      "a key that is taken while an upload under absent is open makes complete fail with Conflict",
      function* (store, slug) {
        const at = under(slug)
        yield* Effect.scoped(
          Effect.gen(function* () {
            const upload = yield* store.upload(at("a"), "absent")
            yield* upload.write(two)
            yield* store.put(at("a"), one, "absent")
            yield* mustFail(upload.complete, "Conflict", "complete")
          }),
        )
        yield* mustBeBytes(yield* read(store, at("a")), one, "get")
      },
    ),
    rule("of concurrent uploads under absent exactly one wins", function* (store, slug) {
      const at = under(slug)
      const contents = Array.from({ length: 5 }, (_, i) => someBytes(1_000 + i, i + 1))
      const results = yield* Effect.scoped(
        Effect.gen(function* () {
          const uploads: Array<Upload> = []
          for (const bytes of contents) {
            const upload = yield* store.upload(at("a"), "absent")
            yield* upload.write(bytes)
            uploads.push(upload)
          }
          return yield* Effect.forEach(uploads, (upload) => Effect.result(upload.complete), {
            concurrency: "unbounded",
          })
        }),
      )
      const tags = results.map((result) => (Result.isSuccess(result) ? "won" : result.failure.reason._tag))
      yield* mustEqual(tags.toSorted(), ["Conflict", "Conflict", "Conflict", "Conflict", "won"], "outcomes")
      yield* mustBeBytes(yield* read(store, at("a")), contents[tags.indexOf("won")]!, "content of the winner")
    }),
  ]
}

import * as S3ObjectStore from "@tributary/adapters-aws/S3ObjectStore"
import { ObjectStore } from "@tributary/core/ObjectStore"
import { cases, readAll } from "@tributary/core/testing/ObjectStoreContract"
import { mustFail } from "@tributary/core/testing/Contract"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Stream } from "effect"
import { Readable } from "node:stream"
import { holds } from "./support/contract.ts"
import { serviceError, watched } from "./support/fake.ts"
import * as FakeS3 from "./support/FakeS3.ts"
import { inTime } from "./support/time.ts"

const ref = { bucket: "lake", key: "a" }
const bytes = Uint8Array.of(1, 2, 3)

const fake = (options: S3ObjectStore.Options = {}) => {
  const { api, made, faults } = watched(FakeS3.make({ versions: true }))
  return { store: S3ObjectStore.make(api, options), made, faults, calls: () => made.map(({ call }) => call) }
}

describe.each([{ versions: false }, { versions: true }])("S3ObjectStore on a fake, versions: $versions", (options) => {
  const layer = Layer.sync(ObjectStore, () =>
    S3ObjectStore.make(FakeS3.make({ ...options, pageSize: 7 }), { partBytes: 5 * 1024 * 1024 }),
  )
  holds(cases({ bucket: "lake", prefix: "contract/" }), layer)
})

describe("S3ObjectStore", () => {
  it("makes versions of version ids, and of etags where there is none", () => {
    assert.strictEqual(S3ObjectStore.versionOf({ versionId: "3sL4k", etag: "ab" }), "3sL4k")
    for (const versionId of [undefined, "", "null"]) {
      assert.strictEqual(S3ObjectStore.versionOf({ versionId, etag: '"ab-3"' }), "etag:ab-3")
    }
  })

  it.effect("sends the condition, the checksum and nothing else", () =>
    Effect.gen(function* () {
      const { store, made } = fake()
      yield* store.put(ref, bytes, "absent")
      const ChecksumSHA256 = "A5BYxvLAy0ksUzsKTRTvd8wPeKvMztUofYShogEc+4E="
      assert.deepStrictEqual(made, [
        { call: "putObject", input: { Bucket: "lake", Key: "a", IfNoneMatch: "*", Body: bytes, ChecksumSHA256 } },
      ])
    }),
  )

  it.effect("takes a put whose answer was lost for its own, without sending it again", () =>
    Effect.gen(function* () {
      const { store, faults, calls } = fake()
      faults.putObject = ["answer lost"]
      const info = yield* inTime(store.put(ref, bytes, "absent"))
      assert.deepStrictEqual(calls(), ["putObject", "headObject"])
      assert.strictEqual(info.version, (yield* store.head(ref)).version)
    }),
  )

  it.effect("sends a put again that never arrived", () =>
    Effect.gen(function* () {
      const { store, faults, calls } = fake()
      faults.putObject = ["request lost", serviceError("InternalError", 500)]
      yield* inTime(store.put(ref, bytes, "absent"))
      assert.deepStrictEqual(calls(), ["putObject", "headObject", "putObject", "headObject", "putObject"])
    }),
  )

  it.effect("answers Conflict where another writer was faster than the lost request", () =>
    Effect.gen(function* () {
      const { store, faults } = fake()
      yield* store.put(ref, Uint8Array.of(9), "absent")
      faults.putObject = ["request lost"]
      yield* inTime(mustFail(store.put(ref, bytes, "absent"), "Conflict", "put"))
    }),
  )

  it.effect("answers Conflict at once where the first answer says that the key is taken", () =>
    Effect.gen(function* () {
      const { store, made, calls } = fake()
      yield* store.put(ref, bytes, "absent")
      made.length = 0
      yield* mustFail(store.put(ref, bytes, "absent"), "Conflict", "put")
      assert.deepStrictEqual(calls(), ["putObject"])
    }),
  )

  it.effect("tries a few times after 409, then is Unavailable", () =>
    Effect.gen(function* () {
      const { store, faults, calls } = fake()
      const conflicting = () => serviceError("ConditionalRequestConflict", 409)
      faults.putObject = [conflicting(), conflicting()]
      yield* inTime(store.put(ref, bytes, "absent"))
      faults.putObject = Array.from({ length: 5 }, conflicting)
      yield* inTime(mustFail(store.put({ ...ref, key: "b" }, bytes, "absent"), "Unavailable", "put"))
      assert.strictEqual(calls().filter((call) => call === "putObject").length, 3 + 5)
    }),
  )

  it.effect("does not look at the key where S3 asks for a slower pace", () =>
    Effect.gen(function* () {
      const { store, faults, calls } = fake()
      faults.putObject = [serviceError("SlowDown", 503)]
      yield* inTime(store.put(ref, bytes, "absent"))
      assert.deepStrictEqual(calls(), ["putObject", "putObject"])
    }),
  )

  describe("in parts", () => {
    const partBytes = 5 * 1024 * 1024
    const piece = new Uint8Array(partBytes).fill(7)
    const upload = (store: ObjectStore["Service"], condition: "absent" | "any") =>
      Effect.scoped(
        Effect.gen(function* () {
          const open = yield* store.upload(ref, condition)
          yield* open.write(piece)
          yield* open.write(bytes)
          return yield* open.complete
        }),
      )

    it.effect("completes under the condition, and aborts nothing that is complete", () =>
      Effect.gen(function* () {
        const { store, made, calls } = fake({ partBytes })
        const info = yield* upload(store, "absent")
        assert.strictEqual(info.size, partBytes + 3)
        assert.deepStrictEqual(calls(), [
          "createMultipartUpload",
          "uploadPart",
          "uploadPart",
          "completeMultipartUpload",
          "abortMultipartUpload",
        ])
        assert.strictEqual((made[3]!.input as { IfNoneMatch?: string }).IfNoneMatch, "*")
      }),
    )

    for (const condition of ["absent", "any"] as const) {
      it.effect(`takes a completion under ${condition} whose answer was lost for its own`, () =>
        Effect.gen(function* () {
          const { store, faults, calls } = fake({ partBytes })
          faults.completeMultipartUpload = ["answer lost"]
          const info = yield* inTime(upload(store, condition))
          assert.strictEqual(info.version, (yield* store.head(ref)).version)
          assert.strictEqual(calls().filter((call) => call === "completeMultipartUpload").length, 1)
        }),
      )
    }

    it.effect("sends a part again, and completes the upload that it began", () =>
      Effect.gen(function* () {
        const { store, faults } = fake({ partBytes })
        faults.uploadPart = ["answer lost", serviceError("InternalError", 500)]
        yield* inTime(upload(store, "absent"))
        assert.strictEqual((yield* readAll(store.get(ref))).length, partBytes + 3)
      }),
    )

    it.effect("says that an upload is gone instead of NotFound", () =>
      Effect.gen(function* () {
        const { store, faults } = fake({ partBytes })
        faults.completeMultipartUpload = Array.from({ length: 9 }, () => serviceError("NoSuchUpload", 404))
        yield* inTime(mustFail(upload(store, "absent"), "Unavailable", "complete"))
      }),
    )
  })

  it.effect("reads a version by its id, and by etag where there is none", () =>
    Effect.gen(function* () {
      const { store, made } = fake()
      yield* store.put(ref, bytes, "any")
      yield* Effect.exit(readAll(store.get({ ...ref, version: "3sL4k" }, { start: 1, end: 3 })))
      yield* Effect.exit(store.head({ ...ref, version: "etag:ab" }))
      assert.deepStrictEqual(made.slice(1), [
        { call: "getObject", input: { Bucket: "lake", Key: "a", VersionId: "3sL4k", Range: "bytes=1-2" } },
        { call: "headObject", input: { Bucket: "lake", Key: "a", IfMatch: '"ab"', ChecksumMode: "ENABLED" } },
      ])
    }),
  )

  it.effect("cuts the range itself where a server answers the whole object", () =>
    Effect.gen(function* () {
      const whole = { getObject: async () => ({ Body: Readable.from([bytes, Uint8Array.of(4, 5), Uint8Array.of(6)]) }) }
      const store = S3ObjectStore.make({ ...FakeS3.make({ versions: false }), ...whole })
      assert.deepStrictEqual([...(yield* readAll(store.get(ref, { start: 2, end: 4 })))], [3, 4])
    }),
  )

  it.effect("answers nothing for a range behind the end, and for an empty one", () =>
    Effect.gen(function* () {
      const { store } = fake()
      yield* store.put(ref, bytes, "any")
      assert.strictEqual((yield* readAll(store.get(ref, { start: 3, end: 9 }))).length, 0)
      assert.strictEqual((yield* readAll(store.get(ref, { start: 2, end: 2 }))).length, 0)
      yield* mustFail(readAll(store.get({ ...ref, key: "b" }, { start: 2, end: 2 })), "NotFound", "get")
    }),
  )

  it.effect("is Unavailable where the connection ends within the object", () =>
    Effect.gen(function* () {
      const broken = async function* () {
        yield bytes
        throw Object.assign(new Error("aborted"), { code: "ECONNRESET" })
      }
      const cut = { getObject: async () => ({ Body: Readable.from(broken()) }) }
      const store = S3ObjectStore.make({ ...FakeS3.make({ versions: false }), ...cut })
      yield* mustFail(readAll(store.get(ref)), "Unavailable", "get")
    }),
  )

  it.effect("closes the body of a reader that stops early", () =>
    Effect.gen(function* () {
      const body = Readable.from([bytes, bytes, bytes])
      const store = S3ObjectStore.make({
        ...FakeS3.make({ versions: false }),
        getObject: async () => ({ Body: body }),
      })
      yield* store.get(ref).pipe(Stream.take(1), Stream.runDrain)
      assert.isTrue(body.destroyed)
    }),
  )

  it.effect("does not take an expired token for a version that is not there", () =>
    Effect.gen(function* () {
      const { store, faults } = fake()
      faults.headObject = [serviceError("BadRequest", 400)]
      yield* mustFail(store.head({ ...ref, version: "3sL4k" }), "Invalid", "head")
      faults.getObject = [serviceError("ExpiredToken", 400)]
      yield* mustFail(readAll(store.get({ ...ref, version: "3sL4k" })), "Denied", "get")
      faults.getObject = [serviceError("InvalidArgument", 400), serviceError("MethodNotAllowed", 405)]
      yield* mustFail(readAll(store.get({ ...ref, version: "3sL4k" })), "NotFound", "get of an id S3 never gave")
      yield* mustFail(readAll(store.get({ ...ref, version: "3sL4k" })), "NotFound", "get of a delete marker")
    }),
  )
})

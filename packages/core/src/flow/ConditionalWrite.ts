/**
 * Writing an object whose content is a function of its key: finding it there already is success, if it is the same.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { Digest } from "../Digest.ts"
import { type ObjectRef, ObjectStore, ObjectStoreError, type Upload } from "../ObjectStore.ts"
import * as PortError from "../PortError.ts"

/**
 * Lower-case hexadecimal.
 *
 * @category formatting
 * @since 0.1.0
 */
export const hex = Schema.encodeSync(Schema.Uint8ArrayFromHex)

/**
 * The pieces end to end.
 *
 * @category reading
 * @since 0.1.0
 */
export const joined = (pieces: ReadonlyArray<Uint8Array>): Uint8Array => {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  pieces.reduce((at, piece) => (bytes.set(piece, at), at + piece.length), 0)
  return bytes
}

/**
 * SHA-256 of an object's bytes, as hexadecimal.
 *
 * @category reading
 * @since 0.1.0
 */
export const sha256Of = Effect.fnUntraced(function* <E, R>(bytes: Stream.Stream<Uint8Array, E, R>) {
  const hasher = (yield* Digest).hasher()
  yield* Stream.runForEach(bytes, (piece) => Effect.sync(() => hasher.update(piece)))
  return hex(hasher.digest())
})

/**
 * An object's bytes, which must have this digest: others are a `Conflict`.
 *
 * @category reading
 * @since 0.1.0
 */
export const readSame = Effect.fnUntraced(function* (ref: ObjectRef, sha256: string) {
  const store = yield* ObjectStore
  const digest = yield* Digest
  const bytes = joined(yield* Stream.runCollect(store.get(ref)))
  const found = hex(digest.sha256(bytes))
  return found === sha256 ? bytes : yield* changed(ref, sha256, found, "read")
})

/**
 * Completes an upload whose bytes have this digest. Where the key is taken, its object is read back: the same bytes are success, others a `Conflict`
 * that nothing overwrites.
 *
 * @category writing
 * @since 0.1.0
 */
export const completeSame = Effect.fnUntraced(function* (ref: ObjectRef, upload: Upload, sha256: string) {
  yield* upload.complete.pipe(
    Effect.asVoid,
    Effect.catchReason("ObjectStoreError", "Conflict", () => mustBeSame(ref, sha256)),
  )
})

/**
 * Writes a small object once; see {@link completeSame}.
 *
 * @category writing
 * @since 0.1.0
 */
export const putSame = Effect.fnUntraced(function* (ref: ObjectRef, bytes: Uint8Array) {
  const store = yield* ObjectStore
  const digest = yield* Digest
  yield* store.put(ref, bytes, "absent").pipe(
    Effect.asVoid,
    Effect.catchReason("ObjectStoreError", "Conflict", () => mustBeSame(ref, hex(digest.sha256(bytes)))),
  )
})

/**
 * Copies an object to a key, once; see {@link completeSame}.
 *
 * @category writing
 * @since 0.1.0
 */
export const copySame = Effect.fnUntraced(function* (from: ObjectRef, to: ObjectRef, sha256: string) {
  const store = yield* ObjectStore
  const upload = yield* store.upload(to, "absent")
  const copied = yield* sha256Of(Stream.tap(store.get(from), upload.write))
  if (copied !== sha256) return yield* changed(from, sha256, copied)
  yield* completeSame(to, upload, sha256)
}, Effect.scoped)

const mustBeSame = Effect.fnUntraced(function* (ref: ObjectRef, sha256: string) {
  const store = yield* ObjectStore
  const found = yield* sha256Of(store.get(ref))
  if (found !== sha256) return yield* changed(ref, sha256, found)
})

const changed = (ref: ObjectRef, wanted: string, found: string, operation = "write") =>
  new ObjectStoreError({
    operation: `${operation} ${ref.bucket}/${ref.key}`,
    reason: new PortError.Conflict({ detail: `other bytes than expected: sha256 ${found}, not ${wanted}` }),
  })

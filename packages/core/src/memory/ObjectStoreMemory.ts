/**
 * {@link ObjectStore} in memory: any bucket exists, and every version of every object is kept, as S3 does with versioning on.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import {
  type ObjectInfo,
  type ObjectRef,
  ObjectStore,
  ObjectStoreError,
  type Upload,
  type WriteCondition,
} from "../ObjectStore.ts"
import * as PortError from "../PortError.ts"
import * as Utf8 from "../Utf8.ts"

/**
 * What a new store holds.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly objects?:
    | ReadonlyArray<{ readonly bucket: string; readonly key: string; readonly bytes: Uint8Array }>
    | undefined
}

interface Stored {
  readonly info: ObjectInfo
  readonly bytes: Uint8Array
}

/** What `get` answers at once, so that reading a large object is a stream of pieces here too. */
const pieceBytes = 64 * 1024

/**
 * A store of its own. A write and its condition are one step: no fiber sees a key between the two.
 *
 * @example
 * ```ts
 * import * as ObjectStoreMemory from "@tributary/core/memory/ObjectStoreMemory"
 * import * as Effect from "effect/Effect"
 *
 * const size = Effect.gen(function*() {
 *   const store = yield* ObjectStoreMemory.make()
 *   yield* store.put({ bucket: "lake", key: "a" }, Uint8Array.of(1, 2, 3), "absent")
 *   return (yield* store.head({ bucket: "lake", key: "a" })).size
 * })
 * await Effect.runPromise(size) // => 3
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (options: Options = {}) {
  /** By bucket and then key: all versions, oldest first. */
  const buckets = new Map<string, Map<string, Array<Stored>>>()
  let writes = 0

  const versionsOf = ({ bucket, key }: ObjectRef): ReadonlyArray<Stored> => buckets.get(bucket)?.get(key) ?? []

  const write = (
    operation: string,
    { bucket, key }: ObjectRef,
    bytes: Uint8Array,
    condition: WriteCondition,
  ): Effect.Effect<ObjectInfo, ObjectStoreError> =>
    Effect.flatMap(Clock.currentTimeMillis, (modifiedAt) =>
      Effect.suspend(() => {
        const versions = versionsOf({ bucket, key })
        if (condition === "absent" && versions.length > 0) {
          const detail = `${bucket}/${key} exists already`
          return failWith(operation, new PortError.Conflict({ detail, actualVersion: versions.at(-1)!.info.version }))
        }
        const info = { bucket, key, version: `v${++writes}`, size: bytes.length, modifiedAt }
        const objects = buckets.get(bucket) ?? new Map<string, Array<Stored>>()
        buckets.set(bucket, objects.set(key, [...versions, { info, bytes }]))
        return Effect.succeed(info)
      }),
    )

  const find = (operation: string, ref: ObjectRef): Effect.Effect<Stored, ObjectStoreError> =>
    Effect.suspend(() => {
      const versions = versionsOf(ref)
      const stored =
        ref.version === undefined ? versions.at(-1) : versions.find(({ info }) => info.version === ref.version)
      if (stored !== undefined) return Effect.succeed(stored)
      const version = ref.version === undefined ? "" : `, version ${ref.version}`
      return failWith(
        operation,
        new PortError.NotFound({ detail: `${ref.bucket}/${ref.key}${version} does not exist` }),
      )
    })

  const upload = Effect.fn("ObjectStoreMemory.upload")((ref: ObjectRef, condition: WriteCondition) =>
    Effect.sync((): Upload => {
      const pieces: Array<Uint8Array> = []
      return {
        write: (bytes) => Effect.sync(() => void pieces.push(bytes.slice())),
        complete: Effect.suspend(() => write("complete", ref, join(pieces), condition)),
      }
    }),
  )

  for (const { bucket, key, bytes } of options.objects ?? [])
    yield* Effect.orDie(write("seed", { bucket, key }, bytes, "any"))

  return ObjectStore.of({
    get: (ref, range) =>
      Stream.unwrap(
        Effect.map(find("get", ref), ({ bytes }) =>
          Stream.fromIterable(piecesOf(bytes.subarray(range?.start, range?.end))),
        ),
      ),
    head: Effect.fn("ObjectStoreMemory.head")((ref: ObjectRef) => Effect.map(find("head", ref), ({ info }) => info)),
    put: Effect.fn("ObjectStoreMemory.put")((ref: ObjectRef, bytes: Uint8Array, condition: WriteCondition) =>
      Effect.suspend(() => write("put", ref, bytes.slice(), condition)),
    ),
    upload,
    list: (bucket, prefix) =>
      Stream.suspend(() =>
        Stream.fromIterable(
          [...(buckets.get(bucket) ?? [])]
            .filter(([key]) => key.startsWith(prefix))
            .map(([key, versions]) => ({ order: Utf8.encode(key), info: versions.at(-1)!.info }))
            .toSorted((a, b) => compareBytes(a.order, b.order))
            .map(({ info }) => info),
        ),
      ),
  })
})

/**
 * An empty store.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<ObjectStore> = Layer.effect(ObjectStore, make())

/**
 * A store that holds `options.objects` from the start.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerWith = (options: Options): Layer.Layer<ObjectStore> => Layer.effect(ObjectStore, make(options))

const failWith = (operation: string, reason: PortError.Reason) =>
  Effect.fail(new ObjectStoreError({ operation, reason }))

const piecesOf = (bytes: Uint8Array): ReadonlyArray<Uint8Array> =>
  Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_, i) =>
    bytes.slice(i * pieceBytes, (i + 1) * pieceBytes),
  )

const join = (pieces: ReadonlyArray<Uint8Array>): Uint8Array => {
  const joined = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  pieces.reduce((at, piece) => (joined.set(piece, at), at + piece.length), 0)
  return joined
}

const compareBytes = (a: Uint8Array, b: Uint8Array): number => {
  const at = a.findIndex((byte, i) => byte !== b[i])
  return at === -1 ? a.length - b.length : a[at]! - (b[at] ?? -1)
}

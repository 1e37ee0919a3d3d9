/**
 * {@link ObjectStore} with the manners of S3: versions, strong reads, and conditional writes that take time and may meet.
 *
 * A conditional write to a key that is taken fails with 412, `Conflict`. Where two of them are under way at once, the one that is through second fails
 * with 409, `Unavailable`: it may be sent again, and is answered 412 then. Source: S3 user guide, "How to prevent object overwrites with conditional
 * writes".
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as ObjectStoreMemory from "../../memory/ObjectStoreMemory.ts"
import {
  type ObjectInfo,
  type ObjectRef,
  type ObjectStore,
  ObjectStoreError,
  type WriteCondition,
} from "../../ObjectStore.ts"
import * as PortError from "../../PortError.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Options extends ObjectStoreMemory.Options {
  /** How long the next write takes, in milliseconds; none at all unless told. */
  readonly writeMs?: (() => number) | undefined
  /** Asked before each write: whether S3 answers 503 SlowDown this time. */
  readonly slowsDown?: (() => boolean) | undefined
}

/**
 * A store, and a look behind it.
 *
 * @category models
 * @since 0.1.0
 */
export type SimObjectStore = ObjectStore["Service"] & {
  /** Keys that were written more than once, as `bucket/key`: what a conditional write is to prevent. */
  readonly overwritten: () => ReadonlySet<string>
}

/**
 * An empty store, or one that holds `objects`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* ({ slowsDown, writeMs, ...options }: Options = {}) {
  const kept = yield* ObjectStoreMemory.make(options)
  /** Conditional writes that have begun and are not through, by key. */
  const underWay = new Map<string, Set<{ beaten: boolean }>>()
  const written = new Set<string>()
  const overwritten = new Set<string>()

  const noted = ({ bucket, key }: ObjectRef, write: Effect.Effect<ObjectInfo, ObjectStoreError>) =>
    Effect.tap(write, () =>
      Effect.sync(() => {
        const name = `${bucket}/${key}`
        if (written.has(name)) overwritten.add(name)
        written.add(name)
      }),
    )

  const conditionally = (
    { bucket, key }: ObjectRef,
    write: Effect.Effect<ObjectInfo, ObjectStoreError>,
  ): Effect.Effect<ObjectInfo, ObjectStoreError> =>
    Effect.suspend(() => {
      const name = `${bucket}/${key}`
      if (slowsDown?.() === true) {
        return failWith(name, new PortError.Throttled({ detail: "503 SlowDown: Please reduce your request rate." }))
      }
      const taken = Effect.flip(kept.head({ bucket, key }))
      const duration = writeMs?.() ?? 0
      if (duration === 0) return write
      const own = { beaten: false }
      const others = underWay.get(name) ?? new Set()
      underWay.set(name, others.add(own))
      return Effect.matchEffect(taken, {
        // It is there already: answered at once.
        onFailure: () => write,
        onSuccess: () =>
          Effect.andThen(
            Effect.sleep(duration),
            Effect.suspend(() => {
              if (own.beaten) {
                return failWith(
                  name,
                  new PortError.Unavailable({ detail: "409 ConditionalRequestConflict: another write was under way" }),
                )
              }
              for (const other of others) other.beaten = other !== own
              return write
            }),
          ),
      }).pipe(Effect.ensuring(Effect.sync(() => void others.delete(own))))
    })

  return {
    ...kept,
    overwritten: () => overwritten,
    put: Effect.fn("SimObjectStore.put")((ref: ObjectRef, bytes: Uint8Array, condition: WriteCondition) => {
      const write = noted(ref, kept.put(ref, bytes.slice(), condition))
      return condition === "absent" ? conditionally(ref, write) : write
    }),
    upload: Effect.fn("SimObjectStore.upload")((ref: ObjectRef, condition: WriteCondition) =>
      Effect.map(kept.upload(ref, condition), (upload) => {
        const complete = noted(ref, upload.complete)
        return { write: upload.write, complete: condition === "absent" ? conditionally(ref, complete) : complete }
      }),
    ),
  } satisfies SimObjectStore
})

const failWith = (name: string, reason: PortError.Reason) =>
  Effect.fail(new ObjectStoreError({ operation: `write ${name}`, reason }))

/** Objects of somebody else at keys of ours, until they are taken away: what a conditional write must not take for its own. */
import { ObjectStore, ObjectStoreError, type ObjectRef } from "@tributary/core/ObjectStore"
import * as PortError from "@tributary/core/PortError"
import { Effect, Stream } from "effect"

const junk = Buffer.from("an object of somebody else\n")

export const make = (store: ObjectStore["Service"]) => {
  const names = new Set<string>()
  const nameOf = ({ bucket, key }: ObjectRef): string => `${bucket}/${key}`

  /** Where our own object was there first, there is no stranger. */
  const guarded = <A>(
    ref: ObjectRef,
    condition: "absent" | "any",
    write: Effect.Effect<A, ObjectStoreError>,
  ): Effect.Effect<A, ObjectStoreError> =>
    Effect.suspend(() => {
      if (!names.has(nameOf(ref))) return write
      return Effect.matchEffect(store.head(ref), {
        onSuccess: () =>
          Effect.andThen(
            Effect.sync(() => names.delete(nameOf(ref))),
            write,
          ),
        onFailure: () => {
          if (condition === "any")
            return Effect.andThen(
              Effect.sync(() => names.delete(nameOf(ref))),
              write,
            )
          const reason = new PortError.Conflict({ detail: `${nameOf(ref)} exists already` })
          return Effect.fail(new ObjectStoreError({ operation: "complete", reason }))
        },
      })
    })

  return {
    squat: (name: string): void => void names.add(name),
    leave: (): void => names.clear(),
    store: ObjectStore.of({
      ...store,
      get: (ref, range) =>
        Stream.suspend(() => (names.has(nameOf(ref)) ? Stream.succeed(Uint8Array.from(junk)) : store.get(ref, range))),
      put: (ref, bytes, condition) => guarded(ref, condition, store.put(ref, bytes, condition)),
      upload: (ref, condition) =>
        Effect.map(store.upload(ref, condition), ({ complete, write }) => ({
          write,
          complete: guarded(ref, condition, complete),
        })),
    }),
  }
}

/** Writes more than this process may, then less: `node fillDisk.ts FOLDER` prints how each call ended. */
import * as FileObjectStore from "@tributary/adapters-node/FileObjectStore"
import * as Effect from "effect/Effect"

const store = FileObjectStore.make({ buckets: { lake: process.argv[2]! } })

const outcome = <A, R>(effect: Effect.Effect<A, { readonly reason: { readonly _tag: string } }, R>) =>
  Effect.match(effect, { onSuccess: () => "done", onFailure: ({ reason }) => reason._tag })

const program = Effect.scoped(
  Effect.gen(function* () {
    const upload = yield* store.upload({ bucket: "lake", key: "large" }, "absent")
    return [
      yield* outcome(upload.write(new Uint8Array(200_000))),
      yield* outcome(upload.write(new Uint8Array(1))),
      yield* outcome(upload.complete),
      yield* outcome(store.put({ bucket: "lake", key: "small" }, new Uint8Array(10), "absent")),
    ]
  }),
)

console.log(JSON.stringify(await Effect.runPromise(program)))

import { describe } from "@effect/vitest"
import * as ObjectStoreMemory from "@tributary/core/memory/ObjectStoreMemory"
import { ObjectStore, ObjectStoreError, type ObjectRef } from "@tributary/core/ObjectStore"
import * as PortError from "@tributary/core/PortError"
import { joinBytes } from "@tributary/core/testing/Contract"
import * as ObjectStoreContract from "@tributary/core/testing/ObjectStoreContract"
import { Effect, Layer, Option, Stream } from "effect"
import { refuses } from "./refuses.ts"

type Store = ObjectStore["Service"]

const cases = ObjectStoreContract.cases({ bucket: "lake", prefix: "p/", listed: 1_100 })

/** The adapter in memory with a fault put over it. */
const faulty = (fault: string, by: string, change: (store: Store) => Partial<Store>) =>
  refuses(
    fault,
    by,
    cases,
    Layer.effect(
      ObjectStore,
      Effect.map(ObjectStoreMemory.make(), (store) => ({ ...store, ...change(store) })),
    ),
  )

const conflict = new ObjectStoreError({ operation: "put", reason: new PortError.Conflict({ detail: "exists" }) })

const unpinned = ({ bucket, key }: ObjectRef): ObjectRef => ({ bucket, key })

describe("ObjectStoreContract", () => {
  faulty(
    "overwrites in spite of absent",
    "put absent on a taken key is Conflict, and the first content stays",
    (store) => ({ put: (ref, bytes) => store.put(ref, bytes, "any") }),
  )
  faulty(
    "overwrites when an upload under absent completes",
    "a key that is taken while an upload under absent is open makes complete fail with Conflict",
    (store) => ({ upload: (ref) => store.upload(ref, "any") }),
  )
  faulty("looks first and writes later", "of concurrent puts absent exactly one wins", (store) => ({
    put: (ref, bytes, condition) =>
      Effect.gen(function* () {
        const found = yield* Effect.option(store.head(ref))
        yield* Effect.yieldNow
        if (condition === "absent" && found._tag === "Some") return yield* conflict
        return yield* store.put(ref, bytes, "any")
      }),
  }))
  faulty("answers nothing for what is missing", "get of a missing object is NotFound", (store) => ({
    get: (ref, range) => Stream.catchTag(store.get(ref, range), "ObjectStoreError", () => Stream.empty),
  }))
  faulty(
    "does not pin versions",
    "an overwritten version is its old content or NotFound, never the new content",
    (store) => ({
      get: (ref, range) => store.get(unpinned(ref), range),
      head: (ref) => store.head(unpinned(ref)),
    }),
  )
  faulty("includes the end of a range", "reads ranges: start included, end not", (store) => ({
    get: (ref, range) => store.get(ref, range && { start: range.start, end: range.end + 1 }),
  }))
  faulty("shows an upload before it is complete", "an upload is invisible before it is complete", (store) => ({
    upload: (ref) => {
      const pieces: Array<Uint8Array> = []
      const show = Effect.suspend(() => store.put(ref, joinBytes(pieces), "any"))
      return Effect.succeed({
        write: (bytes) =>
          Effect.andThen(
            Effect.sync(() => pieces.push(bytes)),
            Effect.asVoid(show),
          ),
        complete: show,
      })
    },
  }))
  faulty(
    "completes an upload that is abandoned",
    "an abandoned upload leaves nothing visible, and the key free",
    (store) => ({
      upload: (ref, condition) =>
        Effect.tap(store.upload(ref, condition), (upload) => Effect.addFinalizer(() => Effect.ignore(upload.complete))),
    }),
  )
  faulty("lists a prefix as a folder", "lists by prefix, which need not be a folder", (store) => ({
    list: (bucket, prefix) => store.list(bucket, prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`),
  }))
  faulty("lists in the order of UTF-16", "lists in the order of the keys' UTF-8 bytes", (store) => ({
    list: (bucket, prefix) =>
      Stream.fromIterableEffect(
        Effect.map(Stream.runCollect(store.list(bucket, prefix)), (infos) =>
          infos.toSorted((a, b) => (a.key < b.key ? -1 : 1)),
        ),
      ),
  }))
  faulty("lists one page only", "lists more objects than one page holds, each once", (store) => ({
    list: (bucket, prefix) => Stream.take(store.list(bucket, prefix), 1_000),
  }))
  faulty("encodes keys as forms do", 'keeps the key "plus+plus.json" as it is', (store) => ({
    list: (bucket, prefix) =>
      Stream.map(store.list(bucket, prefix), (info) => ({
        ...info,
        key: encodeURIComponent(info.key).replaceAll("%2F", "/"),
      })),
  }))
  faulty("normalises keys", 'keeps the key "e\u0301 decomposed.json" as it is', (store) => ({
    put: (ref, bytes, condition) => store.put({ ...ref, key: ref.key.normalize("NFC") }, bytes, condition),
    get: (ref, range) => store.get({ ...ref, key: ref.key.normalize("NFC") }, range),
    head: (ref) => store.head({ ...ref, key: ref.key.normalize("NFC") }),
    list: (bucket, prefix) => store.list(bucket, prefix.normalize("NFC")),
  }))
  faulty("takes a folder for an object", "a folder is no object", (store) => ({
    head: (ref) =>
      Effect.catchTag(store.head(ref), "ObjectStoreError", (error) =>
        Effect.flatMap(Stream.runHead(store.list(ref.bucket, `${ref.key}/`)), (first) =>
          Option.isNone(first) ? Effect.fail(error) : Effect.succeed({ ...first.value, key: ref.key }),
        ),
      ),
  }))
  faulty("tells another size", "put answers what head answers", (store) => ({
    put: (ref, bytes, condition) =>
      Effect.map(store.put(ref, bytes, condition), (info) => ({ ...info, size: info.size + 1 })),
  }))
})

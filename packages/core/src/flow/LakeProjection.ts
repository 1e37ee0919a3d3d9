/**
 * The projection of the journal with a checkpoint, so that what was folded once is not read again.
 *
 * The checkpoint is an object of the lake, `_projections/lake-state`. It holds nothing of its own: without it, or with one that cannot be read, the same
 * state is folded from the journal's beginning.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { Digest } from "../Digest.ts"
import * as LakeState from "../journal/LakeState.ts"
import * as Lake from "../Lake.ts"
import { ObjectStore } from "../ObjectStore.ts"
import * as Utf8 from "../Utf8.ts"
import * as ConditionalWrite from "./ConditionalWrite.ts"

/** Another number for every change of what a state is made of: an older checkpoint is then left alone and written anew. */
const format = "lake-state 2"

const path = "_projections/lake-state"

/** Behind a checkpoint, so many events are folded at every reading before the next one is written. */
const eventsBetween = 2000

/**
 * The lake as its journal says it stands, from the checkpoint on. Writes the next checkpoint when enough came since the last.
 *
 * @category reading
 * @since 0.1.0
 */
export const read = Effect.fn("LakeProjection.read")(function* () {
  const folded = yield* LakeState.fold(yield* load())
  if (folded.events >= eventsBetween) yield* save(folded)
  return folded.state
})

/**
 * Folds the whole journal, and writes the checkpoint anew.
 *
 * @category reading
 * @since 0.1.0
 */
export const rebuild = Effect.fn("LakeProjection.rebuild")(function* () {
  const folded = yield* LakeState.fold(undefined)
  yield* save(folded)
  return folded.state
})

/** The first line names the format and the digest of the second; a checkpoint that is not whole is none. */
const save = Effect.fnUntraced(function* ({ position, state }: LakeState.Folded) {
  const lake = yield* Lake.Lake
  const store = yield* ObjectStore
  const digest = yield* Digest
  const body = Utf8.encode(JSON.stringify({ position, state }, writeMaps))
  const head = Utf8.encode(`${format} ${ConditionalWrite.hex(digest.sha256(body))}\n`)
  yield* store.put(Lake.ref(lake, path), ConditionalWrite.joined([head, body]), "any")
})

const load = Effect.fnUntraced(function* () {
  const lake = yield* Lake.Lake
  const store = yield* ObjectStore
  const digest = yield* Digest
  const bytes = yield* Stream.runCollect(store.get(Lake.ref(lake, path))).pipe(
    Effect.map(ConditionalWrite.joined),
    Effect.catchReason("ObjectStoreError", "NotFound", () => Effect.succeed(new Uint8Array(0))),
  )
  const end = bytes.indexOf(0x0a)
  const body = bytes.subarray(end + 1)
  const head = Utf8.decode(bytes, 0, Math.max(end, 0))
  const wanted = `${format} ${ConditionalWrite.hex(digest.sha256(body))}`
  if (end === -1 || !("text" in head) || head.text !== wanted) return undefined
  // The digest says that these are the bytes that `save` wrote.
  const { position, state }: LakeState.Folded = JSON.parse(Utf8.decodeUnsafe(body), readMaps)
  return { position, state, events: 0 }
})

/** JSON has no maps: `{ "map": [[key, value], …] }`. */
const writeMaps = (_: string, value: unknown): unknown => (value instanceof Map ? { map: Array.from(value) } : value)

const readMaps = (_: string, value: unknown): unknown =>
  typeof value === "object" && value !== null && "map" in value && Array.isArray(value.map) ? new Map(value.map) : value

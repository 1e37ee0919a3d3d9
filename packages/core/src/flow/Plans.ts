/**
 * Making an input's plan, and reading its duplicates back.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Config } from "../Config.ts"
import { Digest } from "../Digest.ts"
import type { Plan } from "../journal/InputDecider.ts"
import * as Lake from "../Lake.ts"
import { ObjectStore } from "../ObjectStore.ts"
import { SeenKeys } from "../SeenKeys.ts"
import * as Utf8 from "../Utf8.ts"
import * as ConditionalWrite from "./ConditionalWrite.ts"

/**
 * Goes into every plan: which program wrote the files.
 *
 * @category constants
 * @since 0.1.0
 */
export const writerVersion = "tributary 0.1.0"

/** More ordinals than this go to the object store: an event holds at most 64 KiB. */
const inlineOrdinals = 4096

/**
 * Fixes names and borders of files by today's configuration, and which records are duplicates.
 *
 * @category plans
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (
  config: Config,
  schemaVersion: number,
  generation: number,
  duplicates: ReadonlyArray<number>,
) {
  return {
    rule: "input-n@1",
    writerVersion,
    schemaVersion,
    generation,
    ...config.batching,
    codec: config.codec,
    duplicates: duplicates.length <= inlineOrdinals ? { ordinals: duplicates } : yield* put(duplicates),
  } satisfies Plan
})

const put = Effect.fnUntraced(function* (ordinals: ReadonlyArray<number>) {
  const lake = yield* Lake.Lake
  const bytes = Utf8.encode(JSON.stringify(ordinals))
  const path = `_plans/${ConditionalWrite.hex((yield* Digest).sha256(bytes))}`
  yield* ConditionalWrite.putSame(Lake.ref(lake, path), bytes)
  return { path, count: ordinals.length }
})

/**
 * The ordinals that a plan leaves out.
 *
 * @category plans
 * @since 0.1.0
 */
export const duplicatesOf = Effect.fnUntraced(function* ({ duplicates }: Plan) {
  if ("ordinals" in duplicates) return new Set(duplicates.ordinals)
  const lake = yield* Lake.Lake
  const store = yield* ObjectStore
  const pieces = yield* Stream.runCollect(store.get(Lake.ref(lake, duplicates.path)))
  return new Set(yield* Effect.orDie(decodeOrdinals(pieces.map((piece) => Utf8.decodeUnsafe(piece)).join(""))))
})

const decodeOrdinals = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Array(Schema.Int)))

/** Keys claimed in one call. */
const claimSize = 10_000

/**
 * Claims the keys of an input's events; answers the ordinals of those that are duplicates.
 *
 * @category plans
 * @since 0.1.0
 */
export const claim = Effect.fnUntraced(function* (
  flow: string,
  inputId: string,
  keys: ReadonlyArray<string>,
  windowMs: number,
) {
  const seen = yield* SeenKeys
  const duplicates: Array<number> = []
  const own = new Set<string>()
  const fresh: Array<number> = []
  keys.forEach((key, ordinal) => {
    if (own.has(key)) duplicates.push(ordinal)
    else fresh.push(ordinal)
    own.add(key)
  })
  for (let start = 0; start < fresh.length; start += claimSize) {
    const part = fresh.slice(start, start + claimSize)
    const taken = yield* seen.claim({ flow, inputId, windowMs, keys: part.map((ordinal) => keys[ordinal]!) })
    for (const position of taken) duplicates.push(part[position]!)
  }
  return duplicates.toSorted((a, b) => a - b)
})

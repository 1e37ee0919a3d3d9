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
import type { Flow } from "../Flow.ts"
import type { Plan } from "../journal/InputDecider.ts"
import * as Lake from "../Lake.ts"
import * as FieldReading from "../mapping/FieldReading.ts"
import { ObjectStore } from "../ObjectStore.ts"
import { SeenKeys } from "../SeenKeys.ts"
import type { TableSchema } from "../TableSchema.ts"
import * as Utf8 from "../Utf8.ts"
import * as ConditionalWrite from "./ConditionalWrite.ts"

/**
 * Goes into every plan: which program wrote the files.
 *
 * @category constants
 * @since 0.1.0
 */
export const writerVersion = "tributary 0.1.0"

/** Longer lists go to the object store: an event holds at most 64 KiB. */
const inlineBytes = { columns: 16 * 1024, duplicates: 32 * 1024 }

/**
 * Fixes names and borders of files by today's configuration, the columns that they have, and which records are duplicates.
 *
 * @category plans
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (
  config: Config,
  table: TableSchema,
  generation: number,
  duplicates: ReadonlyArray<number>,
) {
  const names = table.columns.map(({ name }) => name)
  return {
    rule: "input-n@1",
    writerVersion,
    schemaVersion: table.version,
    generation,
    ...config.batching,
    codec: config.codec,
    columns: (yield* putLong(names, inlineBytes.columns)) ?? { names },
    duplicates: (yield* putLong(duplicates, inlineBytes.duplicates)) ?? { ordinals: duplicates },
  } satisfies Plan
})

/** Puts a list into the lake where it is too long for an event. */
const putLong = Effect.fnUntraced(function* (list: ReadonlyArray<string | number>, longest: number) {
  const bytes = Utf8.encode(JSON.stringify(list))
  if (bytes.length <= longest) return undefined
  const lake = yield* Lake.Lake
  const path = `_plans/${ConditionalWrite.hex((yield* Digest).sha256(bytes))}`
  yield* ConditionalWrite.putSame(Lake.ref(lake, path), bytes)
  return { path, count: list.length }
})

/**
 * The ordinals that a plan leaves out.
 *
 * @category plans
 * @since 0.1.0
 */
export const duplicatesOf = Effect.fnUntraced(function* ({ duplicates }: Plan) {
  if ("ordinals" in duplicates) return new Set(duplicates.ordinals)
  return new Set(yield* Effect.orDie(decodeOrdinals(yield* textAt(duplicates.path))))
})

/**
 * The flow as it was when the plan was made: without the columns that its table was given since, and without the fields that fill them.
 *
 * @category plans
 * @since 0.1.0
 */
export const flowOf = Effect.fnUntraced(function* <F extends Flow>(flow: F, { columns }: Plan) {
  const names = "names" in columns ? columns.names : yield* Effect.orDie(decodeNames(yield* textAt(columns.path)))
  const known = new Set([...names, ...flow.table.partitionColumns])
  return {
    ...flow,
    table: { ...flow.table, columns: flow.table.columns.filter(({ name }) => known.has(name)) },
    fields: flow.fields.filter(({ reading }) => FieldReading.columnsOf(reading).every((name) => known.has(name))),
  }
})

const textAt = Effect.fnUntraced(function* (path: string) {
  const lake = yield* Lake.Lake
  const store = yield* ObjectStore
  return Utf8.decodeUnsafe(ConditionalWrite.joined(yield* Stream.runCollect(store.get(Lake.ref(lake, path)))))
})

const decodeOrdinals = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Array(Schema.Int)))
const decodeNames = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Array(Schema.String)))

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

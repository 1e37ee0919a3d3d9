/**
 * What a person does with quarantined records: try them again with today's mapping, or give them up.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { Config } from "../Config.ts"
import { Digest } from "../Digest.ts"
import { Refused } from "../journal/Decider.ts"
import * as Journal from "../journal/Journal.ts"
import * as Ledger from "../journal/Ledger.ts"
import * as Utf8 from "../Utf8.ts"
import * as ConditionalWrite from "./ConditionalWrite.ts"
import * as Ingest from "./Ingest.ts"
import * as LakeProjection from "./LakeProjection.ts"
import * as Publication from "./Publication.ts"
import { NoSuchItem } from "./Quarantine.ts"

/**
 * How many records were tried again, and what became of them.
 *
 * @category models
 * @since 0.1.0
 */
export interface Retried extends Ledger.Account {
  readonly retried: number
}

/** So many records make one input of a retry: their numbers stand in one event. */
const maxItems = 1000

/**
 * Reads the records' input once more with today's mapping, and carries those records alone, as an input of their own that belongs to the same extract. What is
 * rejected again is quarantined there, under a new id and with today's reason. Fails with `NoSuchItem` before anything is done where an id names no record that
 * waits.
 *
 * @category carrying
 * @since 0.1.0
 */
export const run = Effect.fn("Retry.run")(function* (config: Config, ids: ReadonlyArray<string>) {
  const inputs = yield* byInput(ids)
  const carried = new Set<string>()
  let retried = 0
  for (const [input, items] of inputs) {
    for (let start = 0; start < items.length; start += maxItems) {
      const part = items.slice(start, start + maxItems)
      carried.add(yield* retry(config, input, part))
      retried += part.length
    }
  }
  return { retried, ...Ledger.ofInputs(yield* LakeProjection.read(), carried) } satisfies Retried
})

/**
 * Gives records up, for a reason: they leave the list, and stay in the sum as quarantined.
 *
 * @category carrying
 * @since 0.1.0
 */
export const drop = Effect.fn("Retry.drop")(function* (ids: ReadonlyArray<string>, why: string) {
  let dropped = 0
  for (const [input, items] of yield* byInput(ids)) {
    for (let start = 0; start < items.length; start += maxItems) {
      const part = items.slice(start, start + maxItems)
      yield* Journal.decide(Journal.inputs, Journal.inputStream(input), { _tag: "Drop", items: part, why })
      dropped += part.length
    }
  }
  return { dropped }
})

/** The numbers of the records asked for, by input; every one of them waits. */
const byInput = Effect.fnUntraced(function* (ids: ReadonlyArray<string>) {
  const inputs = new Map<string, Array<number>>()
  for (const id of new Set(ids)) {
    const [, input, number] = /^([0-9a-f]+)-([1-9]\d*)$/.exec(id) ?? []
    const item = Number(number)
    if (input === undefined || !(yield* waits(input, item))) return yield* new NoSuchItem({ id })
    inputs.set(input, [...(inputs.get(input) ?? []), item])
  }
  return inputs
})

const waits = Effect.fnUntraced(function* (input: string, item: number) {
  const { state } = yield* Journal.load(Journal.inputs, Journal.inputStream(input))
  if (state.status !== "settled" && state.status !== "quarantined") return false
  const kept = state.status === "settled" ? state.counts.quarantined : 1
  return item <= kept && !state.fates.has(item)
})

/**
 * The new input is settled before the old one lets its records go: a crash between the two is mended by the same call, which finds the new input settled.
 */
const retry = Effect.fnUntraced(function* (config: Config, input: string, items: ReadonlyArray<number>) {
  const stream = Journal.inputStream(input)
  const { state } = yield* Journal.load(Journal.inputs, stream)
  if (!("received" in state)) return yield* new Refused({ why: `there is no input ${input}` })
  const { received } = state
  const flow = Object.hasOwn(config.flows, received.flow) ? config.flows[received.flow] : undefined
  if (flow === undefined) return yield* new Refused({ why: `the configuration has no flow ${received.flow} any more` })
  yield* Ingest.ensureTable(flow)
  const into = yield* idOf(input, items)
  const { _tag, ...again } = received
  const receiving = Journal.decide(Journal.inputs, Journal.inputStream(into), {
    _tag: "Receive",
    received: { ...again, retryOf: { input, items } },
  }).pipe(Effect.map((decided) => decided.state))
  yield* Ingest.carryOn(config, received.flow, flow, into, receiving)
  yield* Journal.decide(Journal.inputs, stream, { _tag: "Retry", items, into })
  if (flow.kind === "report" && received.extract !== undefined) {
    yield* Publication.endRun(received.flow, received.extract.id)
    yield* Publication.advance(received.flow, flow, received.extract.id)
  }
  return into
})

const idOf = Effect.fnUntraced(function* (input: string, items: ReadonlyArray<number>) {
  const digest = yield* Digest
  const named = Utf8.encode(JSON.stringify(["retry", input, items]))
  return ConditionalWrite.hex(digest.sha256(named).subarray(0, 16))
})

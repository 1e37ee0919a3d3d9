/**
 * The life of an extract: its inputs, the end of its run, its publication.
 *
 * An extract has generations. Inputs known before the run ended make the first; each later one, the next, which is published in its turn. Nothing is
 * written under the location of a generation that is published.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { type Decider, Refused } from "./Decider.ts"

/**
 * How many quarantined records of an input another one carries.
 *
 * @category models
 * @since 0.1.0
 */
export const Mends = Schema.Struct({ input: Schema.String, records: Schema.Int })
export type Mends = typeof Mends.Type

/**
 * The events of an extract.
 *
 * @category events
 * @since 0.1.0
 */
export const ExtractEvent = Schema.TaggedUnion({
  InputAdded: {
    flow: Schema.String,
    table: Schema.String,
    extract: Schema.String,
    at: Schema.Int,
    input: Schema.String,
    generation: Schema.Int,
  },
  InputSettled: {
    input: Schema.String,
    /** Records of it that hold the extract back; absent where there are none, and where the flow publishes all the same. */
    quarantined: Schema.optionalKey(Schema.Int),
    /** Of a retry: so many records of that input no longer hold the extract back. */
    mends: Schema.optionalKey(Mends),
  },
  /** Closes the generation named, and all before it; 0 where the run ended before anything of it was seen. */
  RunEnded: { generation: Schema.Int },
  /** `at` is the extract's time as it was published under. */
  Published: { generation: Schema.Int, at: Schema.Int },
  /** A person has this generation, and all before it, shown without what was quarantined. */
  Released: { generation: Schema.Int },
})
export type ExtractEvent = typeof ExtractEvent.Type

/**
 * @category commands
 * @since 0.1.0
 */
export type ExtractCommand =
  | {
      readonly _tag: "AddInput"
      readonly flow: string
      readonly table: string
      readonly extract: string
      readonly at: number
      readonly input: string
    }
  | { readonly _tag: "SettleInput"; readonly input: string; readonly quarantined?: number; readonly mends?: Mends }
  | { readonly _tag: "EndRun" }
  | { readonly _tag: "Publish"; readonly generation: number; readonly at: number }
  | { readonly _tag: "Release" }

/**
 * An input of an extract. `quarantined` counts its records that hold the extract back, `mends` those of another input that no longer do.
 *
 * @category models
 * @since 0.1.0
 */
export interface ExtractInput {
  readonly generation: number
  readonly settled: boolean
  readonly quarantined?: number
  readonly mends?: Mends
}

/**
 * @category models
 * @since 0.1.0
 */
export interface ExtractState {
  readonly flow: string
  readonly table: string
  readonly extract: string
  /** The newest time that an input named: milliseconds since 1970, UTC. */
  readonly at: number
  readonly inputs: ReadonlyMap<string, ExtractInput>
  readonly runEnded: boolean
  readonly ended: number
  /** The extract's time when a generation was closed: what that generation is shown under, whatever comes while it is. */
  readonly endedAt: ReadonlyMap<number, number>
  readonly published: number
  /** The time that the last publication named; a late file can make the whole extract newer. */
  readonly publishedAt: number
  /** The generation up to which a person released it. */
  readonly released: number
}

/**
 * What is to be done with an extract as it stands: `publish` the first closed generation of which every input is settled and nothing holds it back; `end`
 * where an input came after the end of the run; `hold` where records in quarantine keep the generation from being shown.
 *
 * The answer `publish` stays the same until it was done, whatever comes meanwhile: a generation of which one date is shown must be shown whole.
 *
 * @category decisions
 * @since 0.1.0
 */
export const next = (
  state: ExtractState,
):
  | { readonly do: "publish"; readonly generation: number; readonly at: number }
  | { readonly do: "end" }
  | { readonly do: "hold"; readonly generation: number }
  | { readonly do: "wait" }
  | { readonly do: "nothing" } => {
  const inputs = Array.from(state.inputs)
  const open = inputs.filter(([, { generation }]) => generation > state.ended)
  let held = 0
  let closedAreSettled = true
  for (let generation = state.published + 1; generation <= state.ended && closedAreSettled; generation++) {
    const members = inputs.filter(([, input]) => input.generation <= generation)
    closedAreSettled = members.every(([, { settled }]) => settled)
    if (!closedAreSettled) continue
    if (generation <= state.released || !isIncomplete(members))
      return { do: "publish", generation, at: state.endedAt.get(generation)! }
    held = generation
  }
  if (closedAreSettled && state.runEnded && open.length > 0 && open.every(([, { settled }]) => settled))
    return { do: "end" }
  if (held > 0) return { do: "hold", generation: held }
  return closedAreSettled && open.length === 0 ? { do: "nothing" } : { do: "wait" }
}

/** Whether records of these inputs were quarantined that no other of them mends. */
const isIncomplete = (inputs: ReadonlyArray<readonly [string, ExtractInput]>): boolean => {
  const mended = new Map<string, number>()
  for (const [, { mends }] of inputs) {
    if (mends !== undefined) mended.set(mends.input, (mended.get(mends.input) ?? 0) + mends.records)
  }
  return inputs.some(([id, { quarantined = 0 }]) => quarantined > (mended.get(id) ?? 0))
}

const decide = (state: ExtractState, command: ExtractCommand): ReadonlyArray<ExtractEvent> | Refused => {
  switch (command._tag) {
    case "AddInput": {
      if (state.inputs.has(command.input)) return []
      const { _tag, ...added } = command
      return [{ _tag: "InputAdded", ...added, generation: state.ended + 1 }]
    }
    case "SettleInput": {
      const { _tag, ...settled } = command
      const input = state.inputs.get(command.input)
      return input === undefined || input.settled ? [] : [{ _tag: "InputSettled", ...settled }]
    }
    case "EndRun": {
      const newest = Math.max(0, ...Array.from(state.inputs.values(), (input) => input.generation))
      return newest > state.ended || !state.runEnded ? [{ _tag: "RunEnded", generation: newest }] : []
    }
    case "Publish":
      return command.generation > state.published
        ? [{ _tag: "Published", generation: command.generation, at: command.at }]
        : []
    case "Release": {
      const due = next(state)
      if (due.do === "hold") return [{ _tag: "Released", generation: due.generation }]
      if (state.inputs.size === 0) return new Refused({ why: "there is no such extract" })
      return due.do === "wait"
        ? new Refused({ why: "the extract is not held back: it waits for its inputs, or for the end of its run" })
        : []
    }
  }
}

const evolve = (state: ExtractState, event: ExtractEvent): ExtractState => {
  switch (event._tag) {
    case "InputAdded": {
      const inputs = new Map(state.inputs).set(event.input, { generation: event.generation, settled: false })
      return {
        ...state,
        flow: event.flow,
        table: event.table,
        extract: event.extract,
        at: Math.max(state.at, event.at),
        inputs,
      }
    }
    case "InputSettled": {
      const { _tag, input, ...counted } = event
      const generation = state.inputs.get(input)?.generation ?? state.ended + 1
      const inputs = new Map(state.inputs).set(input, { generation, settled: true, ...counted })
      return { ...state, inputs }
    }
    case "RunEnded":
      return {
        ...state,
        runEnded: true,
        ended: Math.max(state.ended, event.generation),
        endedAt: new Map(state.endedAt).set(event.generation, state.at),
      }
    case "Published":
      return { ...state, published: event.generation, publishedAt: event.at }
    case "Released":
      return { ...state, released: event.generation }
  }
}

/**
 * @category decisions
 * @since 0.1.0
 */
export const extractDecider: Decider<ExtractCommand, ExtractEvent, ExtractState> = {
  initial: {
    flow: "",
    table: "",
    extract: "",
    at: 0,
    inputs: new Map(),
    runEnded: false,
    ended: 0,
    endedAt: new Map(),
    published: 0,
    publishedAt: 0,
    released: 0,
  },
  decide,
  evolve,
}

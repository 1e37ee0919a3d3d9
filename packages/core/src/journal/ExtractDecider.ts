/**
 * The life of an extract: its inputs, the end of its run, its publication.
 *
 * An extract has generations. Inputs known before the run ended make the first; each later one, the next, which is published in its turn. Nothing is
 * written under the location of a generation that is published.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import type { Decider } from "./Decider.ts"

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
  InputSettled: { input: Schema.String },
  /** Closes the generation named, and all before it; 0 where the run ended before anything of it was seen. */
  RunEnded: { generation: Schema.Int },
  /** `at` is the extract's time as it was published under. */
  Published: { generation: Schema.Int, at: Schema.Int },
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
  | { readonly _tag: "SettleInput"; readonly input: string }
  | { readonly _tag: "EndRun" }
  | { readonly _tag: "Publish"; readonly generation: number }

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
  readonly inputs: ReadonlyMap<string, { readonly generation: number; readonly settled: boolean }>
  readonly runEnded: boolean
  readonly ended: number
  readonly published: number
  /** The time that the last publication named; a late file can make the whole extract newer. */
  readonly publishedAt: number
}

/**
 * What is to be done with an extract as it stands: `publish` once every input of a closed generation is settled; `end` where an input came after the
 * end of the run.
 *
 * @category decisions
 * @since 0.1.0
 */
export const next = (
  state: ExtractState,
):
  | { readonly do: "publish"; readonly generation: number }
  | { readonly do: "end" }
  | { readonly do: "wait" }
  | { readonly do: "nothing" } => {
  const inputs = Array.from(state.inputs.values())
  if (state.ended > state.published) {
    const settled = inputs.every((input) => input.generation > state.ended || input.settled)
    return settled ? { do: "publish", generation: state.ended } : { do: "wait" }
  }
  const open = inputs.filter((input) => input.generation > state.ended)
  if (open.length === 0) return { do: "nothing" }
  return state.runEnded && open.every((input) => input.settled) ? { do: "end" } : { do: "wait" }
}

const decide = (state: ExtractState, command: ExtractCommand): ReadonlyArray<ExtractEvent> => {
  switch (command._tag) {
    case "AddInput": {
      if (state.inputs.has(command.input)) return []
      const { _tag, ...added } = command
      return [{ _tag: "InputAdded", ...added, generation: state.ended + 1 }]
    }
    case "SettleInput": {
      const input = state.inputs.get(command.input)
      return input === undefined || input.settled ? [] : [{ _tag: "InputSettled", input: command.input }]
    }
    case "EndRun": {
      const newest = Math.max(0, ...Array.from(state.inputs.values(), (input) => input.generation))
      return newest > state.ended || !state.runEnded ? [{ _tag: "RunEnded", generation: newest }] : []
    }
    case "Publish":
      return command.generation > state.published
        ? [{ _tag: "Published", generation: command.generation, at: state.at }]
        : []
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
      const generation = state.inputs.get(event.input)?.generation ?? state.ended + 1
      return { ...state, inputs: new Map(state.inputs).set(event.input, { generation, settled: true }) }
    }
    case "RunEnded":
      return { ...state, runEnded: true, ended: Math.max(state.ended, event.generation) }
    case "Published":
      return { ...state, published: event.generation, publishedAt: event.at }
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
    published: 0,
    publishedAt: 0,
  },
  decide,
  evolve,
}

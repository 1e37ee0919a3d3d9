/**
 * Which extract a partition shows. The append to this stream decides; the catalog is its projection.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { type Decider, Refused } from "./Decider.ts"

const Entry = {
  flow: Schema.String,
  extract: Schema.String,
  /** The extract's own time: milliseconds since 1970, UTC. */
  extractAt: Schema.Int,
  generation: Schema.Int,
}

/**
 * The events of a partition.
 *
 * @category events
 * @since 0.1.0
 */
export const PartitionEvent = Schema.TaggedUnion({
  /** `location` is a folder of the lake and ends with a slash. */
  Switched: { ...Entry, location: Schema.String, rows: Schema.Int },
  /** An extract that came after a newer one was shown already. */
  Superseded: { ...Entry, rows: Schema.Int },
})
export type PartitionEvent = typeof PartitionEvent.Type

/**
 * @category models
 * @since 0.1.0
 */
export type Switched = Extract<PartitionEvent, { readonly _tag: "Switched" }>

/**
 * Shows an extract's rows of this partition, unless a newer extract is shown.
 *
 * @category commands
 * @since 0.1.0
 */
export type PartitionCommand = { readonly _tag: "Show" } & Omit<Switched, "_tag">

/**
 * @category models
 * @since 0.1.0
 */
export interface PartitionState {
  readonly head: Switched | undefined
  readonly superseded: ReadonlySet<string>
}

/**
 * Whether `a` supersedes `b`: by the extracts' own times, ties by the larger id, so that every reader agrees; a later generation of one extract
 * supersedes an earlier one.
 *
 * @category decisions
 * @since 0.1.0
 */
export const supersedes = (
  a: { readonly extract: string; readonly extractAt: number; readonly generation: number },
  b: { readonly extract: string; readonly extractAt: number; readonly generation: number },
): boolean => {
  if (a.extract === b.extract) return a.generation > b.generation
  return a.extractAt === b.extractAt ? a.extract > b.extract : a.extractAt > b.extractAt
}

const decide = (
  state: PartitionState,
  { _tag, ...shown }: PartitionCommand,
): ReadonlyArray<PartitionEvent> | Refused => {
  const { head } = state
  if (head !== undefined && head.flow !== shown.flow) {
    return new Refused({ why: `the partition belongs to the flow ${head.flow}; a table that is replaced has one flow` })
  }
  if (head === undefined || supersedes(shown, head)) return [{ _tag: "Switched", ...shown }]
  if (head.extract === shown.extract || state.superseded.has(entryName(shown))) return []
  const { location: _location, ...late } = shown
  return [{ _tag: "Superseded", ...late }]
}

const evolve = (state: PartitionState, event: PartitionEvent): PartitionState =>
  event._tag === "Switched"
    ? { ...state, head: event }
    : { ...state, superseded: new Set(state.superseded).add(entryName(event)) }

const entryName = (entry: { readonly extract: string; readonly generation: number }): string =>
  `${entry.extract} ${entry.generation}`

/**
 * @category decisions
 * @since 0.1.0
 */
export const partitionDecider: Decider<PartitionCommand, PartitionEvent, PartitionState> = {
  initial: { head: undefined, superseded: new Set() },
  decide,
  evolve,
}

/**
 * Which extract a partition shows, or which extracts merged. The append to this stream decides; the catalog is its projection.
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
 * An extract whose rows a merge took into account.
 *
 * @category models
 * @since 0.1.0
 */
export const Member = Schema.Struct({ extract: Schema.String, extractAt: Schema.Int, generation: Schema.Int })
export type Member = typeof Member.Type

/** Of a merge: lists of which one event may hold only so much. */
const lists = {
  /** All of them, the one whose rows win last. */
  members: Schema.Array(Member),
  /** `path` is within the lake. */
  files: Schema.Array(
    Schema.Struct({ path: Schema.String, rows: Schema.Int, bytes: Schema.Int, sha256: Schema.String }),
  ),
  /** How many rows of an input are in the files; an input that has none there is left out. */
  survivors: Schema.Array(Schema.Struct({ input: Schema.String, rows: Schema.Int })),
}

/** Entries of each list in one event: at most 64 × (128 + 60 of a member, 420 + 120 of a file, 60 of a survivor) bytes, under 64 KiB. */
const maxListed = 64

/**
 * The events of a partition.
 *
 * @category events
 * @since 0.1.0
 */
export const PartitionEvent = Schema.TaggedUnion({
  /** `location` is a folder of the lake and ends with a slash. */
  Switched: { ...Entry, location: Schema.String, rows: Schema.Int },
  /**
   * An extract that came after a newer one was switched to. A local query shows it all the same while the newer one is not published: hence `location`,
   * which the first events of this kind lack.
   */
  Superseded: { ...Entry, location: Schema.optionalKey(Schema.String), rows: Schema.Int },
  /** Lists of the next `Merged`, which is appended with it: an event holds at most 64 KiB. */
  MergedPart: lists,
  /** From now on the rows of all these extracts: of those that agree in all dimensions the newest. `location` is a folder and ends with a slash. */
  Merged: { flow: Schema.String, location: Schema.String, rows: Schema.Int, ...lists },
})
export type PartitionEvent = typeof PartitionEvent.Type

/**
 * @category models
 * @since 0.1.0
 */
export type Switched = Extract<PartitionEvent, { readonly _tag: "Switched" }>

/**
 * @category models
 * @since 0.1.0
 */
export type Merged = Extract<PartitionEvent, { readonly _tag: "Merged" }>

/**
 * `Show` shows an extract's rows of this partition, unless a newer extract is shown. `Merge` shows the rows of several, if `over` is still the location
 * that is shown: they were made from what is there.
 *
 * @category commands
 * @since 0.1.0
 */
export type PartitionCommand =
  | ({ readonly _tag: "Show" } & Omit<Switched, "_tag">)
  | ({ readonly _tag: "Merge"; readonly over: string | undefined } & Omit<Merged, "_tag">)

/**
 * @category models
 * @since 0.1.0
 */
export interface PartitionState {
  readonly head: Switched | Merged | undefined
  /** Every generation of an extract that was switched to, or superseded at once. */
  readonly known: ReadonlySet<string>
  /** Parts whose `Merged` is still to come. */
  readonly parts: ReadonlyArray<MergedPart>
}

type MergedPart = Extract<PartitionEvent, { readonly _tag: "MergedPart" }>

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

/**
 * The extracts that a partition shows, the one whose rows win last.
 *
 * @category getters
 * @since 0.1.0
 */
export const membersOf = (head: Switched | Merged | undefined): ReadonlyArray<Member> => {
  if (head === undefined) return []
  return head._tag === "Merged"
    ? head.members
    : [{ extract: head.extract, extractAt: head.extractAt, generation: head.generation }]
}

/**
 * The members with one more, which takes the place of its own earlier generation.
 *
 * @category decisions
 * @since 0.1.0
 */
export const withMember = (members: ReadonlyArray<Member>, added: Member): ReadonlyArray<Member> =>
  [...members.filter(({ extract }) => extract !== added.extract), added].toSorted((a, b) => (supersedes(a, b) ? 1 : -1))

/**
 * A `Merged` with the lists of the parts that came before it.
 *
 * @category getters
 * @since 0.1.0
 */
export const whole = (
  parts: ReadonlyArray<Pick<Merged, "members" | "files" | "survivors">>,
  merged: Merged,
): Merged => ({
  ...merged,
  members: [...parts.flatMap(({ members }) => members), ...merged.members],
  files: [...parts.flatMap(({ files }) => files), ...merged.files],
  survivors: [...parts.flatMap(({ survivors }) => survivors), ...merged.survivors],
})

/**
 * The answer to another flow than the partition's.
 *
 * @category decisions
 * @since 0.1.0
 */
export const foreign = ({ flow }: Switched | Merged): Refused =>
  new Refused({ why: `the partition belongs to the flow ${flow}; a table that is replaced has one flow` })

const decide = (state: PartitionState, command: PartitionCommand): ReadonlyArray<PartitionEvent> | Refused => {
  const { head } = state
  if (head !== undefined && head.flow !== command.flow) return foreign(head)
  if (command._tag === "Merge") return head?.location === command.over ? mergedEvents(command) : []
  const { _tag, ...shown } = command
  if (head?._tag === "Merged") {
    return new Refused({
      why: "the partition was merged, and its flow's mode is not merge any more: make another table",
    })
  }
  if (state.known.has(entryName(shown))) return []
  return [{ _tag: head === undefined || supersedes(shown, head) ? "Switched" : "Superseded", ...shown }]
}

const mergedEvents = ({
  _tag,
  over: _over,
  ...merged
}: Extract<PartitionCommand, { readonly _tag: "Merge" }>): ReadonlyArray<PartitionEvent> => {
  const { files, members, survivors } = merged
  const longest = Math.max(files.length, members.length, survivors.length)
  const listed = (start: number) => ({
    members: members.slice(start, start + maxListed),
    files: files.slice(start, start + maxListed),
    survivors: survivors.slice(start, start + maxListed),
  })
  const events: Array<PartitionEvent> = []
  let start = 0
  for (; start + maxListed < longest; start += maxListed) events.push({ _tag: "MergedPart", ...listed(start) })
  return [...events, { _tag: "Merged", ...merged, ...listed(start) }]
}

const evolve = (state: PartitionState, event: PartitionEvent): PartitionState => {
  switch (event._tag) {
    case "MergedPart":
      return { ...state, parts: [...state.parts, event] }
    case "Merged":
      return { ...state, head: whole(state.parts, event), parts: [] }
    case "Switched":
    case "Superseded":
      return {
        ...state,
        head: event._tag === "Switched" ? event : state.head,
        known: new Set(state.known).add(entryName(event)),
      }
  }
}

const entryName = (entry: { readonly extract: string; readonly generation: number }): string =>
  `${entry.extract} ${entry.generation}`

/**
 * @category decisions
 * @since 0.1.0
 */
export const partitionDecider: Decider<PartitionCommand, PartitionEvent, PartitionState> = {
  initial: { head: undefined, known: new Set(), parts: [] },
  decide,
  evolve,
}

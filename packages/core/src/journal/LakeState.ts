/**
 * The projection of the whole journal: which files a query sees, and what became of every record.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { JournalStore, type StoredEvent } from "../JournalStore.ts"
import { type ExtractEvent, type ExtractState, extractDecider } from "./ExtractDecider.ts"
import { type InputEvent, type InputState, inputDecider } from "./InputDecider.ts"
import * as Journal from "./Journal.ts"
import { type Merged, type PartitionEvent, supersedes, type Switched, whole } from "./PartitionDecider.ts"

/**
 * A date of a table: every switch, oldest first, and what was never switched to.
 *
 * @category models
 * @since 0.1.0
 */
export interface PartitionHistory {
  readonly table: string
  readonly day: string
  readonly switches: ReadonlyArray<Switched>
  /** What came when a newer extract had been switched to already. */
  readonly superseded: ReadonlyArray<Shown>
  /** Every merge, oldest first. */
  readonly merges: ReadonlyArray<Merged>
  /** Parts whose merge is still to come. */
  readonly parts: ReadonlyArray<Pick<Merged, "members" | "files" | "survivors">>
}

/**
 * A generation of an extract on a date, and where its files lie together.
 *
 * @category models
 * @since 0.1.0
 */
export type Shown = Omit<Switched, "_tag">

/**
 * Everything, at one moment of the journal.
 *
 * @category models
 * @since 0.1.0
 */
export interface LakeState {
  readonly inputs: ReadonlyMap<string, InputState>
  /** By `flow/extract`. */
  readonly extracts: ReadonlyMap<string, ExtractState>
  /** By `table/day`. */
  readonly partitions: ReadonlyMap<string, PartitionHistory>
}

/**
 * A file of a table as a query sees it, within the lake.
 *
 * @category models
 * @since 0.1.0
 */
export interface VisibleFile {
  readonly path: string
  /** Where it was written first: `path` is a copy where a later generation has it too. */
  readonly written: string
  readonly day: string
  readonly rows: number
  readonly bytes: number
}

/**
 * A state, and the position of the last event that went into it; undefined before the first.
 *
 * @category models
 * @since 0.1.0
 */
export interface Folded {
  readonly state: LakeState
  readonly position: string | undefined
  /** How many events were read for it. */
  readonly events: number
}

/**
 * Reads the journal up to this moment; with `asOf` (milliseconds since 1970, UTC), as it stood then.
 *
 * @category reading
 * @since 0.1.0
 */
export const read = Effect.fn("LakeState.read")(function* (options: { readonly asOf?: number | undefined } = {}) {
  return (yield* fold(undefined, options.asOf)).state
})

/**
 * Goes on from a state folded before: reads what came behind its position.
 *
 * @category reading
 * @since 0.1.0
 */
export const fold = Effect.fnUntraced(function* (before: Folded | undefined, asOf = Infinity) {
  const journal = yield* JournalStore
  const state = {
    inputs: new Map(before?.state.inputs),
    extracts: new Map(before?.state.extracts),
    partitions: new Map(before?.state.partitions),
  }
  let position = before?.position
  let events = 0
  // Each stream's times do not go back, so what is left out is the end of every stream.
  const stored = Stream.filter(journal.readAll(position), ({ at }) => at <= asOf)
  yield* Stream.runForEach(stored, (one) =>
    Effect.map(Journal.decodeAny(one), (event) => {
      apply(state, one, event)
      position = one.position
      events++
    }),
  )
  return { state, position, events } satisfies Folded
})

interface MutableState {
  readonly inputs: Map<string, InputState>
  readonly extracts: Map<string, ExtractState>
  readonly partitions: Map<string, PartitionHistory>
}

const apply = (state: MutableState, { stream }: StoredEvent, event: Journal.JournalEvent): void => {
  const slash = stream.indexOf("/")
  const kind = stream.slice(0, slash)
  const name = stream.slice(slash + 1)
  if (kind === "input") {
    state.inputs.set(name, inputDecider.evolve(state.inputs.get(name) ?? inputDecider.initial, event as InputEvent))
  } else if (kind === "extract") {
    state.extracts.set(
      name,
      extractDecider.evolve(state.extracts.get(name) ?? extractDecider.initial, event as ExtractEvent),
    )
  } else {
    const change = event as PartitionEvent
    const [table, day] = [name.slice(0, name.lastIndexOf("/")), name.slice(name.lastIndexOf("/") + 1)]
    const history = state.partitions.get(name) ?? { table, day, switches: [], superseded: [], merges: [], parts: [] }
    state.partitions.set(name, withChange(history, change))
  }
}

const withChange = (history: PartitionHistory, change: PartitionEvent): PartitionHistory => {
  if (change._tag === "Switched") return { ...history, switches: [...history.switches, change] }
  if (change._tag === "MergedPart") return { ...history, parts: [...history.parts, change] }
  if (change._tag === "Merged")
    return { ...history, merges: [...history.merges, whole(history.parts, change)], parts: [] }
  const { location } = change
  return location === undefined ? history : { ...history, superseded: [...history.superseded, { ...change, location }] }
}

/**
 * What a query of a date shows: the newest of the extracts that were published whole. While an extract's dates switch one after the other, it shows none
 * of them, then all; and until then what was newest before, also where that came to a date after the switch.
 *
 * @category reading
 * @since 0.1.0
 */
export const shown = (state: LakeState, { superseded, switches }: PartitionHistory): Shown | undefined => {
  let newest: Shown | undefined
  for (const entry of [...switches, ...superseded]) {
    const published = state.extracts.get(`${entry.flow}/${entry.extract}`)?.published ?? 0
    if (published >= entry.generation && (newest === undefined || supersedes(entry, newest))) newest = entry
  }
  return newest
}

/**
 * The merge that a query of a date shows: the last one of which every extract was published whole. Where there is one, it stands in the place of what
 * `shown` answers.
 *
 * @category reading
 * @since 0.1.0
 */
export const shownMerge = (state: LakeState, { merges }: PartitionHistory): Merged | undefined =>
  merges.findLast(({ flow, members }) =>
    members.every(
      ({ extract, generation }) => (state.extracts.get(`${flow}/${extract}`)?.published ?? 0) >= generation,
    ),
  )

/**
 * The files of a date as a merge has them.
 *
 * @category reading
 * @since 0.1.0
 */
export const mergedFiles = (day: string, { files }: Merged): ReadonlyArray<VisibleFile> =>
  files.map(({ bytes, path, rows }) => ({ path, written: path, day, rows, bytes }))

/**
 * The files that a query of the table reads.
 *
 * @category reading
 * @since 0.1.0
 */
export const visibleFiles = (state: LakeState, table: string): ReadonlyArray<VisibleFile> => [
  ...appendedFiles(state, table),
  ...Array.from(state.partitions.values())
    .filter((history) => history.table === table)
    .flatMap((history) => {
      const merge = shownMerge(state, history)
      if (merge !== undefined) return mergedFiles(history.day, merge)
      const head = shown(state, history)
      return head === undefined ? [] : filesOf(state, history.day, head)
    }),
]

/**
 * The files of one extract, published or superseded: what that run said of each date.
 *
 * @category reading
 * @since 0.1.0
 */
export const extractFiles = (state: LakeState, table: string, extract: string): ReadonlyArray<VisibleFile> =>
  Array.from(state.extracts.values())
    .filter((found) => found.extract === extract && found.table === table)
    .flatMap(({ inputs, published }) =>
      Array.from(inputs)
        .filter(([, { generation }]) => generation <= published)
        .flatMap(([id]) => writtenFiles(state.inputs.get(id))),
    )

const writtenFiles = (input: InputState | undefined): ReadonlyArray<VisibleFile> =>
  input?.status !== "settled"
    ? []
    : input.outputs
        .filter(({ path }) => path !== "")
        .map(({ bytes, date, path, rows }) => ({ path, written: path, day: date, rows, bytes }))

const appendedFiles = (state: LakeState, table: string): ReadonlyArray<VisibleFile> =>
  Array.from(state.inputs.values()).flatMap((input) =>
    input.status === "settled" && input.received.table === table && input.received.extract === undefined
      ? writtenFiles(input)
      : [],
  )

/**
 * The files of a date as one generation of an extract has them.
 *
 * @category reading
 * @since 0.1.0
 */
export const filesOf = (state: LakeState, day: string, head: Shown): ReadonlyArray<VisibleFile> => {
  const extract = state.extracts.get(`${head.flow}/${head.extract}`)
  const members = Array.from(extract?.inputs ?? []).filter(([, { generation }]) => generation <= head.generation)
  return members.flatMap(([id]) => {
    const input = state.inputs.get(id)
    if (input?.status !== "settled") return []
    return input.outputs
      .filter(({ date }) => date === day)
      .map(({ bytes, path, rows }) => ({ path: pathAt(head.location, path), written: path, day, rows, bytes }))
  })
}

/**
 * Where a file of an extract lies once its generation's location is this one.
 *
 * @category paths
 * @since 0.1.0
 */
export const pathAt = (location: string, path: string): string => location + path.slice(path.lastIndexOf("/") + 1)

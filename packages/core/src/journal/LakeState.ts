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
import type { PartitionEvent, Switched } from "./PartitionDecider.ts"

/**
 * A date of a table: every switch, oldest first.
 *
 * @category models
 * @since 0.1.0
 */
export interface PartitionHistory {
  readonly table: string
  readonly day: string
  readonly switches: ReadonlyArray<Switched>
}

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
  readonly day: string
  readonly rows: number
  readonly bytes: number
}

/**
 * Reads the journal up to this moment.
 *
 * @category reading
 * @since 0.1.0
 */
export const read = Effect.fn("LakeState.read")(function* () {
  const journal = yield* JournalStore
  const state = {
    inputs: new Map<string, InputState>(),
    extracts: new Map<string, ExtractState>(),
    partitions: new Map<string, PartitionHistory>(),
  }
  yield* Stream.runForEach(journal.readAll(), (stored) =>
    Effect.map(Journal.decodeAny(stored), (event) => apply(state, stored, event)),
  )
  return state satisfies LakeState
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
    const history = state.partitions.get(name) ?? { table, day, switches: [] }
    const switches = change._tag === "Switched" ? [...history.switches, change] : history.switches
    state.partitions.set(name, { ...history, switches })
  }
}

/**
 * What a query of a date shows: the last switch whose extract was published whole. While an extract's dates switch one after the other, it shows none of
 * them, then all.
 *
 * @category reading
 * @since 0.1.0
 */
export const shown = (state: LakeState, history: PartitionHistory): Switched | undefined =>
  history.switches.findLast(
    ({ extract, flow, generation }) => (state.extracts.get(`${flow}/${extract}`)?.published ?? 0) >= generation,
  )

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
      const head = shown(state, history)
      return head === undefined ? [] : filesOf(state, history.day, head)
    }),
]

const appendedFiles = (state: LakeState, table: string): ReadonlyArray<VisibleFile> =>
  Array.from(state.inputs.values()).flatMap((input) =>
    input.status === "settled" && input.received.table === table && input.received.extract === undefined
      ? input.outputs
          .filter(({ path }) => path !== "")
          .map(({ bytes, date, path, rows }) => ({ path, day: date, rows, bytes }))
      : [],
  )

const filesOf = (state: LakeState, day: string, head: Switched): ReadonlyArray<VisibleFile> => {
  const extract = state.extracts.get(`${head.flow}/${head.extract}`)
  const members = Array.from(extract?.inputs ?? []).filter(([, { generation }]) => generation <= head.generation)
  return members.flatMap(([id]) => {
    const input = state.inputs.get(id)
    if (input?.status !== "settled") return []
    return input.outputs
      .filter(({ date }) => date === day)
      .map(({ bytes, path, rows }) => ({ path: pathAt(head.location, path), day, rows, bytes }))
  })
}

/**
 * Where a file of an extract lies once its generation's location is this one.
 *
 * @category paths
 * @since 0.1.0
 */
export const pathAt = (location: string, path: string): string => location + path.slice(path.lastIndexOf("/") + 1)

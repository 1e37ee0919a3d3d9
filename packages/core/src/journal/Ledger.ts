/**
 * The account of every record, per flow and in total.
 *
 * @since 0.1.0
 */
import type { InputState } from "./InputDecider.ts"
import { type LakeState, shown } from "./LakeState.ts"

/**
 * What records became. `records` is the sum of the others, or something was lost.
 *
 * @category models
 * @since 0.1.0
 */
export interface Account {
  readonly records: number
  readonly written: number
  readonly superseded: number
  readonly duplicate: number
  readonly filtered: number
  readonly quarantined: number
  readonly pending: number
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Ledger {
  readonly flows: Readonly<Record<string, Account>>
  readonly balanced: boolean
}

/**
 * @category constants
 * @since 0.1.0
 */
export const empty: Account = {
  records: 0,
  written: 0,
  superseded: 0,
  duplicate: 0,
  filtered: 0,
  quarantined: 0,
  pending: 0,
}

/**
 * Whether the account adds up.
 *
 * @category guards
 * @since 0.1.0
 */
export const isBalanced = (account: Account): boolean =>
  account.records ===
  account.written + account.superseded + account.duplicate + account.filtered + account.quarantined + account.pending

/**
 * The accounts of all flows. `flowNames` are there even where nothing was carried yet.
 *
 * @category projections
 * @since 0.1.0
 */
export const make = (state: LakeState, flowNames: ReadonlyArray<string>): Ledger => {
  const flows = new Map<string, Account>(flowNames.map((name) => [name, empty]))
  for (const [id, input] of state.inputs) {
    if (input.status === "new") continue
    const { flow } = input.received
    flows.set(flow, add(flows.get(flow) ?? empty, accountOf(state, id, input)))
  }
  const accounts = Array.from(flows.values())
  return { flows: Object.fromEntries(flows), balanced: accounts.every(isBalanced) && rowsAgree(state) }
}

/**
 * The account of some inputs alone.
 *
 * @category projections
 * @since 0.1.0
 */
export const ofInputs = (state: LakeState, inputIds: Iterable<string>): Account => {
  let sum = empty
  for (const id of inputIds) sum = add(sum, accountOf(state, id, state.inputs.get(id) ?? { status: "new" }))
  return sum
}

/** An input that is not settled yet has no records: they are counted when its end was read. */
const accountOf = (state: LakeState, id: string, input: InputState): Account => {
  if (input.status === "quarantined") return { ...empty, records: 1, quarantined: 1 }
  if (input.status !== "settled") return empty
  const { duplicate, filtered, quarantined, records, rows } = input.counts
  const { extract, flow, table } = input.received
  const known = { ...empty, records, duplicate, filtered, quarantined }
  if (extract === undefined) return { ...known, written: rows }
  const { inputs = new Map<string, { readonly generation: number }>(), published = 0 } =
    state.extracts.get(`${flow}/${extract.id}`) ?? {}
  if ((inputs.get(id)?.generation ?? Infinity) > published) return { ...known, pending: rows }
  let written = 0
  for (const output of input.outputs) {
    const history = state.partitions.get(`${table}/${output.date}`)
    if (history !== undefined && shown(state, history)?.extract === extract.id) written += output.rows
  }
  return { ...known, written, superseded: rows - written }
}

/** What the journal counted as rows must be what it wrote to files, input by input. */
const rowsAgree = (state: LakeState): boolean =>
  Array.from(state.inputs.values()).every(
    (input) =>
      input.status !== "settled" || input.counts.rows === input.outputs.reduce((sum, output) => sum + output.rows, 0),
  )

const add = (a: Account, b: Account): Account => ({
  records: a.records + b.records,
  written: a.written + b.written,
  superseded: a.superseded + b.superseded,
  duplicate: a.duplicate + b.duplicate,
  filtered: a.filtered + b.filtered,
  quarantined: a.quarantined + b.quarantined,
  pending: a.pending + b.pending,
})

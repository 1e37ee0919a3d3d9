/**
 * The account of every record, per flow and in total.
 *
 * @since 0.1.0
 */
import type { InputState } from "./InputDecider.ts"
import { type ExtractState, next } from "./ExtractDecider.ts"
import { type LakeState, shown, shownMerge } from "./LakeState.ts"

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

/**
 * What accounts can be drawn up for: each flow, table or input, or each date (records that became no row have none, and stand under an empty name).
 *
 * @category models
 * @since 0.1.0
 */
export type Division = "flow" | "table" | "day" | "input"

/**
 * The accounts by flow, table, input or day; each way they add up to the same. An input goes by its id.
 *
 * @category projections
 * @since 0.1.0
 */
export const by = (state: LakeState, division: Division): ReadonlyMap<string, Account> => {
  const accounts = new Map<string, Account>()
  const count = (name: string, account: Account) => {
    if (account.records > 0) accounts.set(name, add(accounts.get(name) ?? empty, account))
  }
  for (const [id, input] of state.inputs) {
    if (input.status === "new") continue
    if (division === "day") for (const [day, account] of byDay(state, id, input)) count(day, account)
    else count(division === "input" ? id : input.received[division], accountOf(state, id, input))
  }
  return accounts
}

const byDay = (state: LakeState, id: string, input: InputState): ReadonlyArray<readonly [string, Account]> => {
  const whole = accountOf(state, id, input)
  if (input.status !== "settled") return [["", whole]]
  const days = rowsByDate(input).map(([date, rows]) => [date, fateOfRows(state, id, input, date, rows)] as const)
  const { duplicate, filtered } = whole
  const quarantined = days.reduce((left, [, account]) => left - account.quarantined, whole.quarantined)
  return [["", { ...empty, records: duplicate + filtered + quarantined, duplicate, filtered, quarantined }], ...days]
}

type Settled = Extract<InputState, { readonly status: "settled" }>

const rowsByDate = ({ outputs }: Settled): ReadonlyArray<readonly [date: string, rows: number]> => {
  const dates = new Map<string, number>()
  for (const { date, rows } of outputs) dates.set(date, (dates.get(date) ?? 0) + rows)
  return Array.from(dates)
}

/** An input that is not settled yet has no records: they are counted when its end was read. */
const accountOf = (state: LakeState, id: string, input: InputState): Account => {
  if (input.status !== "settled" && input.status !== "quarantined") return empty
  // What was retried is counted where it went.
  const retried = Array.from(input.fates.values()).filter((fate) => fate === "retried").length
  if (input.status === "quarantined") return { ...empty, records: 1 - retried, quarantined: 1 - retried }
  const { duplicate, filtered } = input.counts
  const records = input.counts.records - retried
  const quarantined = input.counts.quarantined - retried
  const dates = rowsByDate(input).map(([date, rows]) => fateOfRows(state, id, input, date, rows))
  return { ...dates.reduce(add, { ...empty, duplicate, filtered, quarantined }), records }
}

/** What became of the rows that an input has of one date. */
const fateOfRows = (
  state: LakeState,
  id: string,
  { received: { extract, flow, table } }: Settled,
  date: string,
  rows: number,
): Account => {
  if (extract === undefined) return { ...empty, records: rows, written: rows }
  const known = state.extracts.get(`${flow}/${extract.id}`)
  const generation = known?.inputs.get(id)?.generation ?? Infinity
  if (known === undefined || generation > known.published) {
    return { ...empty, records: rows, [known !== undefined && isHeld(known) ? "quarantined" : "pending"]: rows }
  }
  const history = state.partitions.get(`${table}/${date}`)
  const merge = history === undefined ? undefined : shownMerge(state, history)
  if (merge !== undefined) {
    const written = merge.survivors.find(({ input }) => input === id)?.rows ?? 0
    return { ...empty, records: rows, written, superseded: rows - written }
  }
  const isShown = history !== undefined && shown(state, history)?.extract === extract.id
  return { ...empty, records: rows, [isShown ? "written" : "superseded"]: rows }
}

/** Answers known by state, which never changes: each input of an extract asks, for each of its dates. */
const held = new WeakMap<ExtractState, boolean>()

/** Whether the extract waits for a person: then its rows count as quarantined. */
const isHeld = (extract: ExtractState): boolean => {
  const known = held.get(extract) ?? next(extract).do === "hold"
  held.set(extract, known)
  return known
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

/**
 * Accounts of records, as a table, in words and as JSON.
 *
 * @since 0.1.0
 */
import * as Ledger from "@tributary/core/journal/Ledger"
import * as Table from "./Table.ts"
import * as Text from "./Text.ts"

/** In the order of the contract; the first is the sum of the others. */
const kinds = ["records", "written", "superseded", "duplicate", "filtered", "quarantined", "pending"] as const

/**
 * The account with its members in the order of the contract, and no others.
 *
 * @category formatting
 * @since 0.1.0
 */
export const documentOf = (account: Ledger.Account): Ledger.Account => {
  const { duplicate, filtered, pending, quarantined, records, superseded, written } = account
  return { records, written, superseded, duplicate, filtered, quarantined, pending }
}

/**
 * All accounts together.
 *
 * @category combining
 * @since 0.1.0
 */
export const sum = (accounts: ReadonlyArray<Ledger.Account>): Ledger.Account => {
  const total = { ...Ledger.empty }
  for (const account of accounts) for (const kind of kinds) total[kind] += account[kind]
  return total
}

/**
 * A row for each named account; `undefined` is a rule.
 *
 * @category formatting
 * @since 0.1.0
 */
export const render = (accounts: ReadonlyArray<readonly [string, Ledger.Account] | undefined>): string =>
  Table.render(
    [{ name: "", align: "left" }, ...kinds.map((name) => ({ name, align: "right" as const }))],
    accounts.map((named) => named && [named[0], ...kinds.map((kind) => Text.count(named[1][kind]))]),
  )

/**
 * Whether the account adds up, and how.
 *
 * @category formatting
 * @since 0.1.0
 */
export const inWords = (account: Ledger.Account): string => {
  if (account.records === 0 && Ledger.isBalanced(account)) return "There are no records yet, so everything adds up."
  const parts = kinds.slice(1).filter((kind) => account[kind] !== 0)
  const sum = parts.map((kind) => `${Text.count(account[kind])} ${kind}`).join(" + ") || "nothing"
  return Ledger.isBalanced(account)
    ? `It adds up: ${Text.counted(account.records, "record")} = ${sum}.`
    : `IT DOES NOT ADD UP: ${Text.counted(account.records, "record")}, but ${sum}.`
}

/**
 * What a person has to add to a command so that it works on the same lake.
 *
 * @category formatting
 * @since 0.1.0
 */
export const lakeFlag = (lake: string): string => (lake === "./lake" ? "" : ` --lake ${quoted(lake)}`)

/** As a POSIX shell takes it for one word. */
const quoted = (word: string): string => (/^[\w./:@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)

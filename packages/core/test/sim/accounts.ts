/** What the ledger must say, from the manifest alone. */
import type { Account } from "@tributary/core/journal/Ledger"
import type { Problem } from "./judge.ts"
import { type LogPayload, type Manifest, shownInTheEnd } from "./manifest.ts"

export const of = (manifest: Manifest): Readonly<Record<string, Account>> => ({
  ga: gaAccount(manifest),
  logs: logAccount(manifest.lakeLogs),
  warehouse: logAccount(manifest.warehouseLogs),
})

const gaAccount = (manifest: Manifest): Account => {
  const shown = shownInTheEnd(manifest)
  const poisoned = new Set(manifest.poison.map(({ body }) => body)).size
  const account = {
    records: poisoned,
    written: 0,
    superseded: 0,
    duplicate: 0,
    filtered: 0,
    quarantined: poisoned,
    pending: 0,
  }
  for (const extract of manifest.extracts) {
    for (const { filtered, quarantined, rows } of extract.objects) {
      account.records += rows.length + filtered + quarantined
      account.filtered += filtered
      account.quarantined += quarantined
      for (const { day } of rows) {
        if (extract.report === "failed") account.pending++
        else if (shown.get(day) === extract) account.written++
        else account.superseded++
      }
    }
  }
  return account
}

/** Which payload carries a shared event is left to chance; the sums are not. */
const logAccount = (payloads: ReadonlyArray<LogPayload>): Account => {
  const distinct = (keys: ReadonlyArray<string>) => new Set(keys).size
  const sum = (count: (payload: LogPayload) => number) => payloads.reduce((total, one) => total + count(one), 0)
  const records = sum(
    ({ bad, broken, control, good, platform, refused }) =>
      good.length + bad.length + platform.length + refused.length + broken + control,
  )
  const written = distinct(payloads.flatMap(({ good }) => good.map(({ key }) => key)))
  const quarantined =
    sum(({ broken }) => broken) + distinct(payloads.flatMap(({ bad, refused }) => [...bad, ...refused]))
  const filtered = sum(({ control }) => control) + distinct(payloads.flatMap(({ platform }) => platform))
  const duplicate = records - written - quarantined - filtered
  return { records, written, superseded: 0, duplicate, filtered, quarantined, pending: 0 }
}

/** The product's ledger against the manifest's. */
export const judge = (
  manifest: Manifest,
  flows: Readonly<Record<string, Account>>,
  balanced: boolean,
): ReadonlyArray<Problem> => {
  const problems: Array<Problem> = balanced ? [] : [{ kind: "wrong", what: "the ledger does not add up" }]
  for (const [flow, account] of Object.entries(of(manifest))) {
    const [said, right] = [flows[flow], account].map((one) => JSON.stringify(one, Object.keys(account).toSorted()))
    if (said !== right) problems.push({ kind: "wrong", what: `the ledger of ${flow} is ${said}, not ${right}` })
  }
  return problems
}

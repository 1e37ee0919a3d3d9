/** The verdict: what readers found against the manifest. */
import { type GaExtract, type GaObject, isNewer, type Manifest, shownInTheEnd, timeOf } from "./manifest.ts"
import type { Reading } from "./readers.ts"

/** `lost` and `twice` are records; `stuck` is work that never ends; `wrong` is everything else that must not be. */
export interface Problem {
  readonly kind: "lost" | "twice" | "stuck" | "wrong"
  readonly what: string
}

export type Way = "journal" | "catalog"

export interface Judge {
  /** Of a reading at any moment. */
  readonly duringRun: (way: Way, reading: Reading) => ReadonlyArray<Problem>
  readonly inTheEnd: (way: Way, reading: Reading) => ReadonlyArray<Problem>
  /** Of the keys that the warehouse's view shows in the end. */
  readonly warehouse: (keys: ReadonlyArray<string>) => ReadonlyArray<Problem>
  /** How often an extract was seen in part whose end was told before all of its objects were known. */
  readonly partialViews: () => number
}

interface Origin {
  readonly extract: GaExtract
  readonly object: GaObject
  readonly day: string
}

/** Whether every object that is not late was carried before the end of the run was told: then nobody may see a part. */
const isOrderly = ({ report }: GaExtract): boolean => report !== "natural" && report !== "early"

const wrong = (what: string): Problem => ({ kind: "wrong", what })

export const make = (manifest: Manifest): Judge => {
  const origins = new Map<string, Origin>()
  for (const extract of manifest.extracts) {
    for (const object of extract.objects)
      for (const { day, text } of object.rows) origins.set(text, { extract, object, day })
  }
  const logRows = new Set(manifest.lakeLogs.flatMap(({ good }) => good.map(({ text }) => text)))
  /** What a local query has shown of each day last. */
  const shownBefore = new Map<string, GaExtract>()
  let partialViews = 0

  const byDay = (way: Way, rows: ReadonlyArray<string>, problems: Array<Problem>) => {
    const days = new Map<string, Map<string, Origin>>()
    for (const row of rows) {
      const origin = origins.get(row)
      if (origin === undefined) {
        problems.push(wrong(`${way}: a row that was never sent: ${row}`))
        continue
      }
      const found = days.get(origin.day) ?? new Map<string, Origin>()
      days.set(origin.day, found)
      if (found.has(row)) problems.push({ kind: "twice", what: `${way}: ${row}` })
      found.set(row, origin)
    }
    return days
  }

  /** A day shows one extract, and whole objects of it: all of them, but for those that came after its end was told. */
  const judgeDay = (way: Way, day: string, found: ReadonlyMap<string, Origin>, problems: Array<Problem>): GaExtract => {
    const [extract, ...others] = new Set(Array.from(found.values(), (origin) => origin.extract))
    if (others.length > 0) problems.push(wrong(`${way}: ${day} shows rows of ${extract!.name} and ${others[0]!.name}`))
    if (extract!.report === "failed")
      problems.push(wrong(`${way}: ${day} shows ${extract!.name}, whose run has failed`))
    const seen = new Set(Array.from(found.values(), ({ object }) => object))
    for (const object of extract!.objects) {
      const rows = object.rows.filter((row) => row.day === day)
      const missing = rows.filter(({ text }) => !found.has(text)).length
      if (missing === 0) continue
      if (seen.has(object) || (isOrderly(extract!) && !object.late)) {
        const rest = `${rows.length - missing} of ${rows.length} rows`
        problems.push(wrong(`${way}: ${day} shows ${extract!.name}, but of ${object.name} ${rest}`))
      } else if (!object.late) partialViews++
    }
    return extract!
  }

  /** A local query sees all dates of an extract or none: but for those that a newer one has taken since. */
  const judgeDates = (shown: ReadonlyMap<string, GaExtract>): ReadonlyArray<Problem> => {
    const problems: Array<Problem> = []
    for (const extract of new Set(shown.values())) {
      if (!isOrderly(extract)) continue
      const days = new Set(extract.objects.flatMap(({ late, rows }) => (late ? [] : rows.map(({ day }) => day))))
      for (const day of days) {
        const other = shown.get(day)
        if (other === extract || (other !== undefined && mayBeNewer(other, extract))) continue
        problems.push(wrong(`journal: ${extract.name} is shown, but ${day} shows ${other?.name ?? "nothing"}`))
      }
    }
    for (const [day, before] of shownBefore) {
      const now = shown.get(day)
      if (now !== before && (now === undefined || !mayBeNewer(now, before)))
        problems.push(wrong(`journal: ${day} showed ${before.name}, then ${now?.name ?? "nothing"}`))
    }
    for (const [day, extract] of shown) shownBefore.set(day, extract)
    return problems
  }

  return {
    partialViews: () => partialViews,
    duringRun: (way, { ga, logs }) => {
      const problems: Array<Problem> = []
      const shown = new Map<string, GaExtract>()
      for (const [day, found] of byDay(way, ga, problems)) shown.set(day, judgeDay(way, day, found, problems))
      if (way === "journal") problems.push(...judgeDates(shown))
      return [...problems, ...compare(way, "log row", logs, logRows).filter(({ kind }) => kind !== "lost")]
    },
    inTheEnd: (way, { ga, logs }) => {
      const rows = new Set<string>()
      for (const [day, { objects }] of shownInTheEnd(manifest))
        for (const object of objects) for (const row of object.rows) if (row.day === day) rows.add(row.text)
      return [...compare(way, "row", ga, rows), ...compare(way, "log row", logs, logRows)]
    },
    warehouse: (keys) => {
      const sent = manifest.warehouseLogs.flatMap(({ good }) => good.map(({ key }) => key))
      return compare("warehouse", "key", keys, new Set(sent))
    },
  }
}

/** An object that comes after the end of its run makes the extract newer: until it is there, both orders are right. */
const mayBeNewer = (a: GaExtract, b: GaExtract): boolean => {
  const [x, y] = [timeOf(a, true), earliestTimeOf(b)]
  return isNewer(a, b) || x > y || (x === y && (a.id ?? "") > (b.id ?? ""))
}

/** The time that an extract has when it is shown first. */
const earliestTimeOf = (extract: GaExtract): number =>
  isOrderly(extract) ? timeOf(extract, false) : Math.min(...extract.objects.map(({ at }) => at))

const compare = (
  way: string,
  noun: string,
  found: ReadonlyArray<string>,
  expected: ReadonlySet<string>,
): ReadonlyArray<Problem> => {
  const problems: Array<Problem> = []
  const seen = new Set<string>()
  for (const row of found) {
    if (seen.has(row)) problems.push({ kind: "twice", what: `${way}: ${noun} ${row}` })
    else if (!expected.has(row)) problems.push(wrong(`${way}: a ${noun} that should not be there: ${row}`))
    seen.add(row)
  }
  for (const row of expected) if (!seen.has(row)) problems.push({ kind: "lost", what: `${way}: ${noun} ${row}` })
  return problems
}

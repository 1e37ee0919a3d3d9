/** Extracts of Google Analytics, made by chance. */
import * as CompressionMemory from "@tributary/core/memory/CompressionMemory"
import type { SimRandom } from "@tributary/core/testing/sim/SimRandom"
import { type GaExtract, type GaObject, type Report, timeOf } from "./manifest.ts"

export const landing = "landing"
export const prefix = "ga-data/"
/** When every world begins: milliseconds since 1970. */
export const start = Date.UTC(2026, 0, 20, 9)
const minute = 60_000
const maxExtracts = 3
const maxObjects = 3

const days = ["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-31"]

export const makeExtracts = (random: SimRandom, spreadMs: number): ReadonlyArray<GaExtract> => {
  const extracts: Array<GaExtract> = []
  for (let i = random.between(1, maxExtracts); i > 0; i--) extracts.push(makeExtract(random, extracts, spreadMs))
  return extracts
}

const makeExtract = (random: SimRandom, before: ReadonlyArray<GaExtract>, spreadMs: number): GaExtract => {
  const name = `x${before.length}`
  const own = random.chance(0.12)
  const report: Report = own
    ? "none"
    : random.pick(["orderly", "orderly", "orderly", "natural", "early", "lost", "failed"])
  const id = own ? undefined : uuid(random)
  // Two runs may end in the same millisecond: then the larger id wins. An object without a run has an id that only the program knows.
  const other = before.at(-1)
  const tied = id !== undefined && other?.id !== undefined && random.chance(0.3)
  const begin = tied
    ? timeOf(other, true)
    : start + Math.floor(random.between(0, spreadMs) / 1000) * 1000 + (own ? before.length + 1 : 0)
  const range = random.shuffled(days).slice(0, random.between(1, 3))
  const count = own ? 1 : random.between(1, maxObjects)
  const objects: Array<GaObject> = []
  for (let i = 0; i < count; i++) {
    const late = !tied && report !== "none" && i > 0 && i === count - 1 && random.chance(0.35)
    const at = begin + (i === 0 || tied ? 0 : random.between(0, 30) * 1000) + (late ? random.between(1, 4) * minute : 0)
    // A key that is written again has another version, which is another input.
    const key = i > 0 && random.chance(0.15) ? objects[i - 1]!.key : undefined
    objects.push(makeObject(random, `${name}.o${i}`, { id, key, days: range, at, late }))
  }
  return { name, id, report, objects }
}

interface Wanted {
  readonly id: string | undefined
  readonly key: string | undefined
  readonly days: ReadonlyArray<string>
  readonly at: number
  readonly late: boolean
}

interface Reported {
  readonly dateHour: string
  readonly device: string
  readonly users: string
}

const makeObject = (random: SimRandom, name: string, { at, days, id, key, late }: Wanted): GaObject => {
  const rows: Array<{ readonly day: string; readonly text: string }> = []
  const records: Array<Reported> = []
  let quarantined = 0
  for (const day of days) {
    for (let n = random.between(0, 2); n > 0; n--) {
      const hour = random.between(0, 23)
      const device = `${name}.${records.length}`
      const users = random.between(0, 99)
      rows.push({ day, text: `${day} ${hour} ${device} ${users}` })
      records.push({ dateHour: day.replaceAll("-", "") + String(hour).padStart(2, "0"), device, users: String(users) })
    }
  }
  if (random.chance(0.25)) {
    quarantined++
    const dateHour = random.pick(["(other)", "2026013124", "2026023001"])
    records.splice(random.between(0, records.length), 0, { dateHour, device: `${name}.bad`, users: "1" })
  }
  const lines = random.chance(0.4)
  const totals = lines ? 0 : random.between(0, 2)
  const plain = Buffer.from(lines ? records.map(line).join("\n") : JSON.stringify(page(records, totals)))
  const zipped = random.chance(0.5) ? CompressionMemory.make.compressPage("gzip", plain) : plain
  const object = { name, key: key ?? `${prefix}${id === undefined ? "reports" : `ga-flow/${id}`}/${name}`, at, late }
  if (zipped !== plain && random.chance(0.1)) {
    // Cut within its last bytes: everything in it was read by then, and nothing of it may be written.
    return { ...object, bytes: zipped.subarray(0, zipped.length - 3), rows: [], filtered: 0, quarantined: 1 }
  }
  return { ...object, bytes: zipped, rows, filtered: totals, quarantined }
}

const line = ({ dateHour, device, users }: Reported): string =>
  JSON.stringify({ dateHour, deviceCategory: device, activeUsers: users })

const page = (records: ReadonlyArray<Reported>, totals: number) => ({
  reports: [
    {
      columnHeader: {
        dimensions: ["ga:dateHour", "ga:deviceCategory"],
        metricHeader: { metricHeaderEntries: [{ name: "ga:users", type: "INTEGER" }] },
      },
      data: {
        rows: records.map(({ dateHour, device, users }) => ({
          dimensions: [dateHour, device],
          metrics: [{ values: [users] }],
        })),
        totals: Array.from({ length: totals }, () => ({ values: ["0"] })),
      },
    },
  ],
})

const uuid = (random: SimRandom): string => {
  const digits = (length: number) => Array.from({ length }, () => random.between(0, 15).toString(16)).join("")
  return `${digits(8)}-${digits(4)}-4${digits(3)}-a${digits(3)}-${digits(12)}`
}

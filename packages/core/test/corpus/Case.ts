/**
 * The corpus of hostile and broken input, as data: each case is an input, its flow, and what must become of every record in it.
 */
import type { Limits } from "@tributary/core/Limits"
import type { QuarantineReason } from "@tributary/core/QuarantineReason"
import { createHash } from "node:crypto"

/** Position as `quarantine list` shows it, reason, and the bytes that `quarantine show` answers. */
export type Rejected = readonly [position: string, reason: QuarantineReason, bytes: string | Uint8Array]

/** Cells of a row as text: ga `day, hour, device, user_count`; logs `day, _record_id, timestamp, session_id, action, params`. */
export type Row = ReadonlyArray<string | null>

export interface Case {
  readonly name: string
  readonly flow: "ga" | "logs"
  readonly input: () => string | Uint8Array
  readonly rows: ReadonlyArray<Row>
  readonly rejected: ReadonlyArray<Rejected>
  readonly filtered?: number
  readonly duplicate?: number
  readonly limits?: Partial<Limits>
  /** What the input is called; it comes back as it is. */
  readonly source?: string
}

/** A field of the record in the middle: its JSON text, and the cells that come of it or the reason why none do. */
export type Outcome = { readonly cells: ReadonlyArray<string> } | { readonly reason: QuarantineReason }

export const gives = (...cells: ReadonlyArray<string>): Outcome => ({ cells })
export const fails = (reason: QuarantineReason): Outcome => ({ reason })

export const joined = (...parts: ReadonlyArray<string | Uint8Array>): Uint8Array =>
  Uint8Array.from(Buffer.concat(parts.map((part) => Buffer.from(part))))

/** `n` arrays, one within the other. */
export const nested = (n: number): string => "[".repeat(n) + "]".repeat(n)

export const before: Row = ["2026-01-02", "3", "desktop", "7"]
export const after: Row = ["2026-01-03", "4", "mobile", "8"]

/** What is written of a record: JSON texts of its three fields. */
export interface Fields {
  readonly hour: string
  readonly device: string
  readonly users: string
}

export const goodFields: Fields = { hour: '"2026010203"', device: '"desktop"', users: '"7"' }
export const afterFields: Fields = { hour: '"2026010304"', device: '"mobile"', users: '"8"' }

export const line = ({ device, hour, users }: Fields): string =>
  `{"dateHour":${hour},"deviceCategory":${device},"activeUsers":${users}}`

export const uaRow = ({ device, hour, users }: Fields): string =>
  `{"dimensions":[${hour},${device}],"metrics":[{"values":[${users}]}]}`

export const uaReport = (rows: ReadonlyArray<string>, dimensions = '"ga:dateHour","ga:deviceCategory"'): string =>
  `{"columnHeader":{"dimensions":[${dimensions}],"metricHeader":{"metricHeaderEntries":[{"name":"ga:users","type":"INTEGER"}]}},"data":{"rows":[${rows.join()}],"totals":[{"values":["15"]}]}}`

export const uaPage = (...rows: ReadonlyArray<string>): string => `{"reports":[${uaReport(rows)}]}`

export const runRow = ({ device, hour, users }: Fields): string =>
  `{"dimensionValues":[{"value":${hour}},{"value":${device}}],"metricValues":[{"value":${users}}]}`

export const runPage = (...rows: ReadonlyArray<string>): string =>
  `{"dimensionHeaders":[{"name":"dateHour"},{"name":"deviceCategory"}],"metricHeaders":[{"name":"activeUsers","type":"TYPE_INTEGER"}],"rows":[${rows.join()}],"totals":[{}],"kind":"analyticsData#runReport"}`

/** The three formats of Google Analytics, and how deep in them a field stands. */
export interface GaFormat {
  readonly name: string
  readonly record: (fields: Fields) => string
  /** A file of the records, which are good JSON. */
  readonly file: (...records: ReadonlyArray<string>) => string
  /** What of the file a broken record takes with it: itself, or its page. */
  readonly unit: (record: string) => string
  readonly position: (n: number) => string
  readonly unitPosition: (n: number) => string
  readonly totals: number
  readonly depth: Fields extends infer F ? { readonly [K in keyof F]: number } : never
}

export const gaFormats: ReadonlyArray<GaFormat> = [
  {
    name: "GA4 line",
    record: line,
    file: (...records) => records.map((record) => `${record}\n`).join(""),
    unit: (record) => record,
    position: (n) => `line ${n}`,
    unitPosition: (n) => `line ${n}`,
    totals: 0,
    depth: { hour: 1, device: 1, users: 1 },
  },
  {
    name: "UA page",
    record: uaRow,
    file: uaPage,
    unit: uaPage,
    position: (n) => `document 1, row ${n}`,
    unitPosition: (n) => `document ${n}`,
    totals: 1,
    depth: { hour: 7, device: 7, users: 9 },
  },
  {
    name: "runReport",
    record: runRow,
    file: runPage,
    unit: runPage,
    position: (n) => `document 1, row ${n}`,
    unitPosition: (n) => `document ${n}`,
    totals: 1,
    depth: { hour: 5, device: 5, users: 5 },
  },
]

const cellsOf = (column: keyof Fields, cells: ReadonlyArray<string>): Row =>
  column === "hour"
    ? [cells[0]!, cells[1]!, "desktop", "7"]
    : ["2026-01-02", "3", column === "device" ? cells[0]! : "desktop", column === "users" ? cells[0]! : "7"]

/** A record with one field replaced, between two good ones, in a format. */
export const gaField = (format: GaFormat, column: keyof Fields, json: string, outcome: Outcome): Case => {
  const record = format.record({ ...goodFields, [column]: json })
  return {
    name: `${format.name}: ${column} ${json.slice(0, 60)}`,
    flow: "ga",
    input: () => format.file(format.record(goodFields), record, format.record(afterFields)),
    rows: [before, after, ...("cells" in outcome ? [cellsOf(column, outcome.cells)] : [])],
    rejected: "reason" in outcome ? [[format.position(2), outcome.reason, record]] : [],
    filtered: format.totals,
  }
}

/** A record that breaks the JSON around it, or its encoding: its line or page is lost, those beside it are kept. */
export const gaBroken = (
  format: GaFormat,
  what: string,
  record: string | Uint8Array,
  reason: QuarantineReason,
): Case => {
  const mark = "\u0001"
  const [head, tail] = format.unit(mark).split(mark)
  const unit = joined(head!, record, tail!)
  return {
    name: `${format.name}: ${what}`,
    flow: "ga",
    input: () =>
      joined(format.unit(format.record(goodFields)), "\n", unit, "\n", format.unit(format.record(afterFields)), "\n"),
    rows: [before, after],
    rejected: [[format.unitPosition(2), reason, unit]],
    filtered: 2 * format.totals,
  }
}

export const owner = "123456789012"
export const group = "/aws/lambda/shop"
export const stream = "2026/01/01/[$LATEST]0"

export interface EventTexts {
  readonly id: string
  readonly timestamp: string
  readonly message: string
}

export const event = ({ id, message, timestamp }: EventTexts): string =>
  `{"id":${id},"timestamp":${timestamp},"message":${message}}`

export const goodEvent = (n: number): EventTexts => ({
  id: `"e${n}"`,
  timestamp: String(1767225600000 + n),
  message: JSON.stringify(`{"session_id":${n},"action":"a${n}","params":{"n":${n}}}`),
})

export const payload = (
  events: ReadonlyArray<string>,
  names: Partial<Record<"owner" | "logGroup" | "logStream" | "messageType", string>> = {},
): string => {
  const texts = {
    messageType: '"DATA_MESSAGE"',
    owner: JSON.stringify(owner),
    logGroup: JSON.stringify(group),
    logStream: JSON.stringify(stream),
    ...names,
  }
  const members = Object.entries(texts).map(([name, text]) => `"${name}":${text}`)
  return `{${members.join()},"subscriptionFilters":["f"],"logEvents":[${events.join()}]}`
}

export const recordId = (id: string, names: readonly [string, string, string] = [owner, group, stream]): string =>
  createHash("sha256")
    .update(JSON.stringify([...names, id]))
    .digest("base64url")

export const logRow = (key: string, ms: number, session: string, action: string | null, params: string | null): Row => {
  const time = new Date(ms).toISOString()
  return [time.slice(0, 10), key, time.replace(".000Z", "Z"), session, action, params]
}

export const goodLogRow = (n: number, names?: readonly [string, string, string]): Row =>
  logRow(recordId(`e${n}`, names), 1767225600000 + n, String(n), `a${n}`, `{"n":${n}}`)

/** An event between two good ones, in one payload. */
export const logEvent = (
  name: string,
  texts: Partial<EventTexts>,
  outcome: { readonly row: Row } | { readonly reason: QuarantineReason } | "filtered",
): Case => {
  const own = event({ ...goodEvent(2), ...texts })
  return {
    name: `log event: ${name.slice(0, 90)}`,
    flow: "logs",
    input: () => payload([event(goodEvent(1)), own, event(goodEvent(3))]),
    rows: [goodLogRow(1), goodLogRow(3), ...(outcome !== "filtered" && "row" in outcome ? [outcome.row] : [])],
    rejected: outcome !== "filtered" && "reason" in outcome ? [["document 1, event 2", outcome.reason, own]] : [],
    filtered: outcome === "filtered" ? 1 : 0,
  }
}

/** A message between two good ones. `cells`: session_id, action, params. */
export const logMessage = (
  message: string,
  outcome: readonly [session: string, action: string | null, params: string | null] | QuarantineReason | "filtered",
): Case =>
  logEvent(
    `message ${message}`,
    { message: JSON.stringify(message) },
    typeof outcome === "string"
      ? outcome === "filtered"
        ? outcome
        : { reason: outcome }
      : { row: logRow(recordId("e2"), 1767225600002, ...outcome) },
  )

/** A whole document between two good payloads, one a line. */
export const logDocument = (
  name: string,
  document: string | Uint8Array,
  expected: Partial<Pick<Case, "rows" | "rejected" | "filtered" | "limits">> | QuarantineReason,
): Case => {
  const { rejected = [], rows = [], ...rest } = typeof expected === "string" ? {} : expected
  return {
    name: `log document: ${name.slice(0, 90)}`,
    flow: "logs",
    input: () => joined(payload([event(goodEvent(1))]), "\n", document, "\n", payload([event(goodEvent(3))])),
    rows: [goodLogRow(1), goodLogRow(3), ...rows],
    rejected: typeof expected === "string" ? [["document 2", expected, document]] : rejected,
    ...rest,
  }
}

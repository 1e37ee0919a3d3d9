// Writes examples/data: sample data in the real formats, made up for this project. No clock, no randomness but a fixed
// seed, no dependencies: the same bytes on every run, every machine and every version of Node.
//
//   node examples/make/make-data.mjs            writes ../data beside this file
//   node examples/make/make-data.mjs FOLDER     writes FOLDER
//
// README.md in examples/data says what each file is; this script removes and rewrites everything else there.

import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const out = process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), "..", "data")

// --- bytes ---------------------------------------------------------------------------------------------------------

/** mulberry32: a small generator of numbers in [0, 1). */
let state = 20260104
const random = () => {
  state = (state + 0x6d2b79f5) | 0
  let t = Math.imul(state ^ (state >>> 15), 1 | state)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}

const below = (n) => Math.floor(random() * n)
const pick = (list) => list[below(list.length)]

const crcTable = Array.from({ length: 256 }, (_, n) => {
  let c = n
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
  return c >>> 0
})

const crc32 = (bytes) => {
  let c = 0xffffffff
  for (const byte of bytes) c = crcTable[(c ^ byte) & 0xff] ^ (c >>> 8)
  return (c ^ 0xffffffff) >>> 0
}

/**
 * A gzip member with time 0, in stored blocks. Not compressed, because what zlib makes of the same input differs between
 * its versions and even between processors, and these files must not.
 */
const gzip = (text) => {
  const bytes = Buffer.from(text, "utf8")
  const parts = [Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff])]
  for (let at = 0; at === 0 || at < bytes.length; at += 0xffff) {
    const block = bytes.subarray(at, at + 0xffff)
    const head = Buffer.alloc(5)
    head[0] = at + 0xffff >= bytes.length ? 1 : 0
    head.writeUInt16LE(block.length, 1)
    head.writeUInt16LE(~block.length & 0xffff, 3)
    parts.push(head, block)
  }
  const tail = Buffer.alloc(8)
  tail.writeUInt32LE(crc32(bytes), 0)
  tail.writeUInt32LE(bytes.length, 4)
  return Buffer.concat([...parts, tail])
}

const write = (path, content) => {
  mkdirSync(dirname(join(out, path)), { recursive: true })
  writeFileSync(join(out, path), content)
}

const two = (n) => String(n).padStart(2, "0")

// --- Google Analytics ----------------------------------------------------------------------------------------------

const devices = ["desktop", "mobile", "tablet"]
const share = { desktop: 40, mobile: 55, tablet: 6 }

const hourShare = [22, 12, 6, 3, 3, 6, 14, 30, 52, 70, 82, 90, 96, 92, 88, 90, 98, 112, 130, 150, 164, 158, 120, 60]

/** Users of an hour: few at night, many in the evening. */
const users = (hour, device) =>
  Math.floor((share[device] * hourShare[hour] * (70 + below(60))) / 10_000) + (device === "tablet" ? 0 : 1)

/** The rows of 2026-01-`day` as [dateHour, device, users]; hours without users have no row, as in a real report. */
const dayRows = (day, restate = (n) => n) => {
  const rows = []
  for (let hour = 0; hour < 24; hour++) {
    for (const device of devices) {
      const n = restate(users(hour, device), hour)
      if (n > 0) rows.push([`202601${two(day)}${two(hour)}`, device, n])
    }
  }
  return rows
}

const sum = (rows) => rows.reduce((total, [, , n]) => total + n, 0)

/** One page of a Universal Analytics report, as the Reporting API v4 answers and AppFlow stores it. */
const page = (rows, { totals, nextPageToken, golden = true } = {}) => ({
  reports: [
    {
      columnHeader: {
        dimensions: ["ga:dateHour", "ga:deviceCategory"],
        metricHeader: { metricHeaderEntries: [{ name: "ga:users", type: "INTEGER" }] },
      },
      data: {
        ...(rows.length === 0
          ? {}
          : {
              rows: rows.map(([hour, device, n]) => ({
                dimensions: [hour, device],
                metrics: [{ values: [String(n)] }],
              })),
            }),
        ...(totals === undefined ? {} : { totals: [{ values: [String(totals)] }] }),
        ...(rows.length === 0 ? {} : { rowCount: rows.length }),
        ...(golden ? { isDataGolden: true } : {}),
      },
      ...(nextPageToken === undefined ? {} : { nextPageToken }),
    },
  ],
})

const flowFolder = (flow, date, run) => `ga-data/${flow}/schemaVersion_1/${date}/${run}`

const firstExtract = () => {
  const folder = `ga/2026-01-04T06/${flowFolder("ga-flow", "2026/01/04", "5b0f4c1e-6a0d-4f0e-9a51-0c7d2e8b9f10")}`
  const [one, two_, three] = [dayRows(1), dayRows(2), dayRows(3)]
  // Two documents, joined by a newline.
  const pages12 = [page(one, { nextPageToken: "1000" }), page(two_, { nextPageToken: "2000" })]
  write(`${folder}/pages-1-2.json`, pages12.map((p) => JSON.stringify(p)).join("\n"))
  // Two documents, joined by nothing.
  const half = Math.floor(three.length / 2)
  const pages34 = [
    page(three.slice(0, half), { nextPageToken: "3000" }),
    page(three.slice(half, -6), { nextPageToken: "4000" }),
  ]
  write(`${folder}/pages-3-4.json`, pages34.map((p) => JSON.stringify(p)).join(""))
  // One document over many lines, with totals, the row that Analytics makes when there are too many, and an hour that
  // no day has.
  const last = [...three.slice(-6), ["(other)", "desktop", 3], ["2026010325", "mobile", 2]]
  const totals = sum(one) + sum(two_) + sum(three) + 5
  write(`${folder}/page-5.json`, JSON.stringify(page(last, { totals, golden: false }), null, 2) + "\n")
  // What Analytics answers for a range without visitors: no rows, and a total of 0.
  write(`${folder}/empty.json`, JSON.stringify(page([], { totals: 0 })) + "\n")
}

const secondExtract = () => {
  const folder = `ga/2026-01-05T06/${flowFolder("ga-flow", "2026/01/05", "c2a7e9d4-31b8-4d6c-8e2f-77f1a5b3d086")}`
  // The 2nd and the 3rd again, now with the visitors that came in late, and the 4th for the first time.
  const late = (n, hour) => n + (hour >= 18 ? below(6) : below(2))
  const [two_, three, four] = [dayRows(2, late), dayRows(3, late), dayRows(4)]
  const pages12 = [page(two_, { nextPageToken: "1000" }), page(three, { nextPageToken: "2000" })]
  write(`${folder}/pages-1-2.json`, pages12.map((p) => JSON.stringify(p)).join("\n"))
  const totals = sum(two_) + sum(three) + sum(four)
  write(`${folder}/page-3.json`, JSON.stringify(page(four, { totals, golden: false })) + "\n")
}

const ga4 = () => {
  const folder = `ga4/2026-01-08T06/${flowFolder("ga4-flow", "2026/01/08", "e84d1b60-92c5-4a3b-b7f6-15d0c8a2f3e7")}`
  const strings = dayRows(6).map(([dateHour, deviceCategory, n]) => ({
    dateHour,
    deviceCategory,
    activeUsers: String(n),
  }))
  write(`${folder}/rows-1.jsonl`, strings.map((row) => JSON.stringify(row) + "\n").join(""))
  const numbers = dayRows(7).map(([dateHour, deviceCategory, n]) =>
    JSON.stringify({ dateHour, deviceCategory, activeUsers: n }),
  )
  numbers.splice(10, 0, `{"dateHour":"2026010703","deviceCategory":"mobile","activeUsers":`)
  numbers.splice(20, 0, `{"dateHour":"2026010706","deviceCategory":"desktop","country":"Iceland","activeUsers":4}`)
  write(`${folder}/rows-2.jsonl.gz`, gzip(numbers.join("\n") + "\n"))
}

// --- CloudWatch Logs -----------------------------------------------------------------------------------------------

const firstMillisecond = Date.UTC(2026, 0, 4, 9, 0, 0)
let eventCount = 0

/** A log event, some seconds after the one before; ids are 56 digits, as CloudWatch Logs makes them. */
const event = (message) => {
  eventCount++
  const timestamp = firstMillisecond + eventCount * 7331
  const text = typeof message === "string" ? message : JSON.stringify(message)
  return { id: `3942${String(timestamp)}${String(eventCount).padStart(39, "0")}`, timestamp, message: text }
}

const payload = (logStream, logEvents) => ({
  messageType: "DATA_MESSAGE",
  owner: "123456789012",
  logGroup: "/aws/lambda/shop",
  logStream: `2026/01/04/[$LATEST]${logStream}`,
  subscriptionFilters: ["to-warehouse"],
  logEvents,
})

const control = {
  messageType: "CONTROL_MESSAGE",
  owner: "CloudwatchLogs",
  logGroup: "",
  logStream: "",
  subscriptionFilters: [],
  logEvents: [
    { id: "", timestamp: firstMillisecond, message: "CWL CONTROL MESSAGE: Checking health of destination Firehose." },
  ],
}

const requestId = (n) => `8f1d7c52-0000-4000-8000-${String(n).padStart(12, "0")}`

/** The lines that Lambda itself writes around one invocation. */
const platformStart = (n) => event(`START RequestId: ${requestId(n)} Version: $LATEST\n`)
const platformEnd = (n) => [
  event(`END RequestId: ${requestId(n)}\n`),
  event(
    `REPORT RequestId: ${requestId(n)}\tDuration: ${20 + below(400)}.25 ms\tBilled Duration: 500 ms\tMemory Size: 256 MB\tMax Memory Used: 91 MB\t\n`,
  ),
]

const products = ["lamp", "chair", "kettle", "rug", "clock"]
const shopAction = (session) => {
  const action = pick(["view", "view", "view", "search", "add_to_cart", "checkout"])
  const params =
    action === "search"
      ? { q: pick(products), results: below(40) }
      : action === "checkout"
        ? { total: `${10 + below(200)}.50`, items: 1 + below(4) }
        : { product: pick(products), ms: below(900) }
  return event({ session_id: session, action, params })
}

const shopping = (count) => Array.from({ length: count }, () => shopAction(1000 + below(12)))

const logs = () => {
  // 1. What Lambda hands to a function that is subscribed to the log group.
  const first = payload("a1", [
    event("INIT_START Runtime Version: nodejs:24.v18\tRuntime Version ARN: arn:aws:lambda:eu-west-1::runtime:0000\n"),
    platformStart(1),
    ...shopping(12),
    ...platformEnd(1),
  ])
  const data = gzip(JSON.stringify(first)).toString("base64")
  write("logs/lambda-event.json", JSON.stringify({ awslogs: { data } }, null, 2) + "\n")

  // 2. A gzip payload with the messages that are not quite what the table wants.
  const odd = gzip(
    JSON.stringify(
      payload("b2", [
        platformStart(2),
        ...shopping(6),
        event(`{"action":"open","params":{"page":"/"}}`), // no session_id: 0
        event(`{"session_id":null,"action":"close"}`), // null session_id: 0; no params: NULL
        event(`{"session_id":9007199254740993,"action":"view","params":null}`), // beyond 2^53; params NULL
        event(`{"session_id":"9223372036854775807","action":null,"params":{"largest":true}}`), // digits in a string
        event(
          `{"session_id":1003,"action":"measure","params":{"x":0.1000000000000000055511151231257827,"n":123456789012345678901234567890}}`,
        ),
        event(`{"session_id":1.5,"action":"view"}`), // WrongType
        event(`{"session_id":9223372036854775808,"action":"view"}`), // OutOfRange
        event(`2026-01-04T09:03:11.512Z\t${requestId(2)}\tERROR\tTask timed out after 3.00 seconds`), // NotJson
        event(`START of the sale: {"session_id":1}`), // NotJson: it merely begins like a line of Lambda's
        event(`["session_id",1004]`), // UnknownShape
        event(`"checkout"`), // UnknownShape
        event({
          time: "2026-01-04T09:04:00.000Z",
          type: "platform.report",
          record: { requestId: requestId(2), metrics: { durationMs: 211.4, billedDurationMs: 212, memorySizeMB: 256 } },
        }),
        ...platformEnd(2),
      ]),
    ),
  )
  write("logs/shop-1.gz", odd)
  // 3. The same payload, delivered again.
  write("logs/shop-1.redelivered.gz", odd)

  // 4. Several payloads in one gzip file, joined by nothing, as Firehose stores them; a control message first.
  const third = payload("c3", [platformStart(3), ...shopping(10), ...platformEnd(3)])
  const fourth = payload("d4", shopping(8))
  write("logs/firehose-several.gz", gzip([control, third, fourth].map((p) => JSON.stringify(p)).join("")))

  // 5. Decoded payloads, one a line. The first repeats an event of "d4": CloudWatch Logs delivers at least once.
  const repeated = fourth.logEvents.at(-1)
  const fifth = { ...payload("d4", [repeated, ...shopping(5)]), policyLevel: "ACCOUNT_LEVEL_POLICY" }
  const sixth = payload("e5", shopping(4))
  write("logs/decoded-two.json", [fifth, sixth].map((p) => JSON.stringify(p) + "\n").join(""))

  // 6. A gzip payload whose upload broke off.
  const cut = gzip(JSON.stringify(payload("f6", shopping(9))))
  write("logs/cut.gz", cut.subarray(0, Math.floor(cut.length * 0.6)))
}

mkdirSync(out, { recursive: true })
for (const name of readdirSync(out)) {
  if (name === "ga" || name === "ga4" || name === "logs") rmSync(join(out, name), { recursive: true })
}
firstExtract()
secondExtract()
ga4()
logs()

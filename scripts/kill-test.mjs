// kill -9: the real command line is killed at random moments of its work, then the same commands run again to the end. What a reader sees right after the
// kill must be whole extracts and whole inputs, and in the end all must be as it is after an undisturbed run: the rows that a query finds, the ledger, the keys
// and bytes of every object; and `tributary verify` must find nothing.
//
//   npm run test:kill -- [--rounds 50] [--seed N] [--jobs 2] [--keep]
//
// The seed is printed; with the same one the same fractions of the run's time are drawn. The last line is `N passed, N failed`.
import { spawn } from "node:child_process"
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs } from "node:util"
import { gzipSync } from "node:zlib"

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "50" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 1e9)) },
    jobs: { type: "string", default: "2" },
    keep: { type: "boolean", default: false },
  },
})
const [rounds, seed, jobs] = [Number(values.rounds), Number(values.seed), Number(values.jobs)]

const cli = fileURLToPath(new URL("../packages/runtime-node/bin/tributary.mjs", import.meta.url))
const root = fs.mkdtempSync(join(tmpdir(), "tributary-kill-"))

/**
 * @typedef {{ readonly code: number | null, readonly signal: string | null, readonly out: string, readonly err: string }} Ended
 * @typedef {[flow: string, day: string, owner: number, rows: number]} Counted
 * @typedef {{ readonly balanced: boolean }} Ledger
 * @typedef {{ readonly rows: ReadonlyArray<[number, string]>, readonly ledger: Ledger, readonly verify: ReadonlyArray<unknown>, readonly objects: ReadonlyArray<string> }} Outcome
 */

/**
 * Fractions from 0 to 1 that are the same for the same seed (mulberry32).
 * @param {number} start
 */
const fractions = (start) => {
  let state = start >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

// The tree: six extracts whose ranges of dates overlap, and sixteen payloads. What a row says tells whose it is.

const extracts = 6
const datesOfExtract = 14
const devicesOfFile = 2
const rowsOfDate = 2 * 24 * devicesOfFile
const payloads = 16
const eventsOfPayload = 200

/**
 * The extract's place in time is its number; its name, by which files are sorted, is not in that order.
 * @param {number} extract
 */
const uuidOf = (extract) =>
  `${String((extract * 5) % 11).padStart(8, "0")}-0000-4000-8000-${String(extract).padStart(12, "0")}`

/** @param {number} day */
const dayOf = (day) => new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10)

/**
 * @param {number} extract
 * @param {number} file
 */
const reportRows = (extract, file) => {
  /** @type {Array<readonly [hour: string, device: string, users: number]>} */
  const rows = []
  for (let date = 0; date < datesOfExtract; date++) {
    const day = dayOf(extract + date).replaceAll("-", "")
    for (let hour = 0; hour < 24; hour++) {
      for (let device = 0; device < devicesOfFile; device++) {
        rows.push([`${day}${String(hour).padStart(2, "0")}`, `device ${file}-${device}`, extract * 1000 + hour])
      }
    }
  }
  return rows
}

/**
 * A report page of Universal Analytics, with its totals; one row of it is no date.
 * @param {number} extract
 */
const reportPage = (extract) =>
  JSON.stringify({
    reports: [
      {
        columnHeader: {
          dimensions: ["ga:dateHour", "ga:deviceCategory"],
          metricHeader: { metricHeaderEntries: [{ name: "ga:users", type: "INTEGER" }] },
        },
        data: {
          rows: [["(other)", "mobile", 1], ...reportRows(extract, 0)].map(([hour, device, users]) => ({
            dimensions: [hour, device],
            metrics: [{ values: [String(users)] }],
          })),
          totals: [{ values: ["1"] }],
        },
      },
    ],
  })

/**
 * Lines of Google Analytics 4; one of them is no JSON.
 * @param {number} extract
 */
const ga4Lines = (extract) =>
  `{"dateHour":\n${reportRows(extract, 1)
    .map(([dateHour, deviceCategory, activeUsers]) => `${JSON.stringify({ dateHour, deviceCategory, activeUsers })}\n`)
    .join("")}`

/**
 * A payload of CloudWatch Logs: its first ten events are the last ten of the one before, and three of its own are filtered or refused.
 * @param {number} number
 */
const payload = (number) => {
  const refused = new Map([
    [20, "no JSON"],
    [21, "END RequestId: 1"],
    [22, "[]"],
  ])
  /**
   * @param {number} owner
   * @param {number} n
   */
  const event = (owner, n) => ({
    id: `${owner}-${n}`,
    timestamp: 1767225600000 + owner * 3_600_000 + n,
    message:
      refused.get(n) ?? JSON.stringify({ session_id: owner, action: "click", params: { n, text: "x".repeat(40) } }),
  })
  const own = Array.from({ length: eventsOfPayload }, (_, n) => event(number, n))
  const before = number === 0 ? [] : Array.from({ length: 10 }, (_, n) => event(number - 1, eventsOfPayload - 10 + n))
  return JSON.stringify({
    messageType: "DATA_MESSAGE",
    owner: "111122223333",
    logGroup: "/shop",
    logStream: "web",
    subscriptionFilters: ["all"],
    logEvents: [...before, ...own],
  })
}

const writeTree = () => {
  for (let extract = 0; extract < extracts; extract++) {
    const folder = join(root, extract < extracts / 2 ? "in/earlier" : "in/later", uuidOf(extract))
    fs.mkdirSync(folder, { recursive: true })
    const at = new Date(Date.UTC(2026, 1, 1 + extract))
    /** @type {ReadonlyArray<readonly [name: string, content: string | Uint8Array]>} */
    const files = [
      ["1.json", reportPage(extract)],
      ["2.jsonl.gz", gzipSync(ga4Lines(extract))],
    ]
    for (const [name, content] of files) {
      fs.writeFileSync(join(folder, name), content)
      fs.utimesSync(join(folder, name), at, at)
    }
  }
  fs.mkdirSync(join(root, "in/logs"))
  for (let number = 0; number < payloads; number++) {
    const name = join(root, "in/logs", String(number).padStart(3, "0"))
    if (number % 2 === 0) fs.writeFileSync(`${name}.json`, payload(number))
    else fs.writeFileSync(`${name}.gz`, gzipSync(payload(number)))
  }
}

// The command line.

/**
 * Starts `tributary`; what it prints comes with its end.
 * @param {ReadonlyArray<string>} args
 */
const start = (args) => {
  const child = spawn(process.execPath, [cli, ...args], { stdio: ["ignore", "pipe", "pipe"] })
  let [out, err] = ["", ""]
  child.stdout.on("data", (piece) => (out += piece))
  child.stderr.on("data", (piece) => (err += piece))
  /** @type {Promise<Ended>} */
  const ended = new Promise((resolve) => {
    child.on("close", (code, signal) => resolve({ code, signal, out, err }))
  })
  return { child, ended }
}

/** @param {ReadonlyArray<string>} args */
const run = async (args) => {
  const { code, err, out, signal } = await start(args).ended
  if (code !== 0) throw new Error(`tributary ${args.join(" ")} ended with ${code ?? signal}: ${err.slice(-2000)}`)
  return out
}

/** @param {string} lake */
const work = (lake) =>
  [
    ["ga", "in/earlier"],
    ["logs", "in/logs"],
    ["ga", "in/later"],
  ].map(([flow = "", path = ""]) => ["ingest", flow, join(root, path), "--lake", lake])

/**
 * Runs the work, all of it or until it is killed `after` so many milliseconds; answers whether it was.
 * @param {string} lake
 * @param {number} after
 */
const runAndKill = async (lake, after) => {
  /** @type {import("node:child_process").ChildProcess | undefined} */
  let current
  let due = false
  const timer = setTimeout(() => {
    due = true
    current?.kill("SIGKILL")
  }, after)
  for (const args of work(lake)) {
    if (due) break
    const { child, ended } = start(args)
    current = child
    const { code, err, signal } = await ended
    if (signal === "SIGKILL") return true
    if (code !== 0) throw new Error(`tributary ${args.join(" ")} ended with ${code ?? signal}: ${err.slice(-2000)}`)
  }
  clearTimeout(timer)
  return false
}

// What can be seen.

/**
 * Each date of each extract and each payload, with its rows.
 * @param {string} lake
 * @returns {Promise<ReadonlyArray<Counted>>}
 */
const visible = async (lake) => {
  const counted = `
    SELECT 'ga' AS flow, make_date(year, month, day)::VARCHAR AS day, user_count // 1000 AS owner, count(*) AS rows
    FROM appflow_data.ga_sample GROUP BY ALL
    UNION ALL SELECT 'logs', '', session_id, count(*) FROM logs.events GROUP BY ALL`
  return JSON.parse(await run(["query", counted, "--lake", lake, "--format", "json"])).rows
}

/**
 * Dates switch one after the other, but a local query sees none of an extract's dates or all: each date is the newest visible extract's.
 * @param {ReadonlyArray<Counted>} rows
 */
const mustBeWhole = (rows) => {
  const problems = []
  const dates = rows.filter(([flow]) => flow === "ga")
  const owners = new Set(dates.map(([, , owner]) => owner))
  for (let day = 0; day < extracts + datesOfExtract; day++) {
    const covering = [...owners].filter((extract) => day >= extract && day < extract + datesOfExtract)
    const expected = covering.length === 0 ? [] : [["ga", dayOf(day), Math.max(...covering), rowsOfDate]]
    const found = dates.filter(([, date]) => date === dayOf(day))
    if (JSON.stringify(found) !== JSON.stringify(expected))
      problems.push(`${dayOf(day)} shows ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`)
  }
  for (const [flow, , owner, count] of rows) {
    // Three events of each payload are filtered or refused.
    if (flow === "logs" && count !== eventsOfPayload - 3) problems.push(`payload ${owner} shows ${count} rows`)
  }
  return problems
}

/**
 * All rows as one digest, the ledger, and the objects of the lake.
 * @param {string} lake
 * @returns {Promise<Outcome>}
 */
const outcome = async (lake) => {
  /**
   * @param {string} columns
   * @param {string} table
   */
  const digest = (columns, table) =>
    `SELECT count(*) AS rows, md5(string_agg(row, ';' ORDER BY row)) AS digest FROM (SELECT concat_ws(',', ${columns}) AS row FROM ${table})`
  const rows = `${digest("year, month, day, hour, device, user_count", "appflow_data.ga_sample")}
    UNION ALL ${digest("timestamp, session_id, action, params", "logs.events")}`
  return {
    rows: JSON.parse(await run(["query", rows, "--lake", lake, "--format", "json"])).rows,
    ledger: JSON.parse(await run(["ledger", "--lake", lake, "--format", "json"])),
    verify: JSON.parse(await run(["verify", "--lake", lake, "--format", "json"])).problems,
    objects: objectsOf(lake),
  }
}

/** @param {string} lake */
const objectsOf = (lake) =>
  fs
    .readdirSync(lake, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(lake.length + 1))
    .filter((path) => !/^(_journal|_catalog|\.tmp)\//.test(path))
    .toSorted()
    .map(
      (path) =>
        `${path} ${createHash("sha256")
          .update(fs.readFileSync(join(lake, path)))
          .digest("hex")}`,
    )

/**
 * @param {Outcome} found
 * @param {Outcome} expected
 */
const differences = (found, expected) => {
  const problems = []
  for (const part of /** @type {const} */ (["rows", "ledger", "verify"])) {
    const [is, should] = [found[part], expected[part]].map((value) => JSON.stringify(value))
    if (is !== should) problems.push(`${part}: ${is}, not ${should}`)
  }
  const [is, should] = [new Set(found.objects), new Set(expected.objects)]
  for (const object of is) if (!should.has(object)) problems.push(`there is ${object}`)
  for (const object of should) if (!is.has(object)) problems.push(`there is no ${object}`)
  return problems
}

/**
 * Looks at what a killed run left, finishes it, and compares.
 * @param {string} lake
 * @param {Outcome} expected
 */
const examine = async (lake, expected) => {
  const problems = []
  let rows = 0
  try {
    // Without lake.json there is no lake yet.
    const seen = fs.existsSync(join(lake, "lake.json")) ? await visible(lake) : []
    rows = seen.reduce((sum, [, , , count]) => sum + count, 0)
    problems.push(...mustBeWhole(seen).map((problem) => `after the kill: ${problem}`))
    for (const args of work(lake)) await run(args)
    problems.push(...differences(await outcome(lake), expected))
  } catch (error) {
    problems.push(String(error))
  }
  return { problems, rows }
}

/**
 * @param {number} number
 * @param {number} duration
 * @param {() => number} next
 * @param {Outcome} expected
 */
const round = async (number, duration, next, expected) => {
  for (;;) {
    const lake = join(root, `lake-${number}`)
    const after = Math.round(next() * duration)
    if (!(await runAndKill(lake, after))) {
      // It was quicker than the undisturbed run: drawn again.
      fs.rmSync(lake, { recursive: true, force: true })
      continue
    }
    const { problems, rows } = await examine(lake, expected)
    const verdict = problems.length === 0 ? "passed" : "FAILED"
    console.log(
      `${String(number).padStart(3)}  killed after ${String(after).padStart(5)} ms, ${rows} rows visible: ${verdict}`,
    )
    for (const problem of problems.slice(0, 10)) console.log(`     ${problem}`)
    if (problems.length === 0 || !values.keep) fs.rmSync(lake, { recursive: true, force: true })
    return problems.length === 0
  }
}

const main = async () => {
  console.log(`seed ${seed}, ${rounds} rounds, ${jobs} at a time`)
  writeTree()
  const undisturbed = join(root, "undisturbed")
  const started = performance.now()
  await runAndKill(undisturbed, 600_000)
  const alone = performance.now() - started
  const expected = await outcome(undisturbed)
  const problems = [
    ...mustBeWhole(await visible(undisturbed)),
    ...(expected.ledger.balanced ? [] : ["the ledger does not add up"]),
    ...expected.verify.map((problem) => JSON.stringify(problem)),
  ]
  if (problems.length > 0) throw new Error(`the undisturbed run: ${problems.join("; ")}`)
  // Rounds share the machine's cores, so their runs take longer than one alone.
  const [first, second] = [performance.now(), join(root, "second")]
  await Promise.all(Array.from({ length: jobs }, (_, i) => runAndKill(`${second}-${i}`, 600_000)))
  const duration = performance.now() - first
  for (let i = 0; i < jobs; i++) fs.rmSync(`${second}-${i}`, { recursive: true })
  console.log(
    `undisturbed: ${Math.round(alone)} ms alone, ${Math.round(duration)} ms with ${jobs} at a time; ` +
      `${expected.objects.length} objects, rows ${expected.rows.map(([count]) => count).join(" and ")}`,
  )
  const next = fractions(seed)
  let [passed, failed, begun] = [0, 0, 0]
  const takeRounds = async () => {
    while (begun < rounds) {
      if (await round(++begun, duration, next, expected)) passed++
      else failed++
    }
  }
  await Promise.all(Array.from({ length: jobs }, takeRounds))
  console.log(`took ${Math.round((performance.now() - started) / 1000)} s`)
  console.log(`${passed} passed, ${failed} failed`)
  if (failed > 0) process.exitCode = 1
}

try {
  await main()
} finally {
  if (!values.keep) fs.rmSync(root, { recursive: true, force: true })
}

/**
 * `npm run demo`: the whole story on the sample data, with the commands that a person would type.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { rmSync } from "node:fs"
import * as path from "node:path"
import * as Streams from "./output/Streams.ts"
import { silenceSqliteWarning } from "./SqliteWarning.ts"

// The warning is made when SQLite is loaded.
silenceSqliteWarning()
const Cli = await import("./Cli.ts")

const repository = path.resolve(import.meta.dirname, "../../..")
const data = "examples/data"
const lake = ".cache/demo-lake"

const inLake = ["--lake", lake]

const usersByDay =
  "SELECT year, month, day, sum(user_count) AS users FROM appflow_data.ga_sample GROUP BY year, month, day ORDER BY year, month, day"
const seedQuery = (aggregate: string, name: string) =>
  `SELECT year, month, day, device, ${aggregate}(user_count) AS ${name} FROM appflow_data.ga_sample GROUP BY year, month, day, device ORDER BY ${name} DESC LIMIT 10`

interface Step {
  readonly says: string
  readonly runs: ReadonlyArray<string>
}

const steps: ReadonlyArray<Step> = [
  {
    says: "1. Google Analytics figures of the first three days of January, as AppFlow delivered them on the 4th. Report pages with two broken rows.",
    runs: ["ingest", "ga", `${data}/ga/2026-01-04T06`, "--extracted-at", "2026-01-04T06:00:00Z"],
  },
  { says: "2. The users of each day, so far.", runs: ["query", usersByDay] },
  {
    says: "3. A day later AppFlow sends the 2nd and the 3rd again: Google has restated them. And the 4th.",
    runs: ["ingest", "ga", `${data}/ga/2026-01-05T06`, "--extracted-at", "2026-01-05T06:00:00Z"],
  },
  {
    says: "4. The same question: the restated days are replaced, not added up. The 1st is as it was.",
    runs: ["query", usersByDay],
  },
  {
    says: "5. Figures of Google Analytics 4: other names, lines of JSON, one file compressed. Both connectors fill one table.",
    runs: ["ingest", "ga", `${data}/ga4/2026-01-08T06`, "--extracted-at", "2026-01-08T06:00:00Z"],
  },
  {
    says: "6. CloudWatch Logs payloads of a shop. One file was delivered twice, one event comes in two payloads, and one file is cut.",
    runs: ["ingest", "logs", `${data}/logs`],
  },
  { says: "7. Rows by date and device.", runs: ["query", seedQuery("count", "cnt")] },
  { says: "8. And the users behind them.", runs: ["query", seedQuery("sum", "users")] },
  {
    says: "9. The log events, by what people did.",
    runs: [
      "query",
      "SELECT action, count(*) AS events, count(DISTINCT session_id) AS sessions, min(timestamp) AS first FROM logs.events GROUP BY action ORDER BY events DESC",
    ],
  },
  {
    says: "10. The first of them as they stand in the table.",
    runs: ["query", "SELECT * FROM logs.events ORDER BY timestamp LIMIT 5"],
  },
  { says: "11. Where did every record go?", runs: ["ledger"] },
  { says: "12. What was rejected, and why?", runs: ["quarantine", "list"] },
]

const next = (item: string) => `Try next, in this folder:

  npx tributary ingest logs ${data}/logs --lake ${lake}
      carry the same files again: nothing is written
  npx tributary quarantine show ${item} --lake ${lake}
      a rejected record with its original bytes
  npx tributary journal --stream partition/appflow_data.ga_sample/2026-01-02 --lake ${lake}
      which extract a date has shown, and since when
  npx tributary query "SELECT * FROM appflow_data.ga_sample" --lake ${lake} --format json
      any SQL, for a program
  npx tributary --help

The lake is the folder ${lake}: Parquet files below appflow_data and logs, the journal in _journal.
`

/** As a shell takes it: what holds more than plain characters stands in double quotes. */
const typed = (args: ReadonlyArray<string>): string =>
  args.map((arg) => (/^[\w./:=-]+$/.test(arg) ? arg : `"${arg}"`)).join(" ")

/** Runs one command; its progress is left out, but where it fails its messages are shown. */
const runStep = Effect.fnUntraced(function* ({ runs, says }: Step) {
  const streams = yield* Streams.Streams
  const args = [...runs, ...inLake]
  yield* streams.stdout.write(`\n${says}\n\n$ npx tributary ${typed(args)}\n`)
  let messages = ""
  const stderr: Streams.Output<never> = {
    write: (text) => Effect.sync(() => void (messages += text)),
    isTerminal: false,
    colors: false,
    columns: Infinity,
  }
  const code = yield* Effect.provideService(Cli.run(args), Streams.Streams, { ...streams, stderr })
  if (code !== 0) yield* streams.stderr.write(`${messages}\nThe demo stops here: exit code ${code}.\n`)
  return code
})

/** What a command prints for programs. */
const answer = Effect.fnUntraced(function* (...runs: ReadonlyArray<string>) {
  const streams = yield* Streams.Streams
  let text = ""
  const stdout = { ...streams.stdout, write: (piece: string) => Effect.sync(() => void (text += piece)) }
  yield* Effect.provideService(Cli.run([...runs, "--format", "json", ...inLake]), Streams.Streams, {
    ...streams,
    stdout,
  })
  return JSON.parse(text) as unknown
})

const demo = Effect.gen(function* () {
  const { stdout } = yield* Streams.Streams
  yield* stdout.write("Tributary on its sample data: two flows, one lake.\n")
  for (const step of steps) if ((yield* runStep(step)) !== 0) return 1
  const { balanced } = (yield* answer("ledger")) as { readonly balanced: boolean }
  if (!balanced) return 1
  const { items } = (yield* answer("quarantine", "list")) as { readonly items: ReadonlyArray<{ readonly id: string }> }
  yield* stdout.write(`\n${next(items.at(-1)!.id)}`)
  return 0
})

process.chdir(repository)
rmSync(lake, { recursive: true, force: true })
process.exitCode = await Effect.runPromise(
  demo.pipe(
    Effect.catchTag("OutputClosed", () => Effect.succeed(0)),
    Effect.provide(Streams.layer),
  ),
)

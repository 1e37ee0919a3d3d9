/** The command line within this process, and as a process of its own. */
import * as SqliteJournalStore from "@tributary/adapters-node/SqliteJournalStore"
import * as JournalStore from "@tributary/core/JournalStore"
import * as Cli from "@tributary/runtime-node/Cli"
import { OutputClosed, Streams } from "@tributary/runtime-node/output/Streams"
import { Effect } from "effect"
import { spawn } from "node:child_process"
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"

export interface Outcome {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs a command as `tributary ARGS` would be; `closesAfter` so many characters whoever reads its output has gone; `onMessage` hears what it says. */
export const run = (
  args: ReadonlyArray<string>,
  options: { readonly terminal?: boolean; readonly closesAfter?: number; readonly onMessage?: () => void } = {},
): Effect.Effect<Outcome> =>
  Effect.suspend(() => {
    let out = ""
    let err = ""
    const shows = {
      isTerminal: options.terminal ?? false,
      colors: false,
      columns: options.terminal === true ? 80 : Infinity,
    }
    const streams = Streams.of({
      stdout: {
        ...shows,
        write: (text) =>
          out.length >= (options.closesAfter ?? Infinity)
            ? Effect.fail(new OutputClosed())
            : Effect.sync(() => void (out += text)),
      },
      stderr: {
        ...shows,
        write: (text) =>
          Effect.sync(() => {
            err += text
            options.onMessage?.()
          }),
      },
    })
    return Cli.run(args).pipe(
      Effect.provideService(Streams, streams),
      Effect.map((code) => ({ code, out, err })),
    )
  })

type Members = Readonly<Record<string, unknown>>

/** An item as `quarantine list` prints it. */
export type Item = Readonly<Record<"id" | "flow" | "input" | "position" | "reason" | "detail", string>>

/** An event as `journal` prints it. */
export interface Event {
  readonly stream: string
  readonly version: number
  readonly type: string
  readonly at: string
  readonly data: Members
}

/** The document of `ledger`. */
export interface Ledger {
  readonly flows: Readonly<Record<"ga" | "logs", Readonly<Record<string, number>>>>
  readonly balanced: boolean
}

/** The document of `query`. */
export interface Answer {
  readonly columns: ReadonlyArray<string>
  readonly rows: ReadonlyArray<ReadonlyArray<unknown>>
}

/** Runs a command with `--format json`, and reads what it prints; fails where that is not one document, or it did not end with 0. */
export const json = <A = Members>(args: ReadonlyArray<string>): Effect.Effect<A, Error> =>
  Effect.flatMap(run([...args, "--format", "json"]), ({ code, err, out }) =>
    code === 0
      ? Effect.try({ try: () => JSON.parse(out) as A, catch: () => new Error(out) })
      : Effect.fail(new Error(`${code}: ${err}`)),
  )

const bin = join(import.meta.dirname, "../../bin/tributary.mjs")

/** Starts a process; `node` are arguments for Node itself, `fileBlocks` the largest size of a file that it may write, in KiB. */
export const start = (
  args: ReadonlyArray<string>,
  options: { readonly node?: ReadonlyArray<string>; readonly fileBlocks?: number } = {},
) => {
  const command = [...(options.node ?? []), bin, ...args]
  return options.fileBlocks === undefined
    ? spawn(process.execPath, command)
    : spawn("bash", ["-c", `ulimit -f ${options.fileBlocks}; exec "$0" "$@"`, process.execPath, ...command])
}

/** How a process ended, and what it printed. */
export const ended = (child: ReturnType<typeof start>): Promise<Outcome & { readonly signal: string | null }> =>
  new Promise((resolve) => {
    let out = ""
    let err = ""
    child.stdout.on("data", (chunk) => (out += chunk))
    child.stderr.on("data", (chunk) => (err += chunk))
    child.on("close", (code, signal) => resolve({ code: code ?? -1, signal, out, err }))
  })

/** A folder of the test's own, removed with its scope. */
export const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "tributary-cli-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true })),
)

/** Writes files: path → text. */
export const write = (root: string, files: Readonly<Record<string, string | Uint8Array>>): void => {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
}

/** Every file below a folder with its size and time, as one comparable value. */
export const everything = (root: string): ReadonlyArray<string> =>
  readdirSync(root, { recursive: true, encoding: "utf8" })
    .map((path) => ({ path, stats: statSync(join(root, path)) }))
    .filter(({ stats }) => stats.isFile())
    .map(({ path, stats }) => `${path} ${stats.size} ${stats.mtimeMs}`)
    .toSorted()

/** Appends events to a stream of a lake's journal that is not there yet: what a crash, or another version, would have left. */
export const appendEvents = (lake: string, stream: string, events: JournalStore.Append["events"]) =>
  Effect.flatMap(JournalStore.JournalStore, (journal) =>
    journal.append({ stream, expectedVersion: 0, commandId: stream, events }),
  ).pipe(Effect.provide(SqliteJournalStore.layer({ file: join(lake, "_journal/journal.sqlite") })))

/** A line of Google Analytics 4. */
export const line = (dateHour: string, device: string, users: number | string): string =>
  `${JSON.stringify({ dateHour, deviceCategory: device, activeUsers: users })}\n`

/** A payload of CloudWatch Logs, decoded. */
export const payload = (...messages: ReadonlyArray<string>): string =>
  JSON.stringify({
    messageType: "DATA_MESSAGE",
    owner: "123456789012",
    logGroup: "/shop",
    logStream: "web",
    subscriptionFilters: ["all"],
    logEvents: messages.map((message, i) => ({ id: `${i}-${message.length}`, timestamp: 1767517200000 + i, message })),
  })

/**
 * The SQLite file that journal and seen keys keep: opening, checking and transactions.
 *
 * Calls are synchronous, and no transaction is open between two of them: fibers of one process never meet inside one, other processes wait their turn.
 */
import * as PortError from "@tributary/core/PortError"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { mkdirSync } from "node:fs"
import * as path from "node:path"
import { DatabaseSync, type StatementSync } from "node:sqlite"
import { toReason } from "./nodeError.ts"

export interface Options {
  /** The file; it is made, with its folder, where it is missing. */
  readonly file: string
  /** How long a call waits for other processes before it fails with `Unavailable`; 5 seconds by default. */
  readonly busyTimeoutMs?: number | undefined
}

export interface Database {
  /** Runs statements that only read. */
  readonly read: <A>(run: () => A) => Effect.Effect<A, PortError.Reason>
  /** Runs statements as the only writer: committed and durable where the answer is a success, undone otherwise. */
  readonly transact: <A>(run: () => Result.Result<A, PortError.Reason>) => Effect.Effect<A, PortError.Reason>
  readonly prepare: (sql: string) => StatementSync
}

/** "Trib", in the field of the header that names a file's program (https://www.sqlite.org/fileformat.html, offset 68). */
const applicationId = 0x54726962

const schemaVersion = 1

const schema = `
  CREATE TABLE events (
    position INTEGER PRIMARY KEY,
    stream TEXT NOT NULL,
    version INTEGER NOT NULL,
    type TEXT NOT NULL,
    data TEXT NOT NULL,
    at INTEGER NOT NULL,
    UNIQUE (stream, version)
  ) STRICT;
  CREATE TABLE commands (
    stream TEXT NOT NULL,
    id TEXT NOT NULL,
    first_version INTEGER NOT NULL,
    last_version INTEGER NOT NULL,
    PRIMARY KEY (stream, id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE seen_keys (
    flow TEXT NOT NULL,
    key TEXT NOT NULL,
    input TEXT NOT NULL,
    at INTEGER NOT NULL,
    taken INTEGER NOT NULL,
    PRIMARY KEY (flow, key, input)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX seen_keys_by_time ON seen_keys (flow, at);
  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = ${schemaVersion};
`

/** Opens the file, or makes it; closes it with the scope. */
export const open = Effect.fnUntraced(function* (
  options: Options,
): Effect.fn.Return<Database, PortError.Reason, Scope.Scope> {
  const file = path.resolve(options.file)
  const attempt = <A>(run: () => A): Effect.Effect<A, PortError.Reason> =>
    Effect.try({ try: run, catch: (error) => toReason(error, file) })
  const transact: Database["transact"] = (run) =>
    attempt(() => transaction(db, run)).pipe(Effect.flatMap(Effect.fromResult))
  const busyTimeoutMs = options.busyTimeoutMs ?? 5_000
  yield* attempt(() => mkdirSync(path.dirname(file), { recursive: true }))
  const db = yield* Effect.acquireRelease(
    attempt(() => new DatabaseSync(file)),
    (db) => Effect.sync(() => db.close()),
  )
  yield* attempt(() => db.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`))
  const prepareFile = Effect.gen(function* () {
    const state = yield* attempt(() => stateOf(db))
    if (state !== "new" && state !== "ours") return yield* new PortError.Invalid({ detail: `${file} ${state}` })
    // FULL: in WAL mode NORMAL may lose the last commits with the power (https://www.sqlite.org/pragma.html#pragma_synchronous).
    yield* attempt(() => db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL"))
    if (state === "new") {
      yield* transact(() => {
        // Another process may have been quicker.
        if (stateOf(db) === "new") db.exec(schema)
        return Result.void
      })
    }
  })
  // SQLite does not wait, busy_timeout or not, when several processes turn one new file to WAL.
  yield* Effect.retry(prepareFile, {
    while: PortError.isRetryable,
    schedule: Schedule.spaced("20 millis").pipe(Schedule.upTo({ duration: busyTimeoutMs })),
  })
  return { read: attempt, transact, prepare: (sql) => db.prepare(sql) }
})

/** What a file is to us; a sentence's end where it is not ours. */
const stateOf = (db: DatabaseSync): "new" | "ours" | (string & {}) => {
  const pragma = (name: string): number => Number(db.prepare(`PRAGMA ${name}`).get()?.[name])
  if (pragma("application_id") !== applicationId) {
    const tables = Number(db.prepare("SELECT count(*) AS n FROM sqlite_schema").get()?.["n"])
    return pragma("application_id") === 0 && tables === 0 ? "new" : "is the database of another program"
  }
  const version = pragma("user_version")
  return version > schemaVersion
    ? `was written by a newer version (schema ${version}, this one knows ${schemaVersion})`
    : "ours"
}

const transaction = <A>(
  db: DatabaseSync,
  run: () => Result.Result<A, PortError.Reason>,
): Result.Result<A, PortError.Reason> => {
  db.exec("BEGIN IMMEDIATE")
  try {
    const result = run()
    db.exec(Result.isSuccess(result) ? "COMMIT" : "ROLLBACK")
    return result
  } catch (error) {
    // Some failures, a full disk among them, have rolled back already.
    if (db.isTransaction) db.exec("ROLLBACK")
    throw error
  }
}

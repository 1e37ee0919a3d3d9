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
import { existsSync, mkdirSync, statSync } from "node:fs"
import * as path from "node:path"
import { DatabaseSync, type StatementSync } from "node:sqlite"
import * as journalFile from "./journalFile.ts"
import { toReason } from "./nodeError.ts"
import * as walTail from "./walTail.ts"

export interface Options {
  /** The file; it is made, with its folder, where it is missing. */
  readonly file: string
  /** How long a call waits for other processes before it fails with `Unavailable`; 5 seconds by default. */
  readonly busyTimeoutMs?: number | undefined
}

export interface Database {
  /** Runs statements that only read: all of them see one moment of the file. */
  readonly read: <A>(run: () => Result.Result<A, PortError.Reason>) => Effect.Effect<A, PortError.Reason>
  /** Runs statements as the only writer: committed and durable where the answer is a success, undone otherwise. */
  readonly transact: <A>(run: () => Result.Result<A, PortError.Reason>) => Effect.Effect<A, PortError.Reason>
  readonly prepare: (sql: string) => StatementSync
  /** The refusal of a file whose content contradicts itself; `how` ends its sentence. */
  readonly corrupt: (how: string) => PortError.Invalid
}

/** Opens the file, or makes it; closes it with the scope. */
export const open = Effect.fnUntraced(function* (
  options: Options,
): Effect.fn.Return<Database, PortError.Reason, Scope.Scope> {
  const file = path.resolve(options.file)
  const attempt = <A>(run: () => A): Effect.Effect<A, PortError.Reason> =>
    Effect.try({ try: run, catch: (error) => toReason(error, file) })
  const corrupt = (how: string) => new PortError.Invalid({ detail: `${file} is corrupt: ${how}` })
  const busyTimeoutMs = options.busyTimeoutMs ?? 5_000

  yield* attempt(() => mkdirSync(path.dirname(file), { recursive: true }))
  yield* attempt(() => existsSync(file) || journalFile.create(file))
  // To SQLite an empty file is a new database. We never leave one, so what was in this one is lost.
  if (yield* attempt(() => statSync(file).size === 0)) return yield* corrupt("it is empty, and was not made so")
  // SQLite drops the end of a damaged WAL without a word.
  const damage = yield* attempt(() => walTail.damage(`${file}-wal`))
  if (damage !== undefined) return yield* corrupt(damage)

  const db = yield* Effect.acquireRelease(
    attempt(() => new DatabaseSync(file)),
    (db) => Effect.sync(() => db.close()),
  )
  yield* attempt(() => db.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`))
  const prepareFile = Effect.gen(function* () {
    const foreign = yield* attempt(() => journalFile.problem(db))
    if (foreign !== undefined) return yield* new PortError.Invalid({ detail: `${file} ${foreign}` })
    if (!(yield* attempt(() => journalFile.isWal(file)))) return yield* corrupt("its header was changed")
    // FULL: in WAL mode NORMAL may lose the last commits with the power (https://www.sqlite.org/pragma.html#pragma_synchronous).
    yield* attempt(() => db.exec("PRAGMA synchronous = FULL"))
  })
  // SQLite does not always wait while another process opens or closes the file.
  yield* Effect.retry(prepareFile, {
    while: PortError.isRetryable,
    schedule: Schedule.spaced("20 millis").pipe(Schedule.upTo({ duration: busyTimeoutMs })),
  })

  const transaction =
    (begin: string) =>
    <A>(run: () => Result.Result<A, PortError.Reason>): Effect.Effect<A, PortError.Reason> =>
      Effect.flatMap(
        attempt(() => within(db, begin, run)),
        Effect.fromResult,
      )
  return {
    read: transaction("BEGIN"),
    transact: transaction("BEGIN IMMEDIATE"),
    prepare: (sql) => db.prepare(sql),
    corrupt,
  }
})

const within = <A>(
  db: DatabaseSync,
  begin: string,
  run: () => Result.Result<A, PortError.Reason>,
): Result.Result<A, PortError.Reason> => {
  db.exec(begin)
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

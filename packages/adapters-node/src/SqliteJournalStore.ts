/**
 * The journal in a SQLite file, for any number of processes on one machine.
 *
 * WAL, fsynced at each commit; an append is one `BEGIN IMMEDIATE` transaction, so writers are serial and a position, the row's number, never appears
 * behind one that a reader has passed. The same file may hold the seen keys ({@link SqliteSeenKeys}). Not for network file systems: SQLite's locks do not
 * hold there.
 *
 * Node 24.21 loads `node:sqlite` without a word; older releases print an ExperimentalWarning, which `--disable-warning=ExperimentalWarning` stops.
 *
 * @since 0.1.0
 */
import * as JournalStore from "@tributary/core/JournalStore"
import * as PortError from "@tributary/core/PortError"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as sqlite from "./internal/sqlite.ts"

/**
 * `file` is made, with its folder, where it is missing; `busyTimeoutMs` (default 5,000) is how long a call waits for other processes. SQLite's calls are
 * synchronous: while one waits, so does this process.
 *
 * @category models
 * @since 0.1.0
 */
export type Options = sqlite.Options

/** Events of one page of a reading: at most 16 MiB of data at the largest size of an event. */
const pageEvents = 256

const columns = "position, stream, version, type, data, at"

interface Row {
  readonly position: number
  readonly stream: string
  readonly version: number
  readonly type: string
  readonly data: string
  readonly at: number
}

/**
 * Opens the journal, and closes it with the scope. Fails with `Invalid` where the file is no SQLite database, is corrupt, belongs to another program or to a newer version of this one.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (
  options: Options,
): Effect.fn.Return<JournalStore.JournalStore["Service"], PortError.Reason, Scope.Scope> {
  const db = yield* sqlite.open(options)
  const head = db.prepare("SELECT version, at FROM events WHERE stream = ? ORDER BY version DESC LIMIT 1")
  const command = db.prepare("SELECT first_version, last_version FROM commands WHERE stream = ? AND id = ?")
  const written = db.prepare(
    "SELECT type, data FROM events WHERE stream = ? AND version BETWEEN ? AND ? ORDER BY version",
  )
  const insertEvent = db.prepare("INSERT INTO events (stream, version, type, data, at) VALUES (?, ?, ?, ?, ?)")
  const insertCommand = db.prepare("INSERT INTO commands (stream, id, first_version, last_version) VALUES (?, ?, ?, ?)")
  const page = db.prepare(
    `SELECT ${columns} FROM events WHERE stream = ? AND version > ? ORDER BY version LIMIT ${pageEvents}`,
  )
  const pageOfAll = db.prepare(
    `SELECT ${columns} FROM events WHERE position > ? AND position <= ? ORDER BY position LIMIT ${pageEvents}`,
  )
  const end = db.prepare("SELECT max(position) AS position FROM events")

  const write = (
    { stream, expectedVersion, commandId, events }: JournalStore.Append,
    now: number,
  ): Result.Result<{ readonly version: number }, PortError.Reason> => {
    const last = head.get(stream) as unknown as { readonly version: number; readonly at: number } | undefined
    const version = last?.version ?? 0
    const conflict = (detail: string) => Result.fail(new PortError.Conflict({ detail, actualVersion: version }))
    const done = command.get(stream, commandId)
    if (done !== undefined) {
      const before = written.all(stream, done["first_version"]!, done["last_version"]!)
      const same =
        before.length === events.length &&
        events.every(({ type, data }, i) => type === before[i]!["type"] && data === before[i]!["data"])
      return same
        ? Result.succeed({ version: Number(done["last_version"]) })
        : conflict(`command ${commandId} has appended other events to ${stream}`)
    }
    if (version !== expectedVersion) return conflict(`${stream} has version ${version}, not ${expectedVersion}`)
    const at = Math.max(now, last?.at ?? now)
    events.forEach(({ type, data }, i) => insertEvent.run(stream, version + i + 1, type, data, at))
    insertCommand.run(stream, commandId, version + 1, version + events.length)
    return Result.succeed({ version: version + events.length })
  }

  return {
    append: Effect.fn("SqliteJournalStore.append")(
      function* (append) {
        const large = append.events.find(({ data }) => Buffer.byteLength(data) > JournalStore.maxEventBytes)
        if (large !== undefined) {
          const detail = `${large.type} in ${append.stream} has ${Buffer.byteLength(large.data)} bytes of data, ${JournalStore.maxEventBytes} are allowed`
          return yield* new PortError.Invalid({ detail })
        }
        const now = yield* Clock.currentTimeMillis
        return yield* db.transact(() => write(append, now))
      },
      Effect.mapError(failed("append")),
    ),
    read: (stream, afterVersion = 0) =>
      paged(
        afterVersion,
        (after) => db.read(() => page.all(stream, after)),
        (row) => row.version,
      ).pipe(Stream.mapError(failed("read"))),
    readAll: (afterPosition = "0") =>
      positionOf(afterPosition).pipe(
        Effect.flatMap((start) =>
          Effect.map(
            db.read(() => Number(end.get()?.["position"] ?? 0)),
            (stop) =>
              paged(
                start,
                (after) => db.read(() => pageOfAll.all(after, stop)),
                (row) => row.position,
              ),
          ),
        ),
        Stream.unwrap,
        Stream.mapError(failed("readAll")),
      ),
  }
})

/**
 * A journal in a file, which is closed with the layer.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options): Layer.Layer<JournalStore.JournalStore, JournalStore.JournalStoreError> =>
  Layer.effect(JournalStore.JournalStore, make(options).pipe(Effect.mapError(failed("open"))))

const failed =
  (call: string) =>
  (reason: PortError.Reason): JournalStore.JournalStoreError =>
    new JournalStore.JournalStoreError({ operation: `SqliteJournalStore.${call}`, reason })

const positionOf = (text: string): Effect.Effect<number, PortError.Reason> =>
  /^\d{1,15}$/.test(text)
    ? Effect.succeed(Number(text))
    : Effect.fail(new PortError.Invalid({ detail: `"${text}" is no position of this journal` }))

const paged = (
  start: number,
  read: (after: number) => Effect.Effect<ReadonlyArray<unknown>, PortError.Reason>,
  key: (row: Row) => number,
): Stream.Stream<JournalStore.StoredEvent, PortError.Reason> =>
  Stream.paginate(start, (after: number) =>
    Effect.map(read(after), (found) => {
      const rows = found as ReadonlyArray<Row>
      const next = rows.length < pageEvents ? Option.none<number>() : Option.some(key(rows.at(-1)!))
      return [rows.map(({ position, ...event }) => ({ ...event, position: String(position) })), next] as const
    }),
  )

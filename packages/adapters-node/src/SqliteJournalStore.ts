/**
 * The journal in a SQLite file, for any number of processes on one machine.
 *
 * WAL, fsynced at each commit; an append is one `BEGIN IMMEDIATE` transaction, so writers are serial and a position, the row's number, never appears
 * behind one that a reader has passed. The same file may hold the seen keys ({@link SqliteSeenKeys}). Not for network file systems: SQLite's locks do not
 * hold there.
 *
 * SQLite has no checksums, so the journal has its own: a digest for each event, no gaps between positions or versions, both ends written down twice. A
 * file that was cut, or in which bits have flipped, is refused with `Invalid` as soon as that would change an answer.
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
import * as journalRows from "./internal/journalRows.ts"
import type { CommandRow, EventRow, Reading } from "./internal/journalRows.ts"
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

const columns = "position, stream, version, type, data, at, digest"

/**
 * Opens the journal, and closes it with the scope. Fails with `Invalid` where the file is no SQLite database, is corrupt, belongs to another program or
 * to another version of this one; so does every call that meets an event that was changed or is gone.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (
  options: Options,
): Effect.fn.Return<JournalStore.JournalStore["Service"], PortError.Reason, Scope.Scope> {
  const db = yield* sqlite.open(options)
  const ends = db.prepare("SELECT position, (SELECT max(position) FROM events) AS last FROM journal")
  const streamEnd = db.prepare("SELECT version FROM streams WHERE stream = ?")
  const lastOfStream = db.prepare(`SELECT ${columns} FROM events WHERE stream = ? ORDER BY version DESC LIMIT 1`)
  const command = db.prepare("SELECT first_version, last_version, digest FROM commands WHERE stream = ? AND id = ?")
  const between = db.prepare(
    `SELECT ${columns} FROM events WHERE stream = ? AND version BETWEEN ? AND ? ORDER BY version`,
  )
  const page = db.prepare(
    `SELECT ${columns} FROM events WHERE stream = ? AND version > ? ORDER BY version LIMIT ${pageEvents}`,
  )
  const pageOfAll = db.prepare(
    `SELECT ${columns} FROM events WHERE position > ? AND position <= ? ORDER BY position LIMIT ${pageEvents}`,
  )
  const insertEvent = db.prepare(`INSERT INTO events (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?)`)
  const insertCommand = db.prepare(
    "INSERT INTO commands (stream, id, first_version, last_version, digest) VALUES (?, ?, ?, ?, ?)",
  )
  const moveStreamEnd = db.prepare(
    "INSERT INTO streams (stream, version) VALUES (?, ?) ON CONFLICT DO UPDATE SET version = excluded.version",
  )
  const moveEnd = db.prepare("UPDATE journal SET position = ?")

  const checked = (reading: Reading): Result.Result<Reading["rows"], PortError.Reason> => {
    const problem = journalRows.problem(reading)
    return problem === undefined ? Result.succeed(reading.rows) : Result.fail(db.corrupt(problem))
  }

  /** The last position, from two places that must agree. */
  const endOfAll = (): Result.Result<number, PortError.Reason> => {
    const row = ends.get()
    const position = Number(row?.["position"] ?? -1)
    return position === Number(row?.["last"] ?? 0)
      ? Result.succeed(position)
      : Result.fail(db.corrupt("its last events are missing, or are some too many"))
  }

  const versionOf = (stream: string): number => Number(streamEnd.get(stream)?.["version"] ?? 0)

  const eventsOf = (stream: string, { first_version, last_version }: CommandRow) =>
    checked({
      rows: rowsOf(between.all(stream, first_version, last_version)),
      key: "version",
      after: first_version - 1,
      last: last_version,
      cut: false,
    })

  const write = ({ commandId, events, expectedVersion, stream }: JournalStore.Append, now: number) =>
    Result.gen(function* () {
      const last = lastOfStream.get(stream) as EventRow | undefined
      const version = last?.version ?? 0
      const rows = last === undefined ? [] : [last]
      yield* checked({ rows, key: "version", after: version - rows.length, last: versionOf(stream), cut: false })
      const conflict = (detail: string) => Result.fail(new PortError.Conflict({ detail, actualVersion: version }))

      const done = command.get(stream, commandId) as CommandRow | undefined
      if (done !== undefined) {
        if (done.digest !== journalRows.commandDigest(stream, commandId, done.first_version, done.last_version))
          return yield* Result.fail(db.corrupt(`the command ${commandId} was changed`))
        const before = yield* eventsOf(stream, done)
        const isSame = ({ data, type }: JournalStore.NewEvent, i: number) =>
          type === before[i]!.type && data === before[i]!.data
        if (before.length === events.length && events.every(isSame)) return { version: done.last_version }
        return yield* conflict(`command ${commandId} has appended other events to ${stream}`)
      }
      if (version !== expectedVersion)
        return yield* conflict(`${stream} has version ${version}, not ${expectedVersion}`)

      const end = yield* endOfAll()
      const at = Math.max(now, last?.at ?? now)
      for (const [i, { data, type }] of events.entries()) {
        const event = { position: end + i + 1, stream, version: version + i + 1, type, data, at }
        insertEvent.run(event.position, stream, event.version, type, data, at, journalRows.eventDigest(event))
      }
      const [first, next] = [version + 1, version + events.length]
      insertCommand.run(stream, commandId, first, next, journalRows.commandDigest(stream, commandId, first, next))
      moveStreamEnd.run(stream, next)
      moveEnd.run(end + events.length)
      return { version: next }
    })

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
      paged(afterVersion, "version", (after) =>
        db.read(() => {
          const rows = rowsOf(page.all(stream, after))
          return checked({ rows, key: "version", after, last: versionOf(stream), cut: rows.length === pageEvents })
        }),
      ).pipe(Stream.mapError(failed("read"))),
    readAll: (afterPosition = "0") =>
      Effect.gen(function* () {
        const stop = yield* db.read(endOfAll)
        const start = yield* positionOf(afterPosition, stop)
        return paged(start, "position", (after) =>
          db.read(() => {
            const rows = rowsOf(pageOfAll.all(after, stop))
            return checked({ rows, key: "position", after, last: stop, cut: rows.length === pageEvents })
          }),
        )
      }).pipe(Stream.unwrap, Stream.mapError(failed("readAll"))),
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

const positionOf = (text: string, end: number): Effect.Effect<number, PortError.Reason> =>
  /^\d{1,15}$/.test(text) && Number(text) <= end
    ? Effect.succeed(Number(text))
    : Effect.fail(new PortError.Invalid({ detail: `"${text}" is no position of this journal` }))

// The columns' types are those of the schema, which is STRICT.
const rowsOf = (rows: ReadonlyArray<unknown>): ReadonlyArray<EventRow> => rows as ReadonlyArray<EventRow>

const paged = (
  start: number,
  key: "position" | "version",
  read: (after: number) => Effect.Effect<ReadonlyArray<EventRow>, PortError.Reason>,
): Stream.Stream<JournalStore.StoredEvent, PortError.Reason> =>
  Stream.paginate(start, (after: number) =>
    Effect.map(read(after), (rows) => {
      const next = rows.length < pageEvents ? Option.none<number>() : Option.some(rows.at(-1)![key])
      return [rows.map(({ digest: _digest, position, ...event }) => ({ ...event, position: String(position) })), next]
    }),
  )

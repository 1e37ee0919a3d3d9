/**
 * Seen record keys in a SQLite file, for any number of processes on one machine; the file may be the journal's ({@link SqliteJournalStore}).
 *
 * Each claim of an input is remembered with its answer, so that a retry is told what the first try was told, however late. Claims are forgotten two
 * windows after they were made, but not within a day.
 *
 * A key that a damaged file no longer shows would be carried twice. So the first claim of each opening reads all keys and compares the table with its
 * index, which holds everything once more: 0.05 s for 100,000 keys, 1.1 s for a million. What they disagree about is refused with `Invalid`.
 *
 * @since 0.1.0
 */
import * as SeenKeys from "@tributary/core/SeenKeys"
import type * as PortError from "@tributary/core/PortError"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as sqlite from "./internal/sqlite.ts"

/**
 * `file` is made, with its folder, where it is missing; `busyTimeoutMs` (default 5,000) is how long a call waits for other processes. SQLite's calls are
 * synchronous: while one waits, so does this process.
 *
 * @category models
 * @since 0.1.0
 */
export type Options = sqlite.Options

/** A caller with a short window must not make another forget what its longer one covers. */
const keptAtLeastMs = 24 * 60 * 60 * 1000

/**
 * Opens the file, and closes it with the scope. Fails with `Invalid` where the file is no SQLite database, is corrupt, belongs to another program or to another
 * version of this one.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (
  options: Options,
): Effect.fn.Return<SeenKeys.SeenKeys["Service"], PortError.Reason, Scope.Scope> {
  const db = yield* sqlite.open(options)
  const own = db.prepare("SELECT taken FROM seen_keys WHERE flow = ? AND key = ? AND input = ?")
  // `+at` keeps the planner from the index by time, with which each key would cost a walk through all of them.
  const taken = db.prepare("SELECT 1 FROM seen_keys WHERE flow = ? AND key = ? AND taken = 1 AND +at >= ? LIMIT 1")
  const insert = db.prepare("INSERT INTO seen_keys (flow, key, input, at, taken) VALUES (?, ?, ?, ?, ?)")
  const forget = db.prepare("DELETE FROM seen_keys WHERE flow = ? AND at < ?")
  const check = db.prepare("PRAGMA integrity_check(seen_keys)")
  let intact = false

  const mustBeIntact = (): Result.Result<void, PortError.Reason> => {
    const found = intact ? "ok" : String(check.get()?.["integrity_check"])
    intact = found === "ok"
    return intact ? Result.void : Result.fail(db.corrupt(found))
  }

  /** Whether the key belongs to this input, from now on if not before. */
  const claimKey = (flow: string, inputId: string, key: string, now: number, windowMs: number): boolean => {
    const before = own.get(flow, key, inputId)
    if (before !== undefined) return before["taken"] === 1
    const free = taken.get(flow, key, now - windowMs) === undefined
    insert.run(flow, key, inputId, now, free ? 1 : 0)
    return free
  }

  return {
    claim: Effect.fn("SqliteSeenKeys.claim")(
      function* ({ flow, inputId, keys, windowMs }) {
        const now = yield* Clock.currentTimeMillis
        return yield* db.transact(() =>
          Result.map(mustBeIntact(), () => {
            forget.run(flow, now - Math.max(2 * windowMs, keptAtLeastMs))
            const met = new Set<string>()
            return keys.flatMap((key, i) => {
              if (met.has(key)) return [i]
              met.add(key)
              return claimKey(flow, inputId, key, now, windowMs) ? [] : [i]
            })
          }),
        )
      },
      Effect.mapError(failed("claim")),
    ),
  }
})

/**
 * Seen keys in a file, which is closed with the layer.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options): Layer.Layer<SeenKeys.SeenKeys, SeenKeys.SeenKeysError> =>
  Layer.effect(SeenKeys.SeenKeys, make(options).pipe(Effect.mapError(failed("open"))))

const failed =
  (call: string) =>
  (reason: PortError.Reason): SeenKeys.SeenKeysError =>
    new SeenKeys.SeenKeysError({ operation: `SqliteSeenKeys.${call}`, reason })

/**
 * A lock among processes that the system lets go when its holder dies, however it dies: SQLite's, on an empty file. Node itself has none.
 */
import { DatabaseSync } from "node:sqlite"

/** Runs `run` as the only one; throws SQLITE_BUSY where others hold the lock for longer than `timeoutMs`. */
export const withLockSync = <A>(file: string, timeoutMs: number, run: () => A): A => {
  const db = new DatabaseSync(file)
  try {
    db.exec(`PRAGMA busy_timeout = ${timeoutMs}; BEGIN IMMEDIATE`)
    return run()
  } finally {
    // Ends the transaction as well, in which nothing was written.
    db.close()
  }
}

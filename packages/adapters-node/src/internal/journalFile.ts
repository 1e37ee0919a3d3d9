/**
 * What stands in the SQLite file of journal and seen keys, and how a new one comes to be.
 */
import { randomUUID } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { DatabaseSync } from "node:sqlite"
import { syncFile, syncFolder } from "./atomicFile.ts"

/** "Trib", in the field of the header that names a file's program (https://www.sqlite.org/fileformat.html, offset 68). */
const applicationId = 0x54726962

/** Schema 1 had no digests. */
const schemaVersion = 2

/**
 * SQLite has no checksums of its own: a bit that flips in a row, or in the tree that leads to it, changes the answer and nothing is said. So every event
 * has a digest, positions and versions have no gaps, and the end of the journal and of each stream is written down once more, in another tree: what was
 * changed, moved or lost contradicts something.
 */
const schema = [
  `CREATE TABLE events (
    position INTEGER PRIMARY KEY,
    stream TEXT NOT NULL,
    version INTEGER NOT NULL,
    type TEXT NOT NULL,
    data TEXT NOT NULL,
    at INTEGER NOT NULL,
    digest TEXT NOT NULL,
    UNIQUE (stream, version)
  ) STRICT`,
  `CREATE TABLE journal (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    position INTEGER NOT NULL
  ) STRICT`,
  `CREATE TABLE streams (
    stream TEXT PRIMARY KEY,
    version INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE commands (
    stream TEXT NOT NULL,
    id TEXT NOT NULL,
    first_version INTEGER NOT NULL,
    last_version INTEGER NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (stream, id)
  ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE seen_keys (
    flow TEXT NOT NULL,
    key TEXT NOT NULL,
    input TEXT NOT NULL,
    at INTEGER NOT NULL,
    taken INTEGER NOT NULL,
    PRIMARY KEY (flow, key, input)
  ) STRICT, WITHOUT ROWID`,
  // With its last column the index holds all of the table once more.
  `CREATE INDEX seen_keys_by_time ON seen_keys (flow, at, taken)`,
]

const fill = `
  INSERT INTO journal (one, position) VALUES (1, 0);
  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = ${schemaVersion};
`

/**
 * Makes the file in one step, complete: under another name first, then by link(2), which leaves a file alone that another process made meanwhile.
 */
export const create = (file: string): void => {
  const temporary = `${file}.${randomUUID()}.new`
  try {
    const db = new DatabaseSync(temporary)
    db.exec(`PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY; BEGIN; ${schema.join(";\n")};\n${fill} COMMIT`)
    db.exec("PRAGMA journal_mode = WAL")
    db.close()
    syncFile(temporary)
    try {
      fs.linkSync(temporary, file)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error
    }
    syncFolder(path.dirname(file))
  } finally {
    fs.rmSync(temporary, { force: true })
  }
}

/** Why an open database is not one that this program reads, as the end of a sentence; nothing where it is. */
export const problem = (db: DatabaseSync): string | undefined => {
  const pragma = (name: string): number => Number(db.prepare(`PRAGMA ${name}`).get()?.[name])
  if (pragma("application_id") !== applicationId) return "is the database of another program"
  const version = pragma("user_version")
  if (version !== schemaVersion) {
    const age = version > schemaVersion ? "a newer" : "an older, unreleased"
    return `was written by ${age} version (schema ${version}, this one knows ${schemaVersion})`
  }
  const found = db.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid").all()
  const ours = found.length === schema.length && found.every(({ sql }, i) => sql === schema[i])
  return ours ? undefined : "is corrupt: its tables are not those that it was made with"
}

/** The header's versions of its format: 2 for a WAL (https://www.sqlite.org/fileformat.html, offset 18). With others SQLite would not write, or not so. */
export const isWal = (file: string): boolean => {
  const handle = fs.openSync(file, "r")
  try {
    const versions = Buffer.alloc(2)
    fs.readSync(handle, versions, 0, 2, 18)
    return versions.every((version) => version === 2)
  } finally {
    fs.closeSync(handle)
  }
}

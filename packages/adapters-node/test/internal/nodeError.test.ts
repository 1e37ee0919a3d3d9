import { assert, it } from "@effect/vitest"
import * as fs from "node:fs"
import { DatabaseSync } from "node:sqlite"
import { duckDbReason, toReason } from "../../src/internal/nodeError.ts"

const thrown = (run: () => unknown): unknown => {
  try {
    run()
  } catch (error) {
    return error
  }
  return assert.fail("nothing was thrown")
}
const reason = (run: () => unknown) => toReason(thrown(run), "it")

it("what the system really says becomes a reason", () => {
  const full = fs.openSync("/dev/full", "w")
  assert.strictEqual(reason(() => fs.writeSync(full, "x"))._tag, "Full")
  fs.closeSync(full)
  assert.deepInclude(
    reason(() => fs.openSync("/nowhere/at/all", "r")),
    { _tag: "NotFound", detail: "it is not there" },
  )
  assert.strictEqual(reason(() => fs.openSync("/dev/null/x", "r"))._tag, "NotFound")
  assert.strictEqual(reason(() => fs.mkdirSync("/dev"))._tag, "Conflict")
  assert.strictEqual(reason(() => fs.writeFileSync("/tmp", "x"))._tag, "Invalid")
  assert.strictEqual(reason(() => fs.readFileSync(`/tmp/${"x".repeat(300)}`))._tag, "Invalid")
})

it.each([
  ["EACCES", "Denied"],
  ["EPERM", "Denied"],
  ["EROFS", "Denied"],
  ["ENOSPC", "Full"],
  ["EDQUOT", "Full"],
  ["EFBIG", "Full"],
  ["EXDEV", "Invalid"],
  ["EIO", "Unavailable"],
  ["EMFILE", "Unavailable"],
  ["ESTALE", "Unavailable"],
])("%s is %s", (code, tag) => {
  assert.strictEqual(toReason(Object.assign(new Error("failed"), { code }), "it")._tag, tag)
})

it("a SQLite file that may not grow is Full, wrong SQL is Invalid", () => {
  const db = new DatabaseSync(":memory:")
  db.exec("CREATE TABLE t (a); PRAGMA max_page_count = 5")
  const insert = db.prepare("INSERT INTO t VALUES (?)")
  assert.deepInclude(
    reason(() => insert.run("x".repeat(100_000))),
    { _tag: "Full", detail: "it: database or disk is full" },
  )
  assert.strictEqual(reason(() => db.exec("SELEC"))._tag, "Invalid")
  db.exec("PRAGMA query_only = 1")
  assert.strictEqual(reason(() => insert.run("x"))._tag, "Denied")
})

it.each([
  [261, "Unavailable"], // SQLITE_BUSY_RECOVERY
  [517, "Unavailable"], // SQLITE_BUSY_SNAPSHOT
  [778, "Unavailable"], // SQLITE_IOERR_WRITE
  [14, "Invalid"], // SQLITE_CANTOPEN: a folder, or no right to the file
  [13, "Full"],
  [11, "Invalid"],
  [267, "Invalid"], // SQLITE_CORRUPT_VTAB
  [26, "Invalid"],
  [3, "Denied"],
])("SQLite's %i is %s", (errcode, tag) => {
  assert.strictEqual(
    toReason(Object.assign(new Error("failed"), { code: "ERR_SQLITE_ERROR", errcode }), "it")._tag,
    tag,
  )
})

it.each([
  ['Parser Error: syntax error at or near "selec"\n\nLINE 1: selec', "Invalid"],
  ["Permission Error: Cannot access file", "Invalid"],
  ["IO Error: Could not read from file", "Unavailable"],
  ["IO Error: Could not write: No space left on device", "Full"],
  ["Out of Memory Error: failed to pin block", "Unavailable"],
])("DuckDB's %j is %s", (message, tag) => {
  const { _tag, detail } = duckDbReason(new Error(message))
  assert.deepStrictEqual([_tag, detail], [tag, message.split("\n")[0]])
})

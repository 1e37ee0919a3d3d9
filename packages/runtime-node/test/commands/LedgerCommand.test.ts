import { assert, it } from "@effect/vitest"
import type { NewEvent } from "@tributary/core/JournalStore"
import { Effect } from "effect"
import { join } from "node:path"
import { type Event, type Ledger, appendEvents, folder, json, line, payload, run, write } from "../support/cli.ts"

it.live("accounts for every record, per flow and in total, and says whether it adds up", () =>
  Effect.gen(function* () {
    const root = yield* folder
    const lake = ["--lake", join(root, "lake")]
    write(root, {
      ga: `${line("2026010100", "mobile", 1)}broken\n`.repeat(600),
      logs: payload("{}", "END RequestId: 1"),
    })
    yield* json(["ingest", "ga", join(root, "ga"), ...lake])
    yield* json(["ingest", "logs", join(root, "logs"), ...lake])
    const { out } = yield* run(["ledger", ...lake, "--format", "json"])
    assert.strictEqual(
      out,
      '{"flows":{"ga":{"records":1200,"written":600,"superseded":0,"duplicate":0,"filtered":0,"quarantined":600,"pending":0},' +
        '"logs":{"records":2,"written":1,"superseded":0,"duplicate":0,"filtered":1,"quarantined":0,"pending":0}},"balanced":true}\n',
    )
    const text = (yield* run(["ledger", ...lake])).out
    assert.match(
      text,
      /\nga +1,200 +600 +0 +0 +0 +600 +0\nlogs +2 +1 +0 +0 +1 +0 +0\n─[─ ]+\ntotal +1,202 +601 +0 +0 +1 +600 +0\n/,
    )
    assert.include(text, "\nIt adds up: 1,202 records = 601 written + 1 filtered + 600 quarantined.\n")
  }),
)

it.live("says so where records are missing, and with --strict ends with 1", () =>
  Effect.gen(function* () {
    const root = yield* folder
    const path = join(root, "lake")
    const lake = ["--lake", path]
    write(root, { logs: payload("{}") })
    yield* json(["ingest", "logs", join(root, "logs"), ...lake])
    // An input that lost a record: as the first one, but for its count.
    const { events } = yield* json<{ events: ReadonlyArray<Event> }>(["journal", ...lake])
    const copy = events.map(({ data, type }) => {
      const lost = type === "Settled" ? { counts: { ...(data["counts"] as object), records: 2 } } : {}
      return { type: `${type}@1`, data: JSON.stringify({ ...data, ...lost }) }
    })
    yield* appendEvents(path, `input/${"0".repeat(32)}`, copy as [NewEvent, ...Array<NewEvent>])
    const { code, out } = yield* run(["ledger", ...lake])
    assert.strictEqual(code, 0)
    assert.include(out, "IT DOES NOT ADD UP: 3 records, but 2 written.")
    assert.isFalse((yield* json<Ledger>(["ledger", ...lake])).balanced)
    const strict = yield* run(["ledger", ...lake, "--strict"])
    assert.deepStrictEqual([strict.code, strict.err], [1, "tributary: the ledger does not add up\n"])
  }),
)

it.live("of an unknown event is refused: a newer version wrote it", () =>
  Effect.gen(function* () {
    const root = yield* folder
    const lake = ["--lake", join(root, "lake")]
    write(root, { ga: line("2026010100", "mobile", 1) })
    yield* json(["ingest", "ga", join(root, "ga"), ...lake])
    yield* appendEvents(join(root, "lake"), `input/${"0".repeat(32)}`, [{ type: "Settled@9", data: "{}" }])
    for (const command of [["ledger"], ["query", "SELECT 1"], ["verify"], ["ingest", "ga", join(root, "ga")]]) {
      const { code, err } = yield* run([...command, ...lake])
      assert.strictEqual(code, 2, command[0])
      assert.match(err, /this version cannot read Settled@9 .*: use the version that wrote it, or a newer one\n$/)
    }
  }),
)

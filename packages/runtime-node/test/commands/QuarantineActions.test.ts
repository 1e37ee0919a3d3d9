import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { join } from "node:path"
import {
  type Answer,
  type Event,
  type Item,
  type Ledger,
  folder,
  json,
  line,
  payload,
  run,
  write,
} from "../support/cli.ts"

const nothing = { written: 0, superseded: 0, duplicate: 0, filtered: 0, quarantined: 0, pending: 0 }

/** Reads the device from `gadget` too. */
const mended = `
  import { defineConfig } from "@tributary/core/Config"
  import { gaFlow } from "@tributary/core/GaFlow"
  import { logsFlow } from "@tributary/core/LogsFlow"
  const fields = gaFlow.fields.map((field) =>
    field.names.includes("deviceCategory") ? { ...field, names: [...field.names, "gadget"] } : field,
  )
  export default defineConfig({ flows: { ga: { ...gaFlow, fields }, logs: logsFlow } })
`

/** Three lines, two of which the seed's mapping does not take, and a log event that is no JSON. */
const filled = Effect.gen(function* () {
  const root = yield* folder
  const lake = ["--lake", join(root, "lake")]
  write(root, {
    "mended.ts": mended,
    ga: `${line("2026010100", "mobile", 1)}{"dateHour":"2026010100","gadget":"watch","activeUsers":2}\nbroken\n`,
    logs: payload('{"session_id":1}', "no json"),
  })
  yield* json(["ingest", "ga", join(root, "ga"), "--extracted-at", "2026-01-05", ...lake])
  yield* json(["ingest", "logs", join(root, "logs"), ...lake])
  return { lake, mend: ["--config", join(root, "mended.ts")], ids: (yield* items(lake)).map(({ id }) => id) }
})

const items = (lake: ReadonlyArray<string>) =>
  Effect.map(json<{ items: ReadonlyArray<Item> }>(["quarantine", "list", ...lake]), (found) => found.items)

const devices = "SELECT device FROM appflow_data.ga_sample ORDER BY device"

describe("quarantine retry", () => {
  it.live("writes what the mended mapping reads, to the extract that it came with", () =>
    Effect.gen(function* () {
      const { ids, lake, mend } = yield* filled
      const { out } = yield* run(["quarantine", "retry", ids[0]!, ...mend, ...lake, "--format", "json"])
      assert.strictEqual(
        out,
        '{"retried":1,"records":1,"written":1,"superseded":0,"duplicate":0,"filtered":0,"quarantined":0,"pending":0}\n',
      )
      assert.deepStrictEqual((yield* json<Answer>(["query", devices, ...lake])).rows, [["mobile"], ["watch"]])
      assert.deepStrictEqual(
        (yield* json<Answer>(["query", devices, "--extract", "at-20260105T000000Z", ...lake])).rows,
        [["mobile"], ["watch"]],
      )
      assert.deepStrictEqual(
        (yield* items(lake)).map(({ id }) => id),
        ids.slice(1),
      )
      const { balanced, flows } = yield* json<Ledger>(["ledger", ...lake])
      assert.isTrue(balanced)
      assert.deepStrictEqual(flows.ga, { ...nothing, records: 3, written: 2, quarantined: 1 })
      assert.deepInclude(yield* json(["verify", ...lake]), { problems: [] })
    }),
  )

  it.live("says to people what became of them; what is rejected again has a new id", () =>
    Effect.gen(function* () {
      const { ids, lake, mend } = yield* filled
      const { code, err, out } = yield* run(["quarantine", "retry", "--flow", "ga", ...mend, ...lake])
      assert.deepStrictEqual([code, err], [0, ""])
      assert.match(out, /^2 quarantined records tried again, in \d+ m?s\n\n/)
      assert.match(out, /\nthis call +2 +1 +0 +0 +0 +1 +0\n/)
      assert.include(out, "\nIt adds up: 2 records = 1 written + 1 quarantined.\n")
      assert.include(out, `\nWhat was quarantined again, and why: tributary quarantine list --lake ${lake[1]}\n`)
      const left = yield* items(lake)
      assert.deepStrictEqual(left.map(({ flow, position, reason }) => [flow, position, reason].join(": ")).toSorted(), [
        "ga: line 3: NotJson",
        "logs: document 1, event 2: NotJson",
      ])
      assert.notInclude(
        left.map(({ id }) => id),
        ids[1],
      )
    }),
  )

  it.live("of all, without anything mended, finds the same reasons again, call by call", () =>
    Effect.gen(function* () {
      const { ids, lake } = yield* filled
      const reasons = (found: ReadonlyArray<Item>) =>
        found.map(({ detail, reason }) => `${reason} ${detail}`).toSorted()
      const before = yield* items(lake)
      for (let call = 0; call < 2; call++) {
        assert.deepStrictEqual(yield* json(["quarantine", "retry", "--all", ...lake]), {
          ...nothing,
          retried: 3,
          records: 3,
          quarantined: 3,
        })
        const after = yield* items(lake)
        assert.deepStrictEqual(reasons(after), reasons(before))
        assert.isFalse(after.some(({ id }) => ids.includes(id)))
      }
      const { balanced, flows } = yield* json<Ledger>(["ledger", ...lake])
      assert.isTrue(balanced)
      assert.deepStrictEqual(flows.ga, { ...nothing, records: 3, written: 1, quarantined: 2 })
    }),
  )
})

describe("quarantine drop", () => {
  it.live("takes records off the list and keeps the reason; they stay in the ledger and can be shown", () =>
    Effect.gen(function* () {
      const { ids, lake } = yield* filled
      const reason = ["--reason", " a test of ours\n"]
      const { out } = yield* run(["quarantine", "drop", ids[0]!, ids[2]!, ...reason, ...lake, "--format", "json"])
      assert.strictEqual(out, '{"dropped":2}\n')
      assert.deepStrictEqual(
        (yield* items(lake)).map(({ id }) => id),
        [ids[1]],
      )
      const { events } = yield* json<{ events: ReadonlyArray<Event> }>(["journal", ...lake])
      const dropped = events.filter(({ type }) => type === "Dropped").map(({ data }) => data["why"])
      assert.deepStrictEqual(dropped, ["a test of ours", "a test of ours"])
      const { flows } = yield* json<Ledger>(["ledger", ...lake])
      assert.deepStrictEqual([flows.ga["quarantined"], flows.logs["quarantined"]], [2, 1])
      assert.strictEqual((yield* json<{ item: Item }>(["quarantine", "show", ids[0]!, ...lake])).item.id, ids[0])
      assert.deepInclude(yield* json(["verify", ...lake]), { problems: [] })

      const text = yield* run(["quarantine", "drop", "--flow", "ga", ...reason, ...lake])
      assert.strictEqual(text.out, "1 record dropped. In the ledger it stays, as quarantined.\n")
    }),
  )

  it.live("needs a reason that says something", () =>
    Effect.gen(function* () {
      const { ids, lake } = yield* filled
      for (const [reason, sentence] of [
        [" \n", /^tributary: --reason is empty: say why the records are given up\n$/],
        ["x".repeat(1001), /^tributary: --reason has 1,001 characters, 1,000 are allowed\n$/],
      ] as const) {
        const { code, err } = yield* run(["quarantine", "drop", ids[0]!, "--reason", reason, ...lake])
        assert.strictEqual(code, 2)
        assert.match(err, sentence)
      }
      assert.lengthOf(yield* items(lake), 3)
    }),
  )
})

describe("which records", () => {
  const commands = [
    ["quarantine", "retry"],
    ["quarantine", "drop", "--reason", "x"],
  ]

  it.live("is refused before anything is done where the call is wrong", () =>
    Effect.gen(function* () {
      const { ids, lake, mend } = yield* filled
      for (const command of commands) {
        for (const [args, sentence] of [
          [[], /^tributary: name the records by their IDs, by --flow NAME, or all of them by --all\n$/],
          [[ids[0]!, "--all"], /^tributary: IDs do not go together with --all or --flow\n$/],
          [[ids[0]!, "--flow", "ga"], /^tributary: IDs do not go together with --all or --flow\n$/],
          [["--flow", "nope"], /^tributary: there is no flow nope; the configuration has ga, logs\n$/],
          [[ids[0]!, "nope-1"], /^tributary: there is no quarantined record nope-1; list them with: /],
          [[ids[0]!, ""], /^tributary: there is no quarantined record ; list them with: /],
        ] as const) {
          const { code, err, out } = yield* run([...command, ...args, ...mend, ...lake, "--format", "json"])
          assert.deepStrictEqual([code, out], [2, ""], args.join(" "))
          assert.match(err, sentence)
        }
      }
      assert.deepStrictEqual(
        (yield* items(lake)).map(({ id }) => id),
        ids,
      )
    }),
  )

  it.live("may be none, which is no wrong call", () =>
    Effect.gen(function* () {
      const { ids, lake, mend } = yield* filled
      yield* json(["quarantine", "drop", ...ids, "--reason", "x", ...lake])
      assert.deepStrictEqual(yield* json(["quarantine", "retry", "--all", ...mend, ...lake]), {
        ...nothing,
        retried: 0,
        records: 0,
      })
      assert.deepStrictEqual(yield* json(["quarantine", "drop", "--all", "--reason", "x", ...lake]), { dropped: 0 })
      for (const [command, done] of [
        [commands[0]!, "tried again"],
        [commands[1]!, "dropped"],
      ] as const) {
        const { out } = yield* run([...command, "--flow", "ga", ...lake])
        assert.strictEqual(out, `There is no such record in quarantine; nothing was ${done}.\n`)
      }
      const again = yield* run(["quarantine", "retry", ids[0]!, ...lake])
      assert.strictEqual(again.code, 2)
      assert.match(again.err, /^tributary: there is no quarantined record /)
    }),
  )

  it.live("cannot be of two flows whose tables are in BigQuery", () =>
    Effect.gen(function* () {
      const { lake, mend } = yield* filled
      const root = join(mend[1]!, "..")
      write(root, {
        "warehouse.ts": `
          import { defineConfig } from "@tributary/core/Config"
          import { logsFlow } from "@tributary/core/LogsFlow"
          const other = { ...logsFlow, sink: "warehouse", table: { ...logsFlow.table, name: "other" } }
          export default defineConfig({ flows: { logs: { ...logsFlow, sink: "warehouse" }, other } })
        `,
        "lake2.ts": `
          import { defineConfig } from "@tributary/core/Config"
          import { logsFlow } from "@tributary/core/LogsFlow"
          export default defineConfig({ flows: { other: { ...logsFlow, table: { ...logsFlow.table, name: "other" } } } })
        `,
        other: payload("no json either"),
      })
      yield* json(["ingest", "other", join(root, "other"), "--config", join(root, "lake2.ts"), ...lake])
      const warehouse = ["--config", join(root, "warehouse.ts"), ...lake]
      const both = yield* run(["quarantine", "retry", "--all", ...warehouse])
      assert.deepStrictEqual(both.code, 2)
      assert.match(both.err, /^tributary: logs and other go to tables of their own in BigQuery: one flow at a time/)
      const one = yield* run(["quarantine", "retry", "--flow", "other", ...warehouse])
      assert.match(one.err, /^tributary: the flow other goes to BigQuery, and its address is missing: /)
    }),
  )
})

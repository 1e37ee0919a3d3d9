import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { type Item, folder, json, line, payload, run, write } from "../support/cli.ts"

it.live("lists what was rejected, and shows its bytes", () =>
  Effect.gen(function* () {
    const root = yield* folder
    const lake = ["--lake", join(root, "lake")]
    const cut = gzipSync("x".repeat(100)).subarray(0, 20)
    write(root, {
      "in/a.jsonl": `${line("2026010100", "mobile", 1)}broken \u001b[2J\n${line("2026010125", "tablet", 1)}`,
      "in/cut.gz": cut,
      logs: payload("no json"),
    })
    yield* json(["ingest", "ga", join(root, "in"), ...lake])
    yield* json(["ingest", "logs", join(root, "logs"), ...lake])

    const { items } = yield* json<{ items: ReadonlyArray<Item> }>(["quarantine", "list", ...lake])
    assert.deepStrictEqual(
      items.map(({ detail, id, ...rest }) => ({
        ...rest,
        hasDetail: detail !== "",
        hasId: /^[0-9a-f]{32}-\d+$/.test(id),
      })),
      [
        {
          flow: "ga",
          input: join(root, "in/a.jsonl"),
          position: "line 2",
          reason: "NotJson",
          hasDetail: true,
          hasId: true,
        },
        {
          flow: "ga",
          input: join(root, "in/a.jsonl"),
          position: "line 3",
          reason: "OutOfRange",
          hasDetail: true,
          hasId: true,
        },
        {
          flow: "ga",
          input: join(root, "in/cut.gz"),
          position: "whole input",
          reason: "Truncated",
          hasDetail: true,
          hasId: true,
        },
        {
          flow: "logs",
          input: join(root, "logs"),
          position: "document 1, event 1",
          reason: "NotJson",
          hasDetail: true,
          hasId: true,
        },
      ],
    )
    assert.deepStrictEqual(Object.keys(items[0]!), ["id", "flow", "input", "position", "reason", "detail"])

    const shown = yield* json<{ item: Item; bytes: string }>(["quarantine", "show", items[0]!.id, ...lake])
    assert.deepStrictEqual(Object.keys(shown), ["item", "bytes"])
    assert.deepStrictEqual(shown.item, items[0])
    assert.strictEqual(Buffer.from(shown.bytes, "base64").toString(), "broken \u001b[2J")
    const whole = yield* json<{ bytes: string }>(["quarantine", "show", items[2]!.id, ...lake])
    assert.deepStrictEqual(Buffer.from(whole.bytes, "base64"), Buffer.from(cut))

    const list = (yield* run(["quarantine", "list", ...lake])).out
    assert.include(
      list,
      `${join(root, "in/a.jsonl")} (ga)\n  NotJson     line 2               ${items[0]!.id}\n      ${items[0]!.detail}\n`,
    )
    assert.include(list, "\n4 records. ")
    const text = (yield* run(["quarantine", "show", items[0]!.id, ...lake])).out
    assert.match(
      text,
      /^id {8}[0-9a-f]{32}-1\nflow {6}ga\ninput {5}.*\nposition {2}line 2\nreason {4}NotJson\ndetail {4}.*\nbytes {5}11\n\nbroken \\x1b\[2J\n$/,
    )
    const hex = (yield* run(["quarantine", "show", items[2]!.id, ...lake])).out
    assert.include(hex, "bytes     20\n\n00000000  1f 8b 08 00")
  }),
)

it.live("says so where nothing is quarantined, and where an ID is wrong", () =>
  Effect.gen(function* () {
    const root = yield* folder
    const lake = ["--lake", join(root, "lake")]
    write(root, { a: line("2026010100", "mobile", 1) })
    yield* json(["ingest", "ga", join(root, "a"), ...lake])
    assert.deepStrictEqual(yield* json(["quarantine", "list", ...lake]), { items: [] })
    assert.strictEqual((yield* run(["quarantine", "list", ...lake])).out, "Nothing is quarantined.\n")
    for (const id of ["nope", "../../x-1", ""]) {
      const { code, err, out } = yield* run(["quarantine", "show", id, ...lake, "--format", "json"])
      assert.deepStrictEqual([code, out], [2, ""])
      assert.match(err, /^tributary: there is no quarantined record .*list them with: tributary quarantine list\n$/)
    }
  }),
)

it.live("shows the beginning of what is long", () =>
  Effect.gen(function* () {
    const root = yield* folder
    const lake = ["--lake", join(root, "lake")]
    write(root, { a: `${"é".repeat(10_000)}\n` })
    yield* json(["ingest", "ga", join(root, "a"), ...lake])
    const { items } = yield* json<{ items: ReadonlyArray<Item> }>(["quarantine", "list", ...lake])
    const { out } = yield* run(["quarantine", "show", items[0]!.id, ...lake])
    assert.include(out, `\n${"é".repeat(4096)}\n… the first 8.2 kB of it; --format json has all\n`)
  }),
)

import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import { join } from "node:path"
import { type Event, folder, json, line, run, write } from "../support/cli.ts"

it.live("tells what was decided, all of it or one stream", () =>
  Effect.gen(function* () {
    const root = yield* folder
    const lake = ["--lake", join(root, "lake")]
    write(root, { a: line("2026010100", "mobile", 1) })
    yield* json(["ingest", "ga", join(root, "a"), "--extracted-at", "2026-01-05", ...lake])
    const { events } = yield* json<{ events: ReadonlyArray<Event> }>(["journal", ...lake])
    assert.deepStrictEqual(Object.keys(events[0]!), ["stream", "version", "type", "at", "data"])
    const told = events.map(({ stream, type, version }) => `${stream.split("/")[0]} ${version} ${type}`)
    assert.includeMembers(told, [
      "input 1 Received",
      "input 2 Planned",
      "input 4 Settled",
      "extract 1 InputAdded",
      "partition 1 Switched",
    ])
    assert.match(events[0]!.at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    assert.strictEqual(events[0]!.data.source, join(root, "a"))

    const stream = "partition/appflow_data.ga_sample/2026-01-01"
    const one = (yield* json<{ events: ReadonlyArray<Event> }>(["journal", "--stream", stream, ...lake])).events
    assert.deepStrictEqual(
      one,
      events.filter((event) => event.stream === stream),
    )
    assert.deepInclude(one[0]!.data, { extract: "at-20260105T000000Z", rows: 1 })
    assert.deepStrictEqual(yield* json(["journal", "--stream", "input/none", ...lake]), { events: [] })

    const text = (yield* run(["journal", ...lake])).out
    assert.match(text, new RegExp(`\\n\\S+Z  ${stream} +1  Switched +\\{.*"rows":1`))
    assert.include(text, `\n${events.length} events\n`)
    assert.strictEqual((yield* run(["journal", "--stream", "input/none", ...lake])).out, "There are no such events.\n")
  }),
)

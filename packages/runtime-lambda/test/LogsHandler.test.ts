import { assert, describe, it } from "@effect/vitest"
import { defineConfig } from "@tributary/core/Config"
import { logsFlow } from "@tributary/core/LogsFlow"
import { RowSink, RowSinkError } from "@tributary/core/RowSink"
import { TableCatalog, TableCatalogError } from "@tributary/core/TableCatalog"
import { makeLogsHandler } from "@tributary/runtime-lambda/LogsHandler"
import { Effect } from "effect"
import { logsEvent } from "./support/events.ts"
import { invoke, messages } from "./support/invocation.ts"
import {
  ledger,
  type Memory,
  memory,
  quarantined,
  replaced,
  sinkMemory,
  unavailable,
  visible,
} from "./support/memory.ts"

const at = 1_767_517_502_123
const event = logsEvent([
  { id: "1", timestamp: at, message: "START RequestId: 8c1f Version: 1\n" },
  { id: "2", timestamp: at, message: '{"session_id":7,"action":"buy","params":{"n":1}}' },
  { id: "3", timestamp: at, message: '{"action":"look","timestamp":"2020-01-01"}' },
  { id: "4", timestamp: at, message: "out of memory" },
  { id: "5", timestamp: at, message: '{"session_id":"x"}' },
])

const handlerOf = ({ layer }: Memory, sink: "lake" | "warehouse") =>
  makeLogsHandler({ config: defineConfig({ flows: { logs: { ...logsFlow, sink } } }), flow: "logs", layer })

const sent = { statusCode: 200, body: "Log processed and sent to BigQuery" } as const

const quiet = (lines: ReadonlyArray<string>) => lines.map((line) => line.replaceAll(/[0-9a-f]{32}/g, "ID"))

describe("to a warehouse", () => {
  it.effect("answers when every record is accounted for, and says what became of each", () =>
    Effect.gen(function* () {
      const { rows, sink } = sinkMemory()
      const all = replaced(yield* memory, RowSink, () => sink)
      const result = yield* invoke(handlerOf(all, "warehouse"), event)
      assert.deepStrictEqual(result.answer, sent)
      assert.deepStrictEqual(
        rows.map(([, , ...cells]) => cells),
        [
          ["2026-01-04T09:05:02.123Z", 7n, "buy", '{"n":1}'],
          ["2026-01-04T09:05:02.123Z", 0n, "look", null],
        ],
      )
      // The key is both the insertId and the column.
      for (const [key, column] of rows) assert.strictEqual(key, column)
      const lines = quiet(messages(result))
      assert.strictEqual(lines[0], "INFO 2 rows added to logs.events; 0 duplicate, 1 filtered, 2 quarantined; input ID")
      assert.match(lines[1]!, /^WARN quarantined as ID-1, .*event 4: NotJson: /)
      assert.match(lines[2]!, /^WARN quarantined as ID-2, .*event 5: WrongType: /)
      assert.lengthOf(lines, 3)
      assert.deepStrictEqual(yield* ledger(all, "logs"), {
        balanced: true,
        records: 5,
        written: 2,
        superseded: 0,
        duplicate: 0,
        filtered: 1,
        quarantined: 2,
        pending: 0,
      })
    }),
  )

  it.effect("writes an event once, however often it is delivered, and in whatever payload", () =>
    Effect.gen(function* () {
      const { rows, sink } = sinkMemory()
      const all = replaced(yield* memory, RowSink, () => sink)
      const handler = handlerOf(all, "warehouse")
      const buy = { id: "2", timestamp: at, message: '{"session_id":7}' }
      const other = { id: "9", timestamp: at, message: '{"session_id":8}' }
      for (const payload of [[buy], [buy], [buy, other]]) {
        assert.deepStrictEqual((yield* invoke(handler, logsEvent(payload))).answer, sent)
      }
      assert.deepStrictEqual(
        rows.map(([, , , session]) => session),
        [7n, 8n],
      )
      const { balanced, duplicate, records } = yield* ledger(all, "logs")
      assert.deepStrictEqual([balanced, records, duplicate], [true, 3, 1])
    }),
  )

  it.effect("fails when the warehouse does, and goes on from there", () =>
    Effect.gen(function* () {
      const { rows, sink } = sinkMemory()
      let down = true
      const all = replaced(yield* memory, RowSink, () => ({
        append: (batch, keys) =>
          Effect.suspend(() => (down ? new RowSinkError(unavailable) : sink.append(batch, keys))),
      }))
      const handler = handlerOf(all, "warehouse")
      const failed = yield* invoke(handler, event)
      assert.isUndefined(failed.answer)
      assert.strictEqual(failed.error?.message, "call it: it is down")
      assert.deepStrictEqual(messages(failed), ["ERROR the invocation failed"])
      assert.strictEqual((yield* ledger(all, "logs")).records, 0)
      down = false
      assert.deepStrictEqual((yield* invoke(handler, event)).answer, sent)
      assert.lengthOf(rows, 2)
    }),
  )

  it.effect("quarantines the rows that the warehouse refuses, with the reason that it gave", () =>
    Effect.gen(function* () {
      const { rows, sink } = sinkMemory(7n)
      const all = replaced(yield* memory, RowSink, () => sink)
      const result = yield* invoke(handlerOf(all, "warehouse"), event)
      assert.deepStrictEqual(result.answer, sent)
      assert.lengthOf(rows, 1)
      const refused = messages(result).filter((line) => line.includes("RejectedBySink"))
      assert.match(refused.join(), /event 2: RejectedBySink: no such session$/)
      assert.deepStrictEqual(yield* quarantined(all), [
        "lambda:request-1: NotJson",
        "lambda:request-1: WrongType",
        "lambda:request-1: RejectedBySink",
      ])
    }),
  )

  it.effect("counts a control message as filtered", () =>
    Effect.gen(function* () {
      const all = replaced(yield* memory, RowSink, () => sinkMemory().sink)
      const message = "CWL CONTROL MESSAGE: Checking health of destination Lambda."
      const control = logsEvent([{ id: "", timestamp: at, message }], "CONTROL_MESSAGE")
      const result = yield* invoke(handlerOf(all, "warehouse"), control)
      assert.deepStrictEqual(result.answer, sent)
      assert.deepStrictEqual(quiet(messages(result)), [
        "INFO 0 rows added to logs.events; 0 duplicate, 1 filtered, 0 quarantined; input ID",
      ])
    }),
  )

  it.effect("quarantines an event that is no payload, so that it is not tried for ever", () =>
    Effect.gen(function* () {
      const all = replaced(yield* memory, RowSink, () => sinkMemory().sink)
      const handler = handlerOf(all, "warehouse")
      for (const wrong of [{}, undefined, { awslogs: { data: "%%%" } }, { awslogs: { data: "H4sIAAAAAAACAw==" } }]) {
        assert.deepStrictEqual((yield* invoke(handler, wrong)).answer, sent)
      }
      assert.deepStrictEqual(
        yield* quarantined(all),
        ["UnknownShape", "UnknownShape", "BadEncoding", "Truncated"].map((reason) => `lambda:request-1: ${reason}`),
      )
    }),
  )

  it.effect("logs the first hundred of many quarantined records, and counts the others", () =>
    Effect.gen(function* () {
      const all = replaced(yield* memory, RowSink, () => sinkMemory().sink)
      const many = Array.from({ length: 120 }, (_, i) => ({ id: String(i), timestamp: at, message: "no JSON" }))
      const lines = messages(yield* invoke(handlerOf(all, "warehouse"), logsEvent(many)))
      assert.lengthOf(lines, 102)
      assert.strictEqual(lines.at(-1), "WARN and 20 more")
    }),
  )
})

describe("to a lake table", () => {
  it.effect("writes files, and makes the table once", () =>
    Effect.gen(function* () {
      let asked = 0
      const all = replaced(yield* memory, TableCatalog, (catalog) => ({
        ...catalog,
        ensureTable: (table) => Effect.suspend(() => (asked++, catalog.ensureTable(table))),
      }))
      const handler = handlerOf(all, "lake")
      const answer = { statusCode: 200, body: "Log processed and written to the lake" } as const
      for (let i = 0; i < 2; i++) assert.deepStrictEqual((yield* invoke(handler, event)).answer, answer)
      assert.deepStrictEqual(yield* visible(all, "logs.events"), ["2026-01-04: 2"])
      assert.strictEqual(asked, 1)
    }),
  )

  it.effect("keeps the event before it asks for the table", () =>
    Effect.gen(function* () {
      const all = replaced(yield* memory, TableCatalog, (catalog) => ({
        ...catalog,
        ensureTable: () => Effect.fail(new TableCatalogError(unavailable)),
      }))
      const { error } = yield* invoke(handlerOf(all, "lake"), event)
      assert.strictEqual(error?.message, "call it: it is down")
      assert.strictEqual((yield* ledger(all, "logs")).written, 2)
    }),
  )
})

it("refuses a configuration that it cannot serve", () => {
  const layer = Effect.runSync(memory).layer
  assert.throws(() => makeLogsHandler({ config: defineConfig(), flow: "ga", layer }), "the flow ga is of kind report")
})

import { assert, describe, it } from "@effect/vitest"
import { defineConfig } from "@tributary/core/Config"
import { gaFlow } from "@tributary/core/GaFlow"
import { ObjectStore, ObjectStoreError } from "@tributary/core/ObjectStore"
import { TableCatalog, TableCatalogError } from "@tributary/core/TableCatalog"
import { makeGaHandler } from "@tributary/runtime-lambda/GaHandler"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { keyOf, objectCreated, reportPage, runReport, s3Notification, sqsEvent, testEvent } from "./support/events.ts"
import { contextOf, invoke, messages } from "./support/invocation.ts"
import {
  ledger,
  type Memory,
  memory,
  partitions,
  put,
  quarantined,
  replaced,
  unavailable,
  visible,
} from "./support/memory.ts"

const first = "5b0f4c1e-6a0d-4f0e-9a51-0c7d2e8b9f10"
const second = "c2a7e9d4-31b8-4d6c-8e2f-77f1a5b3d086"
const page1 = reportPage(["2026010100", "desktop", 3], ["2026010200", "mobile", 5])
const page2 = reportPage(["2026010201", "tablet", 1])
const restated = reportPage(["2026010200", "mobile", 7], ["2026010300", "desktop", 9])

const handlerOf = ({ layer }: Memory, objectsPerRun: "one" | "many" = "many", prefix?: string) =>
  makeGaHandler({ config: defineConfig({ flows: { ga: { ...gaFlow, objectsPerRun } } }), flow: "ga", prefix, layer })

const failuresOf = (...ids: ReadonlyArray<string>) => ({
  batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })),
})

/** An object store whose `head` fails for one key, so many times. */
const failing = (all: Memory, key: string, times = Infinity) => {
  let left = times
  return replaced(all, ObjectStore, (store) => ({
    ...store,
    head: (ref) =>
      Effect.suspend(() => (ref.key === key && left-- > 0 ? new ObjectStoreError(unavailable) : store.head(ref))),
  }))
}

describe("a batch", () => {
  it.effect("fails the message whose port failed, and no other", () =>
    Effect.gen(function* () {
      const bad = keyOf(first, "2.json")
      const all = yield* memory
      const version = yield* put(all, "shop", keyOf(first, "1.json"), page1)
      yield* put(all, "shop", bad, page2)
      const event = sqsEvent({
        good: objectCreated("shop", keyOf(first, "1.json"), version),
        again: objectCreated("shop", keyOf(first, "1.json"), version),
        test: testEvent,
        elsewhere: objectCreated("shop", "ga-data2/1.json"),
        poison: "{",
        down: objectCreated("shop", bad),
        gone: objectCreated("shop", keyOf(first, "3.json"), "v99"),
        late: objectCreated("shop", keyOf(second, "1.json")),
      })
      yield* put(all, "shop", keyOf(second, "1.json"), restated)
      const result = yield* invoke(handlerOf(failing(all, bad)), event)
      assert.deepStrictEqual(result.answer, failuresOf("down", "gone"))
      assert.deepStrictEqual(
        messages(result).map((line) =>
          line.replace(/ (as|input) [0-9a-f]{32}/, " $1 ID").replace(/(as ID: \w+): .*/, "$1"),
        ),
        [
          `INFO carried: s3://shop/${keyOf(first, "1.json")}, input ID`,
          `INFO carried before: s3://shop/${keyOf(first, "1.json")}, input ID`,
          "INFO acknowledged: the test event of an S3 notification",
          "INFO acknowledged: s3://shop/ga-data2/1.json is not in ga-data/",
          "WARN quarantined as ID: Truncated",
          "ERROR the message will come again",
          "ERROR the message will come again",
          `INFO carried: s3://shop/${keyOf(second, "1.json")}, input ID`,
          "INFO 8 messages, 2 of them come again",
        ],
      )
      const errors = result.lines.filter(({ level }) => level === "ERROR")
      assert.deepStrictEqual(
        errors.map(({ annotations }) => annotations),
        ["down", "gone"].map((messageId) => ({ messageId, requestId: "request-1" })),
      )
      assert.include(errors[0]?.cause, "call it: it is down")
      assert.include(errors[1]?.cause, "does not exist")
      assert.deepStrictEqual(yield* quarantined(all), ["sqs:ga-data/poison: Truncated"])
    }),
  )

  it.effect("counts a message that came again once", () =>
    Effect.gen(function* () {
      const key = keyOf(first, "1.json")
      const all = yield* memory
      yield* put(all, "shop", key, page1)
      const handler = handlerOf(failing(all, key, 1), "one")
      const event = sqsEvent({ a: objectCreated("shop", key), b: "no JSON" })
      assert.deepStrictEqual((yield* invoke(handler, event)).answer, failuresOf("a"))
      assert.deepStrictEqual((yield* invoke(handler, event)).answer, failuresOf())
      assert.deepStrictEqual((yield* invoke(handler, event)).answer, failuresOf())
      assert.deepStrictEqual(yield* ledger(all, "ga"), {
        balanced: true,
        records: 3,
        written: 2,
        superseded: 0,
        duplicate: 0,
        filtered: 0,
        quarantined: 1,
        pending: 0,
      })
    }),
  )

  it.effect("without messages has no failures", () =>
    Effect.gen(function* () {
      const result = yield* invoke(handlerOf(yield* memory), sqsEvent({}))
      assert.deepStrictEqual(result.answer, failuresOf())
    }),
  )

  it.effect("that is no event of SQS fails the invocation", () =>
    Effect.gen(function* () {
      const handler = handlerOf(yield* memory)
      for (const event of [{}, null, { Records: [{ eventSource: "aws:s3" }] }]) {
        const { answer, error } = yield* invoke(handler, event)
        assert.isUndefined(answer)
        assert.strictEqual(error?.name, "NotSqs")
      }
    }),
  )

  it.effect("asks a failing catalog once, and again at the next invocation", () =>
    Effect.gen(function* () {
      const all = yield* memory
      const keys = ["1.json", "2.json"].map((file) => keyOf(first, file))
      for (const key of keys) yield* put(all, "shop", key, page1)
      let asked = 0
      const broken = replaced(all, TableCatalog, (catalog) => ({
        ...catalog,
        ensureTable: (table) =>
          Effect.suspend(() => (++asked === 1 ? new TableCatalogError(unavailable) : catalog.ensureTable(table))),
      }))
      const handler = handlerOf(broken)
      const event = sqsEvent({ a: objectCreated("shop", keys[0]!), b: objectCreated("shop", keys[1]!), c: testEvent })
      assert.deepStrictEqual((yield* invoke(handler, event)).answer, failuresOf("a", "b"))
      assert.deepStrictEqual((yield* invoke(handler, event)).answer, failuresOf())
      assert.deepStrictEqual((yield* invoke(handler, event)).answer, failuresOf())
      assert.strictEqual(asked, 2)
    }),
  )
})

describe("time", () => {
  it.effect("that gets short leaves the rest for another invocation", () =>
    Effect.gen(function* () {
      const all = yield* memory
      const bodies = Object.fromEntries(["a", "b", "c"].map((id) => [id, testEvent]))
      // At the start; before a, for its limit; before b: less than a third of the start.
      const { answer } = yield* invoke(handlerOf(all), sqsEvent(bodies), contextOf(3000, 1001, 1001, 999))
      assert.deepStrictEqual(answer, failuresOf("b", "c"))
    }),
  )

  it.effect("needs no more than a minute in reserve", () =>
    Effect.gen(function* () {
      const left = contextOf(900_000, 60_001, 60_001, 59_999)
      const { answer } = yield* invoke(handlerOf(yield* memory), sqsEvent({ a: testEvent, b: testEvent }), left)
      assert.deepStrictEqual(answer, failuresOf("b"))
    }),
  )

  it.effect("that ends while a message is under way fails that message alone", () =>
    Effect.gen(function* () {
      const all = yield* memory
      const hanging = replaced(all, ObjectStore, (store) => ({ ...store, head: () => Effect.never }))
      const event = sqsEvent({ a: testEvent, b: objectCreated("shop", keyOf(first, "1.json")) })
      const result = yield* invoke(handlerOf(hanging), event, contextOf(100, 100, 100, 100, 30))
      assert.deepStrictEqual(result.answer, failuresOf("b"))
      assert.include(result.lines.find(({ level }) => level === "ERROR")?.cause, "time ran out")
    }),
  )
})

describe("publication", () => {
  it.effect("waits for the end of the run, and shows it whole", () =>
    Effect.gen(function* () {
      const all = yield* memory
      const handler = handlerOf(all)
      yield* put(all, "shop", keyOf(first, "1.json"), page1)
      yield* put(all, "shop", keyOf(first, "2.json"), page2)
      const objects = sqsEvent({
        a: objectCreated("shop", keyOf(first, "1.json")),
        b: objectCreated("shop", keyOf(first, "2.json")),
      })
      yield* invoke(handler, objects)
      assert.strictEqual((yield* ledger(all, "ga")).pending, 3)
      assert.deepStrictEqual(yield* visible(all, "appflow_data.ga_sample"), [])
      const ended = yield* invoke(handler, sqsEvent({ end: runReport(first.toUpperCase()) }))
      assert.deepStrictEqual(ended.answer, failuresOf())
      assert.deepStrictEqual(yield* visible(all, "appflow_data.ga_sample"), [
        "2026-01-01: 1",
        "2026-01-02: 1",
        "2026-01-02: 1",
      ])
      const folder = `s3://lake/tables/appflow_data/ga_sample/year=2026/month=1`
      assert.sameDeepMembers(
        (yield* partitions(all, "appflow_data", "ga_sample")).map(({ location }) => location),
        [`${folder}/day=1/${first}/g1/`, `${folder}/day=2/${first}/g1/`],
      )
    }),
  )

  it.effect("also of an object that comes after its run's report", () =>
    Effect.gen(function* () {
      const all = yield* memory
      const handler = handlerOf(all)
      yield* invoke(handler, sqsEvent({ end: runReport(first) }))
      yield* put(all, "shop", keyOf(first, "1.json"), page1)
      yield* invoke(handler, sqsEvent({ a: objectCreated("shop", keyOf(first, "1.json")) }))
      assert.strictEqual((yield* ledger(all, "ga")).written, 2)
    }),
  )

  it.effect("of a later run replaces the dates that it holds", () =>
    Effect.gen(function* () {
      const all = yield* memory
      const handler = handlerOf(all, "one")
      yield* put(all, "shop", keyOf(first, "1.json"), page1)
      yield* TestClock.adjust("1 day")
      yield* put(all, "shop", keyOf(second, "1.json"), restated)
      // The newer one arrives first.
      for (const run of [second, first]) {
        yield* invoke(handler, sqsEvent({ a: objectCreated("shop", keyOf(run, "1.json")) }))
      }
      const { balanced, superseded, written } = yield* ledger(all, "ga")
      assert.deepStrictEqual([balanced, written, superseded], [true, 3, 1])
    }),
  )

  it.effect("is at once for an object that names no run", () =>
    Effect.gen(function* () {
      const all = yield* memory
      yield* put(all, "shop", "ga-data/by-hand.json", page1)
      yield* invoke(handlerOf(all), sqsEvent({ a: objectCreated("shop", "ga-data/by-hand.json") }))
      assert.strictEqual((yield* ledger(all, "ga")).written, 2)
    }),
  )

  it.effect("of a failed run, or of another folder's, is not ours to make", () =>
    Effect.gen(function* () {
      const all = yield* memory
      const handler = handlerOf(all)
      yield* put(all, "shop", keyOf(first, "1.json"), page1)
      yield* invoke(handler, sqsEvent({ a: objectCreated("shop", keyOf(first, "1.json")) }))
      const reports = sqsEvent({
        failed: runReport(first, { status: "Execution Failed", error: "the token has expired" }),
        other: runReport(first, { "destination-object": "s3://shop/crm" }),
        similar: runReport(first, { "destination-object": "s3://shop/ga-data2" }),
        unnamed: runReport("run-7"),
      })
      const result = yield* invoke(handler, reports)
      assert.deepStrictEqual(result.answer, failuresOf())
      assert.deepStrictEqual(messages(result), [
        `WARN not published: the run ${first} of the AppFlow flow ga-flow failed: the token has expired`,
        `INFO acknowledged: the run ${first} of the AppFlow flow ga-flow wrote to s3://shop/crm, not to ga-data/`,
        `INFO acknowledged: the run ${first} of the AppFlow flow ga-flow wrote to s3://shop/ga-data2, not to ga-data/`,
        "INFO acknowledged: the run run-7 of the AppFlow flow ga-flow has nothing to publish",
        "INFO 4 messages, 0 of them come again",
      ])
      assert.strictEqual((yield* ledger(all, "ga")).pending, 2)
    }),
  )

  it.effect("knows a destination above and below its folder", () =>
    Effect.gen(function* () {
      for (const [prefix, destination] of [
        ["ga-data/ga-flow", "s3://shop/ga-data"],
        ["ga-data/", "s3://shop/ga-data/europe"],
        ["europe/ga-data", "s3://shop/europe/ga-data"],
      ] as const) {
        const all = yield* memory
        const key = `${prefix.replace(/\/$/, "")}/${first}/1.json`
        yield* put(all, "shop", key, page1)
        const event = sqsEvent({
          a: objectCreated("shop", key),
          end: runReport(first, { "destination-object": destination }),
        })
        yield* invoke(handlerOf(all, "many", prefix), event)
        assert.strictEqual((yield* ledger(all, "ga")).written, 2, destination)
      }
    }),
  )
})

it.effect("in append mode every object is shown at once, and a run's report asks for nothing", () =>
  Effect.gen(function* () {
    const all = yield* memory
    const config = defineConfig({ flows: { ga: { ...gaFlow, mode: "append" } } })
    const handler = makeGaHandler({ config, flow: "ga", layer: all.layer })
    yield* put(all, "shop", keyOf(first, "1.json"), page1)
    const event = sqsEvent({ a: objectCreated("shop", keyOf(first, "1.json")), end: runReport(first) })
    const result = yield* invoke(handler, event)
    assert.deepStrictEqual(result.answer, failuresOf())
    assert.include(messages(result).join(), "has nothing to publish")
    assert.deepStrictEqual(yield* visible(all, "appflow_data.ga_sample"), ["2026-01-01: 1", "2026-01-02: 1"])
  }),
)

it.effect("a file of the lake itself is never an input, where the lake lies in the folder that is read", () =>
  Effect.gen(function* () {
    const all = yield* memory
    yield* put(all, "lake", "tables/x.json", page1)
    yield* put(all, "other", "tables/x.json", page1)
    const handler = handlerOf(all, "one", "tables")
    const event = sqsEvent({
      own: objectCreated("lake", "tables/x.json"),
      other: objectCreated("other", "tables/x.json"),
    })
    const result = yield* invoke(handler, event)
    assert.deepStrictEqual(result.answer, failuresOf("own"))
    assert.include(result.lines.map(({ cause }) => cause).join(), "the lake s3://lake/tables/ lies in the folder")
    assert.strictEqual((yield* ledger(all, "ga")).records, 2)
  }),
)

it.effect("a notification of two objects comes again whole when one of them failed", () =>
  Effect.gen(function* () {
    const all = yield* memory
    const keys = [keyOf(first, "1.json"), keyOf(first, "2.json")]
    yield* put(all, "shop", keys[0]!, page1)
    yield* put(all, "shop", keys[1]!, page2)
    const handler = handlerOf(failing(all, keys[1]!, 1), "one")
    const event = sqsEvent({ both: s3Notification("shop", keys) })
    assert.deepStrictEqual((yield* invoke(handler, event)).answer, failuresOf("both"))
    assert.deepStrictEqual((yield* invoke(handler, event)).answer, failuresOf())
    const { balanced, records, written } = yield* ledger(all, "ga")
    assert.deepStrictEqual([balanced, records, written], [true, 3, 3])
  }),
)

it("refuses a configuration that it cannot serve", () => {
  const layer = Effect.runSync(memory).layer
  const config = defineConfig()
  assert.throws(
    () => makeGaHandler({ config, flow: "gaa", layer }),
    "there is no flow gaa; the configuration has ga, logs",
  )
  assert.throws(() => makeGaHandler({ config, flow: "logs", layer }), "the flow logs is of kind logs")
  assert.throws(() => makeGaHandler({ config, flow: "ga", prefix: "", layer }), "a folder is needed")
})

import { describe } from "@effect/vitest"
import { EventPublisher, type PublishedEvent } from "@tributary/core/EventPublisher"
import { FlowRunner } from "@tributary/core/FlowRunner"
import * as EventPublisherMemory from "@tributary/core/memory/EventPublisherMemory"
import * as FlowRunnerMemory from "@tributary/core/memory/FlowRunnerMemory"
import * as QueryEngineMemory from "@tributary/core/memory/QueryEngineMemory"
import * as RecordSourceMemory from "@tributary/core/memory/RecordSourceMemory"
import * as RowSinkMemory from "@tributary/core/memory/RowSinkMemory"
import * as SecretSourceMemory from "@tributary/core/memory/SecretSourceMemory"
import * as PortError from "@tributary/core/PortError"
import { QueryEngine } from "@tributary/core/QueryEngine"
import { RecordSource } from "@tributary/core/RecordSource"
import { RowSink } from "@tributary/core/RowSink"
import { SecretSource, SecretSourceError } from "@tributary/core/SecretSource"
import * as EventPublisherContract from "@tributary/core/testing/EventPublisherContract"
import * as FlowRunnerContract from "@tributary/core/testing/FlowRunnerContract"
import * as QueryEngineContract from "@tributary/core/testing/QueryEngineContract"
import * as RecordSourceContract from "@tributary/core/testing/RecordSourceContract"
import * as RowSinkContract from "@tributary/core/testing/RowSinkContract"
import * as SecretSourceContract from "@tributary/core/testing/SecretSourceContract"
import type { TableSchema } from "@tributary/core/TableSchema"
import { Effect, Layer, Redacted, Stream } from "effect"
import { TestClock } from "effect/testing"
import { refuses } from "./refuses.ts"

describe("RowSinkContract", () => {
  const schema: TableSchema = {
    database: "logs",
    name: "events",
    columns: [{ name: "action", type: { kind: "string" }, required: false }],
    partitionColumns: [],
    version: 1,
  }

  const faulty = (fault: string, by: string, change: (sink: RowSink["Service"]) => RowSink["Service"]["append"]) => {
    const right = Effect.runSync(
      RowSinkMemory.make({ reject: ({ cells }) => (String(cells[0]).endsWith("!") ? "no" : undefined) }),
    )
    const cases = RowSinkContract.cases({
      schema,
      prefix: "p/",
      row: (name) => [name],
      badRow: (name) => [`${name}!`],
      nameColumn: "action",
      written: Effect.map(right.rows, (rows) => rows.map((row) => row.cells)),
    })
    refuses(fault, by, cases, Layer.succeed(RowSink, { append: change(right) }))
  }

  let calls = 0
  faulty(
    "does not know a key again",
    "batches that overlap leave every row once",
    (sink) => (batch, keys) =>
      sink.append(
        batch,
        keys.map((key) => `${key}-${calls++}`),
      ),
  )
  faulty(
    "tells no rejected rows",
    "a row that the table refuses is rejected by its index, and the others are written",
    (sink) => (batch, keys) => Effect.as(sink.append(batch, keys), { rejected: [] }),
  )
  faulty(
    "counts indices from one",
    "a batch of refused rows only is rejected whole",
    (sink) => (batch, keys) =>
      Effect.map(sink.append(batch, keys), ({ rejected }) => ({
        rejected: rejected.map(({ index, detail }) => ({ index: index + 1, detail })),
      })),
  )
  faulty(
    "refuses a batch for one row",
    "a row that the table refuses is rejected by its index, and the others are written",
    (sink) => (batch, keys) =>
      Effect.map(sink.append(batch, keys), ({ rejected }) => ({
        rejected: rejected.length === 0 ? [] : keys.map((_, index) => ({ index, detail: "stopped" })),
      })),
  )
  faulty(
    "keeps no order of indices",
    "refused rows are found in a large batch, in the order of their indices",
    (sink) => (batch, keys) =>
      Effect.map(sink.append(batch, keys), ({ rejected }) => ({ rejected: rejected.toReversed() })),
  )
  faulty(
    "writes nothing",
    "rows that the table takes are written, and none is rejected",
    () => () => Effect.succeed({ rejected: [] }),
  )
})

describe("QueryEngineContract", () => {
  const columns = [
    { name: "n", type: "int64" },
    { name: "s", type: "string" },
  ]
  const right = Effect.runSync(
    QueryEngineMemory.make({
      int64: { columns, rows: [[9_007_199_254_740_993n]] },
      micros: { columns, rows: [["2026-01-02T03:04:05.000006Z"]] },
      table: {
        columns,
        rows: [
          [1n, "a"],
          [2n, null],
        ],
      },
      empty: { columns, rows: [] },
      many: { columns, rows: Array.from({ length: 10_000 }, (_, i) => [BigInt(i)]) },
    }),
  )
  const cases = QueryEngineContract.cases({
    literals: { int64: "int64", micros: "micros" },
    table: "table",
    empty: "empty",
    many: "many",
    refused: ["selec"],
  })
  const faulty = (fault: string, by: string, query: QueryEngine["Service"]["query"]) =>
    refuses(fault, by, cases, Layer.succeed(QueryEngine, { query }))

  faulty("answers int64 as numbers", "a cell of int64", (sql) =>
    Effect.map(right.query(sql), (result) => ({
      ...result,
      rows: Stream.map(result.rows, (row) => row.map((cell) => (typeof cell === "bigint" ? Number(cell) : cell))),
    })),
  )
  faulty("cuts times to milliseconds", "a cell of micros", (sql) =>
    Effect.map(right.query(sql), (result) => ({
      ...result,
      rows: Stream.map(result.rows, (row) =>
        row.map((cell) => (typeof cell === "string" ? cell.replace(/\d{3}Z$/, "Z") : cell)),
      ),
    })),
  )
  faulty("answers one page", "many rows are streamed, all and in order", (sql) =>
    Effect.map(right.query(sql), (result) => ({ ...result, rows: Stream.take(result.rows, 1_000) })),
  )
  faulty("has no columns where there are no rows", "an answer without rows has its columns", (sql) =>
    Effect.map(right.query(sql), (result) => (sql === "empty" ? { ...result, columns: [] } : result)),
  )
  faulty("answers nothing to wrong SQL", "SQL that is wrong is Invalid (1)", (sql) =>
    right.query(sql).pipe(Effect.catch(() => right.query("empty"))),
  )
})

describe("RecordSourceContract", () => {
  const delivery = { content: { bytes: Uint8Array.of(1) }, identity: "digest", modifiedAt: 0 } as const
  const right = RecordSourceMemory.make([
    { ...delivery, source: "a" },
    { ...delivery, source: "b" },
  ])
  const cases = RecordSourceContract.cases({ sources: ["a", "b"] })
  const faulty = (fault: string, by: string, deliveries: RecordSource["Service"]["deliveries"]) =>
    refuses(fault, by, cases, Layer.succeed(RecordSource, { deliveries }))

  faulty("overlooks something", "lists everything that is there", Stream.take(right.deliveries, 1))
  let listings = 0
  faulty(
    "lists another identity each time",
    "lists the same things again with the same identity",
    Stream.suspend(() => {
      const qualifier = String(listings++)
      return Stream.map(right.deliveries, (delivery) => ({ ...delivery, qualifier }))
    }),
  )
  faulty(
    "names no version",
    "an object that its version identifies has one",
    Stream.map(right.deliveries, (delivery) => ({
      ...delivery,
      identity: "version" as const,
      content: { object: { bucket: "b", key: delivery.source } },
    })),
  )
  faulty(
    "has no time",
    "everything has a time",
    Stream.map(right.deliveries, (delivery) => ({ ...delivery, modifiedAt: Number.NaN })),
  )
})

describe("FlowRunnerContract", () => {
  const faulty = (
    fault: string,
    by: string,
    change: (runner: FlowRunner["Service"]) => Partial<FlowRunner["Service"]>,
  ) => {
    const right = Effect.runSync(FlowRunnerMemory.make(["ga", "other"]))
    const cases = FlowRunnerContract.cases({
      flow: "ga",
      missingFlow: "none",
      prefix: "p/",
      finish: (flow, id) => Effect.ignore(right.finish(flow, id)),
      passTime: TestClock.adjust,
    })
    refuses(fault, by, cases, Layer.succeed(FlowRunner, { ...right, ...change(right) }))
  }

  let calls = 0
  faulty("starts a run for each call", "the same token again answers the first run", (runner) => ({
    start: (flow, token) => runner.start(flow, `${token}-${calls++}`),
  }))
  faulty("starts one run only", "another token starts another run", (runner) => ({
    start: (flow) => runner.start(flow, "same"),
  }))
  faulty("lists the oldest first", "runs are listed, newest first, as status answers them", (runner) => ({
    list: (flow) =>
      Stream.fromIterableEffect(Effect.map(Stream.runCollect(runner.list(flow)), (runs) => runs.toReversed())),
  }))
  faulty("says that every run is running", "a run that was started can be followed to its end", (runner) => ({
    status: (flow, id) => Effect.map(runner.status(flow, id), (run) => ({ ...run, status: "running" as const })),
  }))
  faulty("knows every flow", "a flow that does not exist is NotFound", (runner) => ({
    start: (flow, token) => runner.start(flow === "none" ? "other" : flow, token),
  }))
})

describe("EventPublisherContract", () => {
  const faulty = (
    fault: string,
    by: string,
    change: (events: ReadonlyArray<PublishedEvent>) => ReadonlyArray<PublishedEvent>,
  ) => {
    const right = Effect.runSync(EventPublisherMemory.make)
    const cases = EventPublisherContract.cases({ prefix: "p/", published: right.published })
    refuses(fault, by, cases, Layer.succeed(EventPublisher, { publish: (events) => right.publish(change(events)) }))
  }

  faulty("sends ten events only", "publishes more events than one call of the provider takes", (events) =>
    events.slice(0, 10),
  )
  faulty("loses the detail", "publishes events as they are", (events) =>
    events.map((event) => ({ ...event, detail: {} })),
  )
  faulty("names events itself", "publishes events as they are", (events) =>
    events.map((event, i) => ({ ...event, id: `${event.id}-${i}` })),
  )
})

describe("SecretSourceContract", () => {
  const value = "canary-7c1f"
  const right = SecretSourceMemory.make({ known: Redacted.make(value) })
  const cases = SecretSourceContract.cases({ name: "known", value, missing: "unknown" })
  const faulty = (fault: string, by: string, get: SecretSource["Service"]["get"]) =>
    refuses(fault, by, cases, Layer.succeed(SecretSource, { get }))

  faulty("answers an empty secret for a missing one", "a secret that does not exist is NotFound", (name) =>
    right.get(name).pipe(Effect.catch(() => Effect.succeed(Redacted.make("")))),
  )
  faulty("shows what it knows", "a failure does not show any secret", (name) =>
    Effect.mapError(
      right.get(name),
      () =>
        new SecretSourceError({
          operation: "get",
          reason: new PortError.NotFound({ detail: `only ${value} is known` }),
        }),
    ),
  )
  faulty("answers another value", "answers the secret's value", () => Effect.succeed(Redacted.make("other")))
  faulty("labels the secret with its value", "a secret does not print itself", () =>
    Effect.succeed(Redacted.make(value, { label: value })),
  )
})

/** The flow ga end to end on ministack: AppFlow's objects on S3, EventBridge, SQS, the handler, Parquet and Glue, Athena. */
import { assert, describe, it } from "@effect/vitest"
import * as AthenaQueryEngine from "@tributary/adapters-aws/AthenaQueryEngine"
import * as GlueTableCatalog from "@tributary/adapters-aws/GlueTableCatalog"
import * as S3ObjectStore from "@tributary/adapters-aws/S3ObjectStore"
import * as SqsMessageQueue from "@tributary/adapters-aws/SqsMessageQueue"
import * as SqliteJournalStore from "@tributary/adapters-node/SqliteJournalStore"
import { defineConfig } from "@tributary/core/Config"
import { gaFlow, gaSample } from "@tributary/core/GaFlow"
import * as LakeState from "@tributary/core/journal/LakeState"
import * as Ledger from "@tributary/core/journal/Ledger"
import { type Message, MessageQueue } from "@tributary/core/MessageQueue"
import { ObjectStore } from "@tributary/core/ObjectStore"
import { makeGaHandler } from "@tributary/runtime-lambda/GaHandler"
import type { Handler } from "@tributary/runtime-lambda/Handler"
import * as LakeLayer from "@tributary/runtime-lambda/LakeLayer"
import type { SqsBatchResponse } from "@tributary/core/wire/SqsRecord"
import { ConfigProvider, Effect, Layer, Stream } from "effect"
import { join } from "node:path"
import { clouds, unique } from "../../../scripts/clouds/clouds.ts"
import { seedQuery, select, selectShown } from "./support/athena.ts"
import { newBucket, newEventSource, newFunction, newQueue, newRule, type Queue } from "./support/aws.ts"
import { bundled } from "./support/bundle.ts"
import { bytesOf, keyOf, objectCreated, reportPage, runReport, sqsEvent } from "./support/events.ts"
import { contextOf, invoke } from "./support/invocation.ts"
import { temporaryFolder, until } from "./support/world.ts"

clouds()

const first = "5b0f4c1e-6a0d-4f0e-9a51-0c7d2e8b9f10"
const second = "c2a7e9d4-31b8-4d6c-8e2f-77f1a5b3d086"

/** What the first run wrote, and the second, which restates the second day. */
const objects = {
  [keyOf(first, "1.json")]: reportPage(
    ["2026010100", "desktop", 3],
    ["2026010101", "desktop", 4],
    ["2026010102", "mobile", 5],
  ),
  [keyOf(first, "2 of 2+.json")]: reportPage(
    ["2026010200", "desktop", 6],
    ["2026010201", "desktop", 7],
    ["2026010202", "desktop", 8],
  ),
}
const restated = {
  [keyOf(second, "1.json")]:
    `${reportPage(["2026010200", "desktop", 9])}\n${reportPage(["2026010300", "tablet", 1], ["2026010399", "tablet", 1])}`,
}
const afterFirst = [
  [2026n, 1n, 2n, "desktop", 3n],
  [2026n, 1n, 1n, "desktop", 2n],
  [2026n, 1n, 1n, "mobile", 1n],
]
const afterSecond = [
  [2026n, 1n, 1n, "desktop", 2n],
  [2026n, 1n, 1n, "mobile", 1n],
  [2026n, 1n, 2n, "desktop", 1n],
  [2026n, 1n, 3n, "tablet", 1n],
]

/** A source, its queue, a lake beside it, and a journal. A message that failed twice goes to the dead-letter queue. */
const newPlaces = Effect.gen(function* () {
  const folder = yield* temporaryFolder
  return yield* Effect.promise(async () => {
    const bucket = await newBucket()
    const dead = await newQueue()
    const redrive = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 2 })
    const queue = await newQueue({ VisibilityTimeout: "5", RedrivePolicy: redrive })
    await newRule(bucket, queue)
    return { bucket, dead, queue, journal: join(folder, "journal.sqlite") }
  })
})

const adapters = ({ bucket, journal, queue }: { bucket: string; journal: string; queue: Queue }) =>
  Layer.mergeAll(
    S3ObjectStore.layerConfig,
    GlueTableCatalog.layer(),
    SqsMessageQueue.layer({ queueUrl: queue.url }),
    AthenaQueryEngine.layer({ outputLocation: `s3://${bucket}/query-results/` }),
    SqliteJournalStore.layer({ file: journal }),
  )

const put = Effect.fnUntraced(function* (bucket: string, files: Readonly<Record<string, string>>) {
  const store = yield* ObjectStore
  for (const [key, text] of Object.entries(files)) yield* store.put({ bucket, key }, bytesOf(text), "any")
})

const send = (...bodies: ReadonlyArray<string>) => MessageQueue.use((queue) => queue.send(bodies))

/** Receives so many messages, or fails. */
const receive = (wanted: number) =>
  Effect.gen(function* () {
    const queue = yield* MessageQueue
    const found: Array<Message> = []
    for (let attempt = 0; found.length < wanted && attempt < 20; attempt++) {
      found.push(...(yield* queue.receive({ maxMessages: 10, waitSeconds: 1, visibilitySeconds: 30 })))
    }
    assert.lengthOf(found, wanted)
    return found
  })

/** Does what Lambda's poller does with so many messages: calls the handler, and acknowledges what it does not name. */
const poll = Effect.fnUntraced(function* (handler: Handler<SqsBatchResponse>, wanted: number) {
  const queue = yield* MessageQueue
  const found = yield* receive(wanted)
  const bodies = Object.fromEntries(found.map(({ body, id }) => [id, body]))
  const { answer } = yield* invoke(handler, sqsEvent(bodies), contextOf(60_000))
  assert.deepStrictEqual(answer, { batchItemFailures: [] })
  assert.deepStrictEqual(yield* queue.ack(found.map(({ receipt }) => receipt)), [])
  return found
})

const ledger = Effect.map(LakeState.read(), (state) => {
  const { balanced, flows } = Ledger.make(state, ["ga"])
  return { balanced, ...flows["ga"]! }
})

const account = {
  balanced: true,
  records: 0,
  written: 0,
  superseded: 0,
  duplicate: 0,
  filtered: 0,
  quarantined: 0,
  pending: 0,
}

describe("the flow ga on ministack", () => {
  it.live("from objects to the seed's query, in process", () =>
    Effect.gen(function* () {
      const places = yield* newPlaces
      const { bucket, journal } = places
      const database = unique("appflow_data_")
      const env = { ...process.env, TRIBUTARY_LAKE: `s3://${bucket}/lake`, TRIBUTARY_JOURNAL: journal }
      const handler = makeGaHandler({
        config: defineConfig({ flows: { ga: { ...gaFlow, table: { ...gaSample, database } } } }),
        flow: "ga",
        layer: Layer.provide(LakeLayer.layer, ConfigProvider.layer(ConfigProvider.fromEnv({ env }))),
      })
      yield* Effect.addFinalizer(() => Effect.promise(handler.dispose))

      yield* Effect.gen(function* () {
        // The rule's prefix has no slash, as the seed's: an object of a folder of a similar name is told of too.
        yield* put(bucket, { ...objects, "ga-data2/1.json": objects[keyOf(first, "1.json")]! })
        const told = yield* poll(handler, 3)
        assert.deepStrictEqual(yield* ledger, { ...account, records: 6, pending: 6 })

        // The end of the run, and beside it everything again, and a poison message.
        yield* send(
          ...told.map(({ body }) => body),
          runReport(first),
          '{"detail-type":"Object Created","source":"aws.s3"}',
        )
        yield* poll(handler, 5)
        assert.deepStrictEqual(yield* ledger, { ...account, records: 7, written: 6, quarantined: 1 })
        // One generation is all there is: even ministack, which does not look at partitions, answers as Athena.
        assert.deepStrictEqual(yield* select(seedQuery(database)), afterFirst)
        assert.deepStrictEqual(yield* selectShown(database, seedQuery(database)), afterFirst)

        yield* put(bucket, restated)
        yield* poll(handler, 1)
        assert.deepStrictEqual(yield* selectShown(database, seedQuery(database)), afterFirst)
        yield* send(runReport(second))
        yield* poll(handler, 1)
        assert.deepStrictEqual(yield* selectShown(database, seedQuery(database)), afterSecond)
        assert.deepStrictEqual(yield* ledger, { ...account, records: 10, written: 5, superseded: 3, quarantined: 2 })

        const store = yield* ObjectStore
        const files = yield* Stream.runCollect(store.list(bucket, "lake/"))
        const table = `lake/${database}/ga_sample`
        assert.deepStrictEqual(
          files
            .map(({ key }) => key.replace(/[0-9a-f]{32}-1\.parquet$/, "ID-1.parquet"))
            .filter((key) => key.startsWith(table)),
          [
            `${table}/year=2026/month=1/day=1/${first}/g1/ID-1.parquet`,
            `${table}/year=2026/month=1/day=2/${first}/g1/ID-1.parquet`,
            `${table}/year=2026/month=1/day=2/${second}/g1/ID-1.parquet`,
            `${table}/year=2026/month=1/day=3/${second}/g1/ID-1.parquet`,
          ],
        )
      }).pipe(Effect.provide(adapters(places)))
    }),
  )

  it.live("from objects to the seed's query, with the bundle as a function behind the queue", () =>
    Effect.gen(function* () {
      const places = yield* newPlaces
      const { bucket, dead, journal, queue } = places
      yield* Effect.promise(async () => {
        const variables = { TRIBUTARY_LAKE: `s3://${bucket}/lake`, TRIBUTARY_JOURNAL: journal }
        await newEventSource(await newFunction(bundled("ga.mjs"), variables), queue)
      })
      yield* Effect.gen(function* () {
        yield* put(bucket, objects)
        yield* send("poison", runReport(first))
        yield* until(ledger, { ...account, records: 7, written: 6, quarantined: 1 })
        assert.deepStrictEqual(yield* select(seedQuery("appflow_data")), afterFirst)
        yield* put(bucket, restated)
        yield* send(runReport(second))
        yield* until(ledger, { ...account, records: 10, written: 5, superseded: 3, quarantined: 2 })
        yield* until(selectShown("appflow_data", seedQuery("appflow_data")), afterSecond)
        // What fails is tried again by itself; ministack reads our answer as Lambda does.
        const gone = objectCreated(bucket, keyOf(second, "gone.json"))
        yield* send(gone, "more poison")
        yield* until(ledger, { ...account, records: 11, written: 5, superseded: 3, quarantined: 3 })
        yield* until(waiting, [gone]).pipe(Effect.provide(SqsMessageQueue.layer({ queueUrl: dead.url })))
        assert.deepStrictEqual(yield* waiting, [])
      }).pipe(Effect.provide(adapters(places)))
    }),
  )
})

/** The messages of the queue that are visible now. */
const waiting = MessageQueue.use((queue) =>
  Effect.map(queue.receive({ maxMessages: 10, waitSeconds: 0, visibilitySeconds: 0 }), (found) =>
    found.map(({ body }) => body),
  ),
)

/** The flow logs end to end: CloudWatch Logs' payloads, the handler, BigQuery (bqemulator); the lake's side on ministack. */
import { assert, describe, it } from "@effect/vitest"
import * as S3ObjectStore from "@tributary/adapters-aws/S3ObjectStore"
import * as BigQueryClient from "@tributary/adapters-gcp/BigQueryClient"
import * as BigQueryQueryEngine from "@tributary/adapters-gcp/BigQueryQueryEngine"
import * as BigQueryTable from "@tributary/adapters-gcp/BigQueryTable"
import * as BigQueryTableId from "@tributary/adapters-gcp/BigQueryTableId"
import * as SqliteJournalStore from "@tributary/adapters-node/SqliteJournalStore"
import { defineConfig } from "@tributary/core/Config"
import * as LakeState from "@tributary/core/journal/LakeState"
import * as Ledger from "@tributary/core/journal/Ledger"
import { logsFlow } from "@tributary/core/LogsFlow"
import { ObjectStore } from "@tributary/core/ObjectStore"
import { makeLogsHandler } from "@tributary/runtime-lambda/LogsHandler"
import * as WarehouseLayer from "@tributary/runtime-lambda/WarehouseLayer"
import { ConfigProvider, Effect, Layer, Stream } from "effect"
import { join } from "node:path"
import { clouds, unique } from "../../../scripts/clouds/clouds.ts"
import { select } from "./support/athena.ts"
import { newBucket, newFunction, newSubscription } from "./support/aws.ts"
import { bundled } from "./support/bundle.ts"
import { logsEvent } from "./support/events.ts"
import { contextOf, invoke } from "./support/invocation.ts"
import { temporaryFolder, until } from "./support/world.ts"

const { bigquery } = clouds()

/** A table as we define it, its view, and a lake for the payloads; with the environment of a function that writes to them. */
const newPlaces = Effect.gen(function* () {
  const folder = yield* temporaryFolder
  const bucket = yield* Effect.promise(newBucket)
  const dataset = unique("logs")
  const table = { project: bigquery.projectId, dataset, table: "events_records" }
  yield* BigQueryTable.ensure({ table, schema: logsFlow.table, view: { dataset, table: "events" } })
  const journal = join(folder, "journal.sqlite")
  const variables = {
    TRIBUTARY_LAKE: `s3://${bucket}/lake`,
    TRIBUTARY_JOURNAL: journal,
    BIGQUERY_TABLE_ID: BigQueryTableId.format(table),
    BIGQUERY_EMULATOR_HOST: bigquery.endpoint,
    GOOGLE_CLOUD_PROJECT: bigquery.projectId,
  }
  const name = `\`${bigquery.projectId}.${dataset}\``
  return { bucket, journal, variables, records: `${name}.events_records`, view: `${name}.events` }
})

const ledger = (journal: string) =>
  LakeState.read().pipe(
    Effect.map((state) => {
      const { balanced, flows } = Ledger.make(state, ["logs"])
      return { balanced, ...flows["logs"]! }
    }),
    Effect.provide(SqliteJournalStore.layer({ file: journal })),
  )

const client = BigQueryClient.layer({ apiEndpoint: bigquery.endpoint, projectId: bigquery.projectId })
const warehouse = Layer.merge(BigQueryTable.layerApi, BigQueryQueryEngine.layer()).pipe(Layer.provide(client))

const at = 1_767_517_502_123
const event = logsEvent([
  { id: "1", timestamp: at, message: "START RequestId: 8c1f Version: 1\n" },
  {
    id: "2",
    timestamp: at,
    message: '{"session_id":9007199254740993,"action":"buy","params":{"price":1.10,"who":"é"}}',
  },
  { id: "3", timestamp: at + 1, message: '{"action":"look","params":null}' },
  { id: "4", timestamp: at + 2, message: "Task timed out after 3.00 seconds" },
])
const rows = [
  ["2026-01-04T09:05:02.123Z", 9_007_199_254_740_993n, "buy", '{"price":1.10,"who":"é"}'],
  ["2026-01-04T09:05:02.124Z", 0n, "look", null],
]

describe("the flow logs on ministack and bqemulator", () => {
  it.live("from a payload to rows, in process; a payload that comes again adds none", () =>
    Effect.gen(function* () {
      const { bucket, journal, records, variables, view } = yield* newPlaces
      const env = { ...process.env, ...variables }
      const handler = makeLogsHandler({
        config: defineConfig({ flows: { logs: { ...logsFlow, sink: "warehouse" } } }),
        flow: "logs",
        layer: Layer.provide(WarehouseLayer.layer, ConfigProvider.layer(ConfigProvider.fromEnv({ env }))),
      })
      yield* Effect.addFinalizer(() => Effect.promise(handler.dispose))
      const again = logsEvent([
        {
          id: "2",
          timestamp: at,
          message: '{"session_id":9007199254740993,"action":"buy","params":{"price":1.10,"who":"é"}}',
        },
      ])
      for (const delivered of [event, event, again]) {
        const { answer } = yield* invoke(handler, delivered, contextOf(60_000))
        assert.deepStrictEqual(answer, { statusCode: 200, body: "Log processed and sent to BigQuery" })
        assert.deepStrictEqual(yield* select(`SELECT * FROM ${view} ORDER BY timestamp`), rows)
        // bqemulator recognises no insertId: it was us who did not send again.
        assert.deepStrictEqual(yield* select(`SELECT COUNT(*) AS n, COUNT(DISTINCT _record_id) AS k FROM ${records}`), [
          [2n, 2n],
        ])
      }
      assert.deepStrictEqual(yield* ledger(journal), {
        balanced: true,
        records: 5,
        written: 2,
        superseded: 0,
        duplicate: 1,
        filtered: 1,
        quarantined: 1,
        pending: 0,
      })
      const store = yield* ObjectStore
      const kept = yield* Stream.runCollect(store.list(bucket, "lake/_inputs/"))
      assert.lengthOf(kept, 2)
    }).pipe(Effect.provide([warehouse, S3ObjectStore.layerConfig])),
  )

  it.live("from PutLogEvents to rows, with the bundle as a subscribed function", () =>
    Effect.gen(function* () {
      const { journal, variables, view } = yield* newPlaces
      const write = yield* Effect.promise(async () =>
        newSubscription(await newFunction(bundled("logs.mjs"), variables)),
      )
      const now = Date.now()
      yield* Effect.promise(() =>
        write([
          { timestamp: now, message: '{"session_id":1,"action":"buy"}' },
          { timestamp: now + 1, message: "no JSON" },
        ]),
      )
      const written = { balanced: true, superseded: 0, duplicate: 0, filtered: 0, pending: 0 }
      yield* until(ledger(journal), { ...written, records: 2, written: 1, quarantined: 1 })
      yield* Effect.promise(() => write([{ timestamp: now + 2, message: '{"session_id":2}' }]))
      yield* until(ledger(journal), { ...written, records: 3, written: 2, quarantined: 1 })
      assert.deepStrictEqual(yield* select(`SELECT * FROM ${view} ORDER BY session_id`), [
        [new Date(now).toISOString(), 1n, "buy", null],
        [new Date(now + 2).toISOString(), 2n, null, null],
      ])
    }).pipe(Effect.provide(warehouse)),
  )
})

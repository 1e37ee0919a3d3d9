import { defineConfig } from "@tributary/core/Config"
import type { Delivery, ExtractRef } from "@tributary/core/Delivery"
import { gaFlow } from "@tributary/core/GaFlow"
import * as IngestCall from "@tributary/core/flow/IngestCall"
import * as LakeState from "@tributary/core/journal/LakeState"
import * as Ledger from "@tributary/core/journal/Ledger"
import { Lake } from "@tributary/core/Lake"
import * as Memory from "@tributary/core/memory"
import { ObjectStore } from "@tributary/core/ObjectStore"
import { ParquetReader } from "@tributary/core/ParquetReader"
import { joinBytes } from "@tributary/core/testing/Contract"
import { Effect, Layer, Stream } from "effect"

/** A lake in memory. */
export const layer = Layer.fresh(
  Layer.merge(
    Memory.layer,
    Layer.succeed(Lake, { bucket: "lake", prefix: "", address: (key: string) => `mem://lake/${key}` }),
  ),
)

export const config = defineConfig()

/** The same flow, its extracts merged. */
export const merging = defineConfig({ flows: { ga: { ...gaFlow, mode: "merge" } } })

/** Bytes in hand, as a delivery. */
export const bytesOf = (content: string | Uint8Array, extract?: ExtractRef, source = "test"): Delivery => ({
  source,
  content: { bytes: typeof content === "string" ? Buffer.from(content) : content },
  identity: "digest",
  modifiedAt: 1000,
  ...(extract === undefined ? {} : { extract, qualifier: String(extract.at) }),
})

/** A report page of rows `[YYYYMMDDHH, device, users]`. */
export const page = (...rows: ReadonlyArray<readonly [dateHour: string, device: string, users: number]>): string =>
  JSON.stringify({
    reports: [
      {
        columnHeader: {
          dimensions: ["ga:dateHour", "ga:deviceCategory"],
          metricHeader: { metricHeaderEntries: [{ name: "ga:users", type: "INTEGER" }] },
        },
        data: {
          rows: rows.map(([hour, device, users]) => ({
            dimensions: [hour, device],
            metrics: [{ values: [String(users)] }],
          })),
        },
      },
    ],
  })

export const payload = (
  ids: ReadonlyArray<string>,
  message: (id: string) => string = (id) => JSON.stringify({ action: id }),
): string =>
  JSON.stringify({
    messageType: "DATA_MESSAGE",
    owner: "1",
    logGroup: "g",
    logStream: "s",
    subscriptionFilters: [],
    logEvents: ids.map((id) => ({ id, timestamp: 1767225600000, message: message(id) })),
  })

export const ingest = (flow: string, ...deliveries: ReadonlyArray<Delivery>) =>
  IngestCall.run(config, flow, Stream.fromIterable(deliveries))

export const ingestMerging = (...deliveries: ReadonlyArray<Delivery>) =>
  IngestCall.run(merging, "ga", Stream.fromIterable(deliveries))

/** What a query sees now: rows as text, sorted, each with its day. */
export const visible = Effect.fnUntraced(function* (table: string) {
  const store = yield* ObjectStore
  const reader = yield* ParquetReader
  const state = yield* LakeState.read()
  const rows: Array<string> = []
  for (const file of LakeState.visibleFiles(state, table)) {
    const bytes = joinBytes(yield* Stream.runCollect(store.get({ bucket: "lake", key: file.path })))
    const found = yield* reader.rows({
      size: bytes.length,
      slice: (start, end) => Effect.succeed(bytes.slice(start, end)),
    })
    for (const row of found) rows.push([file.day, ...row].join(" "))
  }
  return rows.toSorted()
})

export const ledger = Effect.map(LakeState.read(), (state) => Ledger.make(state, Object.keys(config.flows)))

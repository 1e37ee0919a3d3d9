/** The ports in memory, and what a test asks of them afterwards. */
import * as ColumnBatch from "@tributary/core/ColumnBatch"
import { Lake } from "@tributary/core/Lake"
import * as LakeState from "@tributary/core/journal/LakeState"
import * as Ledger from "@tributary/core/journal/Ledger"
import * as Quarantine from "@tributary/core/flow/Quarantine"
import * as CompressionMemory from "@tributary/core/memory/CompressionMemory"
import * as DigestMemory from "@tributary/core/memory/DigestMemory"
import * as JournalStoreMemory from "@tributary/core/memory/JournalStoreMemory"
import * as ObjectStoreMemory from "@tributary/core/memory/ObjectStoreMemory"
import * as ParquetEncoderMemory from "@tributary/core/memory/ParquetEncoderMemory"
import * as ParquetReaderMemory from "@tributary/core/memory/ParquetReaderMemory"
import * as SeenKeysMemory from "@tributary/core/memory/SeenKeysMemory"
import * as TableCatalogMemory from "@tributary/core/memory/TableCatalogMemory"
import { ObjectStore } from "@tributary/core/ObjectStore"
import * as PortError from "@tributary/core/PortError"
import type { Cell } from "@tributary/core/QueryEngine"
import type { RejectedRow, RowSink } from "@tributary/core/RowSink"
import { TableCatalog } from "@tributary/core/TableCatalog"
import { type FlowServices, withoutWarehouse } from "@tributary/runtime-lambda/FlowServices"
import { Context, Effect, Layer, Stream } from "effect"
import { bytesOf } from "./events.ts"

export interface Memory {
  readonly services: Context.Context<FlowServices>
  /** The same services with some of them replaced. */
  readonly layer: Layer.Layer<FlowServices>
}

const ports = Layer.mergeAll(
  Layer.succeed(Lake, { bucket: "lake", prefix: "tables/", address: (key) => `s3://lake/${key}` }),
  CompressionMemory.layer,
  DigestMemory.layer,
  JournalStoreMemory.layer,
  ObjectStoreMemory.layer,
  ParquetEncoderMemory.layer,
  ParquetReaderMemory.layer,
  SeenKeysMemory.layer,
  TableCatalogMemory.layer,
  withoutWarehouse,
)

/** New, empty services. */
export const memory: Effect.Effect<Memory> = Effect.scoped(
  Effect.map(Layer.build(Layer.fresh(ports)), (services) => ({ services, layer: Layer.succeedContext(services) })),
)

/** With another port in the place of one of them. */
export const replaced = <I extends FlowServices, S>(
  { services }: Memory,
  port: Context.Key<I, S>,
  change: (service: S) => S,
): Memory => {
  const changed = Context.add(services, port, change(Context.get(services as Context.Context<never>, port as never)))
  return { services: changed, layer: Layer.succeedContext(changed) }
}

/** Puts an object; answers its version. */
export const put = ({ services }: Memory, bucket: string, key: string, text: string) =>
  Effect.gen(function* () {
    const store = yield* ObjectStore
    return (yield* store.put({ bucket, key }, bytesOf(text), "any")).version
  }).pipe(Effect.provideContext(services))

export const ledger = ({ services }: Memory, flow: string) =>
  LakeState.read().pipe(
    Effect.map((state) => {
      const { balanced, flows } = Ledger.make(state, [flow])
      return { balanced, ...flows[flow]! }
    }),
    Effect.provideContext(services),
  )

/** `day: rows` of each file that a query of the table reads. */
export const visible = ({ services }: Memory, table: string) =>
  LakeState.read().pipe(
    Effect.map((state) =>
      LakeState.visibleFiles(state, table)
        .map(({ day, rows }) => `${day}: ${rows}`)
        .toSorted(),
    ),
    Effect.provideContext(services),
  )

/** Source and reason of what is in quarantine. */
export const quarantined = ({ services }: Memory) =>
  Quarantine.list().pipe(
    Stream.map(({ input, reason }) => `${input}: ${reason}`),
    Stream.runCollect,
    Effect.provideContext(services),
  )

/** Where the catalog's partitions lie, by date. */
export const partitions = ({ services }: Memory, database: string, table: string) =>
  Effect.gen(function* () {
    const catalog = yield* TableCatalog
    return yield* Stream.runCollect(catalog.partitions(database, table))
  }).pipe(Effect.provideContext(services))

export interface SinkMemory {
  /** The key and the cells of every row taken. */
  readonly rows: Array<readonly [key: string, ...cells: ReadonlyArray<Cell>]>
  readonly sink: RowSink["Service"]
}

/** A warehouse that refuses the rows in which a cell is `refused`. */
export const sinkMemory = (refused?: Cell): SinkMemory => {
  const rows: SinkMemory["rows"] = []
  return {
    rows,
    sink: {
      append: (batch, keys) =>
        Effect.sync(() => {
          const rejected: Array<RejectedRow> = []
          ColumnBatch.toRows(batch).forEach((cells, index) => {
            if (refused !== undefined && cells.includes(refused)) rejected.push({ index, detail: "no such session" })
            else rows.push([keys[index]!, ...cells])
          })
          return { rejected }
        }),
    },
  }
}

export const unavailable = { operation: "call it", reason: new PortError.Unavailable({ detail: "it is down" }) }

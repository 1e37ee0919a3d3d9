/**
 * What a flow needs to run, whichever sink it has.
 *
 * @since 0.1.0
 */
import type { Compression } from "@tributary/core/Compression"
import type { Digest } from "@tributary/core/Digest"
import type { JournalStore } from "@tributary/core/JournalStore"
import type { Lake } from "@tributary/core/Lake"
import type { ObjectStore } from "@tributary/core/ObjectStore"
import { ParquetEncoder } from "@tributary/core/ParquetEncoder"
import { ParquetReader } from "@tributary/core/ParquetReader"
import { RowSink } from "@tributary/core/RowSink"
import type { SeenKeys } from "@tributary/core/SeenKeys"
import { TableCatalog } from "@tributary/core/TableCatalog"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"

/**
 * The ports behind a handler.
 *
 * @category models
 * @since 0.1.0
 */
export type FlowServices =
  | Compression
  | Digest
  | JournalStore
  | Lake
  | ObjectStore
  | ParquetEncoder
  | ParquetReader
  | RowSink
  | SeenKeys
  | TableCatalog

const missing = (what: string) =>
  Effect.die(new Error(`this function's layer has no ${what}; the flow's sink asks for one`))

/**
 * For a flow that writes to the lake: to ask for its warehouse is a bug.
 *
 * @category layers
 * @since 0.1.0
 */
export const withoutWarehouse: Layer.Layer<RowSink> = Layer.succeed(RowSink, { append: () => missing("warehouse") })

/**
 * For a flow that writes to a warehouse: to ask for its lake tables is a bug.
 *
 * @category layers
 * @since 0.1.0
 */
export const withoutLakeTables: Layer.Layer<ParquetEncoder | ParquetReader | TableCatalog> = Layer.mergeAll(
  Layer.succeed(ParquetEncoder, { open: () => missing("encoder of Parquet") }),
  Layer.succeed(ParquetReader, {
    metadata: () => missing("reader of Parquet"),
    rows: () => missing("reader of Parquet"),
  }),
  Layer.succeed(TableCatalog, {
    ensureTable: () => missing("catalog"),
    getTable: () => missing("catalog"),
    addColumns: () => missing("catalog"),
    pointPartitions: () => missing("catalog"),
    partitions: () => Stream.fromEffect(missing("catalog")),
  }),
)

/**
 * For flows that write to lake tables: Parquet on S3, tables in Glue. `TRIBUTARY_LAKE` and `TRIBUTARY_JOURNAL` say where; nothing of BigQuery is loaded.
 *
 * @since 0.1.0
 */
import * as GlueTableCatalog from "@tributary/adapters-aws/GlueTableCatalog"
import * as HyparquetEncoder from "@tributary/adapters-node/HyparquetEncoder"
import * as HyparquetReader from "@tributary/adapters-node/HyparquetReader"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Environment from "./Environment.ts"
import { withoutWarehouse } from "./FlowServices.ts"
import * as StorageLayer from "./StorageLayer.ts"

/**
 * The services of such a flow. Fails with `EnvironmentError` where a variable is missing or wrong.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = Layer.unwrap(
  Effect.map(Environment.read({ lake: Environment.lake, journal: Environment.journal }), (places) =>
    Layer.mergeAll(GlueTableCatalog.layer(), HyparquetEncoder.layer, HyparquetReader.layer, withoutWarehouse).pipe(
      Layer.provideMerge(StorageLayer.layer(places)),
    ),
  ),
)

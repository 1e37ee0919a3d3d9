/**
 * For flows that write to BigQuery: payloads, quarantine and journal as in the lake, rows by insertAll. `TRIBUTARY_LAKE`, `TRIBUTARY_JOURNAL` and
 * `BIGQUERY_TABLE_ID` say where; nothing of Glue and Parquet is loaded.
 *
 * @since 0.1.0
 */
import * as BigQueryClient from "@tributary/adapters-gcp/BigQueryClient"
import * as BigQueryRowSink from "@tributary/adapters-gcp/BigQueryRowSink"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Environment from "./Environment.ts"
import { withoutLakeTables } from "./FlowServices.ts"
import * as StorageLayer from "./StorageLayer.ts"

const { bigQueryTable, journal, lake } = Environment

/**
 * The services of such a flow. Fails with `EnvironmentError` where a variable is missing or wrong.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = Layer.unwrap(
  Effect.map(Environment.read({ lake, journal, table: bigQueryTable }), ({ table, ...places }) =>
    Layer.mergeAll(
      BigQueryRowSink.layer({ table }).pipe(Layer.provide(BigQueryClient.layer())),
      withoutLakeTables,
      StorageLayer.layer(places),
    ),
  ),
)

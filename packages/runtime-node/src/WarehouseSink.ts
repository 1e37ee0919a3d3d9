/**
 * Where a flow's rows go that are for the warehouse and not for the lake: the BigQuery table that `BIGQUERY_TABLE_ID` names.
 *
 * @since 0.1.0
 */
import type { Config } from "@tributary/core/Config"
import { RowSink } from "@tributary/core/RowSink"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { WrongCall } from "./WrongCall.ts"

/**
 * Google's packages are loaded only where the flow needs them.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (config: Config, flow: string): Layer.Layer<RowSink, WrongCall> => {
  const declared = config.flows[flow]
  if (declared?.kind !== "logs" || declared.sink !== "warehouse") return unused
  return Layer.unwrap(
    Effect.map(
      Effect.promise(() =>
        Promise.all([
          import("@tributary/adapters-gcp/BigQueryRowSink"),
          import("@tributary/adapters-gcp/BigQueryClient"),
        ]),
      ),
      ([sink, client]) => Layer.provide(sink.layerConfig, client.layer()),
    ),
  ).pipe(
    Layer.catch((error) =>
      Layer.effect(
        RowSink,
        new WrongCall({ sentence: `the flow ${flow} goes to BigQuery, and its address is missing: ${error.message}` }),
      ),
    ),
  )
}

const unused = Layer.succeed(RowSink, { append: () => Effect.die(new Error("this flow has no warehouse")) })

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
 * For the flows of one call. Google's packages are loaded only where one of them needs them; two that do are refused, for the address names one table.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (config: Config, flows: ReadonlyArray<string>): Layer.Layer<RowSink, WrongCall> => {
  const [flow, ...others] = Array.from(new Set(flows)).filter((name) => {
    const declared = Object.hasOwn(config.flows, name) ? config.flows[name] : undefined
    return declared?.kind === "logs" && declared.sink === "warehouse"
  })
  if (flow === undefined) return unused
  if (others.length > 0) {
    const sentence = `${[flow, ...others].join(" and ")} go to tables of their own in BigQuery: one flow at a time, with its BIGQUERY_TABLE_ID`
    return Layer.effect(RowSink, new WrongCall({ sentence }))
  }
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

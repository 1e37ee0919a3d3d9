/** Somebody's service: takes payloads of CloudWatch Logs, sends the orders in them to a warehouse, and says how many there were. */
// #region code
import { type Config, defineConfig } from "@tributary/core/Config"
import * as IngestCall from "@tributary/core/flow/IngestCall"
import { logsFlow } from "@tributary/core/LogsFlow"
import * as Utf8 from "@tributary/core/Utf8"
import { Clock, Effect, Stream } from "effect"

const config: Config = defineConfig({ flows: { orders: { ...logsFlow, sink: "warehouse" } } })

export const receive = Effect.fn("OrderFeed.receive")(function* (payload: unknown) {
  const delivery = {
    source: "orders",
    content: { bytes: Utf8.encode(JSON.stringify(payload)) },
    identity: "digest",
    modifiedAt: yield* Clock.currentTimeMillis,
  } as const
  const { quarantined, written } = yield* IngestCall.run(config, "orders", Stream.make(delivery))
  return { orders: written, refused: quarantined }
})
// #endregion code

/**
 * Entry point of the log function: the seed's flow `logs`, from CloudWatch Logs into the table of `BIGQUERY_TABLE_ID`. For another flow, or a lake
 * table, a file like this one.
 *
 * @since 0.1.0
 */
import { defineConfig } from "@tributary/core/Config"
import { logsFlow } from "@tributary/core/LogsFlow"
import { makeLogsHandler } from "./LogsHandler.ts"
import * as WarehouseLayer from "./WarehouseLayer.ts"

/**
 * What Lambda calls: `logs.handler`.
 *
 * @category handlers
 * @since 0.1.0
 * @public
 */
export const handler = makeLogsHandler({
  config: defineConfig({ flows: { logs: { ...logsFlow, sink: "warehouse" } } }),
  flow: "logs",
  layer: WarehouseLayer.layer,
})

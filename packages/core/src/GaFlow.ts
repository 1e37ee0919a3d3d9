/**
 * The seed's Google Analytics flow: users by hour and device, in `appflow_data.ga_sample`.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import type { ReportFlow } from "./Flow.ts"
import * as TableSchema from "./TableSchema.ts"

/**
 * `year, month, day` stand in the path; `hour`, `device` and `user_count` in the file.
 *
 * @category tables
 * @since 0.1.0
 */
export const gaSample: TableSchema.TableSchema = TableSchema.fromSchema(
  Schema.Struct({
    hour: Schema.BigInt.annotate({ description: "Hour of the day, 0 to 23, in the property's time zone." }),
    device: Schema.String.annotate({ description: "Device category: desktop, mobile, tablet." }),
    user_count: Schema.BigInt.annotate({ description: "Users in that hour on that device." }),
  }),
  { database: "appflow_data", name: "ga_sample", partitionColumns: ["year", "month", "day"] },
)

/**
 * Takes both connectors: Universal Analytics names begin with `ga:`, Google Analytics 4 names are bare.
 *
 * @category flows
 * @since 0.1.0
 */
export const gaFlow: ReportFlow = {
  kind: "report",
  table: gaSample,
  fields: [
    {
      names: ["ga:dateHour", "dateHour"],
      role: "dimension",
      reading: { as: "dateHour", columns: ["year", "month", "day", "hour"] },
    },
    { names: ["ga:deviceCategory", "deviceCategory"], role: "dimension", reading: { as: "string", column: "device" } },
    {
      names: ["ga:users", "users", "activeUsers", "totalUsers"],
      role: "metric",
      reading: { as: "int64", column: "user_count" },
    },
  ],
  mode: "replace",
  objectsPerRun: "many",
}

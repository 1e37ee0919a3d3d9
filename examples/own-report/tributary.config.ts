// #region imports
import { defineConfig } from "@tributary/core/Config"
import type { ReportFlow } from "@tributary/core/Flow"
import { gaFlow } from "@tributary/core/GaFlow"
import * as TableSchema from "@tributary/core/TableSchema"
import * as Schema from "effect/Schema"
// #endregion imports

// #region table
const table = TableSchema.fromSchema(
  Schema.Struct({
    country: Schema.String,
    views: Schema.BigInt.annotate({ description: "Pages seen on that day." }),
    engagement_rate: Schema.NullOr(Schema.Number),
  }),
  { database: "appflow_data", name: "page_views", partitionColumns: ["year", "month", "day"] },
)
// #endregion table

// #region flow
const pageViews: ReportFlow = {
  kind: "report",
  table,
  fields: [
    { names: ["date"], role: "dimension", reading: { as: "date", columns: ["year", "month", "day"] } },
    { names: ["country"], role: "dimension", reading: { as: "string", column: "country" } },
    { names: ["screenPageViews"], role: "metric", reading: { as: "int64", column: "views" } },
    {
      names: ["engagementRate"],
      role: "metric",
      reading: { as: "float64", column: "engagement_rate" },
      ifMissing: null,
    },
  ],
  mode: "replace",
  objectsPerRun: "one",
}
// #endregion flow

// #region config
export default defineConfig({ flows: { ga: gaFlow, page_views: pageViews } })
// #endregion config

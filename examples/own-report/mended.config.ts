// The configuration beside this one, once the report's new dimension was declared.
import { defineConfig } from "@tributary/core/Config"
import type { ReportFlow } from "@tributary/core/Flow"
import { gaFlow } from "@tributary/core/GaFlow"
import * as TableSchema from "@tributary/core/TableSchema"
import * as Schema from "effect/Schema"

// #region table
const table = TableSchema.fromSchema(
  Schema.Struct({
    country: Schema.String,
    views: Schema.BigInt.annotate({ description: "Pages seen on that day." }),
    engagement_rate: Schema.NullOr(Schema.Number),
    city: Schema.NullOr(Schema.String),
  }),
  { database: "appflow_data", name: "page_views", partitionColumns: ["year", "month", "day"], version: 2 },
)
// #endregion table

const pageViews: ReportFlow = {
  kind: "report",
  table,
  fields: [
    { names: ["date"], role: "dimension", reading: { as: "date", columns: ["year", "month", "day"] } },
    { names: ["country"], role: "dimension", reading: { as: "string", column: "country" } },
    // #region field
    { names: ["city"], role: "dimension", reading: { as: "string", column: "city" }, ifMissing: null },
    // #endregion field
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

export default defineConfig({ flows: { ga: gaFlow, page_views: pageViews } })

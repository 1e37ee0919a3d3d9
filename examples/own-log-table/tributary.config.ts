// #region imports
import { defineConfig } from "@tributary/core/Config"
import type { LogFlow } from "@tributary/core/Flow"
import * as TableSchema from "@tributary/core/TableSchema"
import * as Schema from "effect/Schema"
// #endregion imports

// #region table
const table = TableSchema.fromSchema(
  Schema.Struct({
    _record_id: Schema.String,
    ordered_at: Schema.BigInt.annotate({ columnType: { kind: "timestamp" } }),
    order_id: Schema.String,
    cents: Schema.BigInt,
    is_gift: Schema.NullOr(Schema.Boolean),
    items: Schema.NullOr(Schema.String.annotate({ columnType: { kind: "json" } })),
  }),
  {
    database: "shop",
    name: "orders",
    partitionColumns: ["year", "month", "day"],
    view: ["ordered_at", "order_id", "cents", "is_gift", "items"],
  },
)
// #endregion table

// #region flow
const orders: LogFlow = {
  kind: "logs",
  table,
  fields: [
    { names: ["orderId", "order_id"], reading: { as: "string", column: "order_id" } },
    { names: ["cents"], reading: { as: "int64", column: "cents" } },
    { names: ["gift"], reading: { as: "boolean", column: "is_gift" }, ifMissing: null },
    { names: ["items"], reading: { as: "json", column: "items" }, ifMissing: null },
  ],
  timestampColumn: "ordered_at",
  keyColumn: "_record_id",
  platformLines: "filter",
  sink: "lake",
  seenKeysMs: 48 * 60 * 60 * 1000,
}
// #endregion flow

// #region config
export default defineConfig({ flows: { orders } })
// #endregion config

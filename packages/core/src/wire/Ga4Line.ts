/**
 * A line of a Google Analytics 4 object: one flat JSON object per row, as AppFlow's custom connector `GoogleAnalytics4` stores it.
 *
 * ```json
 * {"dateHour":"2026010109","deviceCategory":"tablet","activeUsers":"12"}
 * ```
 *
 * Keys are the bare names of dimensions and metrics, and only fields that the flow maps are there. Source: the README and table definition of
 * aws-samples/appflow-custom-connector-for-google-analytics4-realtimereport. Whether the managed connector writes numbers as numbers is
 * not documented (flow templates map every field as String), so both are taken.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * Field name → value. A number here is a JavaScript number: what needs every digit of an int64 reads the text instead.
 *
 * @category models
 * @since 0.1.0
 */
export const Ga4Line = Schema.Record(
  Schema.String,
  Schema.Union([Schema.String, Schema.Finite, Schema.Boolean, Schema.Null]),
)
export type Ga4Line = typeof Ga4Line.Type

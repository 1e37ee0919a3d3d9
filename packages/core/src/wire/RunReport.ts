/**
 * The response of the Google Analytics Data API (GA4) to `runReport`.
 *
 * ```json
 * {
 *   "dimensionHeaders": [{ "name": "dateHour" }, { "name": "deviceCategory" }],
 *   "metricHeaders": [{ "name": "activeUsers", "type": "TYPE_INTEGER" }],
 *   "rows": [{ "dimensionValues": [{ "value": "2026010109" }, { "value": "tablet" }], "metricValues": [{ "value": "12" }] }],
 *   "rowCount": 1,
 *   "metadata": { "currencyCode": "EUR", "timeZone": "Europe/Brussels" },
 *   "kind": "analyticsData#runReport"
 * }
 * ```
 *
 * Source: the `RunReportResponse` of the API's discovery document. Like every Google API it leaves out what is empty: a report without rows has
 * neither `rows` nor `rowCount`, and one that asked for no dimensions has no `dimensionHeaders`.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

const values = Schema.Array(Schema.Struct({ value: Schema.optionalKey(Schema.String) }))

/**
 * A row: values in the order of the headers, each a string, whatever its metric's type. `value` may be absent: JSON of protocol buffers may leave
 * out what is empty.
 *
 * @category models
 * @since 0.1.0
 */
export const RunReportRow = Schema.Struct({
  dimensionValues: Schema.optionalKey(values),
  metricValues: Schema.optionalKey(values),
})
export type RunReportRow = typeof RunReportRow.Type

const rows = Schema.optionalKey(Schema.Array(RunReportRow))

/**
 * What the API says of the figures: `dataLossFromOtherRow` when rows were folded into `(other)`, `subjectToThresholding` when rows were withheld,
 * `emptyReason` when there are none.
 *
 * @category models
 * @since 0.1.0
 */
export const RunReportMetadata = Schema.Struct({
  currencyCode: Schema.optionalKey(Schema.String),
  timeZone: Schema.optionalKey(Schema.String),
  dataLossFromOtherRow: Schema.optionalKey(Schema.Boolean),
  subjectToThresholding: Schema.optionalKey(Schema.Boolean),
  emptyReason: Schema.optionalKey(Schema.String),
  samplingMetadatas: Schema.optionalKey(
    Schema.Array(
      Schema.Struct({
        samplesReadCount: Schema.optionalKey(Schema.String),
        samplingSpaceSize: Schema.optionalKey(Schema.String),
      }),
    ),
  ),
})
export type RunReportMetadata = typeof RunReportMetadata.Type

/**
 * One page of a report; `rowCount` is that of the whole report, whatever `limit` and `offset` were. Metric types are TYPE_INTEGER, TYPE_FLOAT,
 * TYPE_SECONDS, TYPE_MILLISECONDS, TYPE_MINUTES, TYPE_HOURS, TYPE_STANDARD, TYPE_CURRENCY, TYPE_FEET, TYPE_MILES, TYPE_METERS and
 * TYPE_KILOMETERS.
 *
 * @category models
 * @since 0.1.0
 */
export const RunReport = Schema.Struct({
  dimensionHeaders: Schema.optionalKey(Schema.Array(Schema.Struct({ name: Schema.String }))),
  metricHeaders: Schema.optionalKey(
    Schema.Array(Schema.Struct({ name: Schema.String, type: Schema.optionalKey(Schema.String) })),
  ),
  rows,
  totals: rows,
  maximums: rows,
  minimums: rows,
  rowCount: Schema.optionalKey(Schema.Int),
  metadata: Schema.optionalKey(RunReportMetadata),
  kind: Schema.Literal("analyticsData#runReport"),
})
export type RunReport = typeof RunReport.Type

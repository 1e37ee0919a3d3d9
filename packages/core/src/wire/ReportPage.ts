/**
 * A page of a Universal Analytics report: the response of the Google Analytics Reporting API v4, as AppFlow's `Googleanalytics` connector stores it.
 *
 * ```json
 * {
 *   "reports": [{
 *     "columnHeader": {
 *       "dimensions": ["ga:dateHour", "ga:deviceCategory"],
 *       "metricHeader": { "metricHeaderEntries": [{ "name": "ga:users", "type": "INTEGER" }] }
 *     },
 *     "data": {
 *       "rows": [{ "dimensions": ["2026010109", "tablet"], "metrics": [{ "values": ["12"] }] }],
 *       "totals": [{ "values": ["12"] }],
 *       "rowCount": 1,
 *       "isDataGolden": true
 *     },
 *     "nextPageToken": "1000"
 *   }]
 * }
 * ```
 *
 * Sources: the shape is the API's `reports.batchGet` response; that AppFlow writes it unchanged, and that one object may hold several such
 * documents, is what the handlers of aws-samples/aws-ddk-examples and Ycallaer/lambda-appflow-ga expect.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

const strings = Schema.Array(Schema.String)

/**
 * The metrics of one date range, in the order of the header's entries; every number is a string. Where a report has pivots,
 * `pivotValueRegions` stands beside `values` and is ignored: `values` counts the whole row without it.
 *
 * @category models
 * @since 0.1.0
 */
export const DateRangeValues = Schema.Struct({ values: strings })
export type DateRangeValues = typeof DateRangeValues.Type

/**
 * A row: dimensions in the order of the header (absent where the report asked for none), and one entry of `metrics` per date range.
 *
 * @category models
 * @since 0.1.0
 */
export const ReportRow = Schema.Struct({
  dimensions: Schema.optionalKey(strings),
  metrics: Schema.Array(DateRangeValues),
})
export type ReportRow = typeof ReportRow.Type

/**
 * One report. An empty one has neither `rows` nor `rowCount`; `isDataGolden` is absent while the figures may still change; the two sampling
 * fields are int64 as strings, one per date range, and only there where the figures are sampled. Metric types are INTEGER, FLOAT, PERCENT, TIME
 * and CURRENCY.
 *
 * @category models
 * @since 0.1.0
 */
export const Report = Schema.Struct({
  columnHeader: Schema.Struct({
    dimensions: Schema.optionalKey(strings),
    metricHeader: Schema.Struct({
      metricHeaderEntries: Schema.Array(
        Schema.Struct({ name: Schema.String, type: Schema.optionalKey(Schema.String) }),
      ),
    }),
  }),
  data: Schema.Struct({
    rows: Schema.optionalKey(Schema.Array(ReportRow)),
    totals: Schema.optionalKey(Schema.Array(DateRangeValues)),
    minimums: Schema.optionalKey(Schema.Array(DateRangeValues)),
    maximums: Schema.optionalKey(Schema.Array(DateRangeValues)),
    rowCount: Schema.optionalKey(Schema.Int),
    isDataGolden: Schema.optionalKey(Schema.Boolean),
    samplesReadCounts: Schema.optionalKey(strings),
    samplingSpaceSizes: Schema.optionalKey(strings),
    dataLastRefreshed: Schema.optionalKey(Schema.String),
  }),
  nextPageToken: Schema.optionalKey(Schema.String),
})
export type Report = typeof Report.Type

/**
 * A document of such an object: a page with one report per request, usually one.
 *
 * @category models
 * @since 0.1.0
 */
export const ReportPage = Schema.Struct({ reports: Schema.Array(Report) })
export type ReportPage = typeof ReportPage.Type

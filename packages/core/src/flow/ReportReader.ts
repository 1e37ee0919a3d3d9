/**
 * Reads Google Analytics output: Universal Analytics report pages, GA4 `runReport` responses and GA4 JSON Lines, told apart by content.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { ReportFlow } from "../Flow.ts"
import type { JsonNode, JsonObject } from "../json/Json.ts"
import * as JsonDocuments from "../json/JsonDocuments.ts"
import type { Limits } from "../Limits.ts"
import * as RowMapping from "../mapping/RowMapping.ts"
import { reject, type Rejection } from "../QuarantineReason.ts"
import * as Utf8 from "../Utf8.ts"
import type { RecordOrigin, RecordOutput, RecordReader } from "./RecordReader.ts"

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = (flow: ReportFlow, limits: Limits, output: RecordOutput): RecordReader => {
  const mapping = RowMapping.compile(flow.table, flow.fields)
  const documents = JsonDocuments.make({
    limits,
    framing: "sniff",
    pageKeys: new Set(["reports", "dimensionHeaders", "metricHeaders"]),
    isKnown: (node) =>
      node.kind === "object" &&
      (isPage(node) || Array.from(node.members.keys()).some((name) => mapping.fieldNamed.has(name))),
  })
  const take = (found: Iterable<JsonDocuments.JsonDocument>) => {
    for (const document of found) readDocument(document, mapping, output)
  }
  return {
    push: (bytes) => Effect.sync(() => take(documents.push(bytes))),
    end: Effect.sync(() => take(documents.end())),
  }
}

const isPage = ({ members }: JsonObject): boolean =>
  members.has("reports") || members.has("dimensionHeaders") || members.has("metricHeaders")

/** A page's columns and rows, wherever its format keeps them. */
interface Page {
  readonly dimensions: ReadonlyArray<string>
  readonly metrics: ReadonlyArray<string>
  readonly rows: ReadonlyArray<JsonNode>
  readonly totals: number
  /** The values of a row in the order of dimensions and then metrics. */
  readonly values: (row: JsonNode) => ReadonlyArray<JsonNode> | Rejection
}

const readDocument = (
  document: JsonDocuments.JsonDocument,
  mapping: RowMapping.CompiledMapping,
  output: RecordOutput,
): void => {
  const { bytes, content, position } = document
  if ("reason" in content) return output.rejected({ position, bytes, ...content })
  const { node, text } = content
  if (node.kind !== "object")
    return output.rejected({ position, bytes, ...reject("UnknownShape", `a JSON ${node.kind}, not an object`) })
  const reports = node.members.get("reports")
  if (reports !== undefined) {
    if (reports.kind !== "array")
      return output.rejected({ position, bytes, ...reject("UnknownShape", "reports is no array") })
    return reports.items.forEach((report, i) => {
      const at = reports.items.length === 1 ? position : `${position}, report ${i + 1}`
      readPage(at, text, report, universalPage(report), mapping, output)
    })
  }
  if (isPage(node)) return readPage(position, text, node, runReportPage(node), mapping, output)
  output.row(
    () => ({ position, bytes }),
    (target) => writeLine(node, text, mapping, target),
  )
}

const readPage = (
  position: string,
  text: string,
  node: JsonNode,
  page: Page | Rejection,
  mapping: RowMapping.CompiledMapping,
  output: RecordOutput,
): void => {
  const refuse = (rejection: Rejection) => output.rejected({ position, bytes: bytesOf(text, node), ...rejection })
  if ("reason" in page) return refuse(page)
  const layout = layoutOf(page, mapping)
  if ("reason" in layout) return refuse(layout)
  output.filtered(page.totals)
  page.rows.forEach((row, i) => {
    const origin = (): RecordOrigin => ({ position: `${position}, row ${i + 1}`, bytes: bytesOf(text, row) })
    output.row(origin, (target) => {
      const values = page.values(row)
      if ("reason" in values) return values
      for (const [field, column] of layout.columns) {
        const rejection = field.write(column === undefined ? undefined : values[column], text, target)
        if (rejection !== undefined) return rejection
      }
      return undefined
    })
  })
}

/** Which column of the page each field reads. */
interface Layout {
  readonly columns: ReadonlyArray<readonly [RowMapping.CompiledField, number | undefined]>
}

const layoutOf = (page: Page, mapping: RowMapping.CompiledMapping): Layout | Rejection => {
  const columnOf = new Map<number, number>()
  const names = [...page.dimensions, ...page.metrics]
  for (const [column, name] of names.entries()) {
    const role = column < page.dimensions.length ? "dimension" : "metric"
    const field = mapping.fieldNamed.get(name)
    if (field === undefined || mapping.fields[field]!.mapping.role !== role)
      return reject("UnknownShape", undeclared(role, name))
    if (columnOf.has(field)) return reject("UnknownShape", twice(names[columnOf.get(field)!]!, name))
    columnOf.set(field, column)
  }
  const missing = mapping.fields.find((field, i) => !columnOf.has(i) && field.mapping.ifMissing === undefined)
  if (missing !== undefined)
    return reject(
      "MissingRequired",
      `the page has no ${missing.mapping.role ?? "field"} ${missing.mapping.names.join(" or ")}`,
    )
  return { columns: mapping.fields.map((field, i) => [field, columnOf.get(i)]) }
}

const undeclared = (role: string, name: string): string =>
  `the ${role} ${name} is not declared for the table; leaving it out would count people twice`

const twice = (one: string, other: string): string => `${one} and ${other} stand for the same column`

const writeLine = (
  line: JsonObject,
  text: string,
  mapping: RowMapping.CompiledMapping,
  target: RowMapping.RowTarget,
): Rejection | undefined => {
  const nodes: Array<readonly [string, JsonNode] | undefined> = mapping.fields.map(() => undefined)
  for (const [name, node] of line.members) {
    const field = mapping.fieldNamed.get(name)
    if (field === undefined) return reject("UnknownShape", undeclared("field", name))
    if (nodes[field] !== undefined) return reject("UnknownShape", twice(nodes[field][0], name))
    nodes[field] = [name, node]
  }
  for (const [i, field] of mapping.fields.entries()) {
    const rejection = field.write(nodes[i]?.[1], text, target)
    if (rejection !== undefined) return rejection
  }
  return undefined
}

/** A page of the Reporting API v4: https://developers.google.com/analytics/devguides/reporting/core/v4 (`Report`). */
const universalPage = (report: JsonNode): Page | Rejection => {
  const header = member(report, "columnHeader")
  const dimensions = strings(member(header, "dimensions"))
  const metrics = strings(
    items(member(member(header, "metricHeader"), "metricHeaderEntries"))?.map((entry) => member(entry, "name")),
  )
  const data = member(report, "data")
  const rows = items(member(data, "rows") ?? none)
  if (header === undefined || dimensions === undefined || metrics === undefined || rows === undefined) {
    return reject("UnknownShape", "a report without a readable columnHeader and data")
  }
  if ((items(member(member(header, "metricHeader"), "pivotHeaders"))?.length ?? 0) > 0) {
    return reject("UnknownShape", "a report with pivots; their figures have no column")
  }
  return {
    dimensions,
    metrics,
    rows,
    totals: items(member(data, "totals"))?.length ?? 0,
    values: (row) => {
      const ranges = items(member(row, "metrics"))?.map((range) => items(member(range, "values")))
      const first = ranges === undefined ? undefined : agreed(ranges)
      if (first !== undefined && "reason" in first) return first
      return checked(items(member(row, "dimensions") ?? none), dimensions, first, metrics)
    },
  }
}

/** A response of the Data API's `runReport`: https://developers.google.com/analytics/devguides/reporting/data/v1/rest (`RunReportResponse`). */
const runReportPage = (response: JsonObject): Page | Rejection => {
  const names = (key: string) => {
    const headers = items(member(response, key) ?? none)
    return headers === undefined ? undefined : strings(headers.map((header) => member(header, "name")))
  }
  const dimensions = names("dimensionHeaders")
  const metrics = names("metricHeaders")
  const rows = items(member(response, "rows") ?? none)
  if (dimensions === undefined || metrics === undefined || rows === undefined) {
    return reject("UnknownShape", "a runReport response without readable headers and rows")
  }
  const values = (row: JsonNode, key: string) => items(member(row, key) ?? none)?.map((entry) => member(entry, "value"))
  return {
    dimensions,
    metrics,
    rows,
    totals: items(member(response, "totals"))?.length ?? 0,
    values: (row) => checked(values(row, "dimensionValues"), dimensions, values(row, "metricValues"), metrics),
  }
}

type Values = ReadonlyArray<JsonNode | undefined>

/**
 * A row has one entry of metrics per date range asked for. Its date lies in one range, or in several that overlap: figures that are not zero agree,
 * and are the row's.
 */
const agreed = (ranges: ReadonlyArray<Values | undefined>): Values | Rejection | undefined => {
  if (ranges.length < 2) return ranges[0]
  const isZero = (node: JsonNode | undefined) => node === undefined || /^-?0+(?:\.0+)?$/.test(show(node) ?? "")
  const first = ranges.find((values) => values?.some((value) => !isZero(value))) ?? ranges[0]
  const differs = ranges.some((values) =>
    values?.some((value, i) => !isZero(value) && show(value) !== show(first?.[i])),
  )
  return differs ? reject("UnknownShape", "the row has different figures for two date ranges") : first
}

/** Leading zeros make no other figure. */
const show = (node: JsonNode | undefined): string | undefined =>
  (node?.kind === "string" ? node.value : node?.kind === "number" ? node.digits : undefined)?.replace(
    /^(-?)0+(?=\d)/,
    "$1",
  )

const checked = (
  dimensions: Values | undefined,
  dimensionNames: ReadonlyArray<string>,
  metrics: Values | undefined,
  metricNames: ReadonlyArray<string>,
): ReadonlyArray<JsonNode> | Rejection => {
  const values = [...(dimensions ?? []), ...(metrics ?? [])]
  const wanted = dimensionNames.length + metricNames.length
  if (dimensions?.length !== dimensionNames.length || metrics?.length !== metricNames.length) {
    return reject(
      values.length < wanted ? "MissingRequired" : "UnknownShape",
      `the row has ${values.length} values for ${wanted} columns`,
    )
  }
  const present = values.filter((value) => value !== undefined)
  return present.length === wanted ? present : reject("MissingRequired", "a value of the row is missing")
}

const none: JsonNode = { kind: "array", items: [], start: 0, end: 0 }

const member = (node: JsonNode | undefined, name: string): JsonNode | undefined =>
  node?.kind === "object" ? node.members.get(name) : undefined

const items = (node: JsonNode | undefined): ReadonlyArray<JsonNode> | undefined =>
  node?.kind === "array" ? node.items : undefined

const strings = (
  nodes: JsonNode | ReadonlyArray<JsonNode | undefined> | undefined,
): ReadonlyArray<string> | undefined => {
  if (nodes === undefined) return []
  const list = "kind" in nodes ? items(nodes) : nodes
  return list?.every((node) => node?.kind === "string")
    ? list.map((node) => (node as { readonly value: string }).value)
    : undefined
}

const bytesOf = (text: string, node: JsonNode): Uint8Array => Utf8.encode(text.slice(node.start, node.end))

/** BigQuery as its documentation tells it, in memory: insertAll and table definitions. Faults are planted by the test. */
import * as BigQueryRowSink from "@tributary/adapters-gcp/BigQueryRowSink"
import * as BigQueryTable from "@tributary/adapters-gcp/BigQueryTable"
import { format, type BigQueryTableId } from "@tributary/adapters-gcp/BigQueryTableId"
import * as PortError from "@tributary/core/PortError"
import { Clock, Effect, Layer, Result } from "effect"

type Fields = NonNullable<NonNullable<BigQueryRowSink.TableAnswer["schema"]>["fields"]>
type Field = Fields[number]
type InsertErrors = NonNullable<BigQueryRowSink.InsertAllAnswer["insertErrors"]>

export interface StoredRow {
  readonly insertId: string
  readonly json: Readonly<Record<string, unknown>>
}

export interface FakeTable {
  readonly resource: BigQueryTable.Resource
  readonly rows: Array<StoredRow & { readonly at: number }>
}

export interface Fakes {
  /** Tables and views by `project.dataset.table`, datasets by `project.dataset`. */
  readonly tables: Map<string, FakeTable>
  readonly datasets: Map<string, object>
  /** Bodies of insertAll, as they came. */
  readonly bodies: Array<string>
  /** Other calls: `get /datasets/d`, `insert /datasets`. */
  readonly calls: Array<string>
  /** Each call takes the first of them: a reason to fail with before anything is done, or `lost`: done, and the answer never arrives. */
  readonly faults: Array<PortError.Reason | "lost" | "fine">
  /** A row of insertAll that is refused for the reason answered, however good it is. */
  rowFault: (row: StoredRow) => string | undefined
  /** Rows that make BigQuery refuse the whole request with 400. */
  refusesRequest: (row: StoredRow) => string | undefined
  /** Whether it minds `skipInvalidRows`. Else one bad row stops all others of its request, as without that flag. */
  skips: boolean
  /** How often insertAll answered. */
  inserts: number
  readonly layer: Layer.Layer<BigQueryRowSink.Api | BigQueryTable.Api>
}

const maxRequest = 10 * 1024 * 1024
/** "At least one minute", best effort: https://cloud.google.com/bigquery/docs/streaming-data-into-bigquery#dataconsistency */
const insertIdWindow = 60_000

export const project = "shop"

export const make = (): Fakes => {
  const fakes: Fakes = {
    tables: new Map(),
    datasets: new Map(),
    bodies: [],
    calls: [],
    faults: [],
    rowFault: () => undefined,
    refusesRequest: () => undefined,
    skips: true,
    inserts: 0,
    layer: Layer.suspend(() => Layer.merge(sinkApi, tableApi)),
  }

  const answered = <A>(answer: Effect.Effect<A, PortError.Reason>): Effect.Effect<A, PortError.Reason> =>
    Effect.suspend(() => {
      const fault = fakes.faults.shift() ?? "fine"
      if (fault === "fine") return answer
      if (fault === "lost")
        return Effect.andThen(answer, Effect.fail(new PortError.Unavailable({ detail: "socket hang up" })))
      return Effect.fail(fault)
    })

  const find = (name: string): Effect.Effect<FakeTable, PortError.Reason> => {
    const table = fakes.tables.get(name)
    return table === undefined
      ? Effect.fail(new PortError.NotFound({ detail: `Not found: Table ${name}` }))
      : Effect.succeed(table)
  }
  const nameOf = (id: BigQueryTableId) => format({ project, ...id })

  const insertAll = (id: BigQueryTableId, body: string) =>
    Effect.gen(function* () {
      fakes.bodies.push(body)
      const table = yield* find(nameOf(id))
      if (Buffer.byteLength(body) > maxRequest) {
        return yield* new PortError.Invalid({ detail: "Request payload size exceeds the limit: 10485760 bytes." })
      }
      const request: { rows: Array<StoredRow>; skipInvalidRows?: boolean } = JSON.parse(body)
      if (request.rows.length === 0) return yield* new PortError.Invalid({ detail: "No rows present in the request." })
      const refusal = request.rows.map(fakes.refusesRequest).find((words) => words !== undefined)
      if (refusal !== undefined) return yield* new PortError.Invalid({ detail: `${refusal} (invalid)` })
      fakes.inserts++
      const now = yield* Clock.currentTimeMillis
      const errors = request.rows.map((row) => {
        const reason = fakes.rowFault(row)
        return reason === undefined ? rowError(table, row) : { reason, message: "" }
      })
      const stops = !(fakes.skips && request.skipInvalidRows === true) && errors.some((error) => error !== undefined)
      const insertErrors: Array<InsertErrors[number]> = []
      request.rows.forEach((row, index) => {
        const error = errors[index] ?? (stops ? { reason: "stopped", message: "", location: "" } : undefined)
        if (error !== undefined) insertErrors.push({ index, errors: [error] })
        else if (!table.rows.some((other) => other.insertId === row.insertId && now - other.at < insertIdWindow)) {
          table.rows.push({ ...row, at: now })
        }
      })
      // Unsorted, as the real thing.
      return insertErrors.length === 0 ? {} : { insertErrors: insertErrors.toReversed() }
    })

  const sinkApi = Layer.succeed(
    BigQueryRowSink.Api,
    BigQueryRowSink.Api.of({
      getTable: (id) =>
        answered(
          Effect.sync(() => fakes.calls.push(`get ${format(id)}`)).pipe(
            Effect.andThen(find(nameOf(id))),
            Effect.map(({ resource }) => resource),
          ),
        ),
      insertAll: (id, body) => answered(insertAll(id, body)),
    }),
  )

  const nameAt = (inProject: string, path: string) =>
    path.replace(/^\/datasets\/([^/]+)(?:\/tables\/([^/]+))?$/, (_, dataset: string, table?: string) =>
      table === undefined ? `${inProject}.${dataset}` : `${inProject}.${dataset}.${table}`,
    )

  const insert = (name: string, resource: object) =>
    Effect.suspend((): Effect.Effect<object, PortError.Reason> => {
      if (fakes.tables.has(name) || fakes.datasets.has(name)) {
        return Effect.fail(new PortError.Conflict({ detail: `Already Exists: ${name} (duplicate)` }))
      }
      if (name.split(".").length === 2) fakes.datasets.set(name, resource)
      else fakes.tables.set(name, { resource: { type: "view" in resource ? "VIEW" : "TABLE", ...resource }, rows: [] })
      return Effect.succeed(resource)
    })

  const tableApi = Layer.succeed(
    BigQueryTable.Api,
    BigQueryTable.Api.of({
      project: Effect.succeed(project),
      get: (inProject, path) =>
        answered(
          Effect.suspend((): Effect.Effect<BigQueryTable.Resource, PortError.Reason> => {
            fakes.calls.push(`get ${path}`)
            const name = nameAt(inProject, path)
            const dataset = fakes.datasets.get(name)
            return dataset === undefined ? Effect.map(find(name), ({ resource }) => resource) : Effect.succeed(dataset)
          }),
        ),
      insert: (inProject, path, resource) =>
        answered(
          Effect.suspend(() => {
            fakes.calls.push(`insert ${path}`)
            const { datasetReference, tableReference } = resource as {
              readonly datasetReference?: { readonly datasetId: string }
              readonly tableReference?: { readonly datasetId: string; readonly tableId: string }
            }
            return insert(
              datasetReference === undefined
                ? `${inProject}.${tableReference?.datasetId}.${tableReference?.tableId}`
                : `${inProject}.${datasetReference.datasetId}`,
              resource,
            )
          }),
        ),
    }),
  )
  return fakes
}

/** A table with the columns given: `name TYPE` or `name TYPE REQUIRED`. */
export const withTable = (fakes: Fakes, name: string, columns: ReadonlyArray<string>): FakeTable => {
  const fields = columns.map((column): Field => {
    const [name = "", type = "", mode = "NULLABLE"] = column.split(" ")
    return { name, type, mode }
  })
  const table: FakeTable = { resource: { type: "TABLE", schema: { fields } }, rows: [] }
  fakes.tables.set(name, table)
  return table
}

const invalid = (location: string, message: string) => ({ reason: "invalid", location, message })

/** The first thing that BigQuery would not take of a row. */
const rowError = (table: FakeTable, { json }: StoredRow) => {
  const fields = table.resource.schema?.fields ?? []
  for (const name of Object.keys(json)) {
    if (!fields.some((field) => field.name.toLowerCase() === name.toLowerCase())) {
      // Its location is missing in some answers.
      return { reason: "invalid", message: `no such field: ${name}.` }
    }
  }
  for (const field of fields) {
    const value = json[field.name]
    if (value === undefined || value === null) {
      if (field.mode === "REQUIRED") return invalid(field.name, `Missing required field: ${field.name}.`)
    } else {
      const words = misfit(field.type, value)
      if (words !== undefined) return invalid(field.name, words)
    }
  }
  return undefined
}

const misfit = (type: string, value: unknown): string | undefined => {
  const bad = (what: string) => `Cannot convert value to ${what} (bad value): ${JSON.stringify(value)}`
  switch (type) {
    case "INT64":
    case "INTEGER":
      return /^-?\d{1,19}$/.test(String(value)) ? undefined : bad("integer")
    case "FLOAT64":
      return typeof value === "number" ? undefined : bad("floating point")
    case "BOOL":
      return typeof value === "boolean" ? undefined : bad("boolean")
    case "TIMESTAMP":
      return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/.test(String(value)) ? undefined : bad("timestamp")
    case "DATE":
      return /^\d{4}-\d\d-\d\d$/.test(String(value)) ? undefined : bad("date")
    case "NUMERIC":
      return /^-?\d+(\.\d{1,9})?$/.test(String(value)) ? undefined : bad("numeric")
    case "JSON":
      if (typeof value !== "string") return "This field: is not a record."
      return Result.isSuccess(Result.try(() => JSON.parse(value))) ? undefined : bad("JSON")
    default:
      return typeof value === "string" ? undefined : bad("string")
  }
}

/**
 * A warehouse table with the manners of BigQuery's `tabledata.insertAll`, and a {@link RowSink} over it.
 *
 * Sources: BigQuery REST reference, tabledata.insertAll; "Use the legacy streaming API" (insertId: best effort, at least a minute); "Quotas and limits",
 * streaming inserts; "Modifying table schemas" (a new column may take a while to be known).
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { type ColumnBatch, toRows } from "../../ColumnBatch.ts"
import * as PortError from "../../PortError.ts"
import type { Cell } from "../../QueryEngine.ts"
import { type RejectedRow, RowSink, RowSinkError } from "../../RowSink.ts"
import type { TableSchema } from "../../TableSchema.ts"
import type { SimRandom } from "./SimRandom.ts"

/** https://cloud.google.com/bigquery/quotas#streaming_inserts */
const maxRequestRows = 50_000
const maxRequestBytes = 10 * 1024 * 1024
const maxRowBytes = 10 * 1024 * 1024
const maxInsertIdLength = 128

/** How long an insertId is remembered at least: "at least one minute". */
const rememberedMs = 60_000

/**
 * A row of a request; `bytes` is its size as JSON.
 *
 * @category models
 * @since 0.1.0
 */
export interface InsertRow {
  readonly insertId: string
  readonly cells: ReadonlyArray<Cell>
  readonly bytes: number
}

/**
 * A request. The columns that its rows name stand in their order.
 *
 * @category models
 * @since 0.1.0
 */
export interface InsertRequest {
  readonly columns: ReadonlyArray<string>
  readonly rows: ReadonlyArray<InsertRow>
  /** Without it one bad row keeps all others out, which are then told `stopped`. */
  readonly skipInvalidRows: boolean
}

/**
 * A row that was not taken, by its index in the request. `invalid` stays so; `stopped` says nothing about the row.
 *
 * @category models
 * @since 0.1.0
 */
export interface InsertError {
  readonly index: number
  readonly reason: "invalid" | "stopped"
  readonly message: string
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly columns: ReadonlyArray<string>
  readonly random?: SimRandom | undefined
  /** How likely an insertId that was seen within the last minute is recognised; always unless told. */
  readonly recognises?: number | undefined
  /** Asked before each request: whether a quota is used up. */
  readonly exceedsQuota?: (() => boolean) | undefined
  /** How long a new column stays unknown to insertAll, in milliseconds. */
  readonly propagationMs?: number | undefined
  /** Why the table takes no such row; undefined for one that it takes. */
  readonly reject?: ((row: InsertRow) => string | undefined) | undefined
}

/**
 * @category models
 * @since 0.1.0
 */
export interface SimWarehouse {
  /** The errors of rows; a request that is refused whole fails. */
  readonly insertAll: (request: InsertRequest) => Effect.Effect<ReadonlyArray<InsertError>, PortError.Reason>
  /** Adds a column: the table has it now, insertAll knows it later. */
  readonly addColumn: (name: string) => Effect.Effect<void>
  /** Every row ever taken, copies too. */
  readonly rows: () => ReadonlyArray<InsertRow>
  /** One row per insertId: what the view over the record's key shows. */
  readonly view: () => ReadonlyArray<InsertRow>
}

/**
 * An empty table.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options): SimWarehouse => {
  const { exceedsQuota, propagationMs = 0, random, recognises = 1, reject } = options
  const kept: Array<InsertRow> = []
  /** When each insertId was taken last: milliseconds since 1970, UTC. */
  const seen = new Map<string, number>()
  /** From when on insertAll knows a column. */
  const columns = new Map(options.columns.map((name) => [name, -Infinity]))

  const refusal = ({ rows }: InsertRequest): PortError.Reason | undefined => {
    if (exceedsQuota?.() === true) return new PortError.Throttled({ detail: "429 quotaExceeded: too many rows" })
    if (rows.length === 0) return new PortError.Invalid({ detail: "400 invalid: no rows present in the request" })
    if (rows.length > maxRequestRows) return new PortError.Invalid({ detail: `400 invalid: ${rows.length} rows` })
    const bytes = rows.reduce((sum, row) => sum + row.bytes, 0)
    return bytes > maxRequestBytes
      ? new PortError.Invalid({ detail: `413: request payload size exceeds the limit: ${maxRequestBytes} bytes` })
      : undefined
  }

  const invalidity = (row: InsertRow, unknown: string | undefined): string | undefined => {
    if (unknown !== undefined) return `no such field: ${unknown}`
    if (row.bytes > maxRowBytes) return "maximum allowed row size exceeded"
    return row.insertId.length > maxInsertIdLength ? "insertId is too long" : reject?.(row)
  }

  const isRecognised = (insertId: string, now: number): boolean => {
    const at = seen.get(insertId)
    return at !== undefined && now - at <= rememberedMs && (random === undefined || random.chance(recognises))
  }

  return {
    rows: () => kept,
    view: () => Array.from(new Map(kept.toReversed().map((row) => [row.insertId, row])).values()).toReversed(),
    addColumn: (name) => Effect.map(Clock.currentTimeMillis, (now) => void columns.set(name, now + propagationMs)),
    insertAll: (request) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) =>
        Effect.suspend(() => {
          const refused = refusal(request)
          if (refused !== undefined) return Effect.fail(refused)
          const unknown = request.columns.find((name) => (columns.get(name) ?? Infinity) > now)
          const errors: Array<InsertError> = []
          const good: Array<{ readonly index: number; readonly row: InsertRow }> = []
          request.rows.forEach((row, index) => {
            const message = invalidity(row, unknown)
            if (message === undefined) good.push({ index, row })
            else errors.push({ index, reason: "invalid", message })
          })
          if (errors.length > 0 && !request.skipInvalidRows) {
            for (const { index } of good) errors.push({ index, reason: "stopped", message: "" })
            return Effect.succeed(errors)
          }
          for (const { row } of good) {
            if (!isRecognised(row.insertId, now)) kept.push(row)
            seen.set(row.insertId, now)
          }
          return Effect.succeed(errors)
        }),
      ),
  }
}

/**
 * A sink that sends batches by insertAll, in requests of at most `maxRows` (500 unless told, as BigQuery advises). Rows that were only stopped go again
 * without the ones that stopped them.
 *
 * @category constructors
 * @since 0.1.0
 */
export const sink = (
  insertAll: SimWarehouse["insertAll"],
  options: { readonly maxRows?: number | undefined; readonly skipInvalidRows?: boolean | undefined } = {},
): RowSink["Service"] => {
  const { maxRows = 500, skipInvalidRows = true } = options

  const settle = (
    schema: TableSchema,
    rows: ReadonlyArray<InsertRow & { readonly at: number }>,
  ): Effect.Effect<ReadonlyArray<RejectedRow>, PortError.Reason> =>
    Effect.gen(function* () {
      const columns = schema.columns.map(({ name }) => name)
      const errors = yield* insertAll({ columns, rows, skipInvalidRows })
      const rejected = errors.filter(({ reason }) => reason === "invalid")
      const stopped = errors.filter(({ reason }) => reason === "stopped").map(({ index }) => rows[index]!)
      const others = stopped.length === 0 ? [] : yield* settle(schema, stopped)
      return [...rejected.map(({ index, message }) => ({ index: rows[index]!.at, detail: message })), ...others]
    })

  return RowSink.of({
    append: Effect.fn("SimWarehouse.append")(
      function* (batch: ColumnBatch, keys: ReadonlyArray<string>) {
        if (keys.length !== batch.rows)
          return yield* Effect.die(new Error(`${keys.length} keys for ${batch.rows} rows`))
        const rows = toRows(batch).map((cells, at) => {
          const bytes = cells.reduce<number>((sum, cell) => sum + String(cell).length + 1, 0)
          return { insertId: keys[at]!, cells, bytes, at }
        })
        const rejected: Array<RejectedRow> = []
        for (let start = 0; start < rows.length; start += maxRows)
          rejected.push(...(yield* settle(batch.schema, rows.slice(start, start + maxRows))))
        return { rejected: rejected.toSorted((a, b) => a.index - b.index) }
      },
      Effect.mapError((reason) => new RowSinkError({ operation: "append", reason })),
    ),
  })
}

/**
 * Rows into a BigQuery table by `tabledata.insertAll`: delivery of level A.
 *
 * At least once. BigQuery recognises a repeated insertId for about a minute, as best it can; beyond that, copies of a record are told by
 * `_record_id`, and the view that `BigQueryTable` makes shows one of them. A table without that column has the best effort only.
 *
 * @since 0.1.0
 */
import type { ColumnBatch } from "@tributary/core/ColumnBatch"
import * as PortError from "@tributary/core/PortError"
import * as RowSink from "@tributary/core/RowSink"
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { BigQueryClient } from "./BigQueryClient.ts"
import * as BigQueryTableId from "./BigQueryTableId.ts"
import { backoff } from "./internal/backoff.ts"
import * as answer from "./internal/insertAnswer.ts"
import { body, requests, type Row } from "./internal/insertRequests.ts"
import * as columns from "./internal/sentColumns.ts"

/**
 * Which table, and what of a batch goes into it.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  readonly table: BigQueryTableId.BigQueryTableId
  /** Columns of the batch to send; all of them unless told. A column that is sent and not in the table fails the batch: nothing is dropped in silence. */
  readonly columns?: ReadonlyArray<string> | undefined
  /** Requests under way at once; 4 unless told. */
  readonly concurrency?: number | undefined
}

/**
 * The answer of insertAll, HTTP 200: rows that were not taken, in no order; `location` may be missing or empty, an index of 0 too.
 *
 * @category models
 * @since 0.1.0
 */
export type InsertAllAnswer = typeof answer.InsertAllAnswer.Type

/**
 * What the sink needs to know of its table, out of tables.get.
 *
 * @category models
 * @since 0.1.0
 */
export type TableAnswer = typeof columns.TableAnswer.Type

/**
 * The calls the sink makes.
 *
 * @category services
 * @since 0.1.0
 */
export class Api extends Context.Service<
  Api,
  {
    readonly getTable: (table: BigQueryTableId.BigQueryTableId) => Effect.Effect<TableAnswer, PortError.Reason>
    /** `body` is the request as JSON text. */
    readonly insertAll: (
      table: BigQueryTableId.BigQueryTableId,
      body: string,
    ) => Effect.Effect<InsertAllAnswer, PortError.Reason>
  }
>()("@tributary/adapters-gcp/BigQueryRowSink/Api") {}

/**
 * The calls over REST.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerApi: Layer.Layer<Api, never, BigQueryClient> = Layer.effect(
  Api,
  Effect.gen(function* () {
    const client = yield* BigQueryClient
    const at = (id: BigQueryTableId.BigQueryTableId) =>
      Effect.map(id.project === undefined ? client.project : Effect.succeed(id.project), (project) => ({
        project,
        path: `/datasets/${id.dataset}/tables/${id.table}`,
      }))
    return Api.of({
      getTable: (table) =>
        Effect.flatMap(at(table), (here) => client.call({ ...here, method: "GET" }, columns.TableAnswer)),
      insertAll: (table, body) =>
        Effect.flatMap(at(table), ({ path, project }) =>
          client.call({ method: "POST", project, path: `${path}/insertAll`, body }, answer.InsertAllAnswer),
        ),
    })
  }),
)

/**
 * The sink. The table is looked up at the first batch, and again after BigQuery has called a field unknown.
 *
 * Rejected: what BigQuery calls invalid, in its words; NaN and infinities; times outside of the years 1 to 9999; null where the table requires a
 * value; a row over 9 MiB. Fails with `NotFound` without the table, `Invalid` where it is a view or has not the columns to send, `Throttled` and
 * `Unavailable` after a few tries.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (options: Options) {
  const api = yield* Api
  const { concurrency = 4, table } = options
  const name = BigQueryTableId.format(table)
  let known: TableAnswer | undefined

  const lookUp = Effect.suspend(() =>
    known === undefined
      ? Effect.tap(Effect.retry(api.getTable(table), backoff), (found) =>
          Effect.sync(() => {
            known = found
          }),
        )
      : Effect.succeed(known),
  )

  /** Sends rows until each is in the table or rejected; a request refused as a whole is halved until the row to blame stands alone. */
  const settle = (rows: ReadonlyArray<Row>): Effect.Effect<ReadonlyArray<RowSink.RejectedRow>, PortError.Reason> =>
    Effect.suspend(() => {
      const rejected: Array<RowSink.RejectedRow> = []
      let pending = rows
      const send = Effect.gen(function* () {
        while (pending.length > 0) {
          const refused = yield* answer.read(yield* api.insertAll(table, body(pending)), pending)
          if (refused.unknownField) known = undefined
          rejected.push(...refused.rejected)
          pending = refused.again
          if (refused.again.length > 0 && refused.rejected.length === 0) {
            return yield* new PortError.Unavailable({
              detail: `${refused.again.length} rows were not taken: ${refused.words}`,
            })
          }
        }
        return rejected
      })
      return Effect.catchTag(Effect.retry(send, backoff), "Invalid", ({ detail }) => {
        const [first] = pending
        if (pending.length === 1) return Effect.succeed([...rejected, { index: first!.index, detail }])
        const middle = pending.length >> 1
        return Effect.map(Effect.forEach([pending.slice(0, middle), pending.slice(middle)], settle), (halves) => [
          ...rejected,
          ...halves.flat(),
        ])
      })
    })

  const append = Effect.fn("BigQueryRowSink.append")(
    function* (batch: ColumnBatch, keys: ReadonlyArray<string>) {
      if (keys.length !== batch.rows) return yield* Effect.die(new Error(`${batch.rows} rows with ${keys.length} keys`))
      if (batch.rows === 0) return { rejected: [] }
      const plan = yield* columns.toSend(yield* lookUp, batch, options.columns)
      const rejected: Array<RowSink.RejectedRow> = []
      yield* Stream.fromIterable(
        requests(batch, keys, plan, (row) => rejected.push(row)),
        { chunkSize: 1 },
      ).pipe(
        Stream.mapEffect(settle, { concurrency }),
        Stream.runForEach((rows) => Effect.sync(() => rejected.push(...rows))),
      )
      return { rejected: rejected.toSorted((a, b) => a.index - b.index) }
    },
    Effect.mapError((reason) => new RowSink.RowSinkError({ operation: `append to ${name}`, reason })),
  )

  return RowSink.RowSink.of({ append })
})

/**
 * The sink over REST.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options): Layer.Layer<RowSink.RowSink, never, BigQueryClient> =>
  Layer.provide(Layer.effect(RowSink.RowSink, make(options)), layerApi)

/**
 * The sink into the table that `BIGQUERY_TABLE_ID` names, `project.dataset.table` or `dataset.table`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerConfig: Layer.Layer<RowSink.RowSink, Config.ConfigError, BigQueryClient> = Layer.unwrap(
  Effect.map(Config.schema(BigQueryTableId.FromString, "BIGQUERY_TABLE_ID"), (table) => layer({ table })),
)

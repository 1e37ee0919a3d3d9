/**
 * GoogleSQL in BigQuery: a query job, its pages read as they are asked for.
 *
 * A job is made (`jobs.insert`), never `jobs.query`: where a query fails, some servers answer the latter with success and no rows.
 *
 * @since 0.1.0
 */
import * as PortError from "@tributary/core/PortError"
import * as QueryEngine from "@tributary/core/QueryEngine"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { BigQueryClient } from "./BigQueryClient.ts"
import { backoff } from "./internal/backoff.ts"
import { decodeCell } from "./internal/cells.ts"
import { reasonOf } from "./internal/googleError.ts"
import { canonicalType, Field } from "./internal/types.ts"

/**
 * How queries run.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  /** Where the data is, such as `EU`; BigQuery works it out from the tables where it can. */
  readonly location?: string | undefined
  /** `dataset`, or `project.dataset`, of tables that are named without one. */
  readonly defaultDataset?: { readonly project?: string | undefined; readonly dataset: string } | undefined
  /** A query that would be billed for more fails instead, as `Invalid`. */
  readonly maximumBytesBilled?: bigint | undefined
  /** Rows of a page; 10,000 unless told. BigQuery ends a page at 10 MB in any case. */
  readonly pageRows?: number | undefined
}

const ErrorProto = Schema.Struct({
  reason: Schema.optionalKey(Schema.String),
  message: Schema.optionalKey(Schema.String),
})

const Job = Schema.Struct({
  jobReference: Schema.Struct({ jobId: Schema.String, location: Schema.optionalKey(Schema.String) }),
  status: Schema.optionalKey(Schema.Struct({ errorResult: Schema.optionalKey(ErrorProto) })),
})

const Page = Schema.Struct({
  jobComplete: Schema.optionalKey(Schema.Boolean),
  schema: Schema.optionalKey(Schema.Struct({ fields: Schema.optionalKey(Schema.Array(Field)) })),
  rows: Schema.optionalKey(Schema.Array(Schema.Struct({ f: Schema.Array(Schema.Struct({ v: Schema.Unknown })) }))),
  pageToken: Schema.optionalKey(Schema.String),
  totalBytesProcessed: Schema.optionalKey(Schema.String),
})

/**
 * A query job, as jobs.insert answers.
 *
 * @category models
 * @since 0.1.0
 */
export type Job = typeof Job.Type

/**
 * A page of jobs.getQueryResults; not complete while the job runs. Timestamps are µs since 1970 in digits (`formatOptions.useInt64Timestamp`).
 *
 * @category models
 * @since 0.1.0
 */
export type Page = typeof Page.Type

/**
 * The calls the engine makes.
 *
 * @category services
 * @since 0.1.0
 */
export class Api extends Context.Service<
  Api,
  {
    /** `configuration` is `configuration.query` of a job. */
    readonly insertJob: (configuration: object, location: string | undefined) => Effect.Effect<Job, PortError.Reason>
    readonly getQueryResults: (
      job: Job["jobReference"],
      options: { readonly maxResults: number; readonly pageToken: string | undefined },
    ) => Effect.Effect<Page, PortError.Reason>
  }
>()("@tributary/adapters-gcp/BigQueryQueryEngine/Api") {}

/** Milliseconds that getQueryResults may wait for the job before it answers that it still runs. Its own default. */
const pollMs = 10_000

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
    return Api.of({
      insertJob: (query, location) =>
        Effect.flatMap(client.project, (project) =>
          client.call(
            {
              method: "POST",
              project,
              path: "/jobs",
              body: JSON.stringify({
                configuration: { query },
                ...(location === undefined ? {} : { jobReference: { projectId: project, location } }),
              }),
            },
            Job,
          ),
        ),
      getQueryResults: ({ jobId, location }, { maxResults, pageToken }) =>
        Effect.flatMap(client.project, (project) =>
          client.call(
            {
              method: "GET",
              project,
              path: `/queries/${jobId}`,
              query: {
                maxResults,
                timeoutMs: pollMs,
                "formatOptions.useInt64Timestamp": true,
                ...(location === undefined ? {} : { location }),
                ...(pageToken === undefined ? {} : { pageToken }),
              },
            },
            Page,
          ),
        ),
    })
  }),
)

/**
 * The engine. `bytesScanned` is `totalBytesProcessed`: before rounding up and without what a cache saved.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (options: Options = {}) {
  const api = yield* Api
  const maxResults = options.pageRows ?? 10_000

  const page = (job: Job["jobReference"], pageToken?: string): Effect.Effect<Page, PortError.Reason> =>
    Effect.flatMap(Effect.retry(api.getQueryResults(job, { maxResults, pageToken }), backoff), (found) =>
      found.jobComplete === false ? page(job, pageToken) : Effect.succeed(found),
    )

  const start = Effect.fnUntraced(function* (sql: string) {
    const { jobReference, status } = yield* api.insertJob(configuration(sql, options), options.location)
    yield* failure(status?.errorResult)
    return { job: jobReference, first: yield* page(jobReference) }
  })

  const query = Effect.fn("BigQueryQueryEngine.query")(function* (sql: string) {
    const { first, job } = yield* Effect.mapError(start(sql), ofSql)
    const fields = first.schema?.fields ?? []
    const rowsOf = ({ rows = [] }: Page) => rows.map(({ f }) => fields.map((field, i) => decodeCell(field, f[i]?.v)))
    const rows = Stream.paginate<Page | string, ReadonlyArray<QueryEngine.Cell>, PortError.Reason>(first, (at) =>
      Effect.map(typeof at === "string" ? page(job, at) : Effect.succeed(at), (found) => [
        rowsOf(found),
        Option.fromUndefinedOr(found.pageToken),
      ]),
    )
    return {
      columns: fields.map((field) => ({ name: field.name, type: canonicalType(field.type) })),
      rows: Stream.mapError(rows, toError),
      bytesScanned: Number(first.totalBytesProcessed ?? 0),
    }
  }, Effect.mapError(toError))

  return QueryEngine.QueryEngine.of({ query })
})

/**
 * The engine over REST, in the client's project.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options = {}): Layer.Layer<QueryEngine.QueryEngine, never, BigQueryClient> =>
  Layer.provide(Layer.effect(QueryEngine.QueryEngine, make(options)), layerApi)

const toError = (reason: PortError.Reason) => new QueryEngine.QueryEngineError({ operation: "query BigQuery", reason })

const configuration = (sql: string, { defaultDataset, maximumBytesBilled }: Options): object => ({
  query: sql,
  useLegacySql: false,
  ...(maximumBytesBilled === undefined ? {} : { maximumBytesBilled: String(maximumBytesBilled) }),
  ...(defaultDataset === undefined
    ? {}
    : {
        defaultDataset: {
          datasetId: defaultDataset.dataset,
          ...(defaultDataset.project === undefined ? {} : { projectId: defaultDataset.project }),
        },
      }),
})

/** A job that has failed already is answered with HTTP 200 and its error inside; it fails as a wrong request unless its reason says otherwise. */
const failure = (error: typeof ErrorProto.Type | undefined): Effect.Effect<void, PortError.Reason> =>
  error === undefined ? Effect.void : Effect.fail(reasonOf({ code: 400, errors: [error] }))

/** A table that the SQL names and that is not there makes the SQL wrong; a job that is not there is another matter. */
const ofSql = (reason: PortError.Reason): PortError.Reason =>
  reason._tag === "NotFound" && !/not found: job/i.test(reason.detail)
    ? new PortError.Invalid({ detail: reason.detail })
    : reason

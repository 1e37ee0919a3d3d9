/**
 * {@link QueryEngine} on Athena.
 *
 * Rights: `athena:StartQueryExecution`, `athena:GetQueryExecution`, `athena:GetQueryResults`, `athena:StopQueryExecution` on the workgroup; what the
 * query reads in Glue and S3; and on the output location `s3:GetBucketLocation`, `s3:PutObject`, `s3:GetObject`.
 *
 * @since 0.1.0
 */
import {
  AthenaClient,
  type ColumnInfo,
  GetQueryExecutionCommand,
  type GetQueryExecutionCommandInput,
  GetQueryResultsCommand,
  type GetQueryResultsCommandInput,
  type QueryExecution,
  type ResultSet,
  type Row,
  StartQueryExecutionCommand,
  type StartQueryExecutionCommandInput,
  StopQueryExecutionCommand,
  type StopQueryExecutionCommandInput,
} from "@aws-sdk/client-athena"
import * as PortError from "@tributary/core/PortError"
import { type Cell, QueryEngine, QueryEngineError, type QueryResult } from "@tributary/core/QueryEngine"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import { randomUUID } from "node:crypto"
import { cellOf } from "./internal/athenaCell.ts"
import { type Call, callerOf, clientSettings, scoped, transient } from "./internal/sdk.ts"

/**
 * Where queries run. A workgroup may set the output location itself, and may insist on it.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  /** Default: Athena's `primary`. */
  readonly workGroup?: string | undefined
  /** `s3://…/` where Athena writes results. */
  readonly outputLocation?: string | undefined
  /** The database of tables that a query names without one. */
  readonly database?: string | undefined
}

/**
 * The calls of Athena that the engine makes.
 *
 * @category models
 * @since 0.1.0
 */
export interface Api {
  readonly startQueryExecution: Call<
    StartQueryExecutionCommandInput,
    { readonly QueryExecutionId?: string | undefined }
  >
  readonly getQueryExecution: Call<
    GetQueryExecutionCommandInput,
    { readonly QueryExecution?: QueryExecution | undefined }
  >
  readonly getQueryResults: Call<
    GetQueryResultsCommandInput,
    { readonly ResultSet?: ResultSet | undefined; readonly NextToken?: string | undefined }
  >
  readonly stopQueryExecution: Call<StopQueryExecutionCommandInput, unknown>
}

/**
 * The engine over the calls given. An interrupted query is stopped, so that it scans and costs no more.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (api: Api, options: Options = {}): QueryEngine["Service"] => {
  /** Starts the query once, however often the call is sent: Athena knows the token again. It wants 32 to 128 characters. */
  const start = Effect.fnUntraced(function* (sql: string) {
    const ClientRequestToken = yield* Effect.sync(() => randomUUID())
    const { QueryExecutionId } = yield* call("start query", api.startQueryExecution, {
      QueryString: sql,
      ClientRequestToken,
      ...(options.workGroup === undefined ? {} : { WorkGroup: options.workGroup }),
      ...(options.database === undefined ? {} : { QueryExecutionContext: { Database: options.database } }),
      ...(options.outputLocation === undefined
        ? {}
        : { ResultConfiguration: { OutputLocation: options.outputLocation } }),
    }).pipe(transient)
    return QueryExecutionId ?? (yield* Effect.die(new Error("Athena named no query")))
  })

  const follow = (QueryExecutionId: string) =>
    call(`follow query ${QueryExecutionId}`, api.getQueryExecution, { QueryExecutionId }).pipe(
      transient,
      Effect.map(({ QueryExecution = {} }) => QueryExecution),
      Effect.repeat({ schedule: polling, while: (execution) => !isOver(execution) }),
    )

  const stop = (QueryExecutionId: string) =>
    call(`stop query ${QueryExecutionId}`, api.stopQueryExecution, { QueryExecutionId }).pipe(
      transient,
      Effect.catch((error) => Effect.logWarning("A query runs on that nobody waits for", error)),
    )

  const page = (QueryExecutionId: string, NextToken?: string) =>
    call(`read results of query ${QueryExecutionId}`, api.getQueryResults, {
      QueryExecutionId,
      ...(NextToken === undefined ? {} : { NextToken }),
    }).pipe(transient)

  return QueryEngine.of({
    query: Effect.fn("AthenaQueryEngine.query")(function* (sql: string) {
      // From its start on an interruption must find the id, or the query would run on.
      const execution = yield* Effect.uninterruptibleMask((restore) =>
        Effect.flatMap(start(sql), (id) => Effect.onInterrupt(restore(follow(id)), () => stop(id))),
      )
      yield* succeeded(execution)
      const id = execution.QueryExecutionId ?? ""
      // The first page tells the columns, so it is read at once; the others as they are asked for.
      const first = yield* page(id)
      const infos = first.ResultSet?.ResultSetMetadata?.ColumnInfo ?? []
      const rows = Stream.paginate(Option.none<string>(), (token) =>
        Effect.map(Option.isNone(token) ? Effect.succeed(first) : page(id, token.value), ({ ResultSet, NextToken }) => [
          dataRows(infos, ResultSet?.Rows ?? [], Option.isNone(token) && execution.StatementType === "DML").map(
            cellsOf(infos),
          ),
          NextToken === undefined || NextToken === "" ? Option.none() : Option.some(Option.some(NextToken)),
        ]),
      )
      const result: QueryResult = {
        columns: infos.map(({ Name, Label, Type }) => ({ name: Label ?? Name ?? "", type: Type ?? "" })),
        rows,
        bytesScanned: execution.Statistics?.DataScannedInBytes ?? 0,
      }
      return result
    }),
  })
}

/**
 * Athena as the standard AWS environment says.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options = {}): Layer.Layer<QueryEngine> =>
  Layer.effect(
    QueryEngine,
    Effect.map(
      scoped(() => new AthenaClient(clientSettings)),
      (client) => make(apiOf(client), options),
    ),
  )

/**
 * Athena with the workgroup of `ATHENA_WORKGROUP`, the output location of `ATHENA_OUTPUT_LOCATION` and the database of `ATHENA_DATABASE`, each where it
 * is set.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerConfig: Layer.Layer<QueryEngine, Config.ConfigError> = Layer.unwrap(
  Effect.gen(function* () {
    return layer({
      workGroup: Option.getOrUndefined(yield* Config.option(Config.String("ATHENA_WORKGROUP"))),
      outputLocation: Option.getOrUndefined(yield* Config.option(Config.String("ATHENA_OUTPUT_LOCATION"))),
      database: Option.getOrUndefined(yield* Config.option(Config.String("ATHENA_DATABASE"))),
    })
  }),
)

const apiOf = (client: AthenaClient): Api => ({
  startQueryExecution: (input, options) => client.send(new StartQueryExecutionCommand(input), options),
  getQueryExecution: (input, options) => client.send(new GetQueryExecutionCommand(input), options),
  getQueryResults: (input, options) => client.send(new GetQueryResultsCommand(input), options),
  stopQueryExecution: (input, options) => client.send(new StopQueryExecutionCommand(input), options),
})

const failure = (fields: { readonly operation: string; readonly reason: PortError.Reason }) =>
  new QueryEngineError(fields)

const call = callerOf(failure)

/** 0.1 s at first, 2 s at most: short queries answer in about a second, and GetQueryExecution is allowed 5 calls a second in the smallest quota. */
const polling = Schedule.min([Schedule.exponential("100 millis", 1.5), Schedule.spaced("2 seconds")])

const isOver = ({ Status }: QueryExecution): boolean =>
  Status?.State === "SUCCEEDED" || Status?.State === "FAILED" || Status?.State === "CANCELLED"

const succeeded = ({ QueryExecutionId, Status }: QueryExecution): Effect.Effect<void, QueryEngineError> => {
  if (Status?.State === "SUCCEEDED") return Effect.void
  const operation = `query ${QueryExecutionId}`
  const detail = Status?.StateChangeReason ?? `it ended as ${Status?.State}`
  return Effect.fail(failure({ operation, reason: reasonOfEnd(Status, detail) }))
}

/** A query that Athena gave up on may be asked again; one that it could not run stays wrong (Athena API Reference, AthenaError). */
const reasonOfEnd = (status: QueryExecution["Status"], detail: string): PortError.Reason => {
  const system = 1
  const { Retryable, ErrorCategory } = status?.AthenaError ?? {}
  if (/bytes scanned limit/i.test(detail)) return new PortError.Full({ detail })
  const passes = status?.State === "CANCELLED" || Retryable === true || ErrorCategory === system
  return passes ? new PortError.Unavailable({ detail }) : new PortError.Invalid({ detail })
}

/** Without the header: the names of the columns, which stand first in the results of a SELECT and in no others. */
const dataRows = (
  infos: ReadonlyArray<ColumnInfo>,
  rows: ReadonlyArray<Row>,
  mayBeginWithHeader: boolean,
): ReadonlyArray<Row> => {
  const isHeader = infos.every(({ Name, Label }, i) => rows[0]?.Data?.[i]?.VarCharValue === (Label ?? Name))
  return mayBeginWithHeader && isHeader ? rows.slice(1) : rows
}

const cellsOf =
  (infos: ReadonlyArray<ColumnInfo>) =>
  ({ Data = [] }: Row): ReadonlyArray<Cell> =>
    infos.map(({ Type = "" }, i) => cellOf(Type, Data[i]?.VarCharValue))

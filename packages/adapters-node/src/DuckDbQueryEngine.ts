/**
 * SQL over the Parquet files of a lake, by DuckDB in this process: nothing is stored, nothing is locked.
 *
 * Every query has an in-memory database of its own, in which each table that it names is a view over exactly the files that `tables` answers at that
 * moment. SQL can read those files and no others: external access is off but for their paths, the configuration is locked, extensions cannot be loaded,
 * and statements other than queries are refused (`CREATE` is allowed before a query: it lives in memory and dies with it).
 *
 * The zone is UTC. DuckDB itself, 72 MB, is loaded with the first query.
 *
 * @since 0.1.0
 */
import type * as DuckDb from "@duckdb/node-api"
import * as PortError from "@tributary/core/PortError"
import * as QueryEngine from "@tributary/core/QueryEngine"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as path from "node:path"
import { toCell, typeName, widenIntegers } from "./internal/duckDbCell.ts"
import { loadDuckDb } from "./internal/duckDbModule.ts"
import { createViews, type Module, openSession, prepare, tablesNamed } from "./internal/duckDbSession.ts"
import type * as lakeViews from "./internal/lakeViews.ts"

/**
 * A table and the files that it consists of at one moment. `path` is absolute, or relative to the engine's `directory`; `partition` has a value for each of the
 * table's partition columns.
 *
 * @category models
 * @since 0.1.0
 */
export type LakeTable = lakeViews.LakeTable

/**
 * What the engine queries.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options<E> {
  /** Asked anew for each query: what one position of the journal says. */
  readonly tables: Effect.Effect<ReadonlyArray<LakeTable>, E>
  /** The lake's folder. A table's file outside of it is refused. */
  readonly directory: string
}

/**
 * An engine over the tables. `bytesScanned` of an answer is the size of all files of the tables that the statement names: DuckDB reads less where it can leave out files by their partition,
 * row groups by their statistics, and columns. Where a statement does not tell its tables (`EXPLAIN`, `PIVOT`, `query_table`), all tables count.
 *
 * The rows of an answer can be read once; the database is closed behind the last of them.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = <E extends { readonly reason: PortError.Reason }>(
  options: Options<E>,
): Effect.Effect<QueryEngine.QueryEngine["Service"]> =>
  Effect.gen(function* () {
    const duckdb = yield* Effect.cached(
      Effect.tryPromise({
        try: loadDuckDb,
        catch: (cause) =>
          new PortError.Invalid({ detail: "DuckDB is not installed for this platform (@duckdb/node-api)", cause }),
      }),
    )
    return {
      query: Effect.fn("DuckDbQueryEngine.query")(function* (sql) {
        const found = yield* Effect.mapError(options.tables, ({ reason }) => failed(reason))
        const scope = yield* Scope.make()
        return yield* Effect.gen(function* () {
          const tables = yield* absolute(found, options.directory)
          return yield* answer(yield* duckdb, tables, sql, scope)
        }).pipe(
          Scope.provide(scope),
          Effect.mapError(failed),
          Effect.onError(() => Scope.close(scope, Exit.void)),
        )
      }),
    }
  })

/**
 * An engine over the tables, as a layer.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = <E extends { readonly reason: PortError.Reason }>(
  options: Options<E>,
): Layer.Layer<QueryEngine.QueryEngine> => Layer.effect(QueryEngine.QueryEngine, make(options))

const failed = (reason: PortError.Reason): QueryEngine.QueryEngineError =>
  new QueryEngine.QueryEngineError({ operation: "DuckDbQueryEngine.query", reason })

const absolute = (
  tables: ReadonlyArray<LakeTable>,
  directory: string,
): Effect.Effect<ReadonlyArray<LakeTable>, PortError.Reason> =>
  Effect.suspend(() => {
    const root = path.resolve(directory)
    const resolved = tables.map((table) => ({
      ...table,
      files: table.files.map((file) => ({ ...file, path: path.resolve(root, file.path) })),
    }))
    const outside = resolved.flatMap(({ files }) => files).find((file) => !file.path.startsWith(root + path.sep))
    return outside === undefined
      ? Effect.succeed(resolved)
      : Effect.fail(new PortError.Invalid({ detail: `${outside.path} lies outside of the lake ${root}` }))
  })

const answer = Effect.fnUntraced(function* (
  duckdb: Module,
  tables: ReadonlyArray<LakeTable>,
  sql: string,
  scope: Scope.Closeable,
) {
  const session = yield* openSession(duckdb, tables)
  const named = yield* tablesNamed(session, tables, sql)
  yield* createViews(session, named)
  const { statement, used } = yield* prepare(session, sql).pipe(
    Effect.map((statement) => ({ statement, used: named })),
    Effect.catch((error) => {
      // A statement may name tables in ways that only binding it shows.
      const others = tables.filter((table) => !named.includes(table))
      if (others.length === 0) return Effect.fail(error)
      return Effect.matchEffect(createViews(session, others), {
        onFailure: () => Effect.fail(error),
        onSuccess: () => Effect.map(prepare(session, sql), (statement) => ({ statement, used: tables })),
      })
    }),
  )
  const types = Array.from({ length: statement.columnCount }, (_, i) => statement.columnType(i))
  const cell = toCell(duckdb)
  const convert = types.map((type) =>
    widenIntegers(duckdb, type)
      ? (value: DuckDb.DuckDBValue) => (value === null ? null : BigInt(value as number))
      : cell,
  )
  let read = false
  const rows = Effect.suspend(() => {
    if (read) return Effect.fail(new PortError.Invalid({ detail: "the rows of an answer can be read once" }))
    read = true
    return session.call(() => statement.stream())
  }).pipe(
    Effect.map((result) =>
      Stream.paginate(undefined, () =>
        Effect.map(
          session.call(() => result.fetchChunk()),
          (chunk) =>
            chunk === null || chunk.rowCount === 0
              ? ([[], Option.none<undefined>()] as const)
              : ([rowsOf(chunk, convert), Option.some(undefined)] as const),
        ),
      ),
    ),
    Stream.unwrap,
    Stream.mapError(failed),
    Stream.ensuring(Scope.close(scope, Exit.void)),
  )
  return {
    columns: types.map((type, i) => ({ name: statement.columnName(i), type: typeName(duckdb, type) })),
    rows,
    bytesScanned: used.reduce((sum, { files }) => files.reduce((sum, { bytes }) => sum + bytes, sum), 0),
  }
})

const rowsOf = (
  chunk: DuckDb.DuckDBDataChunk,
  convert: ReadonlyArray<(value: DuckDb.DuckDBValue) => QueryEngine.Cell>,
): ReadonlyArray<ReadonlyArray<QueryEngine.Cell>> => {
  const columns = convert.map((toCell, i) => chunk.getColumnValues(i).map(toCell))
  return Array.from({ length: chunk.rowCount }, (_, row) => columns.map((column) => column[row]!))
}

/**
 * A database of DuckDB for one query: locked down, with views over the tables, and with queries as its only statements.
 */
import type * as DuckDb from "@duckdb/node-api"
import * as PortError from "@tributary/core/PortError"
import { qualifiedName } from "@tributary/core/TableSchema"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { randomUUID } from "node:crypto"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { createView, type LakeTable, literal, pathPattern, quote } from "./lakeViews.ts"
import { duckDbReason } from "./nodeError.ts"

export type Module = typeof DuckDb

export interface Session {
  readonly duckdb: Module
  readonly connection: DuckDb.DuckDBConnection
  /** Calls DuckDB; an interruption stops what it does, and closing waits for that. */
  readonly call: <A>(run: () => Promise<A>) => Effect.Effect<A, PortError.Reason>
}

export const openSession = Effect.fnUntraced(function* (
  duckdb: Module,
  tables: ReadonlyArray<LakeTable>,
): Effect.fn.Return<Session, PortError.Reason, Scope.Scope> {
  const attempt = <A>(run: () => Promise<A>) => Effect.tryPromise({ try: run, catch: duckDbReason })
  const instance = yield* Effect.acquireRelease(
    attempt(() => duckdb.DuckDBInstance.create(":memory:")),
    (instance) => Effect.sync(() => instance.closeSync()),
  )
  let last: Promise<unknown> = Promise.resolve()
  const connection = yield* Effect.acquireRelease(
    attempt(() => instance.connect()),
    (connection) => Effect.promise(() => last.catch(() => {}).then(() => connection.closeSync())),
  )
  const call: Session["call"] = (run) =>
    Effect.tryPromise({
      try: (signal) => {
        signal.addEventListener("abort", () => connection.interrupt())
        const promise = run()
        last = promise
        return promise
      },
      catch: duckDbReason,
    })
  const paths = new Set(tables.flatMap(({ files }) => files.flatMap(({ path }) => [path, pathPattern(path)])))
  const schemas = new Set(tables.map(({ schema }) => schema.database))
  yield* call(() =>
    connection.run(
      [
        "SET TimeZone = 'UTC'",
        // DuckDB spills there what does not fit in memory, makes the folder when it does, and removes it.
        `SET temp_directory = ${literal(path.join(tmpdir(), `tributary-duckdb-${randomUUID()}`))}`,
        `SET allowed_paths = [${[...paths].map(literal).join(", ")}]`,
        "SET enable_external_access = false",
        "SET lock_configuration = true",
        ...[...schemas].map((name) => `CREATE SCHEMA IF NOT EXISTS ${quote(name)}`),
      ].join(";"),
    ),
  )
  return { duckdb, connection, call }
})

/** The tables that stand in the statement, by DuckDB's own parser; all of them where it does not tell. */
export const tablesNamed = Effect.fnUntraced(function* (
  session: Session,
  tables: ReadonlyArray<LakeTable>,
  sql: string,
) {
  const [[text]] = yield* session.call(async () => {
    const statement = await session.connection.prepare("SELECT json_serialize_sql($1::VARCHAR)")
    statement.bind([sql])
    return (await statement.run()).getRows()
  }) as Effect.Effect<[[string]], PortError.Reason>
  const parsed = JSON.parse(text) as { readonly error: boolean; readonly statements?: ReadonlyArray<unknown> }
  if (parsed.error) return tables
  if (parsed.statements?.length === 0) return yield* new PortError.Invalid({ detail: "there is no statement" })
  const names = new Set(baseTables(parsed))
  return tables.filter(({ schema }) => names.has(qualifiedName(schema)))
})

const baseTables = (node: unknown): ReadonlyArray<string> => {
  if (typeof node !== "object" || node === null) return []
  const fields = node as Readonly<Record<string, unknown>>
  const inner = Object.values(fields).flatMap(baseTables)
  return fields["type"] === "BASE_TABLE"
    ? [`${String(fields["schema_name"])}.${String(fields["table_name"])}`.toLowerCase(), ...inner]
    : inner
}

export const createViews = (
  session: Session,
  tables: ReadonlyArray<LakeTable>,
): Effect.Effect<void, PortError.Reason> =>
  Effect.forEach(tables, (table) => session.call(() => session.connection.run(createView(table))), {
    discard: true,
  })

/** Runs all statements but the last, and prepares that. */
export const prepare = Effect.fnUntraced(function* (session: Session, sql: string) {
  const statements = yield* session.call(() => session.connection.extractStatements(sql))
  for (let i = 0; ; i++) {
    const statement = yield* session.call(() => statements.prepare(i))
    const refused = refusal(session.duckdb, statement.statementType, statements.count === 1 ? sql : undefined)
    if (refused !== undefined) return yield* new PortError.Invalid({ detail: refused })
    if (i === statements.count - 1) return statement
    yield* session.call(() => statement.run())
  }
})

/** `EXPLAIN ANALYZE` runs what it explains, so what it explains must be a query as well. */
const explainedQuery =
  /^\s*explain\s*(analyze\s+|\([^)]*\)\s*)?(select|from|with|values|table|pivot|unpivot|describe|show|summarize)\b/i

const refusal = (
  { StatementType: type }: Module,
  statement: DuckDb.StatementType,
  single: string | undefined,
): string | undefined => {
  switch (statement) {
    case type.SELECT:
    case type.CREATE:
      return undefined
    case type.EXPLAIN:
      return single !== undefined && explainedQuery.test(single)
        ? undefined
        : "EXPLAIN stands before a single query only"
    default:
      return `only queries are run, no ${type[statement] ?? "such"} statements`
  }
}

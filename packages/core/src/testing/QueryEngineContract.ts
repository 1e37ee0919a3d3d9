/**
 * The rules of {@link QueryEngine}: what each type's cells look like, and how SQL that is wrong fails.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type Cell, QueryEngine } from "../QueryEngine.ts"
import { type Case, must, mustEqual, mustFail, rulesOf } from "./Contract.ts"

/**
 * The questions in the engine's own SQL. A question left out is not asked.
 *
 * @category models
 * @since 0.1.0
 */
export interface Fixture {
  /** One row, one column: the value named, of the type named. */
  readonly literals: {
    /** 9007199254740993, beyond what a double holds. */
    readonly int64?: string | undefined
    /** -9223372036854775808. */
    readonly smallest?: string | undefined
    /** 1.5. */
    readonly float64?: string | undefined
    /** true. */
    readonly boolean?: string | undefined
    /** `naïve 😀 'quoted'`. */
    readonly string?: string | undefined
    /** 2026-01-02 03:04:05 UTC, without a fraction. */
    readonly timestamp?: string | undefined
    /** 2026-01-02 03:04:05.000006 UTC. */
    readonly micros?: string | undefined
    /** 2026-01-02. */
    readonly date?: string | undefined
    /** The JSON value `{"a":1}`. */
    readonly json?: string | undefined
    /** 12.30, with two digits behind the point. */
    readonly decimal?: string | undefined
    /** A null of any type. */
    readonly null?: string | undefined
  }
  /** Two rows, in this order: `1, 'a'` and `2, null`; the columns are named `n` (int64) and `s`. */
  readonly table: string
  /** The columns of `table`, and no rows. */
  readonly empty: string
  /** The numbers 0 to 9,999 in order, as int64: more than one page of results. */
  readonly many: string
  /** SQL that the engine cannot parse, and SQL that names a table that does not exist. */
  readonly refused: ReadonlyArray<string>
}

/** What each literal must come back as. A timestamp without a fraction may have one of zeros or none. */
const expected: Readonly<Record<keyof Fixture["literals"], ReadonlyArray<Cell>>> = {
  int64: [9_007_199_254_740_993n],
  smallest: [-9_223_372_036_854_775_808n],
  float64: [1.5],
  boolean: [true],
  string: ["naïve 😀 'quoted'"],
  timestamp: ["2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000Z", "2026-01-02T03:04:05.000000Z"],
  micros: ["2026-01-02T03:04:05.000006Z"],
  date: ["2026-01-02"],
  json: [`{"a":1}`, `{"a": 1}`],
  decimal: ["12.30"],
  null: [null],
}

const kinds = [
  "int64",
  "smallest",
  "float64",
  "boolean",
  "string",
  "timestamp",
  "micros",
  "date",
  "json",
  "decimal",
  "null",
] as const satisfies ReadonlyArray<keyof Fixture["literals"]>

/**
 * The cases of the contract.
 *
 * @category contract
 * @since 0.1.0
 */
export const cases = ({ literals, table, empty, many, refused }: Fixture): ReadonlyArray<Case<QueryEngine>> => {
  const rule = rulesOf(QueryEngine)
  const rowsOf = (engine: QueryEngine["Service"], sql: string) =>
    Effect.flatMap(engine.query(sql), (result) => Stream.runCollect(result.rows))

  return [
    ...kinds.flatMap((kind) => {
      const sql = literals[kind]
      if (sql === undefined) return []
      return [
        rule(`a cell of ${kind}`, function* (engine) {
          const rows = yield* rowsOf(engine, sql)
          yield* mustEqual(
            rows.map((row) => row.length),
            [1],
            "number of cells in the rows",
          )
          const value = rows[0]![0]!
          yield* must(
            expected[kind].includes(value),
            `expected ${typeof expected[kind][0]} ${String(expected[kind][0])}, got ${typeof value} ${String(value)}`,
          )
        }),
      ]
    }),
    rule("columns and rows come in order", function* (engine) {
      const result = yield* engine.query(table)
      yield* mustEqual(
        result.columns.map(({ name }) => name),
        ["n", "s"],
        "names of the columns",
      )
      yield* must(
        result.columns.every(({ type }) => type !== ""),
        "a column has no type",
      )
      yield* mustEqual(
        yield* Stream.runCollect(result.rows),
        [
          [1n, "a"],
          [2n, null],
        ] as ReadonlyArray<ReadonlyArray<Cell>>,
        "rows",
      )
    }),
    rule("an answer without rows has its columns", function* (engine) {
      const result = yield* engine.query(empty)
      yield* mustEqual(
        result.columns.map(({ name }) => name),
        ["n", "s"],
        "names of the columns",
      )
      yield* mustEqual(yield* Stream.runCollect(result.rows), [], "rows")
    }),
    rule("many rows are streamed, all and in order", function* (engine) {
      const rows = yield* rowsOf(engine, many)
      yield* mustEqual(rows.length, 10_000, "number of rows")
      yield* must(
        rows.every(([n], i) => n === BigInt(i)),
        "a row is out of order, or no int64",
      )
    }),
    rule("a reading may end early", function* (engine) {
      const { rows } = yield* engine.query(many)
      yield* mustEqual(
        (yield* Stream.runCollect(Stream.take(rows, 3))).map(([n]) => n!),
        [0n, 1n, 2n],
        "first rows",
      )
      yield* mustEqual((yield* rowsOf(engine, table)).length, 2, "number of rows of the next query")
    }),
    rule("bytes scanned are counted or 0", function* (engine) {
      const { bytesScanned } = yield* engine.query(table)
      yield* must(Number.isSafeInteger(bytesScanned) && bytesScanned >= 0, `bytesScanned is ${bytesScanned}`)
    }),
    rule("concurrent queries do not mix", function* (engine) {
      const answers = yield* Effect.all([rowsOf(engine, table), rowsOf(engine, many), rowsOf(engine, empty)], {
        concurrency: "unbounded",
      })
      yield* mustEqual(
        answers.map((rows) => rows.length),
        [2, 10_000, 0],
        "numbers of rows",
      )
    }),
    ...refused.map((sql, i) =>
      rule(`SQL that is wrong is Invalid (${i + 1})`, function* (engine) {
        const { detail } = yield* mustFail(rowsOf(engine, sql), "Invalid", sql)
        yield* must(detail !== "", "the engine's words are missing")
      }),
    ),
  ]
}

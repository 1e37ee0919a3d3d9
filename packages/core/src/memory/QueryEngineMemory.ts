/**
 * {@link QueryEngine} in memory: it understands no SQL, but answers the queries that were registered, by their text.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as PortError from "../PortError.ts"
import { type Cell, QueryEngine, QueryEngineError } from "../QueryEngine.ts"

/**
 * What a query is answered with: rows, or the reason it fails for.
 *
 * @category models
 * @since 0.1.0
 */
export type Answer =
  | {
      readonly columns: ReadonlyArray<{ readonly name: string; readonly type: string }>
      readonly rows: ReadonlyArray<ReadonlyArray<Cell>>
      /** Default 0. */
      readonly bytesScanned?: number | undefined
    }
  | PortError.Reason

/**
 * Answers by the text of their query.
 *
 * @category models
 * @since 0.1.0
 */
export type Answers = Readonly<Record<string, Answer>>

/**
 * An engine that can be taught.
 *
 * @category models
 * @since 0.1.0
 */
export type QueryEngineMemory = QueryEngine["Service"] & {
  /** Answers `sql` so from now on. */
  readonly register: (sql: string, answer: Answer) => Effect.Effect<void>
  /** The queries that were asked, in order. */
  readonly asked: Effect.Effect<ReadonlyArray<string>>
}

/**
 * An engine that knows `answers`; any other query is `Invalid`. White space about and within a query makes no difference.
 *
 * @example
 * ```ts
 * import * as QueryEngineMemory from "@tributary/core/memory/QueryEngineMemory"
 * import * as Effect from "effect/Effect"
 * import * as Stream from "effect/Stream"
 *
 * const rows = Effect.gen(function*() {
 *   const engine = yield* QueryEngineMemory.make({ "select 1 as n": { columns: [{ name: "n", type: "int64" }], rows: [[1n]] } })
 *   return yield* Stream.runCollect((yield* engine.query("select 1 as n")).rows)
 * })
 * await Effect.runPromise(rows) // => [[1n]]
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (answers: Answers = {}): Effect.Effect<QueryEngineMemory> =>
  Effect.sync(() => {
    const known = new Map(Object.entries(answers).map(([sql, answer]) => [normal(sql), answer]))
    const asked: Array<string> = []
    return {
      register: (sql, answer) => Effect.sync(() => void known.set(normal(sql), answer)),
      asked: Effect.sync(() => [...asked]),
      query: Effect.fn("QueryEngineMemory.query")((sql: string) =>
        Effect.suspend(() => {
          asked.push(sql)
          const answer =
            known.get(normal(sql)) ?? new PortError.Invalid({ detail: `no answer is registered for: ${sql}` })
          if ("_tag" in answer) return Effect.fail(new QueryEngineError({ operation: "query", reason: answer }))
          const { columns, rows, bytesScanned = 0 } = answer
          return Effect.succeed({ columns, rows: Stream.fromIterable(rows), bytesScanned })
        }),
      ),
    }
  })

/**
 * An engine that refuses every query.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<QueryEngine> = Layer.effect(QueryEngine, make())

/**
 * An engine that knows `answers`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerWith = (answers: Answers): Layer.Layer<QueryEngine> => Layer.effect(QueryEngine, make(answers))

const normal = (sql: string): string => sql.trim().replace(/\s+/g, " ")

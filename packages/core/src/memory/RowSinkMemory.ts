/**
 * {@link RowSink} in memory: rows under their keys. A key that is known is not written again, whatever its row.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type ColumnBatch, toRows } from "../ColumnBatch.ts"
import type { Cell } from "../QueryEngine.ts"
import { RowSink } from "../RowSink.ts"

/**
 * A row as the sink keeps it: cells in the order of its batch's columns.
 *
 * @category models
 * @since 0.1.0
 */
export interface WrittenRow {
  readonly key: string
  readonly cells: ReadonlyArray<Cell>
}

/**
 * Which rows the sink refuses: the reason, or nothing for a row that it takes.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly reject?: ((row: WrittenRow) => string | undefined) | undefined
}

/**
 * A sink, and a look into it.
 *
 * @category models
 * @since 0.1.0
 */
export type RowSinkMemory = RowSink["Service"] & {
  /** The rows in the order they were written. */
  readonly rows: Effect.Effect<ReadonlyArray<WrittenRow>>
}

/**
 * An empty sink. A batch is written in one step. Another number of keys than of rows is a bug and dies.
 *
 * @example
 * ```ts
 * import * as ColumnBatchBuilder from "@tributary/core/ColumnBatchBuilder"
 * import * as RowSinkMemory from "@tributary/core/memory/RowSinkMemory"
 * import * as TableSchema from "@tributary/core/TableSchema"
 * import * as Effect from "effect/Effect"
 *
 * const table = TableSchema.make({
 *   database: "logs",
 *   name: "events",
 *   columns: [{ name: "action", type: { kind: "string" }, required: true }],
 *   partitionColumns: [],
 *   version: 1
 * })
 * const written = Effect.gen(function*() {
 *   const sink = yield* RowSinkMemory.make()
 *   yield* sink.append(ColumnBatchBuilder.fromRows(table, [["click"]]), ["key-1"])
 *   return yield* sink.rows
 * })
 * await Effect.runPromise(written) // => [{ key: "key-1", cells: ["click"] }]
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options = {}): Effect.Effect<RowSinkMemory> =>
  Effect.sync(() => {
    const kept = new Map<string, WrittenRow>()
    return {
      rows: Effect.sync(() => [...kept.values()]),
      append: Effect.fn("RowSinkMemory.append")((batch: ColumnBatch, keys: ReadonlyArray<string>) =>
        Effect.suspend(() => {
          if (keys.length !== batch.rows) return Effect.die(new Error(`${keys.length} keys for ${batch.rows} rows`))
          const rejected = toRows(batch).flatMap((cells, index) => {
            const row = { key: keys[index]!, cells }
            const detail = options.reject?.(row)
            if (detail !== undefined) return [{ index, detail }]
            if (!kept.has(row.key)) kept.set(row.key, row)
            return []
          })
          return Effect.succeed({ rejected })
        }),
      ),
    }
  })

/**
 * An empty sink that takes every row.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<RowSink> = Layer.effect(RowSink, make())

/**
 * An empty sink with options.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerWith = (options: Options): Layer.Layer<RowSink> => Layer.effect(RowSink, make(options))

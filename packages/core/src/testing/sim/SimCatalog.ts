/**
 * {@link TableCatalog} with the manners of Glue: a table has a version and an update that comes too late fails; a partition has none, and whoever writes
 * last has written.
 *
 * Partitions of one call change one after the other, with other calls in between. Source: Glue API reference, UpdateTable (`VersionId`),
 * BatchCreatePartition, UpdatePartition.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as TableCatalogMemory from "../../memory/TableCatalogMemory.ts"
import { type CatalogPartition, TableCatalog } from "../../TableCatalog.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Options {
  /** How long the next partition takes, in milliseconds; none at all unless told. */
  readonly partitionMs?: (() => number) | undefined
}

/**
 * An empty catalog.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* ({ partitionMs }: Options = {}) {
  const kept = yield* TableCatalogMemory.make
  return TableCatalog.of({
    ...kept,
    pointPartitions: Effect.fn("SimCatalog.pointPartitions")(function* (
      table,
      partitions: ReadonlyArray<CatalogPartition>,
    ) {
      // A table that is not there is told before anything changes.
      yield* kept.pointPartitions(table, [])
      for (const partition of partitions) {
        const duration = partitionMs?.() ?? 0
        if (duration > 0) yield* Effect.sleep(duration)
        yield* kept.pointPartitions(table, [partition])
      }
    }),
  })
})

/** What a reader finds, by the ways that readers have: the journal's list of files, and the catalog. */
import * as LakeState from "@tributary/core/journal/LakeState"
import { ObjectStore } from "@tributary/core/ObjectStore"
import { ParquetReader } from "@tributary/core/ParquetReader"
import { TableCatalog } from "@tributary/core/TableCatalog"
import { joinBytes } from "@tributary/core/testing/Contract"
import { Effect, Stream } from "effect"

export const lakeBucket = "lake"
export const address = (key: string): string => `mem://${lakeBucket}/${key}`

/** Rows as text, each with its day: unsorted, and as often as they are there. */
export interface Reading {
  readonly ga: ReadonlyArray<string>
  readonly logs: ReadonlyArray<string>
}

/** Cells that every version of a table has. */
const gaCells = 3
const logCells = 5

const rowsOf = Effect.fnUntraced(function* (key: string, day: string, cells: number) {
  const store = yield* ObjectStore
  const reader = yield* ParquetReader
  const bytes = joinBytes(yield* Stream.runCollect(store.get({ bucket: lakeBucket, key })))
  const rows = yield* reader.rows({
    size: bytes.length,
    slice: (start, end) => Effect.succeed(bytes.slice(start, end)),
  })
  return rows.map((row) => [day, ...row.slice(0, cells)].join(" "))
})

const rowsOfAll = (files: ReadonlyArray<{ readonly path: string; readonly day: string }>, cells: number) =>
  Effect.map(
    Effect.forEach(files, ({ day, path }) => rowsOf(path, day, cells)),
    (rows) => rows.flat(),
  )

/** As `tributary query` reads: all tables at one position of the journal. */
export const throughJournal = Effect.gen(function* () {
  const state = yield* LakeState.read()
  return {
    state,
    reading: {
      ga: yield* rowsOfAll(LakeState.visibleFiles(state, "appflow_data.ga_sample"), gaCells),
      logs: yield* rowsOfAll(LakeState.visibleFiles(state, "logs.events"), logCells),
    } satisfies Reading,
  }
})

const filesUnder = Effect.fnUntraced(function* (location: string) {
  const store = yield* ObjectStore
  return yield* Stream.runCollect(store.list(lakeBucket, location.slice(address("").length)))
})

/** As Athena reads: where the catalog points, every file that lies there. */
export const throughCatalog = Effect.gen(function* () {
  const catalog = yield* TableCatalog
  const ga: Array<string> = []
  const partitions = yield* Stream.runCollect(catalog.partitions("appflow_data", "ga_sample")).pipe(
    Effect.catchReason("TableCatalogError", "NotFound", () => Effect.succeed([])),
  )
  for (const { location, values } of partitions) {
    const [year, month, day] = values
    const name = `${year}-${month!.padStart(2, "0")}-${day!.padStart(2, "0")}`
    for (const { key } of yield* filesUnder(location)) ga.push(...(yield* rowsOf(key, name, gaCells)))
  }
  const logs: Array<string> = []
  const table = yield* Effect.option(catalog.getTable("logs", "events"))
  if (table._tag === "Some") {
    for (const { key } of yield* filesUnder(table.value.location)) {
      const [year, month, day] = /year=(\d+)\/month=(\d+)\/day=(\d+)\//.exec(key)!.slice(1)
      logs.push(...(yield* rowsOf(key, `${year}-${month!.padStart(2, "0")}-${day!.padStart(2, "0")}`, logCells)))
    }
  }
  return { ga, logs } satisfies Reading
})

/**
 * SQL over a lake: DuckDB over the files that one reading of the journal shows.
 *
 * @since 0.1.0
 */
import * as DuckDbQueryEngine from "@tributary/adapters-node/DuckDbQueryEngine"
import type { Config } from "@tributary/core/Config"
import * as LakeState from "@tributary/core/journal/LakeState"
import type { JournalStore, JournalStoreError } from "@tributary/core/JournalStore"
import type { QueryEngine } from "@tributary/core/QueryEngine"
import { qualifiedName, type TableSchema } from "@tributary/core/TableSchema"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { LakeFolder } from "./LakeFolder.ts"
import { WrongCall } from "./WrongCall.ts"

/**
 * Which rows are asked: those of now; with `asOf` (milliseconds since 1970, UTC) those that a query saw then; with `extract` those of one extract, shown or
 * superseded, and no others. `extract` is an id or the beginning of just one.
 *
 * @category models
 * @since 0.1.0
 */
export type View = { readonly asOf?: number | undefined } | { readonly extract: string }

/**
 * The engine, over the lake as the journal shows it when the layer is built. Each table of a flow can be queried, be it empty. Fails with `WrongCall` where the
 * extract is not there, or not published.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (
  config: Config,
  folder: LakeFolder,
  view: View = {},
): Layer.Layer<QueryEngine, JournalStoreError | WrongCall, JournalStore> =>
  Layer.unwrap(
    Effect.map(filesOf(view), (files) =>
      DuckDbQueryEngine.layer({
        directory: folder.path,
        tables: Effect.succeed(tablesOf(config).map((schema) => tableAt(schema, files(qualifiedName(schema))))),
      }),
    ),
  )

/** Tables whose rows are in the lake. */
const tablesOf = (config: Config): ReadonlyArray<TableSchema> =>
  Object.values(config.flows)
    .filter((flow) => flow.kind === "report" || flow.sink === "lake")
    .map((flow) => flow.table)

/** The files of each table that the view shows. */
const filesOf = Effect.fnUntraced(function* (view: View) {
  if (!("extract" in view)) {
    const state = yield* LakeState.read(view)
    return (table: string) => LakeState.visibleFiles(state, table)
  }
  const state = yield* LakeState.read()
  const extract = yield* findExtract(state, view.extract)
  return (table: string) => LakeState.extractFiles(state, table, extract)
})

/** The extract of that id; else the one whose id begins so. */
const findExtract = Effect.fnUntraced(function* (state: LakeState.LakeState, text: string) {
  // The end of a run may be known before anything of it has come: such an extract has no id yet.
  const extracts = Array.from(state.extracts.values()).filter(({ extract }) => extract !== "")
  const ids = Array.from(new Set(extracts.map(({ extract }) => extract)))
  const found = ids.includes(text) ? [text] : ids.filter((id) => text !== "" && id.startsWith(text))
  const [id] = found
  if (id === undefined) {
    return yield* new WrongCall({
      sentence: `there is no extract ${JSON.stringify(text)}; the streams extract/FLOW/ID name them, see: tributary journal`,
    })
  }
  if (found.length > 1) {
    const shown = found.slice(0, maxNamed).join(", ") + (found.length > maxNamed ? ", …" : "")
    return yield* new WrongCall({ sentence: `${found.length} extracts begin with ${text}: ${shown}` })
  }
  if (extracts.every(({ extract, published }) => extract !== id || published === 0)) {
    return yield* new WrongCall({
      sentence: `the extract ${id} is not published yet, so nothing of it can be asked`,
    })
  }
  return id
})

/** A sentence names so many extracts. */
const maxNamed = 5

const tableAt = (schema: TableSchema, files: ReadonlyArray<LakeState.VisibleFile>): DuckDbQueryEngine.LakeTable => ({
  schema,
  files: files.map(({ bytes, day, path }) => ({ path, bytes, partition: partitionOf(day) })),
})

const partitionOf = (day: string): Readonly<Record<string, number>> => {
  const [year, month, date] = day.split("-").map(Number)
  return { year: year!, month: month!, day: date! }
}

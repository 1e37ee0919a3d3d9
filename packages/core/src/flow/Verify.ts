/**
 * Reads every file of a lake back and holds it against the journal.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Config } from "../Config.ts"
import type { InputState } from "../journal/InputDecider.ts"
import * as LakeState from "../journal/LakeState.ts"
import * as Ledger from "../journal/Ledger.ts"
import * as Lake from "../Lake.ts"
import { type ObjectInfo, type ObjectRef, ObjectStore } from "../ObjectStore.ts"
import { ParquetReader } from "../ParquetReader.ts"
import { TableCatalog } from "../TableCatalog.ts"
import { qualifiedName, type TableSchema, typeName } from "../TableSchema.ts"
import { formatDay } from "../Timestamp.ts"
import * as ConditionalWrite from "./ConditionalWrite.ts"
import * as Quarantine from "./Quarantine.ts"
import * as TableLayout from "./TableLayout.ts"

/**
 * One thing that is not as the journal says. `what` is a path of the lake, a partition, an input or a flow.
 *
 * @category models
 * @since 0.1.0
 */
export interface Problem {
  readonly what: string
  readonly problem: string
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Verification {
  readonly files: number
  readonly rows: number
  readonly problems: ReadonlyArray<Problem>
}

/** A Parquet file that must be there. */
interface Expected {
  readonly path: string
  readonly table: string
  readonly rows: number
  readonly bytes: number
  readonly sha256: string
}

/**
 * Checks each Parquet file that the journal ever spoke of (size, SHA-256, rows and columns of its footer), what lies beside them, kept inputs, quarantined
 * records, the catalog's partitions, and whether the ledger adds up.
 *
 * @category verifying
 * @since 0.1.0
 */
export const run = Effect.fn("Verify.run")(function* (config: Config) {
  const state = yield* LakeState.read()
  const tables = new Map(Object.values(config.flows).map(({ table }) => [qualifiedName(table), table]))
  const expected = expectedFiles(state)
  const problems: Array<Problem> = []
  let rows = 0
  for (const file of expected.values()) {
    const found = yield* checkFile(file, tables.get(file.table))
    if (found === undefined) rows += file.rows
    else problems.push({ what: file.path, problem: found })
  }
  problems.push(...(yield* orphans(tables.values(), expected)))
  for (const [id, input] of state.inputs) problems.push(...(yield* checkInput(id, input)))
  for (const table of tables.values()) problems.push(...(yield* checkCatalog(table, state)))
  for (const [flow, account] of Object.entries(Ledger.make(state, Object.keys(config.flows)).flows)) {
    if (!Ledger.isBalanced(account)) problems.push({ what: `flow ${flow}`, problem: "its records do not add up" })
  }
  return { files: expected.size, rows, problems } satisfies Verification
})

/** Every file that an input wrote, every copy that a later generation has of it, and every merge. */
const expectedFiles = (state: LakeState.LakeState): ReadonlyMap<string, Expected> => {
  const files = new Map<string, Expected>()
  for (const input of state.inputs.values()) {
    if (input.status !== "settled") continue
    for (const output of input.outputs) {
      if (output.path !== "") files.set(output.path, { ...output, table: input.received.table })
    }
  }
  for (const history of state.partitions.values()) {
    for (const head of [...history.switches, ...history.superseded]) {
      for (const { path, written } of LakeState.filesOf(state, history.day, head)) {
        const original = files.get(written)
        if (original !== undefined) files.set(path, { ...original, path })
      }
    }
    for (const merge of history.merges) {
      for (const file of merge.files) files.set(file.path, { ...file, table: history.table })
    }
  }
  return files
}

const checkFile = Effect.fnUntraced(function* (file: Expected, table: TableSchema | undefined) {
  const lake = yield* Lake.Lake
  const ref = Lake.ref(lake, file.path)
  const info = yield* find(ref)
  if (info === undefined) return "the file is missing"
  if (info.size !== file.bytes) return `it has ${info.size} bytes; ${file.bytes} were written`
  const store = yield* ObjectStore
  const sha256 = yield* ConditionalWrite.sha256Of(store.get(ref))
  if (sha256 !== file.sha256) return "its bytes are not those that were written: the SHA-256 differs"
  return yield* checkFooter(ref, file, table)
})

const checkFooter = Effect.fnUntraced(function* (ref: ObjectRef, file: Expected, table: TableSchema | undefined) {
  const store = yield* ObjectStore
  const reader = yield* ParquetReader
  const slice = (start: number, end: number) =>
    Stream.runCollect(store.get(ref, { start, end })).pipe(
      Effect.map(ConditionalWrite.joined),
      Effect.mapError(({ reason }) => reason),
    )
  const footer = yield* reader
    .metadata({ size: file.bytes, slice })
    .pipe(Effect.catchReason("ParquetReaderError", "Invalid", ({ detail }) => Effect.succeed(detail)))
  if (typeof footer === "string") return `it is no readable Parquet: ${footer}`
  if (footer.rows !== file.rows) return `it has ${footer.rows} rows; ${file.rows} were written`
  return table === undefined ? undefined : columnsDiffer(footer.columns, table)
})

/** A file may lack columns that the table was given later, when they may be null. */
const columnsDiffer = (
  found: ReadonlyArray<{ readonly name: string; readonly type: string }>,
  table: TableSchema,
): string | undefined => {
  const types = new Map(found.map(({ name, type }) => [name, type]))
  for (const column of table.columns) {
    const type = types.get(column.name)
    if (type === undefined && column.required) return `it lacks the required column ${column.name}`
    // A json column is a string in the file.
    const allowed = column.type.kind === "json" ? ["json", "string"] : [typeName(column.type)]
    if (type !== undefined && !allowed.includes(type)) return `its column ${column.name} is ${type}, not ${allowed[0]}`
  }
  return undefined
}

/** What lies in a table's folder and the journal knows nothing of. Nothing reads it; a crash between writing and telling leaves such files. */
const orphans = Effect.fnUntraced(function* (tables: Iterable<TableSchema>, expected: ReadonlyMap<string, Expected>) {
  const lake = yield* Lake.Lake
  const store = yield* ObjectStore
  const found: Array<Problem> = []
  const folders = new Set(Array.from(expected.keys(), TableLayout.mergedFolderOf))
  // Of two merges at once one is shown; the other's folder is known to nobody.
  const isLost = (path: string) => {
    const folder = TableLayout.mergedFolderOf(path)
    return folder !== undefined && !folders.has(folder)
  }
  for (const table of tables) {
    yield* Stream.runForEach(store.list(lake.bucket, lake.prefix + TableLayout.tableFolder(table)), ({ key }) =>
      Effect.sync(() => {
        const path = key.slice(lake.prefix.length)
        if (!expected.has(path) && !isLost(path))
          found.push({ what: path, problem: "the journal knows nothing of this file" })
      }),
    )
  }
  return found
})

const checkInput = Effect.fnUntraced(function* (id: string, input: InputState) {
  if (input.status === "new") return []
  const { content, source } = input.received
  const problems: Array<Problem> = []
  const note = (problem: string) => problems.push({ what: source, problem })
  if (input.status === "received" || input.status === "planned") {
    note("it was begun and never ended: run the same ingest again")
  }
  if (content.kept) {
    const store = yield* ObjectStore
    const info = yield* find(content)
    if (info === undefined) note(`its kept bytes are missing: ${content.key}`)
    else if (!content.key.endsWith(yield* ConditionalWrite.sha256Of(store.get(content)))) {
      note(`its kept bytes are not those that came: ${content.key}`)
    }
  }
  if (input.status === "settled" && input.counts.quarantined > 0) {
    const counted = yield* Stream.runCount(Quarantine.recorded(id)).pipe(
      Effect.catchReason("ObjectStoreError", "NotFound", () => Effect.succeed(0)),
    )
    if (counted !== input.counts.quarantined) {
      note(`${counted} quarantined records are kept; there were ${input.counts.quarantined}`)
    }
  }
  return problems
})

/** The catalog is a projection: each partition must point at what its stream shows. */
const checkCatalog = Effect.fnUntraced(function* (table: TableSchema, state: LakeState.LakeState) {
  const lake = yield* Lake.Lake
  const catalog = yield* TableCatalog
  const name = qualifiedName(table)
  const pointed = yield* Stream.runCollect(catalog.partitions(table.database, table.name)).pipe(
    Effect.catchReason("TableCatalogError", "NotFound", () => Effect.succeed([])),
  )
  const locations = new Map(pointed.map(({ location, values }) => [dayOf(values), location] as const))
  return Array.from(state.partitions.values())
    .filter((history) => history.table === name)
    .flatMap((history): ReadonlyArray<Problem> => {
      const shown = history.merges.at(-1) ?? history.switches.at(-1)
      const wanted = shown === undefined ? undefined : lake.address(lake.prefix + shown.location)
      const found = locations.get(history.day)
      if (wanted === undefined || found === wanted) return []
      const problem =
        found === undefined ? "is not in the catalog" : `points at ${found} in the catalog, not at ${wanted}`
      return [{ what: `${name} ${history.day}`, problem: `the partition ${problem}` }]
    })
})

const dayOf = (values: ReadonlyArray<string>): string => {
  const [year, month, day] = values.map(Number)
  return formatDay({ year: year!, month: month!, day: day! })
}

const find = Effect.fnUntraced(function* (ref: ObjectRef) {
  const store = yield* ObjectStore
  return yield* store.head(ref).pipe(
    Effect.map((info): ObjectInfo | undefined => info),
    Effect.catchReason("ObjectStoreError", "NotFound", () => Effect.undefined),
  )
})

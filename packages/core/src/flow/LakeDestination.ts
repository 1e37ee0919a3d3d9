/**
 * Writes batches as Parquet files of a lake table: those of an input, or of a merge.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { Hasher } from "../Digest.ts"
import { Digest } from "../Digest.ts"
import type { Plan } from "../journal/InputDecider.ts"
import * as Lake from "../Lake.ts"
import { type ObjectRef, ObjectStore, type Upload } from "../ObjectStore.ts"
import { ParquetEncoder, type ParquetFile } from "../ParquetEncoder.ts"
import type { TableSchema } from "../TableSchema.ts"
import type { CivilDate } from "../Timestamp.ts"
import * as ConditionalWrite from "./ConditionalWrite.ts"
import type { PartitionBatch } from "./RecordCollector.ts"
import type { Output, RowDestination } from "./RowDestination.ts"

interface OpenFile {
  readonly output: { readonly date: string; readonly path: string; rows: number; bytes: number }
  readonly ref: ObjectRef
  readonly file: ParquetFile
  readonly upload: Upload
  readonly hasher: Hasher
}

/**
 * A file is opened when its first row group is full, or at the end: most partitions of an input then never hold an open upload. Borders of row groups
 * and files come from the plan.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (options: {
  readonly table: TableSchema
  readonly folder: (date: CivilDate) => string
  /** Files are called `<name>-<n>.parquet`. */
  readonly name: string
  readonly plan: Pick<Plan, "codec" | "rowsPerFile">
  /** Goes into each file's footer. */
  readonly metadata: Readonly<Record<string, string>>
}) {
  const { metadata, name, plan, table } = options
  const lake = yield* Lake.Lake
  const store = yield* ObjectStore
  const encoder = yield* ParquetEncoder
  const digest = yield* Digest
  const open = new Map<string, OpenFile>()
  const fileCounts = new Map<string, number>()
  const full: Array<OpenFile> = []

  const openFile = Effect.fnUntraced(function* (day: string, date: CivilDate) {
    const n = (fileCounts.get(day) ?? 0) + 1
    fileCounts.set(day, n)
    const path = `${options.folder(date)}${name}-${n}.parquet`
    const ref = Lake.ref(lake, path)
    const file = yield* encoder.open(table, { codec: plan.codec, metadata })
    const upload = yield* store.upload(ref, "absent")
    const opened: OpenFile = {
      output: { date: day, path, rows: 0, bytes: 0 },
      ref,
      file,
      upload,
      hasher: digest.hasher(),
    }
    open.set(day, opened)
    return opened
  })

  const append = Effect.fnUntraced(function* (target: OpenFile, pieces: ReadonlyArray<Uint8Array>) {
    for (const piece of pieces) {
      target.hasher.update(piece)
      target.output.bytes += piece.length
      yield* target.upload.write(piece)
    }
  })

  const write = Effect.fnUntraced(function* ({ batch, date, day }: PartitionBatch) {
    const current = open.get(day)
    if (current !== undefined && current.output.rows + batch.rows > plan.rowsPerFile) {
      open.delete(day)
      full.push(current)
    }
    const target = open.get(day) ?? (yield* openFile(day, date))
    yield* append(target, yield* target.file.write(batch))
    target.output.rows += batch.rows
  })

  const close = Effect.fnUntraced(function* (target: OpenFile) {
    yield* append(target, yield* target.file.finish)
    const sha256 = ConditionalWrite.hex(target.hasher.digest())
    yield* ConditionalWrite.completeSame(target.ref, target.upload, sha256)
    return { ...target.output, sha256 } satisfies Output
  })

  const destination: RowDestination = {
    write,
    finish: Effect.fnUntraced(function* (rest) {
      const outputs: Array<Output> = []
      const closeFull = Effect.fnUntraced(function* () {
        for (const target of full.splice(0)) outputs.push(yield* close(target))
      })
      yield* closeFull()
      for (const batch of rest) {
        yield* write(batch)
        yield* closeFull()
        outputs.push(yield* close(open.get(batch.day)!))
        open.delete(batch.day)
      }
      for (const target of open.values()) outputs.push(yield* close(target))
      return { outputs, rejected: [] }
    }),
  }
  return destination
})

/**
 * Inputs from paths of this machine: files, and folders with everything below them.
 *
 * Files of a folder come sorted by their paths. Names that begin with a dot are left out, be they files or folders, and so is the lake itself where it
 * lies below the folder; everything else is an input. Links are followed; a folder that links lead to more than once is read once.
 *
 * The extract of a file is the first UUID in its path, as the person named it: of an absolute path all folders count, of a relative one those that it
 * names. Its time is the newest modification time of its files in this call. A file without a UUID is an extract of its own.
 *
 * @since 0.1.0
 */
import type { Delivery, ExtractRef } from "@tributary/core/Delivery"
import * as ExtractId from "@tributary/core/ExtractId"
import * as PortError from "@tributary/core/PortError"
import { RecordSource, RecordSourceError } from "@tributary/core/RecordSource"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { constants, type Stats } from "node:fs"
import * as fs from "node:fs/promises"
import * as path from "node:path"
import * as ExtractTime from "./ExtractTime.ts"
import { filesBucket } from "./LakeLayer.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly paths: ReadonlyArray<string>
  /** Milliseconds since 1970, UTC: all files are one extract of that time. */
  readonly extractedAt?: number | undefined
  /** The lake's folder, whose own files are no inputs. */
  readonly lake?: string | undefined
}

/**
 * A file that was found: its name as people read it, and where it lies.
 *
 * @category models
 * @since 0.1.0
 */
interface InputFile {
  readonly source: string
  readonly file: string
  readonly modifiedAt: number
}

/**
 * Finds all files, and checks that each can be read, before anything is done with the first one. Fails with `NotFound`, `Denied` or `Invalid`, in a
 * sentence that names the path.
 *
 * @category constructors
 * @since 0.1.0
 */
export const find = Effect.fn("FileSource.find")(function* (options: Options) {
  const lake = options.lake === undefined ? undefined : yield* realPath(options.lake)
  const found: Array<InputFile> = []
  for (const given of options.paths) {
    if (given === "") return yield* wrong("a path is empty")
    if (/^s3:\/\//i.test(given))
      return yield* wrong(`${given} cannot be read yet: this version reads files of this machine`)
    const stats = yield* statOf(given)
    const real = yield* realPath(given)
    if (lake !== undefined && (real === lake || real?.startsWith(lake + path.sep) === true)) {
      return yield* wrong(`${given} belongs to the lake itself: name the files that are to be carried into it`)
    }
    if (stats.isDirectory()) {
      const files = yield* filesBelow(given, stats, lake)
      if (files.length === 0) return yield* wrong(`the folder ${given} has no files`)
      found.push(...files)
    } else found.push(yield* inputFile(given, stats))
  }
  return deliveriesOf(found, options.extractedAt)
})

/**
 * {@link find} as a source of records.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options): Layer.Layer<RecordSource, RecordSourceError> =>
  Layer.effect(
    RecordSource,
    Effect.map(find(options), (deliveries) => RecordSource.of({ deliveries: Stream.fromIterable(deliveries) })),
  )

const deliveriesOf = (files: ReadonlyArray<InputFile>, extractedAt: number | undefined): ReadonlyArray<Delivery> => {
  const extractOf = extractedAt === undefined ? runsOf(files) : givenExtract(extractedAt)
  return files.map(({ file, modifiedAt, source }) => ({
    source,
    content: { object: { bucket: filesBucket, key: keyOf(file) } },
    identity: "digest",
    qualifier: extractedAt === undefined ? undefined : new Date(extractedAt).toISOString(),
    extract: extractOf(source),
    modifiedAt,
  }))
}

const givenExtract = (at: number) => {
  const extract: ExtractRef = { id: ExtractTime.extractId(at), at }
  return () => extract
}

const runsOf = (files: ReadonlyArray<InputFile>) => {
  const times = new Map<string, number>()
  for (const { modifiedAt, source } of files) {
    const id = ExtractId.fromKey(source)
    if (id !== undefined) times.set(id, Math.max(modifiedAt, times.get(id) ?? modifiedAt))
  }
  return (source: string): ExtractRef | undefined => {
    const id = ExtractId.fromKey(source)
    return id === undefined ? undefined : { id, at: times.get(id)! }
  }
}

/** The files below a folder, by their paths; `seen` holds the folders met so far, so that a link that leads back ends. */
const filesBelow = Effect.fnUntraced(function* (top: string, topStats: Stats, lake: string | undefined) {
  const files: Array<InputFile> = []
  const seen = new Set([identityOf(topStats)])
  const waiting = [top]
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const parent = folder
    const names = yield* attempt(() => fs.readdir(parent), parent)
    for (const name of names) {
      if (name.startsWith(".")) continue
      const source = parent.endsWith("/") || parent.endsWith(path.sep) ? parent + name : `${parent}/${name}`
      const stats = yield* statOf(source)
      if (!stats.isDirectory()) files.push(yield* inputFile(source, stats))
      else if (!seen.has(identityOf(stats)) && (lake === undefined || (yield* realPath(source)) !== lake)) {
        seen.add(identityOf(stats))
        waiting.push(source)
      }
    }
  }
  return files.toSorted((a, b) => (a.source < b.source ? -1 : 1))
})

const identityOf = ({ dev, ino }: Stats): string => `${dev} ${ino}`

const inputFile = Effect.fnUntraced(function* (source: string, stats: Stats) {
  if (!stats.isFile()) return yield* wrong(`${source} is neither a file nor a folder`)
  // Only opening tells for sure that it can be read.
  yield* attempt(() => fs.open(source, constants.O_RDONLY).then((handle) => handle.close()), source)
  return { source, file: path.resolve(source), modifiedAt: Math.floor(stats.mtimeMs) } satisfies InputFile
})

const statOf = (file: string) => attempt(() => fs.stat(file), file)

/** Where a path leads, through all links; nothing where it leads nowhere. */
const realPath = (file: string): Effect.Effect<string | undefined> =>
  Effect.orElseSucceed(
    attempt(() => fs.realpath(file), file),
    () => undefined,
  )

/** The key of an absolute path: without the slash, or the drive, that it begins with. */
const keyOf = (file: string): string => file.slice(path.parse(file).root.length).split(path.sep).join("/")

const wrong = (detail: string): RecordSourceError => failed(new PortError.Invalid({ detail }))

const failed = (reason: PortError.Reason): RecordSourceError =>
  new RecordSourceError({ operation: "find the inputs", reason })

const attempt = <A>(run: () => Promise<A>, file: string): Effect.Effect<A, RecordSourceError> =>
  Effect.tryPromise({ try: run, catch: (error) => failed(reasonOf(error, file)) })

const reasonOf = (error: unknown, file: string): PortError.Reason => {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === "ENOENT" || code === "ENOTDIR")
    return new PortError.NotFound({ detail: `there is no file or folder ${file}` })
  if (code === "EACCES" || code === "EPERM") return new PortError.Denied({ detail: `${file} may not be read` })
  return new PortError.Invalid({ detail: `${file} cannot be read: ${message}` })
}

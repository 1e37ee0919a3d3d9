/**
 * A lake in a folder of this machine, and its `lake.json`, which names journal and catalog:
 *
 * ```json
 * {
 *   "format": 1,
 *   "journal": { "kind": "sqlite", "file": "_journal/journal.sqlite" },
 *   "catalog": { "kind": "files", "folder": "_catalog" }
 * }
 * ```
 *
 * Everything in it is named relative to the folder, so that it may be moved or copied as a whole.
 *
 * @since 0.1.0
 */
import * as Lake from "@tributary/core/Lake"
import { ObjectStore } from "@tributary/core/ObjectStore"
import * as Utf8 from "@tributary/core/Utf8"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { existsSync } from "node:fs"
import * as fs from "node:fs/promises"
import * as path from "node:path"
import { WrongCall } from "./WrongCall.ts"

/** The format that this version writes, and the newest one that it reads. */
const format = 1

const LakeFile = Schema.Struct({
  format: Schema.Int,
  journal: Schema.Struct({ kind: Schema.Literal("sqlite"), file: Schema.String }),
  catalog: Schema.Struct({ kind: Schema.Literal("files"), folder: Schema.String }),
})

/**
 * A lake's folder as the person named it, and the absolute paths within.
 *
 * @category models
 * @since 0.1.0
 */
export interface LakeFolder {
  readonly name: string
  readonly path: string
  readonly journalFile: string
  readonly catalogFolder: string
}

const initial: typeof LakeFile.Type = {
  format,
  journal: { kind: "sqlite", file: "_journal/journal.sqlite" },
  catalog: { kind: "files", folder: "_catalog" },
}

const fileName = "lake.json"

const folderOf = (name: string, file: typeof LakeFile.Type): LakeFolder => {
  const folder = path.resolve(name)
  return {
    name,
    path: folder,
    journalFile: path.resolve(folder, file.journal.file),
    catalogFolder: path.resolve(folder, file.catalog.folder),
  }
}

/**
 * Opens a lake that is there; fails with what is missing.
 *
 * @category opening
 * @since 0.1.0
 */
export const open = Effect.fn("LakeFolder.open")(function* (name: string) {
  const found = yield* look(name)
  if (found === "folder") {
    return yield* new WrongCall({ sentence: `${name} is no lake: it has no ${fileName}; name another with --lake` })
  }
  if (found === "nothing") {
    return yield* new WrongCall({
      sentence: `there is no lake at ${name}; make one with: tributary ingest, or name another with --lake`,
    })
  }
  return yield* withJournal(folderOf(name, found))
})

/**
 * A lake that is there, or the one that `create` would make; nothing is written.
 *
 * @category opening
 * @since 0.1.0
 */
export const openOrPlan = Effect.fn("LakeFolder.openOrPlan")(function* (name: string) {
  const found = yield* look(name)
  return typeof found === "string" ? folderOf(name, initial) : yield* withJournal(folderOf(name, found))
})

/** `lake.json` is written when the journal is there. Where that has gone, a new one would begin from nothing beside the old one's files. */
const withJournal = (folder: LakeFolder): Effect.Effect<LakeFolder, WrongCall> =>
  existsSync(folder.journalFile)
    ? Effect.succeed(folder)
    : new WrongCall({ sentence: `the lake ${folder.name} has lost its journal: put ${folder.journalFile} back` })

/**
 * Writes `lake.json` where there is none. Of several processes one is first; all of them write the same.
 *
 * @category creating
 * @since 0.1.0
 */
export const create = Effect.fn("LakeFolder.create")(function* () {
  const lake = yield* Lake.Lake
  const store = yield* ObjectStore
  const file = Lake.ref(lake, fileName)
  const text = `${JSON.stringify(initial, undefined, 2)}\n`
  yield* store.head(file).pipe(
    Effect.catchReason("ObjectStoreError", "NotFound", () => store.put(file, Utf8.encode(text), "absent")),
    Effect.catchReason("ObjectStoreError", "Conflict", () => Effect.void),
  )
})

/** What a path holds: a lake, a folder without one, or nothing. */
const look = Effect.fnUntraced(function* (name: string) {
  if (name === "") return yield* new WrongCall({ sentence: "--lake needs the name of a folder" })
  if (/^s3:\/\//i.test(name)) {
    return yield* new WrongCall({
      sentence: `${name} cannot be a lake yet: this version keeps a lake in a folder of this machine`,
    })
  }
  const unreadable = (error: unknown) =>
    new WrongCall({ sentence: `the lake ${name} cannot be read: ${wordsOf(error)}` })
  const stats = yield* Effect.tryPromise({ try: () => fs.stat(name), catch: codeOf }).pipe(
    Effect.catchIf(
      (code) => code === "ENOENT",
      () => Effect.undefined,
    ),
    Effect.mapError(unreadable),
  )
  if (stats === undefined) return "nothing" as const
  if (!stats.isDirectory()) return yield* new WrongCall({ sentence: `${name} is no folder, so it cannot be a lake` })
  const text = yield* Effect.tryPromise({
    try: () => fs.readFile(path.join(name, fileName), "utf8"),
    catch: codeOf,
  }).pipe(
    Effect.catchIf(
      (code) => code === "ENOENT",
      () => Effect.undefined,
    ),
    Effect.mapError(unreadable),
  )
  if (text === undefined) return "folder" as const
  return yield* Effect.fromResult(decode(name, text))
})

const decode = (name: string, text: string): Result.Result<typeof LakeFile.Type, WrongCall> => {
  const file = path.join(name, fileName)
  const found = Schema.decodeUnknownResult(Schema.fromJsonString(Schema.Struct({ format: Schema.Int })))(text)
  if (Result.isSuccess(found) && found.success.format > format) {
    const sentence = `${name} was written by a newer version: its format is ${found.success.format}, this version knows ${format}; update tributary`
    return Result.fail(new WrongCall({ sentence }))
  }
  return Result.mapError(
    Schema.decodeUnknownResult(Schema.fromJsonString(LakeFile))(text),
    (error) =>
      new WrongCall({ sentence: `${file} is not what it should be: ${error.message.replaceAll(/\s*\n\s*/g, " ")}` }),
  )
}

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : String(error)

const wordsOf = (code: unknown): string => {
  if (code === "EACCES" || code === "EPERM") return "permission denied"
  return code === "ENOTDIR" ? "a part of its path is a file" : String(code)
}

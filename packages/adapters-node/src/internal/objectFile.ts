/**
 * Files as objects: what they are called, which version they have, and how they and their folders outlast a power cut.
 */
import type { ObjectInfo, ObjectRef } from "@tributary/core/ObjectStore"
import * as PortError from "@tributary/core/PortError"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { BigIntStats } from "node:fs"
import * as fs from "node:fs/promises"
import * as path from "node:path"
import { toReason } from "./nodeError.ts"

/** An upload that has not been written to for a day belongs to a process that is gone. */
const abandonedAfterMs = 24 * 60 * 60 * 1000

export const attempt = <A>(run: () => Promise<A>, what: string): Effect.Effect<A, PortError.Reason> =>
  Effect.tryPromise({ try: run, catch: (error) => toReason(error, what) })

/** How people read a key. */
export const name = (ref: ObjectRef): string => `${ref.bucket}/${ref.key}`

/** None for anything but a file. Other content has another modification time, size or inode: that is the version. */
export const infoOf = (ref: ObjectRef, stats: BigIntStats): Option.Option<ObjectInfo> =>
  stats.isFile()
    ? Option.some({
        bucket: ref.bucket,
        key: ref.key,
        version: `${stats.mtimeNs.toString(36)}-${stats.size.toString(36)}-${stats.ino.toString(36)}`,
        size: Number(stats.size),
        modifiedAt: Number(stats.mtimeNs / 1_000_000n),
      })
    : Option.none()

export const writeAll = async (handle: fs.FileHandle, bytes: Uint8Array): Promise<void> => {
  let at = 0
  while (at < bytes.length) at += (await handle.write(bytes, at)).bytesWritten
}

/** Makes a folder and those above it, durably. */
export const makeFolder = (folder: string, ref: ObjectRef): Effect.Effect<void, PortError.Reason> =>
  Effect.gen(function* () {
    const first = yield* attempt(() => fs.mkdir(folder, { recursive: true }), name(ref))
    if (first === undefined) return
    const top = path.dirname(first)
    for (let at = folder; at.length > top.length; at = path.dirname(at)) yield* syncFolder(at, ref)
    yield* syncFolder(top, ref)
  }).pipe(
    // mkdir says EEXIST or ENOTDIR where a file bears the name of a folder.
    Effect.catchTag(["Conflict", "NotFound"], () =>
      Effect.fail(new PortError.Invalid({ detail: `${name(ref)}: a part of its path is a file` })),
    ),
  )

/** A name is durable once its folder is. Windows has no fsync of folders. */
export const syncFolder = (folder: string, ref: ObjectRef): Effect.Effect<void, PortError.Reason> =>
  process.platform === "win32"
    ? Effect.void
    : Effect.acquireUseRelease(
        attempt(() => fs.open(folder, "r"), name(ref)),
        (handle) => attempt(() => handle.sync(), name(ref)),
        (handle) => Effect.promise(() => handle.close()),
      )

/** Removes what crashes have left in a folder of uploads; whatever goes wrong, the next one may succeed. */
export const sweep = (folder: string): Effect.Effect<void> =>
  Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    for (const entry of yield* attempt(() => fs.readdir(folder), folder)) {
      const file = path.join(folder, entry)
      const { mtimeMs } = yield* attempt(() => fs.stat(file), file)
      if (now - mtimeMs > abandonedAfterMs) yield* attempt(() => fs.rm(file, { force: true }), file)
    }
  }).pipe(Effect.ignore)

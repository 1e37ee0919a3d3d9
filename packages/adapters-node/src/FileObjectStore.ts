/**
 * Objects as files: a bucket is a folder, a key the path below it.
 *
 * A write goes to a file of its own in the folder `.tmp` of the bucket, is fsynced, and becomes visible in one step: by link(2) where the key must be
 * absent (it fails where the name is taken), by rename(2) otherwise; the folders on the way are fsynced too. A file that a crash left in `.tmp` has a
 * random name, so nothing ever meets it again; the first write to a bucket removes those older than a day.
 *
 * Symbolic links that a folder's owner made are followed to files; `list` does not enter linked folders.
 *
 * @since 0.1.0
 */
import * as ObjectStore from "@tributary/core/ObjectStore"
import * as PortError from "@tributary/core/PortError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { randomUUID } from "node:crypto"
import { constants } from "node:fs"
import * as fs from "node:fs/promises"
import * as path from "node:path"
import { attempt, infoOf, makeFolder, name, sweep, syncFolder, writeAll } from "./internal/objectFile.ts"
import { isSegment, resolveKey, temporaryFolder } from "./internal/objectPath.ts"
import { walk } from "./internal/objectWalk.ts"

/**
 * Which folders there are.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  /** Bucket name → folder. A folder is made with the first write to it. */
  readonly buckets: Readonly<Record<string, string>>
}

/** Bytes of one read: large enough to hide the cost of a call, small enough for many readers at once. */
const chunkBytes = 512 * 1024

/**
 * A store over the folders; nothing is touched before the first call. What the system refuses is `Denied`, a full disk or quota `Full`, a key that no file
 * can have `Invalid`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options): ObjectStore.ObjectStore["Service"] => {
  const swept = new Set<string>()

  const folderOf = (bucket: string): Effect.Effect<string, PortError.Reason> =>
    Object.hasOwn(options.buckets, bucket)
      ? Effect.succeed(path.resolve(options.buckets[bucket]!))
      : Effect.fail(new PortError.NotFound({ detail: `bucket "${bucket}" is not configured` }))

  const locate = (ref: ObjectStore.ObjectRef) =>
    Effect.flatMap(folderOf(ref.bucket), (root) => {
      const resolved = resolveKey(root, ref.key)
      return "refused" in resolved
        ? Effect.fail(new PortError.Invalid({ detail: resolved.refused }))
        : Effect.succeed({ root, file: resolved.file })
    })

  /** Opens an object and answers what it is at that moment; a folder, a pipe or another version is no object. */
  const open = Effect.fnUntraced(function* (ref: ObjectStore.ObjectRef) {
    const { file } = yield* locate(ref)
    // O_NONBLOCK: opening a pipe would wait for its writer.
    const handle = yield* Effect.acquireRelease(
      attempt(() => fs.open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)), name(ref)),
      (handle) => Effect.promise(() => handle.close()),
    )
    const info = infoOf(ref, yield* attempt(() => handle.stat({ bigint: true }), name(ref)))
    if (Option.isNone(info)) return yield* new PortError.NotFound({ detail: `${name(ref)} is no file` })
    if (ref.version !== undefined && ref.version !== info.value.version) return yield* changed(ref)
    return { handle, info: info.value }
  })

  const get: ObjectStore.ObjectStore["Service"]["get"] = (ref, range) =>
    open(ref).pipe(
      Effect.map(({ handle, info }) => {
        const end = Math.min(range?.end ?? info.size, info.size)
        return Stream.paginate(
          Math.min(range?.start ?? 0, end),
          Effect.fnUntraced(function* (start: number) {
            if (start < end) {
              const buffer = new Uint8Array(Math.min(chunkBytes, end - start))
              const { bytesRead } = yield* attempt(() => handle.read(buffer, 0, buffer.length, start), name(ref))
              if (bytesRead === 0) return yield* changed(ref)
              return [[buffer.subarray(0, bytesRead)], Option.some(start + bytesRead)] as const
            }
            if (ref.version !== undefined) {
              // Somebody may have written into the file, instead of replacing it, while it was read.
              const after = infoOf(ref, yield* attempt(() => handle.stat({ bigint: true }), name(ref)))
              if (Option.isNone(after) || after.value.version !== ref.version) return yield* changed(ref)
            }
            return [[], Option.none<number>()] as const
          }),
        )
      }),
      Stream.unwrap,
      Stream.mapError(failed("get")),
    )

  const upload = Effect.fn("FileObjectStore.upload")(
    function* (ref: ObjectStore.ObjectRef, condition: ObjectStore.WriteCondition) {
      const { root, file } = yield* locate(ref)
      const temporary = path.join(root, temporaryFolder, randomUUID())
      yield* makeFolder(path.dirname(temporary), ref)
      if (!swept.has(root)) {
        swept.add(root)
        yield* sweep(path.dirname(temporary))
      }
      const handle = yield* Effect.acquireRelease(
        attempt(() => fs.open(temporary, "wx"), name(ref)),
        // The file is unlinked by `complete` already where that succeeded; closing waits for writes that are under way.
        (handle) =>
          Effect.promise(() =>
            handle
              .close()
              .catch(() => {})
              .then(() => fs.rm(temporary, { force: true }))
              .catch(() => {}),
          ),
      )
      // After a failed write or fsync the kernel may have dropped pages and call the file clean: never retried, never made visible.
      let spoilt: PortError.Reason | undefined
      const guarded = <A>(run: () => Promise<A>) =>
        Effect.suspend(() => (spoilt === undefined ? attempt(run, name(ref)) : Effect.fail(spoilt))).pipe(
          Effect.tapError((reason) => Effect.sync(() => (spoilt = reason))),
        )
      const publish = Effect.gen(function* () {
        yield* guarded(() => handle.sync())
        yield* makeFolder(path.dirname(file), ref)
        if (condition === "absent") {
          yield* linkAbsent(temporary, file, ref)
          yield* attempt(() => fs.unlink(temporary), name(ref))
        } else {
          yield* distinctTime(handle, file, ref)
          yield* attempt(() => fs.rename(temporary, file), name(ref))
        }
        yield* syncFolder(path.dirname(file), ref)
        spoilt = new PortError.Invalid({ detail: `${name(ref)} is complete, nothing can be written any more` })
        const info = infoOf(ref, yield* attempt(() => handle.stat({ bigint: true }), name(ref)))
        return Option.getOrThrow(info)
      })
      return {
        write: (bytes: Uint8Array) =>
          guarded(() => writeAll(handle, bytes)).pipe(Effect.mapError(failed("upload.write"))),
        complete: Effect.uninterruptible(publish).pipe(Effect.mapError(failed("upload.complete"))),
      }
    },
    Effect.mapError((error) => (error instanceof ObjectStore.ObjectStoreError ? error : failed("upload")(error))),
  )

  const list: ObjectStore.ObjectStore["Service"]["list"] = (bucket, prefix) =>
    folderOf(bucket).pipe(
      Effect.map((root) => {
        // Keys below "a/b" all begin with "a/b/": the walk starts in the deepest folder that the prefix names.
        const slash = prefix.lastIndexOf("/")
        const start = prefix.slice(0, slash + 1)
        const walkable = start === "" || start.slice(0, -1).split("/").every(isSegment)
        return walkable ? walk(bucket, root, start, prefix) : Stream.empty
      }),
      Stream.unwrap,
      Stream.mapError(failed("list")),
    )

  return {
    get,
    head: Effect.fn("FileObjectStore.head")(
      function* (ref) {
        return (yield* Effect.scoped(open(ref))).info
      },
      Effect.mapError(failed("head")),
    ),
    put: Effect.fn("FileObjectStore.put")(
      function* (ref, bytes, condition) {
        const opened = yield* upload(ref, condition)
        yield* opened.write(bytes)
        return yield* opened.complete
      },
      Effect.scoped,
      Effect.mapError((error) => failed("put")(error.reason)),
    ),
    upload,
    list,
  }
}

/**
 * A store over the folders, as a layer.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options): Layer.Layer<ObjectStore.ObjectStore> =>
  Layer.sync(ObjectStore.ObjectStore, () => make(options))

const failed =
  (call: string) =>
  (reason: PortError.Reason): ObjectStore.ObjectStoreError =>
    new ObjectStore.ObjectStoreError({ operation: `FileObjectStore.${call}`, reason })

const changed = (ref: ObjectStore.ObjectRef): PortError.NotFound =>
  new PortError.NotFound({ detail: `${name(ref)} has changed: version ${ref.version ?? "read"} is no longer there` })

/** link(2) takes a name that is free, or fails: it is the one atomic "create if absent" that carries content. */
const linkAbsent = (
  temporary: string,
  file: string,
  ref: ObjectStore.ObjectRef,
): Effect.Effect<void, PortError.Reason> =>
  attempt(() => fs.link(temporary, file), name(ref)).pipe(
    Effect.catchTag("Conflict", (conflict) =>
      Effect.flatMap(
        attempt(() => fs.stat(file, { bigint: true }), name(ref)),
        (stats) =>
          Effect.fail<PortError.Reason>(
            Option.match(infoOf(ref, stats), {
              onNone: () => new PortError.Invalid({ detail: `${name(ref)} is a folder` }),
              onSome: ({ version }) => new PortError.Conflict({ detail: conflict.detail, actualVersion: version }),
            }),
          ),
      ),
    ),
  )

/**
 * Sees to it that the new content's time lies behind the old one's: a file system's clock ticks in milliseconds and inode numbers are used again, so two
 * quick writes of one size could share a version.
 */
const distinctTime = (
  handle: fs.FileHandle,
  file: string,
  ref: ObjectStore.ObjectRef,
): Effect.Effect<void, PortError.Reason> =>
  Effect.gen(function* () {
    const old = yield* attempt(() => fs.stat(file, { bigint: true }), name(ref))
    const now = yield* attempt(() => handle.stat({ bigint: true }), name(ref))
    if (old.mtimeNs < now.mtimeNs) return
    const later = Number(old.mtimeNs / 1_000_000n + 1n) / 1000
    yield* attempt(() => handle.utimes(later, later).then(() => handle.sync()), name(ref))
  }).pipe(Effect.catchTag("NotFound", () => Effect.void))

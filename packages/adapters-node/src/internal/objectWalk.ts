/**
 * The objects of a folder in the order of their keys, read folder by folder.
 */
import type { ObjectInfo } from "@tributary/core/ObjectStore"
import type * as PortError from "@tributary/core/PortError"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as fs from "node:fs/promises"
import * as path from "node:path"
import { attempt, infoOf, name } from "./objectFile.ts"
import { compareUtf8, isSegment, temporaryFolder } from "./objectPath.ts"

/** The objects below folder `start` (a key prefix that ends with a slash, or is empty) whose keys begin with `prefix`. */
export const walk = (
  bucket: string,
  root: string,
  start: string,
  prefix: string,
): Stream.Stream<ObjectInfo, PortError.Reason> => {
  const folder = path.join(root, start)
  const entries = attempt(() => fs.readdir(folder, { withFileTypes: true }), `${bucket}/${start}`).pipe(
    Effect.catchTag("NotFound", () => Effect.succeed([])),
    Effect.map((found) =>
      found
        .filter((entry) => isSegment(entry.name) && !(start === "" && entry.name === temporaryFolder))
        // "a-b" comes before "a/b": a folder stands where its slash puts it.
        .map((entry) => ({ key: start + entry.name + (entry.isDirectory() ? "/" : ""), folder: entry.isDirectory() }))
        .filter(({ key }) => key.startsWith(prefix))
        .toSorted((left, right) => compareUtf8(left.key, right.key)),
    ),
  )
  return Stream.fromIterableEffect(entries).pipe(
    Stream.flatMap((entry) => {
      if (entry.folder) return walk(bucket, root, entry.key, prefix)
      const ref = { bucket, key: entry.key }
      return Stream.fromIterableEffect(
        attempt(() => fs.stat(path.join(root, entry.key), { bigint: true }), name(ref)).pipe(
          Effect.map((stats) => Option.toArray(infoOf(ref, stats))),
          // Gone since the folder was read, or a link to nowhere.
          Effect.catchTag("NotFound", () => Effect.succeed([])),
        ),
      )
    }),
  )
}

/**
 * The adapters behind a lake in a folder: files, SQLite, zlib and Parquet.
 *
 * @since 0.1.0
 */
import * as DiskCatalog from "@tributary/adapters-node/DiskCatalog"
import * as FileObjectStore from "@tributary/adapters-node/FileObjectStore"
import * as NodeCompression from "@tributary/adapters-node/NodeCompression"
import * as NodeDigest from "@tributary/adapters-node/NodeDigest"
import * as SqliteJournalStore from "@tributary/adapters-node/SqliteJournalStore"
import * as SqliteSeenKeys from "@tributary/adapters-node/SqliteSeenKeys"
import * as Lake from "@tributary/core/Lake"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { LakeFolder } from "./LakeFolder.ts"

/**
 * The bucket that holds the lake. Its name stands in the journal, so it is the same wherever the folder lies.
 */
const lakeBucket = "lake"

/**
 * The bucket of all files of this machine; its keys are absolute paths without the first slash. It is never written to.
 *
 * @category constants
 * @since 0.1.0
 */
export const filesBucket = ""

// Loaded when something is to be written.
const encoder = Effect.promise(() => import("@tributary/adapters-node/HyparquetEncoder"))

const layerLake = Layer.succeed(Lake.Lake, { bucket: lakeBucket, prefix: "", address: (key) => key })

/**
 * What reading needs: journal, objects, and where the lake lies.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerRead = (folder: LakeFolder) =>
  Layer.mergeAll(
    layerLake,
    FileObjectStore.layer({ buckets: { [lakeBucket]: folder.path, [filesBucket]: "/" } }),
    SqliteJournalStore.layer({ file: folder.journalFile }),
  )

/**
 * What carrying needs beside it: catalog, seen keys, digests, compression and the Parquet encoder.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerWrite = (folder: LakeFolder) =>
  Layer.mergeAll(
    layerRead(folder),
    DiskCatalog.layer({ directory: folder.catalogFolder }),
    SqliteSeenKeys.layer({ file: folder.journalFile }),
    NodeDigest.layer,
    Layer.provideMerge(Layer.unwrap(Effect.map(encoder, ({ layer }) => layer)), NodeCompression.layer),
  )

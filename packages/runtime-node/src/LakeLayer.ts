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
import { ParquetReader } from "@tributary/core/ParquetReader"
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

// Loaded when files are to be looked into.
const reader = Effect.promise(() => import("@tributary/adapters-node/HyparquetReader"))

/** Only a table that is merged asks for it while it is written. */
const layerLateReader = Layer.succeed(ParquetReader, {
  metadata: (file) => Effect.flatMap(reader, ({ make }) => make().metadata(file)),
  rows: (file) => Effect.flatMap(reader, ({ make }) => make().rows(file)),
})

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

const layerCatalog = (folder: LakeFolder) => DiskCatalog.layer({ directory: folder.catalogFolder })

/**
 * What verifying needs beside what reading needs: catalog, digests and the Parquet reader.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerVerify = (folder: LakeFolder) =>
  Layer.mergeAll(
    layerRead(folder),
    layerCatalog(folder),
    NodeDigest.layer,
    Layer.unwrap(Effect.map(reader, ({ layer }) => layer)),
  )

/**
 * What carrying needs beside what reading needs: catalog, seen keys, digests, compression, the Parquet encoder, and the reader for tables that are merged.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerWrite = (folder: LakeFolder) =>
  Layer.mergeAll(
    layerRead(folder),
    layerCatalog(folder),
    SqliteSeenKeys.layer({ file: folder.journalFile }),
    NodeDigest.layer,
    Layer.provideMerge(Layer.unwrap(Effect.map(encoder, ({ layer }) => layer)), NodeCompression.layer),
    layerLateReader,
  )

/**
 * What every flow keeps on AWS, from the environment: objects and the lake on S3, journal and seen keys in a SQLite file.
 *
 * The SQLite file is the first form of the journal, for one container at a time: the function's reserved concurrency must be 1, and the file must be
 * on a disk of its own. `/tmp` is one, but forgets with its container; EFS is a network file system, where SQLite's locks do not hold. A journal in
 * DynamoDB, and one on S3, come with issue 5.
 *
 * @since 0.1.0
 */
import * as S3ObjectStore from "@tributary/adapters-aws/S3ObjectStore"
import * as NodeCompression from "@tributary/adapters-node/NodeCompression"
import * as NodeDigest from "@tributary/adapters-node/NodeDigest"
import * as SqliteJournalStore from "@tributary/adapters-node/SqliteJournalStore"
import * as SqliteSeenKeys from "@tributary/adapters-node/SqliteSeenKeys"
import { Lake } from "@tributary/core/Lake"
import * as Layer from "effect/Layer"
import type { LakeAddress } from "./Environment.ts"

/**
 * Storage at the places that the environment named.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (places: { readonly lake: LakeAddress; readonly journal: string }) =>
  Layer.mergeAll(
    Layer.succeed(Lake, { ...places.lake, address: (key) => `s3://${places.lake.bucket}/${key}` }),
    S3ObjectStore.layerConfig,
    SqliteJournalStore.layer({ file: places.journal }),
    SqliteSeenKeys.layer({ file: places.journal }),
    NodeCompression.layer,
    NodeDigest.layer,
  )

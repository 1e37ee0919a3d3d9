/**
 * Where the lake lies: a bucket and a prefix for files, journal and catalog kept beside each other.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type { ObjectRef } from "./ObjectStore.ts"
import type { CivilDate } from "./Timestamp.ts"

/**
 * @category services
 * @since 0.1.0
 */
export class Lake extends Context.Service<
  Lake,
  {
    readonly bucket: string
    /** Empty, or ending with a slash. */
    readonly prefix: string
    /** The address of a key as the catalog and people write it: `s3://bucket/key`, or a path. */
    readonly address: (key: string) => string
  }
>()("@tributary/core/Lake") {}

/**
 * The object at a path of the lake.
 *
 * @category getters
 * @since 0.1.0
 */
export const ref = (lake: Lake["Service"], path: string): ObjectRef => ({
  bucket: lake.bucket,
  key: lake.prefix + path,
})

/**
 * The folder of a date within its table: `year=2026/month=1/day=2`.
 *
 * @category paths
 * @since 0.1.0
 */
export const dateFolder = ({ year, month, day }: CivilDate): string => `year=${year}/month=${month}/day=${day}`

/**
 * Where the bytes of an input are kept that has no object of its own.
 *
 * @category paths
 * @since 0.1.0
 */
export const inputPath = (digest: string): string => `_inputs/${digest}`

/**
 * Where the quarantined records of an input are kept.
 *
 * @category paths
 * @since 0.1.0
 */
export const quarantineFolder = (inputId: string): string => `_quarantine/${inputId}`

/**
 * One thing handed to a flow, before anything is known of its content.
 *
 * @since 0.1.0
 */
import type { ObjectRef } from "./ObjectStore.ts"

/**
 * Which extract an input belongs to, and the time of that extract.
 *
 * @category models
 * @since 0.1.0
 */
export interface ExtractRef {
  readonly id: string
  /** Milliseconds since 1970, UTC: the time of the run that made it. */
  readonly at: number
}

/**
 * An input on its way in: an object, or bytes in hand (a payload). `source` is what people read: a path or an `s3://` address.
 *
 * @category models
 * @since 0.1.0
 */
export interface Delivery {
  readonly source: string
  readonly content: { readonly object: ObjectRef } | { readonly bytes: Uint8Array }
  /**
   * `version`: the object's bucket, key and version are its identity (S3). `digest`: its bytes are (local files, payloads).
   */
  readonly identity: "version" | "digest"
  /** Becomes part of a digest identity: the time given with `--extracted-at`. */
  readonly qualifier?: string | undefined
  /** Absent where the input is an extract of its own, of the time `modifiedAt`. */
  readonly extract?: ExtractRef | undefined
  /** Milliseconds since 1970, UTC. */
  readonly modifiedAt: number
}

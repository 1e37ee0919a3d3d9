/**
 * Port for objects in buckets: S3, or folders of files.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import * as PortError from "./PortError.ts"

/**
 * Where an object lies; with `version`, exactly that version of it.
 *
 * @category models
 * @since 0.1.0
 */
export interface ObjectRef {
  readonly bucket: string
  /** Slash-separated, never form-encoded, no leading slash. */
  readonly key: string
  readonly version?: string | undefined
}

/**
 * What the store knows of an object without reading it.
 *
 * @category models
 * @since 0.1.0
 */
export interface ObjectInfo {
  readonly bucket: string
  readonly key: string
  /** Opaque: an S3 version id or etag, for a file size and modification time. Another content has another version. */
  readonly version: string
  /** Bytes. */
  readonly size: number
  /** Milliseconds since 1970, UTC. */
  readonly modifiedAt: number
}

/**
 * When a write may take effect: `absent` only where no object has that key, `any` always.
 *
 * @category models
 * @since 0.1.0
 */
export type WriteCondition = "absent" | "any"

/**
 * An object being written. Nobody sees it before `complete`; closing its scope first leaves nothing visible behind.
 *
 * @category models
 * @since 0.1.0
 */
export interface Upload {
  readonly write: (bytes: Uint8Array) => Effect.Effect<void, ObjectStoreError>
  /** Makes the object visible in one step; fails with `Conflict` where the condition does not hold. */
  readonly complete: Effect.Effect<ObjectInfo, ObjectStoreError>
}

/**
 * Failure of any object store.
 *
 * @category errors
 * @since 0.1.0
 */
export class ObjectStoreError extends Schema.TaggedError<ObjectStoreError>()("ObjectStoreError", PortError.fields) {
  override get message(): string {
    return PortError.message(this)
  }
  get isRetryable(): boolean {
    return PortError.isRetryable(this.reason)
  }
}

/**
 * Keeps bytes under keys. A write is all or nothing, and is durable when its effect has succeeded.
 *
 * @category services
 * @since 0.1.0
 */
export class ObjectStore extends Context.Service<
  ObjectStore,
  {
    /** Streams the object, or the bytes `[start, end)` of it. A missing object, or version, is `NotFound`. */
    readonly get: (
      ref: ObjectRef,
      range?: { readonly start: number; readonly end: number },
    ) => Stream.Stream<Uint8Array, ObjectStoreError>
    readonly head: (ref: ObjectRef) => Effect.Effect<ObjectInfo, ObjectStoreError>
    /** Writes a small object in one call. `absent` on a key that is taken fails with `Conflict`. */
    readonly put: (
      ref: ObjectRef,
      bytes: Uint8Array,
      condition: WriteCondition,
    ) => Effect.Effect<ObjectInfo, ObjectStoreError>
    /** Opens an object for writing piece by piece; see {@link Upload}. */
    readonly upload: (ref: ObjectRef, condition: WriteCondition) => Effect.Effect<Upload, ObjectStoreError, Scope.Scope>
    /** All objects whose key begins with `prefix`, in the order of their keys' UTF-8 bytes. */
    readonly list: (bucket: string, prefix: string) => Stream.Stream<ObjectInfo, ObjectStoreError>
  }
>()("@tributary/core/ObjectStore") {}

/**
 * Port for the append-only record of what was decided and done.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import * as PortError from "./PortError.ts"

/**
 * An event as the store keeps it. The store never looks into `data`.
 *
 * @category models
 * @since 0.1.0
 */
export interface NewEvent {
  /** Name and format version, such as `Planned@1`. */
  readonly type: string
  /** JSON text, at most 64 KiB of UTF-8: see {@link maxEventBytes}. */
  readonly data: string
}

/**
 * An event as it is read back.
 *
 * @category models
 * @since 0.1.0
 */
export interface StoredEvent extends NewEvent {
  readonly stream: string
  /** The first event of a stream has version 1. */
  readonly version: number
  /** When it was appended, by the store's clock: milliseconds since 1970, UTC. */
  readonly at: number
  /** Opaque; `readAll` continues behind it. */
  readonly position: string
}

/**
 * An append of one or more events, all or none of them. `commandId` names the decision: the same one again, with the same events, is answered
 * with the first result, so that a lost response can be asked for again.
 *
 * @category models
 * @since 0.1.0
 */
export interface Append {
  readonly stream: string
  /** The version that the stream must have: 0 for a new one. */
  readonly expectedVersion: number
  readonly commandId: string
  readonly events: readonly [NewEvent, ...ReadonlyArray<NewEvent>]
}

/**
 * The largest `data` of an event; larger parts go to the object store, by digest.
 *
 * @category constants
 * @since 0.1.0
 */
export const maxEventBytes: number = 64 * 1024

/**
 * Failure of any journal store. A stream that has moved on is `Conflict`, with its actual version.
 *
 * @category errors
 * @since 0.1.0
 */
export class JournalStoreError extends Schema.TaggedError<JournalStoreError>()("JournalStoreError", PortError.fields) {
  override get message(): string {
    return PortError.message(this)
  }
  get isRetryable(): boolean {
    return PortError.isRetryable(this.reason)
  }
}

/**
 * Streams of events. Order holds within a stream; `readAll` leaves no gaps and promises no order between streams.
 *
 * @category services
 * @since 0.1.0
 */
export class JournalStore extends Context.Service<
  JournalStore,
  {
    /** Answers the stream's version after the append, which is durable by then. */
    readonly append: (append: Append) => Effect.Effect<{ readonly version: number }, JournalStoreError>
    /** The events of a stream behind `afterVersion` (default 0: all), oldest first; a stream never written to is empty. */
    readonly read: (stream: string, afterVersion?: number) => Stream.Stream<StoredEvent, JournalStoreError>
    /** Every event behind `position`, up to one moment of the journal: later appends are not in the same reading. */
    readonly readAll: (afterPosition?: string) => Stream.Stream<StoredEvent, JournalStoreError>
  }
>()("@tributary/core/JournalStore") {}

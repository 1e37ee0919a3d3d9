/**
 * Port for telling others what happened: EventBridge.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as PortError from "./PortError.ts"

/**
 * An event for others; `detail` is encoded as JSON (EventBridge takes 256 KB an entry).
 *
 * @category models
 * @since 0.1.0
 */
export interface PublishedEvent {
  readonly type: string
  /** Names the event, so that a consumer can recognise a second delivery. */
  readonly id: string
  readonly detail: Schema.Json
}

/**
 * Failure of any event publisher.
 *
 * @category errors
 * @since 0.1.0
 */
export class EventPublisherError extends Schema.TaggedError<EventPublisherError>()(
  "EventPublisherError",
  PortError.fields,
) {
  override get message(): string {
    return PortError.message(this)
  }
  get isRetryable(): boolean {
    return PortError.isRetryable(this.reason)
  }
}

/**
 * Publishes events at least once.
 *
 * @category services
 * @since 0.1.0
 */
export class EventPublisher extends Context.Service<
  EventPublisher,
  {
    readonly publish: (events: ReadonlyArray<PublishedEvent>) => Effect.Effect<void, EventPublisherError>
  }
>()("@tributary/core/EventPublisher") {}

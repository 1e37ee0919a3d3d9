/**
 * {@link EventPublisher} in memory: keeps what was published.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { EventPublisher, type PublishedEvent } from "../EventPublisher.ts"

/**
 * A publisher, and a look into it.
 *
 * @category models
 * @since 0.1.0
 */
export type EventPublisherMemory = EventPublisher["Service"] & {
  /** What was published, in order, repeated events too. */
  readonly published: Effect.Effect<ReadonlyArray<PublishedEvent>>
}

/**
 * A publisher that has published nothing.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make: Effect.Effect<EventPublisherMemory> = Effect.sync(() => {
  const published: Array<PublishedEvent> = []
  return {
    published: Effect.sync(() => [...published]),
    publish: Effect.fn("EventPublisherMemory.publish")((events: ReadonlyArray<PublishedEvent>) =>
      Effect.sync(() => void published.push(...events)),
    ),
  }
})

/**
 * A publisher that has published nothing.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<EventPublisher> = Layer.effect(EventPublisher, make)

/**
 * The rules of {@link EventPublisher}: every event goes out at least once, as it was given.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { EventPublisher, type PublishedEvent } from "../EventPublisher.ts"
import { type Case, mustEqual, rulesOf } from "./Contract.ts"

/**
 * What the cases need to know of a publisher.
 *
 * @category models
 * @since 0.1.0
 */
export interface Fixture {
  /** Begins every id; fresh for each run where the events are remembered. */
  readonly prefix: string
  /** What went out so far, where the test can see it. */
  readonly published?: Effect.Effect<ReadonlyArray<PublishedEvent>, unknown, EventPublisher> | undefined
}

/**
 * The cases of the contract.
 *
 * @category contract
 * @since 0.1.0
 */
export const cases = ({ prefix, published }: Fixture): ReadonlyArray<Case<EventPublisher>> => {
  const rule = rulesOf(EventPublisher)

  const eventsOf = (slug: string, count: number): ReadonlyArray<PublishedEvent> =>
    Array.from({ length: count }, (_, n) => ({
      type: "ExtractPublished",
      id: `${prefix}${slug}-${String(n).padStart(3, "0")}`,
      detail: { n },
    }))

  /** Each event went out, once or more often. */
  const mustBeOut = Effect.fnUntraced(function* (slug: string, events: ReadonlyArray<PublishedEvent>) {
    if (published === undefined) return
    const byId = new Map(
      (yield* published).filter(({ id }) => id.startsWith(`${prefix}${slug}`)).map((event) => [event.id, event]),
    )
    const found = [...byId.values()]
      .toSorted((a, b) => (a.id < b.id ? -1 : 1))
      .map(({ type, id, detail }) => ({ type, id, detail }))
    yield* mustEqual(found, [...events], "events")
  })

  return [
    rule("publishes events as they are", function* (publisher, slug) {
      const events: ReadonlyArray<PublishedEvent> = [
        {
          type: "ExtractPublished",
          id: `${prefix}${slug}-1`,
          detail: { table: "appflow_data.ga_sample", rows: 12, dates: ["2026-01-02"], note: null },
        },
        {
          type: "InputQuarantined",
          id: `${prefix}${slug}-2`,
          detail: { text: "naïve Zürich 日本 😀 \"'\\", deep: { a: [1, [2.5, true]] } },
        },
      ]
      yield* publisher.publish(events)
      yield* mustBeOut(slug, events)
    }),
    rule("publishing nothing is answered", function* (publisher, slug) {
      yield* publisher.publish([])
      yield* mustBeOut(slug, [])
    }),
    rule("publishes more events than one call of the provider takes", function* (publisher, slug) {
      // EventBridge takes 10 entries a call (PutEvents).
      const events = eventsOf(slug, 37)
      yield* publisher.publish(events)
      yield* mustBeOut(slug, events)
    }),
    rule("the same event may be published again", function* (publisher, slug) {
      const events = eventsOf(slug, 1)
      yield* publisher.publish(events)
      yield* publisher.publish(events)
      yield* mustBeOut(slug, events)
    }),
    rule("concurrent calls all publish", function* (publisher, slug) {
      const events = eventsOf(slug, 20)
      yield* Effect.forEach(events, (event) => publisher.publish([event]), { concurrency: "unbounded" })
      yield* mustBeOut(slug, events)
    }),
  ]
}

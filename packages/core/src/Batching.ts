/**
 * Batches of a stream that does not end: by count, by bytes and by age.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import * as Sink from "effect/Sink"
import * as Stream from "effect/Stream"

/**
 * A batch is closed by the item that reaches `maxItems` or `maxBytes`, or `maxAgeMs` after its first item came. It holds at most `maxBytes` and that
 * one item more.
 *
 * @category models
 * @since 0.1.0
 */
export interface BatchPolicy<A> {
  readonly maxItems: number
  readonly maxBytes: number
  readonly maxAgeMs: number
  readonly bytesOf: (item: A) => number
}

/**
 * Groups a stream's items; none is lost, none is moved, and no batch is empty.
 *
 * @example
 * ```ts
 * import * as Batching from "@tributary/core/Batching"
 * import * as Effect from "effect/Effect"
 * import * as Stream from "effect/Stream"
 *
 * const batches = Stream.make("a", "bb", "ccc", "d").pipe(
 *   Batching.batches({ maxItems: 10, maxBytes: 3, maxAgeMs: 1000, bytesOf: (text) => text.length })
 * )
 * await Effect.runPromise(Stream.runCollect(batches)) // => [["a", "bb"], ["ccc"], ["d"]]
 * ```
 *
 * @category batching
 * @since 0.1.0
 */
export const batches =
  <A>(policy: BatchPolicy<A>) =>
  <E, R>(stream: Stream.Stream<A, E, R>): Stream.Stream<ReadonlyArray<A>, E, R> =>
    Stream.aggregateWithin(stream, batch(policy), Schedule.spaced(policy.maxAgeMs)).pipe(
      Stream.map(({ items }) => items),
      Stream.filter((items) => items.length > 0),
    )

/** The state is made anew for each batch, and grows in place. */
const batch = <A>({ bytesOf, maxBytes, maxItems }: BatchPolicy<A>) =>
  Sink.fold(
    () => ({ items: [] as Array<A>, bytes: 0 }),
    ({ bytes, items }) => items.length < maxItems && bytes < maxBytes,
    (state, item: A) =>
      Effect.sync(() => {
        state.items.push(item)
        state.bytes += bytesOf(item)
        return state
      }),
  )

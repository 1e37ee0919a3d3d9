/**
 * {@link JournalStore} that keeps what the port promises and not a bit more: order within a stream, no gaps, opaque positions, no order between
 * streams. A store on DynamoDB or S3 is like that; the one in memory hides who leans on more.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { JournalStore, type StoredEvent } from "../../JournalStore.ts"
import * as JournalStoreMemory from "../../memory/JournalStoreMemory.ts"
import type { SimRandom } from "./SimRandom.ts"

/**
 * An empty journal. Each `readAll` mixes the streams anew.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (random: SimRandom) {
  const kept = yield* JournalStoreMemory.make
  /** What each reading answered, so that another one can go on behind any event of it. */
  const readings: Array<{ readonly events: ReadonlyArray<StoredEvent>; readonly end: string }> = []

  const readAfter = Effect.fnUntraced(function* (position: string) {
    const [reading, index] = position.split(":").map(Number)
    const before = index === undefined ? undefined : readings[reading!]
    const left = before === undefined ? [] : before.events.slice(index! + 1)
    const appended = yield* Stream.runCollect(kept.readAll(before === undefined ? position : before.end))
    const events = mixed([...left, ...appended], random)
    const end = appended.at(-1)?.position ?? before?.end ?? position
    const number = readings.push({ events, end }) - 1
    return events.map((event, i) => ({ ...event, position: `${number}:${i}` }))
  })

  return JournalStore.of({
    append: kept.append,
    read: kept.read,
    readAll: (after = "0") => Stream.unwrap(Effect.map(readAfter(after), (events) => Stream.fromIterable(events))),
  })
})

/** Any order that keeps that of each stream. */
const mixed = (events: ReadonlyArray<StoredEvent>, random: SimRandom): ReadonlyArray<StoredEvent> => {
  const streams = Array.from(Map.groupBy(events, ({ stream }) => stream).values(), (own) => own.toReversed())
  const order: Array<StoredEvent> = []
  while (streams.length > 0) {
    const at = random.between(0, streams.length - 1)
    const own = streams[at]!
    // Runs of a stream are kept together now and then: a reader meets whole streams and single events.
    for (let run = random.between(1, 4); run > 0 && own.length > 0; run--) order.push(own.pop()!)
    if (own.length === 0) streams.splice(at, 1)
  }
  return order
}

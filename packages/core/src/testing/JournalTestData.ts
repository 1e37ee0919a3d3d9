/**
 * Appends, and readings that are narrow enough for a journal that others use too: what the cases of {@link JournalStoreContract} share.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Append, JournalStore, NewEvent, StoredEvent } from "../JournalStore.ts"

/**
 * @category models
 * @since 0.1.0
 */
export type Store = JournalStore["Service"]

/**
 * An append of events of type `Done@1` whose data are the numbers given, as JSON.
 *
 * @category test data
 * @since 0.1.0
 */
export const appendOf = (
  stream: string,
  expectedVersion: number,
  commandId: string,
  first: number,
  ...rest: ReadonlyArray<number>
): Append => {
  const event = (n: number): NewEvent => ({ type: "Done@1", data: JSON.stringify({ n }) })
  return { stream, expectedVersion, commandId, events: [event(first), ...rest.map(event)] }
}

/**
 * An append of events of type `T@1` with these data.
 *
 * @category test data
 * @since 0.1.0
 */
export const appendOfData = (
  stream: string,
  expectedVersion: number,
  commandId: string,
  first: string,
  ...rest: ReadonlyArray<string>
): Append => {
  const event = (data: string): NewEvent => ({ type: "T@1", data })
  return { stream, expectedVersion, commandId, events: [event(first), ...rest.map(event)] }
}

/**
 * @category readings
 * @since 0.1.0
 */
export const readStream = (store: Store, stream: string, after?: number) => Stream.runCollect(store.read(stream, after))

/**
 * @category readings
 * @since 0.1.0
 */
export const dataOf = (store: Store, stream: string) =>
  Effect.map(readStream(store, stream), (events) => events.map((event) => event.data))

/**
 * @category readings
 * @since 0.1.0
 */
export const versionOf = (store: Store, stream: string) =>
  Effect.map(readStream(store, stream), (events) => events.at(-1)?.version ?? 0)

/**
 * A journal may hold other people's events: of all, those of streams whose names begin so.
 *
 * @category readings
 * @since 0.1.0
 */
export const readUnder = (store: Store, start: string, after?: string) =>
  store.readAll(after).pipe(
    Stream.filter((event) => event.stream.startsWith(start)),
    Stream.runCollect,
  )

/**
 * The position that `readAll` has come to: that of the last event of the whole journal.
 *
 * @category readings
 * @since 0.1.0
 */
export const endOf = (store: Store) =>
  Effect.map(Stream.runCollect(store.readAll()), (events) => events.at(-1)?.position)

/**
 * @category formatting
 * @since 0.1.0
 */
export const nameOf = ({ stream, version }: StoredEvent): string => `${stream}#${version}`

/**
 * `1` to `count`.
 *
 * @category test data
 * @since 0.1.0
 */
export const upTo = (count: number): ReadonlyArray<number> => Array.from({ length: count }, (_, i) => i + 1)

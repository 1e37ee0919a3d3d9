/** Journals with a fault: the adapter in memory, and what is wrong put over it. */
import { JournalStore, JournalStoreError, type StoredEvent } from "@tributary/core/JournalStore"
import * as JournalStoreMemory from "@tributary/core/memory/JournalStoreMemory"
import * as PortError from "@tributary/core/PortError"
import * as JournalStoreContract from "@tributary/core/testing/JournalStoreContract"
import { Effect, Layer, Stream } from "effect"
import { TestClock } from "effect/testing"
import { refuses } from "./refuses.ts"

export type Store = JournalStore["Service"]

const fixture = { prefix: "p/", passTime: TestClock.adjust }

export const faulty = (fault: string, by: string, change: (store: Store) => Partial<Store>): void =>
  refuses(
    fault,
    by,
    JournalStoreContract.cases(fixture),
    Layer.effect(
      JournalStore,
      Effect.map(JournalStoreMemory.make, (store) => ({ ...store, ...change(store) })),
    ),
  )

/** The same for several stores over one medium: `change` is called for each of them, the first is number 0. */
export const faultyTogether = (
  fault: string,
  by: string,
  change: (medium: Store, number: number) => Partial<Store>,
): void => {
  const stores: Array<Store> = []
  const another = Effect.sync(() => {
    const [medium] = stores
    stores.push(medium!)
    return { ...medium!, ...change(medium!, stores.length - 1) }
  })
  refuses(
    fault,
    by,
    JournalStoreContract.cases({ ...fixture, another }),
    Layer.effect(
      JournalStore,
      Effect.map(JournalStoreMemory.make, (medium) => {
        stores.splice(0, stores.length, medium)
        return { ...medium, ...change(medium, 0) }
      }),
    ),
  )
}

export const eventsOf = (store: Store, stream: string) => Stream.runCollect(store.read(stream))

export const versionOf = (store: Store, stream: string) =>
  Effect.map(eventsOf(store, stream), (events) => events.length)

/** Every event that is read goes through `each`. */
export const change =
  (each: (event: StoredEvent) => StoredEvent) =>
  (store: Store): Partial<Store> => ({
    read: (stream, after) => Stream.map(store.read(stream, after), each),
    readAll: (after) => Stream.map(store.readAll(after), each),
  })

export const conflict = (actualVersion: number | string) =>
  Effect.fail(
    new JournalStoreError({
      operation: "append",
      reason: new PortError.Conflict({ detail: "moved on", actualVersion }),
    }),
  )

/** Writes the events of an append one by one, under a command of its own each, at the version that the stream has by then. */
export const oneByOne = (store: Store): Partial<Store> => ({
  append: Effect.fnUntraced(function* (append) {
    for (const [i, event] of append.events.entries()) {
      const expectedVersion = i === 0 ? append.expectedVersion : yield* versionOf(store, append.stream)
      yield* store.append({ ...append, expectedVersion, commandId: `${append.commandId}-${i}`, events: [event] })
      yield* Effect.yieldNow
    }
    return { version: yield* versionOf(store, append.stream) }
  }),
})

/** Streams are kept under another name, the same one for some. */
export const renamed =
  (nameOf: (stream: string) => string) =>
  (store: Store): Partial<Store> => ({
    append: (append) => store.append({ ...append, stream: nameOf(append.stream) }),
    read: (stream, after) => Stream.map(store.read(nameOf(stream), after), (event) => ({ ...event, stream })),
  })

import { describe } from "@effect/vitest"
import { type Append, JournalStore, JournalStoreError, type StoredEvent } from "@tributary/core/JournalStore"
import * as JournalStoreMemory from "@tributary/core/memory/JournalStoreMemory"
import * as PortError from "@tributary/core/PortError"
import * as JournalStoreContract from "@tributary/core/testing/JournalStoreContract"
import { Effect, Layer, Option, Stream } from "effect"
import { TestClock } from "effect/testing"
import { refuses } from "./refuses.ts"

type Store = JournalStore["Service"]

const cases = JournalStoreContract.cases({ prefix: "p/", passTime: TestClock.adjust })

/** The adapter in memory with a fault put over it. */
const faulty = (fault: string, by: string, change: (store: Store) => Partial<Store>) =>
  refuses(
    fault,
    by,
    cases,
    Layer.effect(
      JournalStore,
      Effect.map(JournalStoreMemory.make, (store) => ({ ...store, ...change(store) })),
    ),
  )

const versionOf = (store: Store, stream: string) =>
  Effect.map(Stream.runCollect(store.read(stream)), (events) => events.length)

const change =
  (each: (event: StoredEvent) => StoredEvent) =>
  (store: Store): Partial<Store> => ({
    read: (stream, after) => Stream.map(store.read(stream, after), each),
    readAll: (after) => Stream.map(store.readAll(after), each),
  })

describe("JournalStoreContract", () => {
  faulty(
    "does not look at the expected version",
    "an append behind the stream's version is Conflict and tells the version",
    (store) => ({
      append: (append) =>
        Effect.flatMap(versionOf(store, append.stream), (expectedVersion) =>
          store.append({ ...append, expectedVersion }),
        ),
    }),
  )
  faulty(
    "looks first and writes later",
    "of concurrent appends to one version exactly one wins, and the others are told its version",
    (store) => ({
      append: (append) =>
        Effect.gen(function* () {
          const before = yield* versionOf(store, append.stream)
          yield* Effect.yieldNow
          if (before !== append.expectedVersion) return yield* store.append(append)
          return yield* store.append({ ...append, expectedVersion: yield* versionOf(store, append.stream) })
        }),
    }),
  )
  faulty(
    "does not tell the actual version",
    "an append ahead of the stream's version is Conflict and tells the version",
    (store) => ({
      append: (append) =>
        Effect.mapError(store.append(append), (error) =>
          error.reason._tag === "Conflict"
            ? new JournalStoreError({ operation: "append", reason: new PortError.Conflict({ detail: "moved on" }) })
            : error,
        ),
    }),
  )
  let command = 0
  faulty(
    "does not know a command again",
    "the same command with the same events is answered with the first result",
    (store) => ({
      append: (append) => store.append({ ...append, commandId: `${append.commandId}-${command++}` }),
    }),
  )
  faulty("knows a command again whatever its events", "the same command with other events is Conflict", (store) => {
    const results = new Map<string, { readonly version: number }>()
    return {
      append: (append) => {
        const before = results.get(append.stream + append.commandId)
        if (before !== undefined) return Effect.succeed(before)
        return Effect.tap(store.append(append), (result) =>
          Effect.sync(() => results.set(append.stream + append.commandId, result)),
        )
      },
    }
  })
  faulty(
    "knows a command again while it is the last only",
    "the first result is answered after the stream has moved on, too",
    (store) => {
      const last = new Map<string, string>()
      return {
        append: (append) => {
          const known = last.get(append.stream) === append.commandId
          if (!known) command++
          last.set(append.stream, append.commandId)
          return store.append({ ...append, commandId: `${append.commandId}-${command}` })
        },
      }
    },
  )
  faulty("remembers a command that was refused", "a command that was refused may be tried again", (store) => {
    const refused = new Map<string, JournalStoreError>()
    return {
      append: (append) => {
        const before = refused.get(append.stream + append.commandId)
        if (before !== undefined) return Effect.fail(before)
        return Effect.tapError(store.append(append), (error) =>
          Effect.sync(() => refused.set(append.stream + append.commandId, error)),
        )
      },
    }
  })
  faulty(
    "takes commands of other streams for the same",
    "the same command on another stream is an append of its own",
    (store) => {
      const seen = new Set<string>()
      return {
        append: (append) => {
          if (seen.has(append.commandId)) return store.append({ ...append, expectedVersion: -1 })
          return Effect.tap(store.append(append), () => Effect.sync(() => seen.add(append.commandId)))
        },
      }
    },
  )
  faulty(
    "writes the events of an append one by one",
    "data over 64 KiB is Invalid, and no event of its append is written",
    (store) => ({
      append: (append) =>
        Effect.gen(function* () {
          for (const [i, event] of append.events.entries()) {
            const one: Append = {
              ...append,
              expectedVersion: append.expectedVersion + i,
              commandId: `${append.commandId}-${i}`,
              events: [event],
            }
            yield* store.append(one)
            yield* Effect.yieldNow
          }
          return { version: append.expectedVersion + append.events.length }
        }),
    }),
  )
  faulty("takes data of any size", "data over 64 KiB is Invalid, and no event of its append is written", (store) => {
    const large = new Map<string, string>()
    return {
      append: (append) => {
        const [first, ...rest] = append.events.map((event, i) => {
          if (event.data.length < 60_000) return event
          const name = `@${append.commandId}-${i}`
          large.set(name, event.data)
          return { ...event, data: name }
        })
        return store.append({ ...append, events: [first!, ...rest] })
      },
      ...change((event) => ({ ...event, data: large.get(event.data) ?? event.data }))(store),
    }
  })
  faulty("reads a version twice", "reads what stands behind a version", (store) => ({
    read: (stream, after = 0) => store.read(stream, Math.max(0, after - 1)),
  }))
  faulty("reads a stream up to a page", "reads a long stream in order", (store) => ({
    read: (stream, after) => Stream.take(store.read(stream, after), 100),
  }))
  faulty("resumes at a position, not behind it", "readAll resumes behind any position exactly", (store) => ({
    readAll: (after) => store.readAll(after === undefined ? undefined : String(Number(after) - 1)),
  }))
  faulty("has gaps that are filled later", "a reader that follows concurrent appends misses nothing", (store) => {
    // A position is given out at once, the event is shown two turns later: the gap of an auto-increment id.
    const hidden = new Set<string>()
    return {
      append: (append) =>
        Effect.gen(function* () {
          hidden.add(append.commandId)
          const result = yield* store.append(append)
          const turns = append.stream.endsWith("3") ? 6 : 1
          for (let turn = 0; turn < turns; turn++) yield* Effect.yieldNow
          hidden.delete(append.commandId)
          return result
        }),
      readAll: (after) =>
        Stream.filter(store.readAll(after), (event) => {
          const from = event.version - ((event.version - 1) % 2) - 1
          return !hidden.has(`${event.stream}-${from}`)
        }),
    }
  })
  faulty(
    "reads on to what was appended meanwhile",
    "an append during a reading is not in it, but behind it",
    (store) => ({
      readAll: (after) =>
        Stream.unfold(after, (position) =>
          Effect.map(Stream.runHead(store.readAll(position)), (event) =>
            Option.isNone(event) ? undefined : [event.value, event.value.position],
          ),
        ),
    }),
  )
  faulty(
    "forgets the type",
    "reads back stream, type and data, with versions from 1",
    change((event) => ({ ...event, type: "Event" })),
  )
  faulty(
    "changes the data",
    "data of any text comes back as it was",
    change((event) => ({ ...event, data: event.data.replaceAll(" ", "") })),
  )
  faulty(
    "has a clock that runs backwards",
    "time does not run backwards in a stream",
    change((event) => ({ ...event, at: 1_000_000 - event.version })),
  )
  faulty(
    "gives events of one append one position",
    "every event has a position of its own",
    change((event) => ({ ...event, position: String(Math.ceil(Number(event.position) / 3) * 3) })),
  )
  faulty("mixes streams whose names begin alike", "streams are apart, whatever their names", (store) => ({
    read: (stream, after) =>
      Stream.filter(store.readAll(), (event) => event.stream.startsWith(stream) && event.version > (after ?? 0)),
  }))
  faulty("takes upper case for lower case", "streams are apart, whatever their names", (store) => ({
    append: (append) => store.append({ ...append, stream: append.stream.toLowerCase() }),
    read: (stream, after) => Stream.map(store.read(stream.toLowerCase(), after), (event) => ({ ...event, stream })),
  }))
})

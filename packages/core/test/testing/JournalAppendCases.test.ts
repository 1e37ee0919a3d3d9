import { describe } from "@effect/vitest"
import { JournalStoreError } from "@tributary/core/JournalStore"
import * as PortError from "@tributary/core/PortError"
import { Clock, Effect, Stream } from "effect"
import { change, conflict, faulty, oneByOne, versionOf } from "./journalFaults.ts"

describe("JournalAppendCases", () => {
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
  faulty("reads a version twice", "reads what stands behind a version", (store) => ({
    read: (stream, after = 0) => store.read(stream, Math.max(0, after - 1)),
  }))
  faulty("reads a stream up to a page", "reads a long stream in order", (store) => ({
    read: (stream, after) => Stream.take(store.read(stream, after), 100),
  }))
  faulty(
    "forgets the type",
    "reads back stream, type and data, with versions from 1",
    change((event) => ({ ...event, type: "Event" })),
  )
  faulty(
    "has a clock that runs backwards",
    "time does not run backwards in a stream",
    change((event) => ({ ...event, at: 1_000_000 - event.version })),
  )
  faulty("shows other people's events in a new stream", "a stream never written to is empty", (store) => ({
    read: (stream, after) =>
      Stream.concat(
        store.read(stream, after),
        Stream.succeed({ stream, version: 1, type: "Made@1", data: "{}", at: 0, position: "0" }),
      ),
  }))
  faulty("counts versions from 0", "the first append answers version 1", (store) => ({
    append: (append) => Effect.map(store.append(append), ({ version }) => ({ version: version - 1 })),
  }))
  faulty("counts appends, not events", "an append of several events answers the version of the last", (store) => ({
    append: (append) => Effect.map(store.append(append), () => ({ version: append.expectedVersion + 1 })),
  }))
  faulty("takes 100 events at a time", "an append of 1,000 events is one append", (store) => ({
    append: (append) => {
      const [first, ...rest] = append.events.slice(0, 100)
      return store.append({ ...append, events: [first!, ...rest] })
    },
  }))
  faulty("has one version for all streams", "streams have versions of their own", (store) => ({
    append: (append) =>
      Effect.flatMap(Stream.runCount(store.readAll()), (version) =>
        version === append.expectedVersion ? store.append(append) : conflict(version),
      ),
  }))
  faulty(
    "writes an event before it looks at the version",
    "a refused append of several events leaves none of them",
    (store) => ({
      append: (append) =>
        Effect.gen(function* () {
          const version = yield* versionOf(store, append.stream)
          if (version === append.expectedVersion) return yield* store.append(append)
          const [first] = append.events
          yield* store.append({ ...append, expectedVersion: version, events: [first] })
          return yield* conflict(version)
        }),
    }),
  )
  faulty("takes -1 for any version", "a version below 0 is no wildcard", (store) => ({
    append: (append) =>
      append.expectedVersion === -1
        ? Effect.flatMap(versionOf(store, append.stream), (expectedVersion) =>
            store.append({ ...append, expectedVersion }),
          )
        : store.append(append),
  }))
  faulty("keeps the version that a conflict told", "each conflict tells the version of its moment", (store) => {
    const told = new Map<string, number>()
    return {
      append: (append) =>
        Effect.catch(store.append(append), () =>
          Effect.gen(function* () {
            const version = told.get(append.stream) ?? (yield* versionOf(store, append.stream))
            told.set(append.stream, version)
            return yield* conflict(version)
          }),
        ),
    }
  })
  faulty("tells the version as text", "an append at the version that a conflict told succeeds", (store) => ({
    append: (append) =>
      Effect.catch(store.append(append), () =>
        Effect.flatMap(versionOf(store, append.stream), (version) => conflict(String(version))),
      ),
  }))
  faulty(
    "counts time in seconds",
    "times are whole milliseconds since 1970",
    change((event) => ({ ...event, at: event.at / 1000 })),
  )
  faulty("tells the time of the reading", "an event reads the same every time, its own time too", (store) => ({
    read: (stream, after) =>
      Stream.mapEffect(store.read(stream, after), (event) =>
        Effect.map(Clock.currentTimeMillis, (at) => ({ ...event, at })),
      ),
  }))
  faulty("loses a writer that comes back", "writers that read again after Conflict all get in", (store) => {
    const refused = new Set<string>()
    return {
      append: (append) =>
        refused.has(append.commandId)
          ? Effect.succeed({ version: append.expectedVersion + 1 })
          : Effect.tapError(store.append(append), () => Effect.sync(() => refused.add(append.commandId))),
    }
  })
  faulty("writes events one by one", "concurrent appends of several events do not mix", oneByOne)
  faulty("shows events one by one", "an append is read whole or not at all", oneByOne)
  faulty("takes one writer at a time", "concurrent appends to different streams all get in", (store) => {
    let busy = false
    return {
      append: (append) =>
        Effect.gen(function* () {
          if (busy) return yield* conflict(append.expectedVersion)
          busy = true
          yield* Effect.yieldNow
          const result = yield* store.append(append)
          busy = false
          return result
        }),
    }
  })
})

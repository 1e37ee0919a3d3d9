import { describe } from "@effect/vitest"
import { type Append, JournalStoreError, maxEventBytes, type StoredEvent } from "@tributary/core/JournalStore"
import * as PortError from "@tributary/core/PortError"
import { Effect, Stream } from "effect"
import { posix } from "node:path"
import { change, faulty, renamed, type Store } from "./journalFaults.ts"

const invalid = new JournalStoreError({ operation: "append", reason: new PortError.Invalid({ detail: "too large" }) })

describe("JournalPayloadCases", () => {
  faulty(
    "changes the data",
    "data of any text comes back as it was",
    change((event) => ({ ...event, data: event.data.replaceAll(" ", "") })),
  )
  faulty("mixes streams whose names begin alike", "streams are apart, whatever their names", (store) => ({
    read: (stream, after) =>
      Stream.filter(store.readAll(), (event) => event.stream.startsWith(stream) && event.version > (after ?? 0)),
  }))
  faulty("takes upper case for lower case", "streams are apart, whatever their names", (store) => ({
    append: (append) => store.append({ ...append, stream: append.stream.toLowerCase() }),
    read: (stream, after) => Stream.map(store.read(stream.toLowerCase(), after), (event) => ({ ...event, stream })),
  }))
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
  faulty("drops what is empty", "empty data are data", (store) => ({
    read: (stream, after) => Stream.filter(store.read(stream, after), ({ data }) => data !== "{}"),
  }))
  faulty("drops what is empty from all", "empty data are data", (store) => ({
    readAll: (after) => Stream.filter(store.readAll(after), ({ data }) => data !== ""),
  }))
  faulty(
    "cuts a type where its format begins",
    "types of any text come back as they were",
    change((event) => ({ ...event, type: event.type.split("@")[0]! })),
  )
  for (const [what, by, nameOf] of [
    [
      "resolves the dots of a name",
      "streams whose names a path or a pattern would change are apart",
      (n: string) => posix.normalize(n),
    ],
    [
      "cuts slashes off",
      "streams whose names a path or a pattern would change are apart",
      (n: string) => n.replace(/\/+$/, ""),
    ],
    ["trims names", "streams are apart by spaces and control characters, too", (n: string) => n.trim()],
    [
      "ends a name at NUL",
      "streams are apart by spaces and control characters, too",
      (n: string) => n.split("\u0000")[0]!,
    ],
    [
      "has one normal form of names",
      "streams are apart by the normal form of their names, too",
      (n: string) => n.normalize("NFKC"),
    ],
    [
      "folds the case of names",
      "streams are apart by the normal form of their names, too",
      (n: string) => n.toLowerCase(),
    ],
    [
      "keeps 255 characters of a name",
      "streams with names of 400 characters are apart to the last one",
      (n: string) => n.slice(0, 255),
    ],
  ] as const) {
    faulty(what, by, renamed(nameOf))
  }
  faulty("takes a name for a pattern", "streams whose names a path or a pattern would change are apart", (store) => ({
    read: (stream, after = 0) => {
      const pattern = new RegExp(`^${stream.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`)
      return Stream.filter(store.readAll(), (event) => pattern.test(event.stream) && event.version > after)
    },
  }))
  faulty("keeps 128 streams", "200 streams are all there", (store) => {
    const kept = new Set<string>()
    return {
      append: (append) => {
        kept.add(append.stream)
        if (kept.size > 128) kept.delete([...kept][0]!)
        return store.append(append)
      },
      read: (stream, after) => (kept.has(stream) ? store.read(stream, after) : Stream.empty),
    }
  })
  const limited =
    (tooLarge: (append: Append) => boolean) =>
    (store: Store): Partial<Store> => ({
      append: (append) => (tooLarge(append) ? Effect.fail(invalid) : store.append(append)),
    })
  faulty(
    "takes a limit for one less",
    "data of 64 KiB is kept",
    limited(({ events }) => events.some(({ data }) => Buffer.byteLength(data) >= maxEventBytes)),
  )
  faulty("counts characters", "the limit counts bytes of UTF-8, not characters", (store) => {
    const large = new Map<string, string>()
    return {
      append: (append) => {
        const [{ data, type }] = append.events
        if (data.length > maxEventBytes || Buffer.byteLength(data) <= maxEventBytes) return store.append(append)
        large.set(append.stream, data)
        return store.append({ ...append, events: [{ type, data: "" }] })
      },
      ...change((event) => ({ ...event, data: large.get(event.stream) ?? event.data }))(store),
    }
  })
  faulty(
    "allows for three bytes a character",
    "64 KiB of characters of any length are kept, and one byte more is Invalid",
    limited(({ events }) => events.some(({ data }) => data.length * 3 > maxEventBytes && !/^[ -~]*$/.test(data))),
  )
  faulty(
    "has one limit for all events of an append",
    "each event of an append may have 64 KiB",
    limited(({ events }) => events.reduce((sum, { data }) => sum + data.length, 0) > maxEventBytes),
  )
  const firstPage = <E>(events: Stream.Stream<StoredEvent, E>) =>
    Stream.suspend(() => {
      let bytes = 0
      return Stream.takeWhile(events, ({ data }) => (bytes += data.length) < 600_000)
    })
  faulty("reads a page of large events", "a stream of large events is read whole, and so is the journal", (store) => ({
    read: (stream, after) => firstPage(store.read(stream, after)),
  }))
  faulty(
    "reads a page of all large events",
    "a stream of large events is read whole, and so is the journal",
    (store) => ({
      readAll: (after) => firstPage(store.readAll(after)),
    }),
  )
})

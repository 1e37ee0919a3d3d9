import { describe } from "@effect/vitest"
import type { StoredEvent } from "@tributary/core/JournalStore"
import { Effect, Stream } from "effect"
import { change, faultyTogether, versionOf } from "./journalFaults.ts"

describe("JournalSharedCases", () => {
  faultyTogether("keeps what it has read", "another store reads what is appended, and is read", (medium) => {
    const kept = new Map<string, ReadonlyArray<StoredEvent>>()
    return {
      read: (stream, after = 0) =>
        Stream.unwrap(
          Effect.gen(function* () {
            const events = kept.get(stream) ?? (yield* Stream.runCollect(medium.read(stream)))
            kept.set(stream, events)
            return Stream.fromIterable(events.slice(after))
          }),
        ),
    }
  })
  faultyTogether("has positions of its own", "another store reads what is appended, and is read", (medium, number) => ({
    readAll: (after) =>
      Stream.map(medium.readAll(after), (event) => ({ ...event, position: `${number}${event.position}` })),
  }))
  faultyTogether("keeps versions of its own", "another store's append makes an append a Conflict", (medium) => {
    const versions = new Map<string, number>()
    return {
      append: (append) =>
        Effect.gen(function* () {
          const version = versions.get(append.stream)
          const isKnown = version === undefined || version === append.expectedVersion
          const expectedVersion = isKnown ? yield* versionOf(medium, append.stream) : append.expectedVersion
          const result = yield* medium.append({ ...append, expectedVersion })
          versions.set(append.stream, append.expectedVersion + append.events.length)
          return result
        }),
    }
  })
  faultyTogether(
    "knows its own commands only",
    "another store answers a repeated append with the first result",
    (medium, number) => ({
      append: (append) => medium.append({ ...append, commandId: `${append.commandId} ${number}` }),
    }),
  )
  faultyTogether("looks first and writes later", "of two stores that append at once exactly one wins", (medium) => ({
    append: (append) =>
      Effect.gen(function* () {
        const before = yield* versionOf(medium, append.stream)
        yield* Effect.yieldNow
        if (before !== append.expectedVersion) return yield* medium.append(append)
        return yield* medium.append({ ...append, expectedVersion: yield* versionOf(medium, append.stream) })
      }),
  }))
  faultyTogether("tells times since its opening", "everything is there after a restart, as it was", (medium, number) =>
    change((event) => ({ ...event, at: event.at + number }))(medium),
  )
  faultyTogether(
    "begins anew with each opening",
    "everything is there after a restart, as it was",
    (medium, number) => {
      const own = (stream: string) => `${number} ${stream}`
      return {
        append: (append) => medium.append({ ...append, stream: own(append.stream) }),
        readAll: (after) =>
          medium.readAll(after).pipe(
            Stream.filter(({ stream }) => stream.startsWith(`${number} `)),
            Stream.map((event) => ({ ...event, stream: event.stream.slice(2) })),
          ),
      }
    },
  )
  faultyTogether("counts positions since its opening", "positions are good after a restart", (medium, number) => ({
    readAll: (after) =>
      Stream.map(medium.readAll(after === undefined ? after : String(Number(after) - number)), (event) => ({
        ...event,
        position: String(Number(event.position) + number),
      })),
  }))
})

import { describe } from "@effect/vitest"
import type { StoredEvent } from "@tributary/core/JournalStore"
import { Effect, Option, Stream } from "effect"
import { change, faulty, oneByOne } from "./journalFaults.ts"

describe("JournalReadAllCases", () => {
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
    "gives events of one append one position",
    "every event has a position of its own",
    change((event) => ({ ...event, position: String(Math.ceil(Number(event.position) / 3) * 3) })),
  )
  faulty("forgets its oldest event", "readAll answers every event once", (store) => ({
    readAll: (after) => Stream.drop(store.readAll(after), after === undefined ? 1 : 0),
  }))
  faulty("shows the newest first", "readAll keeps the order within a stream", (store) => ({
    readAll: (after) =>
      Stream.unwrap(
        Effect.map(Stream.runCollect(store.readAll(after)), (events) => Stream.fromIterable(events.toReversed())),
      ),
  }))
  faulty("reads all without times", "readAll answers the same events as read", (store) => ({
    readAll: (after) => Stream.map(store.readAll(after), (event) => ({ ...event, at: event.at + 1 })),
  }))
  faulty(
    "tells its last event again",
    "readAll behind the last position is empty until something is appended",
    (store) => ({
      readAll: (after) =>
        Stream.unwrap(
          Effect.map(Stream.runCollect(store.readAll()), (events) =>
            Stream.fromIterable(events.slice(Math.min(Number(after ?? "0"), events.length - 1))),
          ),
        ),
    }),
  )
  faulty("writes events one by one", "a reading during appends holds whole appends only", oneByOne)
  faulty("leaves what it refused", "events of a refused append are in no reading", (store) => {
    const left: Array<StoredEvent> = []
    return {
      append: (append) =>
        Effect.tapError(store.append(append), () =>
          Effect.sync(() => {
            for (const [i, event] of append.events.entries())
              left.push({ ...event, stream: append.stream, version: i + 1, at: 0, position: `left${left.length}` })
          }),
        ),
      readAll: (after) => Stream.concat(store.readAll(after), Stream.fromIterable(left)),
    }
  })
  faulty(
    "counts positions from the reading's beginning",
    "an event has the same position in every reading",
    (store) => ({
      readAll: (after) => Stream.map(store.readAll(after), (event, i) => ({ ...event, position: String(i + 1) })),
    }),
  )
  faulty("takes a stream's versions for positions", "readAll goes on behind a position that read told", (store) => ({
    read: (stream, after) =>
      Stream.map(store.read(stream, after), (event) => ({ ...event, position: String(event.version) })),
  }))
  faulty("counts positions from the end", "a position is good after many more appends", (store) => {
    const turned = (position: string) =>
      Effect.map(Stream.runCount(store.readAll()), (count) => String(count - Number(position)))
    return {
      readAll: (after) =>
        Stream.unwrap(
          Effect.map(after === undefined ? Effect.succeed("0") : turned(after), (start) =>
            Stream.mapEffect(store.readAll(start), (event) =>
              Effect.map(turned(event.position), (position) => ({ ...event, position })),
            ),
          ),
        ),
    }
  })
  faulty("begins anew where it knows no position", "what is no position is Invalid", (store) => ({
    readAll: (after) => Stream.catch(store.readAll(after), () => store.readAll()),
  }))
  faulty("has one cursor for all readings", "two readings at once do not disturb each other", (store) => {
    let cursor: string | undefined
    return {
      readAll: (after) =>
        Stream.suspend(() => {
          cursor = after
          return Stream.unfold(undefined, () =>
            Effect.map(Stream.runHead(store.readAll(cursor)), (event) => {
              if (Option.isNone(event)) return undefined
              cursor = event.value.position
              return [event.value, undefined]
            }),
          )
        }),
    }
  })
  faulty("goes on where the last reading was left", "a reading that is left early spoils no later one", (store) => {
    let left: string | undefined
    return {
      readAll: (after) =>
        Stream.suspend(() =>
          Stream.rechunk(store.readAll(after ?? left), 1).pipe(
            Stream.tap((event) => Effect.sync(() => void (left = event.position))),
          ),
        ),
    }
  })
  faulty(
    "gives all events of an append the position of its last",
    "a reader that takes one event at a time gets all of them",
    (store) => ({
      readAll: (after) =>
        Stream.map(store.readAll(after), (event) =>
          event.stream.endsWith("/a")
            ? { ...event, position: String(Number(event.position) + ((3 - (event.version % 3)) % 3)) }
            : event,
        ),
    }),
  )
  faulty("loses an event where a page ends", "readAll of a long journal resumes anywhere", (store) => ({
    readAll: (after) =>
      Stream.zipWithIndex(store.readAll(after)).pipe(
        Stream.filter(([, i]) => i !== 256),
        Stream.map(([event]) => event),
      ),
  }))
})

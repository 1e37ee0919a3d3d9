/**
 * {@link JournalStore} in memory: one array of events, whose index is the position.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import {
  type Append,
  JournalStore,
  JournalStoreError,
  maxEventBytes,
  type NewEvent,
  type StoredEvent,
} from "../JournalStore.ts"
import * as PortError from "../PortError.ts"
import * as Utf8 from "../Utf8.ts"

interface Written {
  readonly events: ReadonlyArray<NewEvent>
  readonly version: number
}

/**
 * An empty journal. An append, its checks included, is one step: no fiber comes in between.
 *
 * @example
 * ```ts
 * import * as JournalStoreMemory from "@tributary/core/memory/JournalStoreMemory"
 * import * as Effect from "effect/Effect"
 *
 * const version = Effect.gen(function*() {
 *   const journal = yield* JournalStoreMemory.make
 *   const event = { type: "Received@1", data: "{}" }
 *   return yield* journal.append({ stream: "input/1", expectedVersion: 0, commandId: "a", events: [event, event] })
 * })
 * await Effect.runPromise(version) // => { version: 2 }
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make: Effect.Effect<JournalStore["Service"]> = Effect.sync(() => {
  const journal: Array<StoredEvent> = []
  const streams = new Map<string, Array<StoredEvent>>()
  /** Finished commands, by stream and command id. */
  const commands = new Map<string, Map<string, Written>>()

  const write = (
    { stream, expectedVersion, commandId, events }: Append,
    now: number,
  ): Effect.Effect<{ readonly version: number }, JournalStoreError> => {
    const large = events.find((event) => Utf8.encode(event.data).length > maxEventBytes)
    if (large !== undefined) {
      const detail = `${large.type} in ${stream} has ${Utf8.encode(large.data).length} bytes of data, ${maxEventBytes} are allowed`
      return failWith("append", new PortError.Invalid({ detail }))
    }
    const kept = streams.get(stream) ?? []
    const before = commands.get(stream)?.get(commandId)
    if (before !== undefined) {
      if (sameEvents(before.events, events)) return Effect.succeed({ version: before.version })
      const detail = `command ${commandId} has appended other events to ${stream}`
      return failWith("append", new PortError.Conflict({ detail, actualVersion: kept.length }))
    }
    if (kept.length !== expectedVersion) {
      const detail = `${stream} has version ${kept.length}, not ${expectedVersion}`
      return failWith("append", new PortError.Conflict({ detail, actualVersion: kept.length }))
    }
    const at = Math.max(now, kept.at(-1)?.at ?? now)
    for (const { type, data } of events) {
      const event = { stream, type, data, version: kept.length + 1, at, position: String(journal.length + 1) }
      journal.push(event)
      kept.push(event)
    }
    streams.set(stream, kept)
    commands.set(
      stream,
      (commands.get(stream) ?? new Map<string, Written>()).set(commandId, { events, version: kept.length }),
    )
    return Effect.succeed({ version: kept.length })
  }

  return JournalStore.of({
    append: Effect.fn("JournalStoreMemory.append")((append: Append) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => Effect.suspend(() => write(append, now))),
    ),
    read: (stream, afterVersion = 0) =>
      Stream.suspend(() => Stream.fromIterable((streams.get(stream) ?? []).slice(afterVersion))),
    readAll: (afterPosition = "0") =>
      Stream.suspend(() =>
        /^\d{1,15}$/.test(afterPosition) && Number(afterPosition) <= journal.length
          ? Stream.fromIterable(journal.slice(Number(afterPosition)))
          : Stream.fromEffect(
              failWith(
                "readAll",
                new PortError.Invalid({ detail: `"${afterPosition}" is no position of this journal` }),
              ),
            ),
      ),
  })
})

/**
 * An empty journal.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<JournalStore> = Layer.effect(JournalStore, make)

const failWith = (operation: string, reason: PortError.Reason) =>
  Effect.fail(new JournalStoreError({ operation, reason }))

const sameEvents = (a: ReadonlyArray<NewEvent>, b: ReadonlyArray<NewEvent>): boolean =>
  a.length === b.length && a.every(({ type, data }, i) => type === b[i]!.type && data === b[i]!.data)

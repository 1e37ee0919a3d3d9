/**
 * The front of the journal: typed events in named streams, decided under optimistic concurrency.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { JournalStore, JournalStoreError, type NewEvent, type StoredEvent } from "../JournalStore.ts"
import * as PortError from "../PortError.ts"
import { type Decider, Refused } from "./Decider.ts"
import { ExtractEvent, extractDecider } from "./ExtractDecider.ts"
import { InputEvent, inputDecider } from "./InputDecider.ts"
import { PartitionEvent, partitionDecider } from "./PartitionDecider.ts"

/**
 * A kind of stream: how its names are made, how its events are kept, who decides.
 *
 * @category models
 * @since 0.1.0
 */
export interface StreamKind<Command, Event extends { readonly _tag: string }, State> {
  readonly decider: Decider<Command, Event, State>
  readonly schema: Schema.Codec<Event, unknown>
}

/**
 * @category streams
 * @since 0.1.0
 */
export const inputs = { decider: inputDecider, schema: InputEvent }
/**
 * @category streams
 * @since 0.1.0
 */
export const extracts = { decider: extractDecider, schema: ExtractEvent }
/**
 * @category streams
 * @since 0.1.0
 */
export const partitions = { decider: partitionDecider, schema: PartitionEvent }

/**
 * @category streams
 * @since 0.1.0
 */
export const inputStream = (inputId: string): string => `input/${inputId}`
/**
 * @category streams
 * @since 0.1.0
 */
export const extractStream = (flow: string, extract: string): string => `extract/${flow}/${extract}`
/**
 * @category streams
 * @since 0.1.0
 */
export const partitionStream = (table: string, date: string): string => `partition/${table}/${date}`

/**
 * Any event of the journal, as a reader of all of it sees one.
 *
 * @category models
 * @since 0.1.0
 */
export type JournalEvent = InputEvent | ExtractEvent | PartitionEvent

/** All events are in their first format; a second one brings an upcaster here. */
const format = "@1"

const Data = Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown))

/**
 * Reads a stored event of one kind; fails with `Invalid` on a type that this version does not know, because to skip it would be to guess.
 *
 * @category decoding
 * @since 0.1.0
 */
export const decode = Effect.fnUntraced(function* <Event>(schema: Schema.Codec<Event, unknown>, stored: StoredEvent) {
  const tag = stored.type.endsWith(format) ? stored.type.slice(0, -format.length) : undefined
  const read = Schema.decodeUnknownEffect(Data)(stored.data).pipe(
    Effect.flatMap((data) => Schema.decodeUnknownEffect(schema)({ ...data, _tag: tag })),
  )
  return yield* Effect.mapError(
    read,
    (cause) =>
      new JournalStoreError({
        operation: `read event ${stored.version} of ${stored.stream}`,
        reason: new PortError.Invalid({
          detail: `this version cannot read the event ${stored.type}; use a newer one`,
          cause,
        }),
      }),
  )
})

/**
 * Reads a stored event of any kind, told by the name of its stream.
 *
 * @category decoding
 * @since 0.1.0
 */
export const decodeAny = (stored: StoredEvent): Effect.Effect<JournalEvent, JournalStoreError> => {
  if (stored.stream.startsWith("input/")) return decode(InputEvent, stored)
  return stored.stream.startsWith("extract/") ? decode(ExtractEvent, stored) : decode(PartitionEvent, stored)
}

const encode = ({ _tag, ...data }: { readonly _tag: string }): NewEvent => ({
  type: `${_tag}${format}`,
  data: JSON.stringify(data),
})

/** A state and the version of the stream that it is the state of. */
interface Known<State> {
  readonly state: State
  readonly version: number
}

/**
 * States folded before, by store. Events never change, so a state stays true of its version, and only what came later has to be read: an extract of a
 * thousand objects would else be read from its beginning two thousand times.
 */
const known = new WeakMap<JournalStore["Service"], Map<string, Known<unknown>>>()
/** The streams of one call, more or less; the oldest is let go first. */
const maxKnown = 1024

const remember = <State>(journal: JournalStore["Service"], stream: string, now: Known<State>): Known<State> => {
  const streams = known.get(journal) ?? new Map<string, Known<unknown>>()
  known.set(journal, streams)
  streams.delete(stream)
  streams.set(stream, now)
  if (streams.size > maxKnown) streams.delete(streams.keys().next().value!)
  return now
}

/**
 * The state of a stream, from all of its events.
 *
 * @category reading
 * @since 0.1.0
 */
export const load = Effect.fnUntraced(function* <Command, Event extends { readonly _tag: string }, State>(
  kind: StreamKind<Command, Event, State>,
  stream: string,
) {
  const journal = yield* JournalStore
  const before = known.get(journal)?.get(stream) as Known<State> | undefined
  const start = before ?? { state: kind.decider.initial, version: 0 }
  const now = yield* journal.read(stream, start.version).pipe(
    Stream.mapEffect((stored) =>
      Effect.map(decode(kind.schema, stored), (event) => ({ event, version: stored.version })),
    ),
    Stream.runFold(
      () => start,
      ({ state }, { event, version }) => ({ state: kind.decider.evolve(state, event), version }),
    ),
  )
  return remember(journal, stream, now)
})

/** So many losers' turns that only a bug uses them up. */
const maxConflicts = 100

/**
 * Reads a stream, decides, and appends; the loser of a race reads again and decides again. Answers the state afterwards, and the events that this call
 * appended: none where the command was carried out before.
 *
 * @category deciding
 * @since 0.1.0
 */
export const decide = Effect.fn("Journal.decide")(function* <Command, Event extends { readonly _tag: string }, State>(
  kind: StreamKind<Command, Event, State>,
  stream: string,
  command: Command,
) {
  const journal = yield* JournalStore
  // Names this decision, so that an append whose answer was lost can be asked for again; another process decides under another name.
  const commandId = `${yield* Random.nextInt}-${yield* Random.nextInt}`
  for (let attempt = 0; ; attempt++) {
    const { state, version } = yield* load(kind, stream)
    const events = kind.decider.decide(state, command)
    if (events instanceof Refused) return yield* events
    const [first, ...rest] = events
    if (first === undefined) return { state, events: [] as ReadonlyArray<Event> }
    const append = journal.append({
      stream,
      expectedVersion: version,
      commandId: `${commandId}-${attempt}`,
      events: [encode(first), ...rest.map(encode)],
    })
    const lost = yield* append.pipe(
      Effect.retry({ times: 3, while: (error) => error.isRetryable }),
      Effect.as(false),
      Effect.catchReason("JournalStoreError", "Conflict", (_, error) =>
        attempt < maxConflicts ? Effect.succeed(true) : Effect.fail(error),
      ),
    )
    if (!lost) return { state: events.reduce(kind.decider.evolve, state), events }
  }
})

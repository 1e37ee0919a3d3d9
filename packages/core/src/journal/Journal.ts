/**
 * The front of the journal: typed events in named streams, decided under optimistic concurrency.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { identity } from "effect/Function"
import * as Random from "effect/Random"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { JournalStore, JournalStoreError, type NewEvent, type StoredEvent } from "../JournalStore.ts"
import * as PortError from "../PortError.ts"
import { type Decider, Refused } from "./Decider.ts"
import { type ExtractCommand, ExtractEvent, type ExtractState, extractDecider } from "./ExtractDecider.ts"
import { type InputCommand, InputEvent, type InputState, inputDecider } from "./InputDecider.ts"
import { type PartitionCommand, PartitionEvent, type PartitionState, partitionDecider } from "./PartitionDecider.ts"

/**
 * Makes the data of an event's older format into that of the next one. Pure, and never changed once it is released: what it reads lies in journals.
 *
 * @category models
 * @since 0.1.0
 */
export type Upcaster = (data: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>

/**
 * A kind of stream: how its events are kept, and who decides.
 *
 * An event is kept under its tag and its format, `Planned@1`. Where the data of a tag change, an upcaster is put behind those that `upcasters` lists for
 * it: with one, today's format is 2, and `Planned@1` is read through it. What is written is never rewritten.
 *
 * @category models
 * @since 0.1.0
 */
export interface StreamKind<Command, Event extends { readonly _tag: string }, State> {
  readonly decider: Decider<Command, Event, State>
  readonly schema: Schema.Codec<Event, unknown> & { readonly cases: Readonly<Record<Event["_tag"], unknown>> }
  readonly upcasters: { readonly [Tag in Event["_tag"]]?: ReadonlyArray<Upcaster> }
}

/**
 * @category streams
 * @since 0.1.0
 */
export const inputs: StreamKind<InputCommand, InputEvent, InputState> = {
  decider: inputDecider,
  schema: InputEvent,
  upcasters: {},
}
/**
 * @category streams
 * @since 0.1.0
 */
export const extracts: StreamKind<ExtractCommand, ExtractEvent, ExtractState> = {
  decider: extractDecider,
  schema: ExtractEvent,
  upcasters: {},
}
/**
 * @category streams
 * @since 0.1.0
 */
export const partitions: StreamKind<PartitionCommand, PartitionEvent, PartitionState> = {
  decider: partitionDecider,
  schema: PartitionEvent,
  upcasters: {},
}

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

const Data = Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown))

/**
 * Reads a stored event of one kind, through the upcasters of its format. Fails with `Invalid` on a type or a format that this version does not know, and
 * on data that are none of that format: to skip an event would be to guess.
 *
 * @category decoding
 * @since 0.1.0
 */
export const decode = Effect.fnUntraced(function* <Command, Event extends { readonly _tag: string }, State>(
  kind: StreamKind<Command, Event, State>,
  stored: StoredEvent,
) {
  const [, tag = stored.type, format] = /^(\w+)@([1-9]\d{0,5})$/.exec(stored.type) ?? []
  if (format === undefined || !hasTag(kind, tag)) return yield* unreadable(stored, `this version knows no event ${tag}`)
  const today = formatOf(kind, tag)
  if (Number(format) > today) return yield* unreadable(stored, `this version knows ${tag} up to format ${today}`)
  const upcasters = kind.upcasters[tag]?.slice(Number(format) - 1) ?? []
  const read = Schema.decodeUnknownEffect(Data)(stored.data).pipe(
    // An upcaster may throw on data that were never of its format.
    Effect.flatMap((data) =>
      Effect.try({ try: () => upcasters.reduce((older, upcast) => upcast(older), data), catch: identity }),
    ),
    Effect.flatMap((data) => Schema.decodeUnknownEffect(kind.schema)({ ...data, _tag: tag })),
  )
  return yield* Effect.mapError(read, (cause) =>
    failed(stored, `its data are none of ${stored.type}: the journal was damaged or changed; restore it`, cause),
  )
})

/**
 * Reads a stored event of any kind, told by the name of its stream.
 *
 * @category decoding
 * @since 0.1.0
 */
export const decodeAny = (stored: StoredEvent): Effect.Effect<JournalEvent, JournalStoreError> => {
  switch (stored.stream.slice(0, stored.stream.indexOf("/"))) {
    case "input":
      return decode(inputs, stored)
    case "extract":
      return decode(extracts, stored)
    case "partition":
      return decode(partitions, stored)
    default:
      return Effect.fail(unreadable(stored, "this version knows no streams of such a name"))
  }
}

const hasTag = <Command, Event extends { readonly _tag: string }, State>(
  kind: StreamKind<Command, Event, State>,
  tag: string,
): tag is Event["_tag"] => Object.hasOwn(kind.schema.cases, tag)

/** Each upcaster leads from one format to the next. */
const formatOf = <Command, Event extends { readonly _tag: string }, State>(
  kind: StreamKind<Command, Event, State>,
  tag: Event["_tag"],
): number => 1 + (kind.upcasters[tag]?.length ?? 0)

const unreadable = (stored: StoredEvent, why: string): JournalStoreError =>
  failed(
    stored,
    `this version cannot read ${stored.type} (${why}); nothing was changed: use the version that wrote it, or a newer one`,
  )

const failed = ({ stream, version }: StoredEvent, detail: string, cause?: unknown): JournalStoreError =>
  new JournalStoreError({
    operation: `read event ${version} of ${stream}`,
    reason: new PortError.Invalid(cause === undefined ? { detail } : { detail, cause }),
  })

const encode = <Command, Event extends { readonly _tag: string }, State>(
  kind: StreamKind<Command, Event, State>,
  { _tag, ...data }: Event,
): NewEvent => ({ type: `${_tag}@${formatOf(kind, _tag)}`, data: JSON.stringify(data) })

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
    Stream.mapEffect((stored) => Effect.map(decode(kind, stored), (event) => ({ event, version: stored.version }))),
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
      events: [encode(kind, first), ...rest.map((event) => encode(kind, event))],
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

/**
 * Rejected records, kept beside the tables: an index of lines and the original bytes, end to end.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { Digest, type Hasher } from "../Digest.ts"
import type { InputState, RetryOf } from "../journal/InputDecider.ts"
import * as Journal from "../journal/Journal.ts"
import { JournalStore } from "../JournalStore.ts"
import * as Lake from "../Lake.ts"
import { ObjectStore, type ObjectRef, type Upload } from "../ObjectStore.ts"
import { QuarantineReason } from "../QuarantineReason.ts"
import * as Utf8 from "../Utf8.ts"
import * as ConditionalWrite from "./ConditionalWrite.ts"
import type { RejectedRecord } from "./RecordReader.ts"

/**
 * A line of the index: where in the file of bytes the record lies.
 *
 * @category models
 * @since 0.1.0
 */
const IndexLine = Schema.Struct({
  n: Schema.Int,
  position: Schema.String,
  reason: QuarantineReason,
  detail: Schema.String,
  start: Schema.Int,
  end: Schema.Int,
})

/**
 * A quarantined record as people see it. `input` is the source of its input: a path or an `s3://` address.
 *
 * @category models
 * @since 0.1.0
 */
export interface QuarantineItem {
  readonly id: string
  readonly flow: string
  readonly input: string
  readonly position: string
  readonly reason: QuarantineReason
  readonly detail: string
}

/**
 * No item has the id asked for.
 *
 * @category errors
 * @since 0.1.0
 */
export class NoSuchItem extends Schema.TaggedError<NoSuchItem>()("NoSuchItem", { id: Schema.String }) {
  override get message(): string {
    return `there is no quarantined record ${this.id}; list them with: tributary quarantine list`
  }
}

/**
 * Writes an input's rejected records as they are found; nothing is visible before `finish`.
 *
 * @category writing
 * @since 0.1.0
 */
export const makeWriter = Effect.fnUntraced(function* (inputId: string) {
  const lake = yield* Lake.Lake
  const store = yield* ObjectStore
  const digest = yield* Digest
  let files: { readonly index: File; readonly bytes: File } | undefined
  let count = 0
  let offset = 0

  const open = Effect.fnUntraced(function* (path: string) {
    const ref = Lake.ref(lake, path)
    return { ref, upload: yield* store.upload(ref, "absent"), hasher: digest.hasher() } satisfies File
  })
  const append = (file: File, piece: Uint8Array) =>
    Effect.suspend(() => {
      file.hasher.update(piece)
      return file.upload.write(piece)
    })
  const close = (file: File) =>
    ConditionalWrite.completeSame(file.ref, file.upload, ConditionalWrite.hex(file.hasher.digest()))

  return {
    write: Effect.fnUntraced(function* (records: ReadonlyArray<RejectedRecord>) {
      for (const { bytes, detail, position, reason } of records) {
        files ??= { index: yield* open(indexPath(inputId)), bytes: yield* open(bytesPath(inputId)) }
        const line = { n: ++count, position, reason, detail, start: offset, end: (offset += bytes.length) }
        yield* append(files.index, Utf8.encode(`${JSON.stringify(line)}\n`))
        if (bytes.length > 0) yield* append(files.bytes, bytes)
      }
    }),
    finish: Effect.suspend(() =>
      files === undefined ? Effect.void : Effect.andThen(close(files.bytes), close(files.index)),
    ),
  }
})

interface File {
  readonly ref: ObjectRef
  readonly upload: Upload
  readonly hasher: Hasher
}

const indexPath = (inputId: string): string => `${Lake.quarantineFolder(inputId)}/records.jsonl`
const bytesPath = (inputId: string): string => `${Lake.quarantineFolder(inputId)}/bytes`

/**
 * All quarantined records, input by input in the order in which the journal shows them first.
 *
 * @category reading
 * @since 0.1.0
 */
export const list = Effect.fnUntraced(function* () {
  const journal = yield* JournalStore
  const ids = yield* journal.readAll().pipe(
    Stream.filter((event) => event.stream.startsWith("input/") && event.version === 1),
    Stream.map((event) => event.stream.slice("input/".length)),
    Stream.runCollect,
  )
  return Stream.fromIterable(ids).pipe(Stream.flatMap(ofInput))
}, Stream.unwrap)

/**
 * One record with its original bytes; fails with `NoSuchItem`.
 *
 * @category reading
 * @since 0.1.0
 */
export const show = Effect.fnUntraced(function* (id: string) {
  const store = yield* ObjectStore
  const inputId = id.split("-")[0]!
  const found = yield* recorded(inputId).pipe(
    Stream.filter((item) => item.id === id),
    Stream.take(1),
    Stream.runCollect,
  )
  const [item] = found
  if (item === undefined) return yield* new NoSuchItem({ id })
  const { n: _n, range, ref, ...shown } = item
  return {
    item: shown satisfies QuarantineItem,
    bytes: ConditionalWrite.joined(yield* Stream.runCollect(store.get(ref, range))),
  }
})

/**
 * The quarantined records of one input that wait for somebody, in their order in it: neither retried nor dropped.
 *
 * @category reading
 * @since 0.1.0
 */
export const ofInput = (inputId: string) =>
  Stream.unwrap(
    Effect.gen(function* () {
      const { state } = yield* Journal.load(Journal.inputs, Journal.inputStream(inputId))
      const fates = "fates" in state ? state.fates : new Map<number, string>()
      return Stream.filter(recorded(inputId), ({ n }) => !fates.has(n))
    }),
  )

/**
 * Every record of an input that was ever quarantined, whatever became of it since.
 *
 * @category reading
 * @since 0.1.0
 */
export const recorded = (inputId: string) =>
  Stream.unwrap(
    Effect.gen(function* () {
      const lake = yield* Lake.Lake
      const { state } = yield* Journal.load(Journal.inputs, Journal.inputStream(inputId))
      if (state.status === "quarantined") return Stream.succeed(wholeInput(inputId, state))
      if (state.status !== "settled" || state.counts.quarantined === 0) return Stream.empty
      const { flow, source } = state.received
      return readIndex(Lake.ref(lake, indexPath(inputId))).pipe(
        Stream.map(({ detail, end, n, position, reason, start }) => ({
          n,
          id: `${inputId}-${n}`,
          flow,
          input: source,
          position,
          reason,
          detail,
          ref: Lake.ref(lake, bytesPath(inputId)),
          range: { start, end },
        })),
      )
    }),
  )

/**
 * Where the records of a retry stood in their input; undefined where the whole input is tried again.
 *
 * @category reading
 * @since 0.1.0
 */
export const positionsOf = Effect.fnUntraced(function* ({ input, items }: RetryOf) {
  const wanted = new Set(items)
  const found = yield* recorded(input).pipe(
    Stream.filter(({ n }) => wanted.has(n)),
    Stream.runCollect,
  )
  return found.some(({ position }) => position === whole) ? undefined : new Set(found.map(({ position }) => position))
})

/** The position of an input that was quarantined whole. */
const whole = "whole input"

const wholeInput = (inputId: string, state: Extract<InputState, { readonly status: "quarantined" }>) => ({
  n: 1,
  id: `${inputId}-1`,
  flow: state.received.flow,
  input: state.received.source,
  position: whole,
  reason: state.reason,
  detail: state.detail,
  ref: state.received.content as ObjectRef,
  range: { start: 0, end: state.received.bytes },
})

const readIndex = (ref: ObjectRef) =>
  Stream.unwrap(
    Effect.gen(function* () {
      const store = yield* ObjectStore
      const text = Utf8.decodeUnsafe(ConditionalWrite.joined(yield* Stream.runCollect(store.get(ref))))
      return Stream.fromIterable(text.split("\n").slice(0, -1)).pipe(
        Stream.mapEffect((line) => Effect.orDie(decodeLine(line))),
      )
    }),
  )

const decodeLine = Schema.decodeUnknownEffect(Schema.fromJsonString(IndexLine))

/**
 * The handler of a report flow: SQS messages that tell of objects and runs, to a lake table.
 *
 * Each message ends in one of three ways. It is done: its objects are carried, its run is published, it was not for us, or it is poison and now in
 * quarantine. It comes again: a port failed, or time ran out; its id is among `batchItemFailures`. Or the whole event is no event of SQS: the
 * invocation fails.
 *
 * Time that runs out sends messages back unharmed, but SQS counts such a receive too: a batch should be small enough to fit the function's timeout, or
 * its last messages end in the dead-letter queue. Order does not matter, a FIFO queue's neither: an extract supersedes by its own time.
 *
 * @since 0.1.0
 */
import type { Config } from "@tributary/core/Config"
import type { Delivery } from "@tributary/core/Delivery"
import * as ExtractId from "@tributary/core/ExtractId"
import type { ReportFlow } from "@tributary/core/Flow"
import * as Ingest from "@tributary/core/flow/Ingest"
import * as Publication from "@tributary/core/flow/Publication"
import { Lake } from "@tributary/core/Lake"
import { ObjectStore } from "@tributary/core/ObjectStore"
import type { Rejection } from "@tributary/core/QuarantineReason"
import * as Utf8 from "@tributary/core/Utf8"
import * as ObjectEvents from "@tributary/core/wire/ObjectEvents"
import { SqsEvent, type SqsBatchResponse, type SqsRecord, toMessage } from "@tributary/core/wire/SqsRecord"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type { FlowServices } from "./FlowServices.ts"
import * as Handler from "./Handler.ts"
import * as Deadline from "./internal/Deadline.ts"
import { flowOf } from "./internal/flowOf.ts"

/**
 * Which flow, and where its ports come from.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options<E> {
  readonly config: Config
  /** The name of a report flow of the configuration. */
  readonly flow: string
  /**
   * The folder that is read: `ga-data/` unless told. It means the folder whether a slash stands at its end or not; objects elsewhere are acknowledged.
   */
  readonly prefix?: string | undefined
  readonly layer: Layer.Layer<FlowServices, E>
}

/**
 * What came is no event of SQS: the function is subscribed to something else.
 *
 * @category errors
 * @since 0.1.0
 */
export class NotSqs extends Schema.TaggedError<NotSqs>()("NotSqs", { detail: Schema.String }) {
  override get message(): string {
    return `the event is none of SQS: ${this.detail}`
  }
}

interface Running {
  readonly config: Config
  readonly name: string
  readonly flow: ReportFlow
  /** Ends with a slash. */
  readonly prefix: string
  /** Whether this container has seen to the table. */
  tableIsThere: boolean
}

/**
 * The handler. Throws at once where the configuration has no such report flow. The answer is that of `ReportBatchItemFailures`, which the event source
 * mapping must have.
 *
 * @category constructors
 * @since 0.1.0
 */
export const makeGaHandler = <E>(options: Options<E>): Handler.Handler<SqsBatchResponse> => {
  const { config, flow: name, prefix = "ga-data/" } = options
  if (prefix === "" || prefix === "/")
    throw new Error("a folder is needed: of a whole bucket, the lake's own files would be inputs")
  const folder = prefix.endsWith("/") ? prefix : `${prefix}/`
  const running: Running = { config, name, flow: flowOf(config, name, "report"), prefix: folder, tableIsThere: false }
  return Handler.make(options.layer, (event, context) => carryBatch(running, event, Deadline.begin(context)))
}

/** One message after the other: memory holds one object's rows at a time, and an extract is published by what came last of it. */
const carryBatch = Effect.fn("GaHandler.carryBatch")(function* (
  running: Running,
  event: unknown,
  deadline: Deadline.Deadline,
) {
  const { Records } = yield* Effect.mapError(decodeSqsEvent(event), ({ message }) => new NotSqs({ detail: message }))
  // One try per invocation: while the catalog is down, waiting for it once is enough.
  const ensureTable = yield* Effect.cached(
    Effect.suspend(() => (running.tableIsThere ? Effect.void : Ingest.ensureTable(running.flow))),
  )
  const failed: Array<string> = []
  for (const record of Records) {
    if (deadline.isNear()) {
      failed.push(record.messageId)
      continue
    }
    const exit = yield* carryMessage(running, ensureTable, record).pipe(
      Effect.timeoutOrElse({
        duration: deadline.left(),
        orElse: () => Effect.fail(new Error("the invocation's time ran out")),
      }),
      Effect.tapCause((cause) => Effect.logError("the message will come again", cause)),
      Effect.annotateLogs({ messageId: record.messageId }),
      Effect.exit,
    )
    if (Exit.isFailure(exit)) failed.push(record.messageId)
  }
  yield* Effect.logInfo(`${Records.length} messages, ${failed.length} of them come again`)
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) } satisfies SqsBatchResponse
})

const decodeSqsEvent = Schema.decodeUnknownEffect(SqsEvent)

const carryMessage = Effect.fnUntraced(function* <E, R>(
  running: Running,
  ensureTable: Effect.Effect<void, E, R>,
  record: SqsRecord,
) {
  const said = ObjectEvents.parse(record.body)
  switch (said._tag) {
    case "Created": {
      for (const object of said.objects) {
        if (object.key.startsWith(running.prefix)) {
          yield* Effect.tap(ensureTable, () => Effect.sync(() => (running.tableIsThere = true)))
          yield* carryObject(running, object)
        } else {
          yield* Effect.logInfo(`acknowledged: s3://${object.bucket}/${object.key} is not in ${running.prefix}`)
        }
      }
      return
    }
    case "RunReport":
      return yield* endRun(running, said)
    case "Ignored":
      return yield* Effect.logInfo(`acknowledged: ${said.why}`)
    case "Refused":
      return yield* quarantine(running, record, said)
  }
})

const carryObject = Effect.fnUntraced(function* (
  { config, flow, name, prefix }: Running,
  { bucket, key, version }: ObjectEvents.CreatedObject,
) {
  const lake = yield* Lake
  if (bucket === lake.bucket && lake.prefix.startsWith(prefix) && key.startsWith(lake.prefix)) {
    const address = lake.address(lake.prefix)
    return yield* Effect.die(
      new Error(`the lake ${address} lies in the folder that is read; its own files would be inputs`),
    )
  }
  const store = yield* ObjectStore
  // An event of a bucket without versions names none: then it is the object as it is now.
  const info = yield* store.head({ bucket, key, version })
  const run = ExtractId.fromKey(key)
  const delivery: Delivery = {
    source: `s3://${bucket}/${key}`,
    content: { object: { bucket, key, version: info.version } },
    identity: "version",
    extract: run === undefined ? undefined : { id: run, at: info.modifiedAt },
    modifiedAt: info.modifiedAt,
  }
  const { duplicate, extract, inputId } = yield* Ingest.carry(config, name, flow, delivery)
  yield* Effect.logInfo(`${duplicate ? "carried before" : "carried"}: ${delivery.source}, input ${inputId}`)
  if (extract === undefined) return
  // An object that names no run is an extract of its own, and complete.
  if (flow.objectsPerRun === "one" || run === undefined) yield* Publication.endRun(name, extract)
  // After a duplicate too: what carried it first may have ended before it came here.
  yield* Publication.advance(name, flow, extract)
})

const endRun = Effect.fnUntraced(function* (
  { flow, name, prefix }: Running,
  { destination, flow: appFlow, run }: Extract<ObjectEvents.ObjectEvents, { readonly _tag: "RunReport" }>,
) {
  const extract = ExtractId.fromKey(run.id)
  const told = `the run ${run.id} of the AppFlow flow ${appFlow}`
  if (destination !== undefined && !isForUs(prefix, `${destination}/${appFlow}/`)) {
    return yield* Effect.logInfo(`acknowledged: ${told} wrote to ${destination}, not to ${prefix}`)
  }
  if (run.status !== "succeeded") {
    return yield* Effect.logWarning(`not published: ${told} ${run.status}: ${run.error ?? "it says no reason"}`)
  }
  if (flow.mode === "append" || extract === undefined) {
    return yield* Effect.logInfo(`acknowledged: ${told} has nothing to publish`)
  }
  yield* Publication.endRun(name, extract)
  const { published } = yield* Publication.advance(name, flow, extract)
  yield* Effect.logInfo(`${told} has ended; its extract is at generation ${published}`)
})

/** Whether a run that wrote to `s3://bucket/…/flow/` wrote into the folder, or above it. */
const isForUs = (prefix: string, destination: string): boolean => {
  const folder = destination.replace(/^s3:\/\/[^/]+\//, "")
  return folder.startsWith(prefix) || prefix.startsWith(folder)
}

const quarantine = Effect.fnUntraced(function* ({ flow, name }: Running, record: SqsRecord, rejection: Rejection) {
  const { reason, detail } = rejection
  const queue = record.eventSourceARN.split(":").at(-1)
  const delivery: Delivery = {
    source: `sqs:${queue}/${record.messageId}`,
    content: { bytes: Utf8.encode(record.body) },
    identity: "digest",
    modifiedAt: toMessage(record).sentAt,
  }
  const { inputId } = yield* Ingest.quarantine(name, flow, delivery, { reason, detail })
  yield* Effect.logWarning(`quarantined as ${inputId}: ${reason}: ${detail}`)
})

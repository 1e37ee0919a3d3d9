/**
 * {@link MessageQueue} on SQS, for a standard queue.
 *
 * Rights on the queue: `sqs:ReceiveMessage`, `sqs:DeleteMessage`, `sqs:ChangeMessageVisibility`, `sqs:SendMessage` (the batch calls need the same).
 *
 * @since 0.1.0
 */
import {
  type BatchResultErrorEntry,
  ChangeMessageVisibilityCommand,
  type ChangeMessageVisibilityCommandInput,
  DeleteMessageBatchCommand,
  type DeleteMessageBatchCommandInput,
  type Message as SqsMessage,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageBatchCommand,
  type SendMessageBatchCommandInput,
  SQSClient,
} from "@aws-sdk/client-sqs"
import { type Message, MessageQueue, MessageQueueError, type ReceiveOptions } from "@tributary/core/MessageQueue"
import * as PortError from "@tributary/core/PortError"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type Call, callerOf, clientSettings, scoped, transient } from "./internal/sdk.ts"

/** A batch call takes 1 to 10 entries, and a receive answers at most 10 messages (SQS API Reference). */
const maxEntries = 10

/** All bodies of a batch together, in UTF-8 bytes (SQS Developer Guide, "Amazon SQS message quotas": 1 MiB since August 2025). */
const maxBatchBytes = 1024 * 1024

/** A receive waits at most 20 s for messages (SQS API Reference). */
const maxWaitSeconds = 20

/**
 * Which queue.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  /** The queue's address, as SQS names it. */
  readonly queueUrl: string
}

/**
 * The calls of SQS that the queue makes.
 *
 * @category models
 * @since 0.1.0
 */
export interface Api {
  readonly receiveMessage: Call<
    ReceiveMessageCommandInput,
    { readonly Messages?: ReadonlyArray<SqsMessage> | undefined }
  >
  readonly deleteMessageBatch: Call<DeleteMessageBatchCommandInput, Refused>
  readonly changeMessageVisibility: Call<ChangeMessageVisibilityCommandInput, unknown>
  readonly sendMessageBatch: Call<SendMessageBatchCommandInput, Refused>
}

/** The entries of a batch that SQS did not take; the call itself succeeded. */
interface Refused {
  readonly Failed?: ReadonlyArray<BatchResultErrorEntry> | undefined
}

/**
 * The queue over the calls given.
 *
 * A lost answer makes every call repeat itself: messages received by the first attempt come back after their visibility, messages sent by it stand
 * in the queue twice. That is what at-least-once means.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (api: Api, { queueUrl: QueueUrl }: Options): MessageQueue["Service"] => {
  const sendBatch = (bodies: ReadonlyArray<string>): Effect.Effect<void, MessageQueueError> => {
    const operation = `send to ${QueueUrl}`
    let left = bodies
    return Effect.suspend(() => {
      const Entries = left.map((MessageBody, i) => ({ Id: String(i), MessageBody }))
      return call(operation, api.sendMessageBatch, { QueueUrl, Entries })
    }).pipe(
      Effect.flatMap(({ Failed = [] }) => {
        const first = Failed.find((entry) => entry.SenderFault === true) ?? Failed[0]
        if (first === undefined) return Effect.void
        const sent = left
        left = Failed.map(({ Id }) => sent[Number(Id)]!)
        const detail = `SQS refused ${Failed.length} of ${sent.length} messages: ${first.Code}: ${first.Message ?? ""}`
        const { Invalid, Unavailable } = PortError
        return failure({
          operation,
          reason: first.SenderFault === true ? new Invalid({ detail }) : new Unavailable({ detail }),
        })
      }),
      // Only what was refused is sent again.
      transient,
    )
  }

  return MessageQueue.of({
    receive: Effect.fn("SqsMessageQueue.receive")((options: ReceiveOptions) =>
      call(`receive from ${QueueUrl}`, api.receiveMessage, {
        QueueUrl,
        MaxNumberOfMessages: Math.min(options.maxMessages, maxEntries),
        WaitTimeSeconds: Math.min(options.waitSeconds, maxWaitSeconds),
        VisibilityTimeout: options.visibilitySeconds,
        MessageSystemAttributeNames: ["ApproximateReceiveCount", "SentTimestamp"],
      }).pipe(
        transient,
        Effect.map(({ Messages = [] }) => Messages.map(messageOf)),
      ),
    ),
    ack: Effect.fn("SqsMessageQueue.ack")((receipts: ReadonlyArray<string>) =>
      Effect.forEach(chunksOf(receipts, maxEntries), (chunk) =>
        call(`acknowledge on ${QueueUrl}`, api.deleteMessageBatch, {
          QueueUrl,
          Entries: chunk.map((ReceiptHandle, i) => ({ Id: String(i), ReceiptHandle })),
        }).pipe(
          transient,
          Effect.map(({ Failed = [] }) => Failed.map(({ Id }) => chunk[Number(Id)]!)),
        ),
      ).pipe(Effect.map((refused) => refused.flat())),
    ),
    extend: Effect.fn("SqsMessageQueue.extend")((ReceiptHandle: string, VisibilityTimeout: number) =>
      call(`extend on ${QueueUrl}`, api.changeMessageVisibility, { QueueUrl, ReceiptHandle, VisibilityTimeout }).pipe(
        transient,
        Effect.asVoid,
      ),
    ),
    send: Effect.fn("SqsMessageQueue.send")((bodies: ReadonlyArray<string>) =>
      Effect.forEach(batchesOf(bodies), sendBatch, { discard: true }),
    ),
  })
}

/**
 * The queue as the standard AWS environment reaches it.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options): Layer.Layer<MessageQueue> =>
  Layer.effect(
    MessageQueue,
    Effect.map(
      scoped(() => new SQSClient(clientSettings)),
      (client) => make(apiOf(client), options),
    ),
  )

/**
 * The queue whose address is in `SQS_QUEUE_URL`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerConfig: Layer.Layer<MessageQueue, Config.ConfigError> = Layer.unwrap(
  Effect.map(Config.String("SQS_QUEUE_URL"), (queueUrl) => layer({ queueUrl })),
)

const apiOf = (client: SQSClient): Api => ({
  receiveMessage: (input, options) => client.send(new ReceiveMessageCommand(input), options),
  deleteMessageBatch: (input, options) => client.send(new DeleteMessageBatchCommand(input), options),
  changeMessageVisibility: (input, options) => client.send(new ChangeMessageVisibilityCommand(input), options),
  sendMessageBatch: (input, options) => client.send(new SendMessageBatchCommand(input), options),
})

const failure = (fields: { readonly operation: string; readonly reason: PortError.Reason }) =>
  new MessageQueueError(fields)

const call = callerOf(failure)

const messageOf = ({ MessageId, ReceiptHandle, Body, Attributes = {} }: SqsMessage): Message => ({
  id: MessageId ?? "",
  receipt: ReceiptHandle ?? "",
  body: Body ?? "",
  receiveCount: Number(Attributes.ApproximateReceiveCount ?? 1),
  sentAt: Number(Attributes.SentTimestamp ?? 0),
})

const chunksOf = <A>(all: ReadonlyArray<A>, size: number): ReadonlyArray<ReadonlyArray<A>> =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size))

/** Batches within both limits; a body that is too large by itself goes alone, for SQS to refuse. */
const batchesOf = (bodies: ReadonlyArray<string>): ReadonlyArray<ReadonlyArray<string>> => {
  const batches: Array<Array<string>> = []
  let bytes = 0
  for (const body of bodies) {
    const size = Buffer.byteLength(body)
    const batch = batches.at(-1)
    if (batch === undefined || batch.length === maxEntries || bytes + size > maxBatchBytes) {
      batches.push([body])
      bytes = size
    } else {
      batch.push(body)
      bytes += size
    }
  }
  return batches
}

/**
 * Port for an at-least-once queue: SQS.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as PortError from "./PortError.ts"

/**
 * A message as received. It comes again unless it is acknowledged before its visibility ends.
 *
 * @category models
 * @since 0.1.0
 */
export interface Message {
  readonly id: string
  /** Names this delivery; another delivery of the same message has another receipt. */
  readonly receipt: string
  readonly body: string
  /** How often it was received, this time included. */
  readonly receiveCount: number
  /** Milliseconds since 1970, UTC. */
  readonly sentAt: number
}

/**
 * How to receive: SQS allows 1–10 messages a call, a wait of at most 20 s, and a visibility of at most 12 h.
 *
 * @category models
 * @since 0.1.0
 */
export interface ReceiveOptions {
  readonly maxMessages: number
  readonly waitSeconds: number
  readonly visibilitySeconds: number
}

/**
 * Failure of any message queue.
 *
 * @category errors
 * @since 0.1.0
 */
export class MessageQueueError extends Schema.TaggedError<MessageQueueError>()("MessageQueueError", PortError.fields) {
  override get message(): string {
    return PortError.message(this)
  }
  get isRetryable(): boolean {
    return PortError.isRetryable(this.reason)
  }
}

/**
 * Hands out messages at least once, in no order.
 *
 * @category services
 * @since 0.1.0
 */
export class MessageQueue extends Context.Service<
  MessageQueue,
  {
    readonly receive: (options: ReceiveOptions) => Effect.Effect<ReadonlyArray<Message>, MessageQueueError>
    /** Acknowledges; answers the receipts that the queue refused. A receipt acknowledged before is no refusal. */
    readonly ack: (receipts: ReadonlyArray<string>) => Effect.Effect<ReadonlyArray<string>, MessageQueueError>
    /** Hides a message for `seconds` from now; 0 gives it back at once. */
    readonly extend: (receipt: string, seconds: number) => Effect.Effect<void, MessageQueueError>
    readonly send: (bodies: ReadonlyArray<string>) => Effect.Effect<void, MessageQueueError>
  }
>()("@tributary/core/MessageQueue") {}

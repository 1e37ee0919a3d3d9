/**
 * {@link MessageQueue} in memory: visibility by the clock, and the limits of SQS.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type Message, MessageQueue, MessageQueueError, type ReceiveOptions } from "../MessageQueue.ts"
import * as PortError from "../PortError.ts"

/** Amazon SQS API reference, ReceiveMessage and ChangeMessageVisibility. */
const maxMessages = 10
const maxWaitSeconds = 20
const maxVisibilitySeconds = 43_200

interface Held extends Message {
  /** Milliseconds since 1970, UTC: when it may be received. */
  readonly visibleAt: number
}

/**
 * A queue, and a look into it.
 *
 * @category models
 * @since 0.1.0
 */
export type MessageQueueMemory = MessageQueue["Service"] & {
  /** The messages that are not acknowledged yet, visible or not, in the order they were sent. */
  readonly messages: Effect.Effect<ReadonlyArray<Message>>
}

/**
 * An empty queue. Messages come in the order they were sent. Only a message's newest receipt is good: an older one is refused by `ack`, where SQS
 * would take it and perhaps not delete the message.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make: Effect.Effect<MessageQueueMemory> = Effect.sync(() => {
  const held = new Map<string, Held>()
  const acknowledged = new Set<string>()
  let sent = 0
  /** Done when a message has become visible before its time; then there is a new one. */
  let changed = Deferred.makeUnsafe<void>()

  const announce = () => {
    const waitedFor = changed
    // The next one first: whoever is woken and finds nothing waits for it.
    changed = Deferred.makeUnsafe<void>()
    Deferred.doneUnsafe(waitedFor, Effect.void)
  }

  const holder = (receipt: string) => [...held.values()].find((message) => message.receipt === receipt)

  /** Takes what is visible, in one step. */
  const take = (now: number, options: ReceiveOptions): ReadonlyArray<Message> =>
    [...held.values()]
      .filter(({ visibleAt }) => visibleAt <= now)
      .slice(0, options.maxMessages)
      .map((message) => {
        const receiveCount = message.receiveCount + 1
        const taken = { ...message, receiveCount, receipt: `${message.id}#${receiveCount}` }
        held.set(message.id, { ...taken, visibleAt: now + options.visibilitySeconds * 1_000 })
        return toMessage(taken)
      })

  const receiveUntil = (deadline: number, options: ReceiveOptions): Effect.Effect<ReadonlyArray<Message>> =>
    Effect.flatMap(Clock.currentTimeMillis, (now) =>
      Effect.suspend(() => {
        const messages = take(now, options)
        if (messages.length > 0 || now >= deadline) return Effect.succeed(messages)
        const next = Math.min(deadline, ...Array.from(held.values(), ({ visibleAt }) => visibleAt))
        return Effect.raceFirst(Deferred.await(changed), Effect.sleep(next - now)).pipe(
          Effect.andThen(receiveUntil(deadline, options)),
        )
      }),
    )

  return {
    messages: Effect.sync(() => Array.from(held.values(), toMessage)),
    receive: Effect.fn("MessageQueueMemory.receive")(function* (options: ReceiveOptions) {
      yield* mustBeWithin("receive", "maxMessages", options.maxMessages, 1, maxMessages)
      yield* mustBeWithin("receive", "waitSeconds", options.waitSeconds, 0, maxWaitSeconds)
      yield* mustBeWithin("receive", "visibilitySeconds", options.visibilitySeconds, 0, maxVisibilitySeconds)
      const now = yield* Clock.currentTimeMillis
      return yield* receiveUntil(now + options.waitSeconds * 1_000, options)
    }),
    ack: Effect.fn("MessageQueueMemory.ack")((receipts: ReadonlyArray<string>) =>
      Effect.sync(() =>
        receipts.filter((receipt) => {
          const message = holder(receipt)
          if (message === undefined) return !acknowledged.has(receipt)
          held.delete(message.id)
          acknowledged.add(receipt)
          return false
        }),
      ),
    ),
    extend: Effect.fn("MessageQueueMemory.extend")(function* (receipt: string, seconds: number) {
      yield* mustBeWithin("extend", "seconds", seconds, 0, maxVisibilitySeconds)
      const now = yield* Clock.currentTimeMillis
      const message = holder(receipt)
      if (message === undefined || message.visibleAt <= now) {
        return yield* invalid("extend", `no message in flight has the receipt ${receipt}`)
      }
      held.set(message.id, { ...message, visibleAt: now + seconds * 1_000 })
      if (seconds === 0) announce()
    }),
    send: Effect.fn("MessageQueueMemory.send")((bodies: ReadonlyArray<string>) =>
      Effect.flatMap(Clock.currentTimeMillis, (sentAt) =>
        Effect.sync(() => {
          for (const body of bodies) {
            const id = `m${++sent}`
            held.set(id, { id, receipt: "", body, receiveCount: 0, sentAt, visibleAt: sentAt })
          }
          announce()
        }),
      ),
    ),
  }
})

/**
 * An empty queue.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<MessageQueue> = Layer.effect(MessageQueue, make)

const invalid = (operation: string, detail: string) =>
  Effect.fail(new MessageQueueError({ operation, reason: new PortError.Invalid({ detail }) }))

const mustBeWithin = (operation: string, name: string, value: number, min: number, max: number) =>
  value >= min && value <= max ? Effect.void : invalid(operation, `${name} is ${value}, allowed are ${min} to ${max}`)

const toMessage = ({ id, receipt, body, receiveCount, sentAt }: Message): Message => ({
  id,
  receipt,
  body,
  receiveCount,
  sentAt,
})

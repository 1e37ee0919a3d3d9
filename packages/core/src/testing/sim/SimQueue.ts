/**
 * {@link MessageQueue} with the manners of SQS: no order, messages that come twice, visibility by the clock, dead letters.
 *
 * Sources: SQS developer guide, "Standard queues" (at-least-once, best-effort order), "Visibility timeout", "Dead-letter queues"; API reference,
 * DeleteMessage (an old receipt may be taken and the message kept).
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { type Message, type MessageQueue, MessageQueueError, type ReceiveOptions } from "../../MessageQueue.ts"
import * as PortError from "../../PortError.ts"
import type { SimRandom } from "./SimRandom.ts"

/** Amazon SQS API reference, ReceiveMessage and ChangeMessageVisibility. */
const maxMessages = 10
const maxWaitSeconds = 20
const maxVisibilitySeconds = 43_200

/**
 * How bad the queue may be. Without options it is a good one: messages in the order sent, each once.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly random?: SimRandom | undefined
  /** How likely a message that is being worked on, or was acknowledged, is handed out once more. */
  readonly duplicates?: number | undefined
  /** Whether messages come in any order. */
  readonly reorders?: boolean | undefined
  /** A message received more often than this becomes a dead letter. */
  readonly maxReceiveCount?: number | undefined
}

/**
 * A queue, and a look behind it.
 *
 * @category models
 * @since 0.1.0
 */
export type SimQueue = MessageQueue["Service"] & {
  /** Messages not acknowledged yet, visible or not; dead letters not among them. */
  readonly waiting: () => ReadonlyArray<Message>
  readonly deadLetters: () => ReadonlyArray<Message>
  /** Puts the dead letters back, as new messages with the same bodies. */
  readonly redrive: Effect.Effect<void>
  /** From now on the queue is a good one. */
  readonly calm: () => void
}

interface Held extends Message {
  readonly visibleAt: number
  /** Acknowledged, and to be handed out once more all the same. */
  readonly ghost: boolean
}

/**
 * An empty queue.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: Options = {}): SimQueue => {
  const { maxReceiveCount = Infinity, random } = options
  let { duplicates = 0, reorders = false } = options
  const held = new Map<string, Held>()
  /** Every receipt ever given, with its message. */
  const receipts = new Map<string, string>()
  const dead: Array<Message> = []
  let sent = 0
  let changed = Deferred.makeUnsafe<void>()

  const announce = (): void => {
    const waitedFor = changed
    // The next one first: whoever is woken and finds nothing waits for it.
    changed = Deferred.makeUnsafe<void>()
    Deferred.doneUnsafe(waitedFor, Effect.void)
  }
  const happens = (probability: number): boolean =>
    random !== undefined && probability > 0 && random.chance(probability)

  const put = (body: string, now: number): void => {
    const id = `m${++sent}`
    held.set(id, { id, receipt: "", body, receiveCount: 0, sentAt: now, visibleAt: now, ghost: false })
  }

  const take = (now: number, { maxMessages, visibilitySeconds }: ReceiveOptions): ReadonlyArray<Message> => {
    const visible = Array.from(held.values()).filter(({ visibleAt }) => visibleAt <= now)
    const chosen: Array<Message> = []
    for (const message of reorders && random !== undefined ? random.shuffled(visible) : visible) {
      if (chosen.length === maxMessages) break
      const receiveCount = message.receiveCount + 1
      if (receiveCount > maxReceiveCount) {
        held.delete(message.id)
        if (!message.ghost) dead.push(toMessage(message))
        continue
      }
      const receipt = `${message.id}#${receiveCount}`
      receipts.set(receipt, message.id)
      const visibleAt = happens(duplicates) ? now : now + visibilitySeconds * 1_000
      const taken = { ...message, receiveCount, receipt, visibleAt }
      held.set(message.id, taken)
      chosen.push(toMessage(taken))
    }
    return chosen
  }

  const receiveUntil = (deadline: number, wanted: ReceiveOptions): Effect.Effect<ReadonlyArray<Message>> =>
    Effect.flatMap(Clock.currentTimeMillis, (now) =>
      Effect.suspend(() => {
        const messages = take(now, wanted)
        if (messages.length > 0 || now >= deadline) return Effect.succeed(messages)
        const next = Math.min(deadline, ...Array.from(held.values(), ({ visibleAt }) => visibleAt))
        return Effect.raceFirst(Deferred.await(changed), Effect.sleep(Math.max(1, next - now))).pipe(
          Effect.andThen(receiveUntil(deadline, wanted)),
        )
      }),
    )

  /** Whether the receipt was ever given. */
  const acknowledge = (receipt: string): boolean => {
    const id = receipts.get(receipt)
    if (id === undefined) return false
    const message = held.get(id)
    if (message === undefined) return true
    // An old receipt is taken, and the message may stay.
    if (message.receipt !== receipt && (random === undefined || random.chance(0.5))) return true
    if (!message.ghost && happens(duplicates)) held.set(id, { ...message, ghost: true })
    else held.delete(id)
    return true
  }

  return {
    waiting: () => Array.from(held.values(), toMessage),
    deadLetters: () => dead,
    redrive: Effect.map(Clock.currentTimeMillis, (now) => {
      for (const { body } of dead.splice(0)) put(body, now)
      announce()
    }),
    calm: () => {
      duplicates = 0
      reorders = false
    },
    receive: Effect.fn("SimQueue.receive")(function* (wanted: ReceiveOptions) {
      yield* mustBeWithin("receive", "maxMessages", wanted.maxMessages, 1, maxMessages)
      yield* mustBeWithin("receive", "waitSeconds", wanted.waitSeconds, 0, maxWaitSeconds)
      yield* mustBeWithin("receive", "visibilitySeconds", wanted.visibilitySeconds, 0, maxVisibilitySeconds)
      const now = yield* Clock.currentTimeMillis
      return yield* receiveUntil(now + wanted.waitSeconds * 1_000, wanted)
    }),
    ack: Effect.fn("SimQueue.ack")((given: ReadonlyArray<string>) =>
      Effect.sync(() => given.filter((receipt) => !acknowledge(receipt))),
    ),
    extend: Effect.fn("SimQueue.extend")(function* (receipt: string, seconds: number) {
      yield* mustBeWithin("extend", "seconds", seconds, 0, maxVisibilitySeconds)
      const now = yield* Clock.currentTimeMillis
      const message = held.get(receipts.get(receipt) ?? "")
      if (message === undefined || message.receipt !== receipt || message.visibleAt <= now) {
        return yield* invalid("extend", `no message in flight has the receipt ${receipt}`)
      }
      held.set(message.id, { ...message, visibleAt: now + seconds * 1_000 })
      if (seconds === 0) announce()
    }),
    send: Effect.fn("SimQueue.send")((bodies: ReadonlyArray<string>) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        for (const body of bodies) put(body, now)
        announce()
      }),
    ),
  }
}

const invalid = (operation: string, detail: string) =>
  Effect.fail(new MessageQueueError({ operation, reason: new PortError.Invalid({ detail }) }))

const mustBeWithin = (operation: string, name: string, value: number, min: number, max: number) =>
  value >= min && value <= max ? Effect.void : invalid(operation, `${name} is ${value}, allowed are ${min} to ${max}`)

const toMessage = ({ body, id, receipt, receiveCount, sentAt }: Message): Message => ({
  id,
  receipt,
  body,
  receiveCount,
  sentAt,
})

/**
 * The rules of {@link MessageQueue}: a message comes until it is acknowledged, and is hidden while somebody works on it.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { type Message, MessageQueue } from "../MessageQueue.ts"
import { type Case, ContractViolation, must, mustEqual, type PassTime, rulesOf } from "./Contract.ts"

/**
 * What the cases need to know of a queue. Each case wants the queue to itself, and empty: a case receives whatever is there.
 *
 * @category models
 * @since 0.1.0
 */
export interface Fixture {
  readonly passTime: PassTime
}

type Queue = MessageQueue["Service"]

/** Receives until it has `count` messages; the queue may hand out fewer than it has, so it is asked again for up to ten seconds. */
const receive = Effect.fnUntraced(function* (queue: Queue, passTime: PassTime, count: number, visibilitySeconds = 600) {
  const messages: Array<Message> = []
  for (let tries = 0; messages.length < count && tries < 50; tries++) {
    if (tries > 0) yield* passTime(200)
    const options = { maxMessages: Math.min(10, count - messages.length), waitSeconds: 0, visibilitySeconds }
    messages.push(...(yield* queue.receive(options)))
  }
  if (messages.length < count) {
    return yield* new ContractViolation({
      message: `${messages.length} messages came within ten seconds, not ${count}`,
    })
  }
  return messages
})

/** Receives the one message that is there. */
const receiveOne = (queue: Queue, passTime: PassTime, visibilitySeconds?: number) =>
  Effect.map(receive(queue, passTime, 1, visibilitySeconds), (messages) => messages[0]!)

const mustBeEmpty = Effect.fnUntraced(function* (queue: Queue, passTime: PassTime, when: string) {
  for (let tries = 0; tries < 3; tries++) {
    const messages = yield* queue.receive({ maxMessages: 10, waitSeconds: 0, visibilitySeconds: 600 })
    yield* mustEqual(
      messages.map(({ body }) => body),
      [],
      `bodies received ${when}`,
    )
    yield* passTime(50)
  }
})

const mustBeRefused = <A, E extends { readonly isRetryable: boolean }>(effect: Effect.Effect<A, E>, what: string) =>
  Effect.matchEffect(effect, {
    onSuccess: () => Effect.fail(new ContractViolation({ message: `${what} succeeded` })),
    onFailure: (error) => must(!error.isRetryable, `${what} failed with a reason to try again`),
  })

/**
 * The cases of the contract.
 *
 * @category contract
 * @since 0.1.0
 */
export const cases = ({ passTime }: Fixture): ReadonlyArray<Case<MessageQueue>> => {
  const rule = rulesOf(MessageQueue)

  return [
    rule("an empty queue answers no messages", function* (queue) {
      yield* mustBeEmpty(queue, passTime, "from a new queue")
    }),
    rule("a message comes as it was sent, and counts its first receipt", function* (queue) {
      const body = `{"text":"naïve Zürich 日本 😀","quote":"\\"'<&>"}\n\tend`
      yield* queue.send([body])
      const message = yield* receiveOne(queue, passTime)
      yield* mustEqual(message.body, body, "body")
      yield* mustEqual(message.receiveCount, 1, "receiveCount")
      yield* must(message.id !== "" && message.receipt !== "", "id or receipt is empty")
    }),
    rule("sending nothing sends nothing", function* (queue) {
      yield* queue.send([])
      yield* mustBeEmpty(queue, passTime, "after nothing was sent")
    }),
    rule("more messages than one call takes all come, each once", function* (queue) {
      const bodies = Array.from({ length: 25 }, (_, i) => `body ${String(i).padStart(2, "0")}`)
      yield* queue.send(bodies)
      const messages = yield* receive(queue, passTime, 25)
      yield* mustEqual(messages.map(({ body }) => body).toSorted(), bodies, "bodies")
      yield* mustEqual(new Set(messages.map(({ id }) => id)).size, 25, "number of ids")
      yield* mustBeEmpty(queue, passTime, "after all came")
    }),
    rule("a call answers at most as many messages as asked for", function* (queue) {
      yield* queue.send(["a", "b", "c", "d", "e"])
      for (const maxMessages of [1, 3]) {
        const { length } = yield* queue.receive({ maxMessages, waitSeconds: 0, visibilitySeconds: 600 })
        yield* must(length <= maxMessages, `${length} messages came, ${maxMessages} were asked for`)
      }
    }),
    rule("a message is hidden while it is worked on, and comes again with another receipt", function* (queue) {
      yield* queue.send(["a"])
      const first = yield* receiveOne(queue, passTime, 3)
      yield* mustBeEmpty(queue, passTime, "within the visibility")
      yield* passTime(4_000)
      const second = yield* receiveOne(queue, passTime, 600)
      yield* mustEqual(
        [second.id, second.body, second.sentAt],
        [first.id, "a", first.sentAt],
        "id, body and time of the second delivery",
      )
      yield* mustEqual(second.receiveCount, 2, "receiveCount")
      yield* must(second.receipt !== first.receipt, "the second delivery has the first one's receipt")
    }),
    rule("an acknowledged message never comes again", function* (queue) {
      yield* queue.send(["a"])
      const message = yield* receiveOne(queue, passTime, 2)
      yield* mustEqual(yield* queue.ack([message.receipt]), [], "receipts refused")
      yield* passTime(3_000)
      yield* mustBeEmpty(queue, passTime, "after it was acknowledged")
    }),
    rule("acknowledging touches no other message", function* (queue) {
      yield* queue.send(["a", "b"])
      const [first, second] = yield* receive(queue, passTime, 2, 2)
      yield* queue.ack([first!.receipt])
      yield* passTime(3_000)
      yield* mustEqual((yield* receiveOne(queue, passTime)).id, second!.id, "id of the message that comes again")
    }),
    rule("many messages are acknowledged in one call", function* (queue) {
      yield* queue.send(Array.from({ length: 25 }, (_, i) => `${i}`))
      const messages = yield* receive(queue, passTime, 25, 5)
      yield* mustEqual(yield* queue.ack(messages.map(({ receipt }) => receipt)), [], "receipts refused")
      yield* passTime(6_000)
      yield* mustBeEmpty(queue, passTime, "after all were acknowledged")
    }),
    rule("acknowledging nothing is answered", function* (queue) {
      yield* mustEqual(yield* queue.ack([]), [], "receipts refused")
    }),
    rule("a receipt acknowledged before is no refusal", function* (queue) {
      yield* queue.send(["a"])
      const { receipt } = yield* receiveOne(queue, passTime)
      yield* queue.ack([receipt])
      yield* mustEqual(yield* queue.ack([receipt]), [], "receipts refused")
    }),
    rule("a receipt that the queue never gave is refused, and the others are taken", function* (queue) {
      yield* queue.send(["a"])
      const { receipt } = yield* receiveOne(queue, passTime, 2)
      yield* mustEqual(
        yield* queue.ack(["no receipt of this queue", receipt]),
        ["no receipt of this queue"],
        "receipts refused",
      )
      yield* passTime(3_000)
      yield* mustBeEmpty(queue, passTime, "after its message was acknowledged")
    }),
    rule("extend hides a message from now on", function* (queue) {
      yield* queue.send(["a"])
      const { receipt } = yield* receiveOne(queue, passTime, 3)
      yield* passTime(1_000)
      yield* queue.extend(receipt, 6)
      yield* passTime(4_000)
      yield* mustBeEmpty(queue, passTime, "within the longer visibility")
      yield* passTime(3_000)
      yield* mustEqual((yield* receiveOne(queue, passTime)).receiveCount, 2, "receiveCount after it")
    }),
    rule("a message may be acknowledged after extend", function* (queue) {
      yield* queue.send(["a"])
      const { receipt } = yield* receiveOne(queue, passTime, 3)
      yield* queue.extend(receipt, 2)
      yield* mustEqual(yield* queue.ack([receipt]), [], "receipts refused")
      yield* passTime(3_000)
      yield* mustBeEmpty(queue, passTime, "after it was acknowledged")
    }),
    rule("extend by 0 gives a message back at once", function* (queue) {
      yield* queue.send(["a"])
      const { id, receipt } = yield* receiveOne(queue, passTime)
      yield* queue.extend(receipt, 0)
      const again = yield* receiveOne(queue, passTime)
      yield* mustEqual([again.id, again.receiveCount], [id, 2], "id and receiveCount")
    }),
    rule("extend of a receipt that the queue never gave is refused", function* (queue) {
      yield* mustBeRefused(queue.extend("no receipt of this queue", 10), "extend")
    }),
    rule("a receive that waits gets a message sent meanwhile", function* (queue) {
      const waiting = yield* queue
        .receive({ maxMessages: 1, waitSeconds: 10, visibilitySeconds: 600 })
        .pipe(Effect.forkChild({ startImmediately: true }))
      yield* passTime(500)
      yield* queue.send(["late"])
      yield* mustEqual(
        (yield* Fiber.join(waiting)).map(({ body }) => body),
        ["late"],
        "bodies",
      )
    }),
    rule("a receive that waits in vain answers no messages", function* (queue) {
      const waiting = yield* queue
        .receive({ maxMessages: 1, waitSeconds: 1, visibilitySeconds: 600 })
        .pipe(Effect.forkChild({ startImmediately: true }))
      yield* passTime(2_000)
      yield* mustEqual(
        (yield* Fiber.join(waiting)).map(({ body }) => body),
        [],
        "bodies",
      )
    }),
  ]
}

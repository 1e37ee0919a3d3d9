import { describe } from "@effect/vitest"
import * as MessageQueueMemory from "@tributary/core/memory/MessageQueueMemory"
import { MessageQueue } from "@tributary/core/MessageQueue"
import * as MessageQueueContract from "@tributary/core/testing/MessageQueueContract"
import { Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { refuses } from "./refuses.ts"

type Queue = MessageQueue["Service"]

const cases = MessageQueueContract.cases({ passTime: TestClock.adjust })

/** The adapter in memory with a fault put over it. */
const faulty = (fault: string, by: string, change: (queue: Queue) => Partial<Queue>) =>
  refuses(
    fault,
    by,
    cases,
    Layer.effect(
      MessageQueue,
      Effect.map(MessageQueueMemory.make, (queue) => ({ ...queue, ...change(queue) })),
    ),
  )

describe("MessageQueueContract", () => {
  faulty(
    "hides no message",
    "a message is hidden while it is worked on, and comes again with another receipt",
    (queue) => ({
      receive: (options) => queue.receive({ ...options, visibilitySeconds: 0 }),
    }),
  )
  faulty(
    "hides messages for ever",
    "a message is hidden while it is worked on, and comes again with another receipt",
    (queue) => ({
      receive: (options) => queue.receive({ ...options, visibilitySeconds: 43_200 }),
    }),
  )
  faulty("deletes what it hands out", "acknowledging touches no other message", (queue) => ({
    receive: (options) =>
      Effect.tap(queue.receive(options), (messages) => queue.ack(messages.map((message) => message.receipt))),
  }))
  faulty("does not acknowledge", "an acknowledged message never comes again", () => ({ ack: () => Effect.succeed([]) }))
  faulty("acknowledges the first ten only", "many messages are acknowledged in one call", (queue) => ({
    ack: (receipts) => queue.ack(receipts.slice(0, 10)),
  }))
  faulty("refuses a receipt the second time", "a receipt acknowledged before is no refusal", (queue) => {
    const seen = new Set<string>()
    return {
      ack: (receipts) =>
        Effect.map(queue.ack(receipts), (refused) => [
          ...refused,
          ...receipts.filter((receipt) => seen.has(receipt) || !seen.add(receipt)),
        ]),
    }
  })
  faulty("takes any receipt", "a receipt that the queue never gave is refused, and the others are taken", (queue) => ({
    ack: (receipts) => Effect.as(queue.ack(receipts), []),
  }))
  faulty(
    "drops a call for one bad receipt",
    "a receipt that the queue never gave is refused, and the others are taken",
    (queue) => ({
      ack: (receipts) => queue.ack(receipts.slice(0, 1)),
    }),
  )
  faulty("does not extend", "extend hides a message from now on", () => ({ extend: () => Effect.void }))
  faulty("extends from the end of the visibility", "extend by 0 gives a message back at once", (queue) => ({
    extend: (receipt, seconds) => queue.extend(receipt, seconds + 600),
  }))
  faulty("sends ten messages only", "more messages than one call takes all come, each once", (queue) => ({
    send: (bodies) => queue.send(bodies.slice(0, 10)),
  }))
  faulty(
    "does not count receipts",
    "a message is hidden while it is worked on, and comes again with another receipt",
    (queue) => ({
      receive: (options) =>
        Effect.map(queue.receive(options), (messages) => messages.map((message) => ({ ...message, receiveCount: 1 }))),
    }),
  )
  faulty("escapes bodies", "a message comes as it was sent, and counts its first receipt", (queue) => ({
    send: (bodies) => queue.send(bodies.map((body) => body.replaceAll("&", "&amp;"))),
  }))
  faulty("does not wait", "a receive that waits gets a message sent meanwhile", (queue) => ({
    receive: (options) => queue.receive({ ...options, waitSeconds: 0 }),
  }))
})

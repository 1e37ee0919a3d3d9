import * as SqsMessageQueue from "@tributary/adapters-aws/SqsMessageQueue"
import { MessageQueue } from "@tributary/core/MessageQueue"
import { mustFail } from "@tributary/core/testing/Contract"
import { cases } from "@tributary/core/testing/MessageQueueContract"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { holds } from "./support/contract.ts"
import { serviceError, watched } from "./support/fake.ts"
import * as FakeSqs from "./support/FakeSqs.ts"
import { inTime } from "./support/time.ts"

const queueUrl = "https://sqs.eu-west-1.amazonaws.com/123456789012/inputs"
const options = { maxMessages: 10, waitSeconds: 0, visibilitySeconds: 60 }

const fake = () => {
  const { api, made, faults } = watched(FakeSqs.make().api)
  const inputs = (call: keyof SqsMessageQueue.Api) => made.filter((one) => one.call === call).map(({ input }) => input)
  return { queue: SqsMessageQueue.make(api, { queueUrl }), faults, inputs }
}

const bodiesOf = (input: unknown) =>
  (input as { Entries: ReadonlyArray<{ MessageBody: string }> }).Entries.map(({ MessageBody }) => MessageBody)

describe("SqsMessageQueue on a fake", () => {
  const current: { fake?: ReturnType<typeof FakeSqs.make> } = {}
  // A queue for each case, whose time the case then moves.
  const layer = Layer.sync(MessageQueue, () => {
    current.fake = FakeSqs.make()
    return SqsMessageQueue.make(current.fake.api, { queueUrl })
  })
  holds(cases({ passTime: (milliseconds) => Effect.suspend(() => current.fake!.passTime(milliseconds)) }), layer)
})

describe("SqsMessageQueue", () => {
  it.effect("asks for at most what SQS allows", () =>
    Effect.gen(function* () {
      const { queue, inputs } = fake()
      yield* queue.send(["a"])
      yield* queue.receive({ maxMessages: 50, waitSeconds: 60, visibilitySeconds: 90 })
      assert.deepStrictEqual(inputs("receiveMessage"), [
        {
          QueueUrl: queueUrl,
          MaxNumberOfMessages: 10,
          WaitTimeSeconds: 20,
          VisibilityTimeout: 90,
          MessageSystemAttributeNames: ["ApproximateReceiveCount", "SentTimestamp"],
        },
      ])
    }),
  )

  it.effect("sends and acknowledges ten at a time", () =>
    Effect.gen(function* () {
      const { queue, inputs } = fake()
      yield* queue.send(Array.from({ length: 23 }, (_, i) => `m${i}`))
      assert.deepStrictEqual(
        inputs("sendMessageBatch").map((input) => bodiesOf(input).length),
        [10, 10, 3],
      )
      const batches = yield* Effect.all([queue.receive(options), queue.receive(options), queue.receive(options)])
      const receipts = batches.flat().map(({ receipt }) => receipt)
      assert.deepStrictEqual(yield* queue.ack([...receipts, "bogus"]), ["bogus"])
      assert.strictEqual(inputs("deleteMessageBatch").length, 3)
    }),
  )

  it.effect("keeps a batch within a mebibyte, counted in UTF-8", () =>
    Effect.gen(function* () {
      const { queue, inputs } = fake()
      const wide = "é".repeat(300_000)
      yield* queue.send([wide, "a", wide, "b"])
      assert.deepStrictEqual(
        inputs("sendMessageBatch").map((input) => bodiesOf(input).map((body) => body.length)),
        [
          [300_000, 1],
          [300_000, 1],
        ],
      )
    }),
  )

  it.effect("sends nothing for no bodies, and asks nothing for no receipts", () =>
    Effect.gen(function* () {
      const { queue, inputs } = fake()
      yield* queue.send([])
      assert.deepStrictEqual(yield* queue.ack([]), [])
      assert.deepStrictEqual([...inputs("sendMessageBatch"), ...inputs("deleteMessageBatch")], [])
    }),
  )

  it.effect("is Invalid where SQS refuses a body", () =>
    Effect.gen(function* () {
      const { queue } = fake()
      yield* mustFail(queue.send(["good", "bad\u0001"]), "Invalid", "send")
    }),
  )

  it.effect("sends only those again that SQS could not take", () =>
    Effect.gen(function* () {
      const sent: Array<ReadonlyArray<string>> = []
      const { api } = FakeSqs.make()
      const queue = SqsMessageQueue.make(
        {
          ...api,
          sendMessageBatch: async (input, options) => {
            sent.push(bodiesOf(input))
            if (sent.length > 1) return api.sendMessageBatch(input, options)
            return { Failed: [{ Id: "1", SenderFault: false, Code: "InternalError" }] }
          },
        },
        { queueUrl },
      )
      yield* inTime(queue.send(["a", "b", "c"]))
      assert.deepStrictEqual(sent, [["a", "b", "c"], ["b"]])
    }),
  )

  it.effect("sends again after a lost answer: a message may come twice, none is missing", () =>
    Effect.gen(function* () {
      const { queue, faults } = fake()
      faults.sendMessageBatch = ["request lost", "answer lost"]
      yield* inTime(queue.send(["a"]))
      const bodies = (yield* queue.receive(options)).map(({ body }) => body)
      assert.deepStrictEqual(bodies, ["a", "a"])
    }),
  )

  it.effect("receives again where SQS asks for a slower pace", () =>
    Effect.gen(function* () {
      const { queue, faults, inputs } = fake()
      faults.receiveMessage = [serviceError("RequestThrottled", 403)]
      assert.deepStrictEqual(yield* inTime(queue.receive(options)), [])
      assert.strictEqual(inputs("receiveMessage").length, 2)
    }),
  )

  it.effect("is NotFound where a message is not in flight any more", () =>
    Effect.gen(function* () {
      const { queue } = fake()
      yield* queue.send(["a"])
      const [message] = yield* queue.receive(options)
      yield* queue.extend(message!.receipt, 0)
      yield* mustFail(queue.extend(message!.receipt, 60), "NotFound", "extend")
    }),
  )
})

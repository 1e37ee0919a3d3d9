import * as SqsMessageQueue from "@tributary/adapters-aws/SqsMessageQueue"
import { MessageQueue } from "@tributary/core/MessageQueue"
import { mustFail } from "@tributary/core/testing/Contract"
import { cases } from "@tributary/core/testing/MessageQueueContract"
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Layer } from "effect"
import { clouds } from "../../../scripts/clouds/clouds.ts"
import { newQueue } from "./support/aws.ts"
import { holds } from "./support/contract.ts"

clouds()

/** A queue of its own. */
const layer = Layer.unwrap(Effect.map(Effect.promise(newQueue), (queueUrl) => SqsMessageQueue.layer({ queueUrl })))

// Each case has its own queue and mostly sleeps, so they run side by side.
describe.concurrent("SqsMessageQueue on ministack", () => {
  holds(cases({ passTime: Effect.sleep }), layer, {
    "a receipt acknowledged before is no refusal": "it refuses a receipt that it deleted, where SQS deletes again",
  })

  it.live("is the queue that SQS_QUEUE_URL names", () =>
    Effect.gen(function* () {
      const SQS_QUEUE_URL = yield* Effect.promise(newQueue)
      const env = ConfigProvider.layer(ConfigProvider.fromEnv({ env: { SQS_QUEUE_URL } }))
      const received = Effect.gen(function* () {
        const queue = yield* MessageQueue
        yield* queue.send(["a"])
        return yield* queue.receive({ maxMessages: 10, waitSeconds: 1, visibilitySeconds: 60 })
      })
      const [message] = yield* Effect.provide(received, Layer.provide(SqsMessageQueue.layerConfig, env))
      assert.strictEqual(message?.body, "a")
    }),
  )

  // moto, the other emulator, takes such a body; SQS and ministack refuse what XML 1.0 cannot hold.
  it.live("refuses a body with characters that SQS does not take", () =>
    MessageQueue.use((queue) => mustFail(queue.send(["good", "bad\u0001"]), "Invalid", "send")).pipe(
      Effect.provide(layer),
    ),
  )
})

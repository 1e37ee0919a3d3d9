import { MessageQueueError } from "@tributary/core/MessageQueue"
import type * as PortError from "@tributary/core/PortError"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber } from "effect"
import { callerOf, scoped, transient } from "../../src/internal/sdk.ts"
import { serviceError } from "../support/fake.ts"
import { inTime } from "../support/time.ts"

const call = callerOf(
  (fields: { readonly operation: string; readonly reason: PortError.Reason }) => new MessageQueueError(fields),
)

/** A call that fails as told, and then answers how often it was made. */
const failing = (...failures: ReadonlyArray<Error>) => {
  let made = 0
  return async () => {
    const failure = failures[made++]
    if (failure !== undefined) throw failure
    return made
  }
}

describe("the SDK's calls", () => {
  it.effect("fail with the port's error, the operation and the reason", () =>
    Effect.gen(function* () {
      const failed = call("receive from q", failing(serviceError("QueueDoesNotExist", 400, "no such queue")), {})
      const error = yield* Effect.flip(failed)
      assert.strictEqual(error.message, "receive from q: QueueDoesNotExist: no such queue")
    }),
  )

  it.effect("are aborted when nobody waits for the answer", () =>
    Effect.gen(function* () {
      const seen: Array<AbortSignal> = []
      const never = (_: object, { abortSignal }: { readonly abortSignal: AbortSignal }) =>
        new Promise<never>(() => void seen.push(abortSignal))
      const fiber = yield* Effect.forkChild(call("receive from q", never, {}), { startImmediately: true })
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual(
        seen.map(({ aborted }) => aborted),
        [true],
      )
    }),
  )

  it.effect("are made again while the failure passes, five times at most", () =>
    Effect.gen(function* () {
      const slow = () => serviceError("ThrottlingException", 400)
      assert.strictEqual(yield* inTime(transient(call("x", failing(slow(), slow()), {}))), 3)
      const all = Array.from({ length: 5 }, slow)
      const error = yield* inTime(Effect.flip(transient(call("x", failing(...all), {}))))
      assert.strictEqual(error.reason._tag, "Throttled")
    }),
  )

  it.effect("are not made again where the failure stays", () =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(transient(call("x", failing(serviceError("AccessDenied", 403)), {})))
      assert.isTrue(Exit.isFailure(exit))
    }),
  )

  it.effect("go through a client that is closed with its scope", () =>
    Effect.gen(function* () {
      let open = true
      yield* Effect.scoped(scoped(() => ({ destroy: () => void (open = false) })))
      assert.isFalse(open)
    }),
  )
})

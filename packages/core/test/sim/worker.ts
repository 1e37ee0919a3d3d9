/** A worker: polls, carries, acknowledges, as a queue's poller and a function do together; starts again when it dies. */
import { Cause, Deferred, Effect, Exit } from "effect"
import { flowNames, type FlowName } from "./configs.ts"
import * as handlers from "./handlers.ts"
import type { Handler, Process, Variant } from "./Process.ts"
import { visibilitySeconds, type World } from "./world.ts"

const rightHandler: Handler = (config, flow, message) =>
  flow === "ga" ? handlers.carryGa(config, flow, message) : handlers.carryLogs(config, flow, message)

/** `carried` hears the body of every message that was carried to its end. */
export const make = (
  world: World,
  variant: Variant,
  startProcess: () => Process,
  carried: (body: string) => void,
): Effect.Effect<void> => {
  const { chance, state, time, told } = world
  const handle = variant.handle?.(rightHandler) ?? rightHandler

  const invoke = Effect.fnUntraced(function* (process: Process, flow: FlowName) {
    const queue = process.queues[flow]
    const wholeMs = state.stormy && chance.chance(0.5) ? chance.between(1, chance.pick([3_000, 60_000])) : 600_000
    const messages = yield* queue.receive({
      maxMessages: chance.pick([1, 1, 2, 4]),
      // Workers that wait get what was sent at once at once.
      waitSeconds: state.stormy ? chance.pick([0, 5, 20]) : 0,
      visibilitySeconds,
    })
    const receipts = messages.map(({ receipt }) => receipt)
    const deadline = time.now() + wholeMs
    if (messages.length > 0) told(`${process.name} has ${wholeMs} ms for ${flow} ${receipts.join(" ")}`)
    if (variant.acknowledges === "early") yield* queue.ack(receipts)
    const done: Array<string> = []
    for (const message of messages) {
      const leftMs = deadline - time.now()
      if (leftMs < wholeMs / 3) {
        if (variant.acknowledges === "unread") done.push(message.receipt)
        continue
      }
      const exit = yield* handle(process.config, flow, message).pipe(
        Effect.timeoutOrElse({ duration: leftMs, orElse: () => Effect.fail(new Error("the time ran out")) }),
        Effect.provideContext(process.ports),
        Effect.exit,
      )
      if (Exit.isSuccess(exit)) carried(message.body)
      else told(`${process.name} fails ${message.receipt}: ${Cause.pretty(exit.cause).split("\n")[0]}`)
      if (Exit.isSuccess(exit) || variant.acknowledges === "failed") done.push(message.receipt)
    }
    if (done.length > 0) yield* queue.ack(done)
    return messages.length
  })

  return Effect.gen(function* () {
    let process: Process | undefined
    while (!state.over) {
      process ??= startProcess()
      const own = process
      const ended = Deferred.makeUnsafe<number>()
      own.onDeath = () => {
        told(`${own.name} is dead`)
        Deferred.doneUnsafe(ended, Exit.succeed(0))
      }
      // A process that has died is left where it stands: nothing of it runs on, nor is it tidied up.
      yield* invoke(own, chance.pick(flowNames)).pipe(
        Effect.exit,
        Effect.flatMap((exit) => Deferred.succeed(ended, Exit.isSuccess(exit) ? exit.value : 0)),
        Effect.forkDetach,
      )
      const found = yield* Deferred.await(ended)
      if (!own.isAlive() || chance.chance(0.05)) process = undefined
      yield* Effect.sleep(found > 0 ? chance.between(0, 500) : chance.between(500, 5_000))
    }
  })
}

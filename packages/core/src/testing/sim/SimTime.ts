/**
 * Virtual time, and fibers that take turns in it: the same program with the same chance takes the same steps each time.
 *
 * A run never waits. While a fiber can go on it does; when all of them sleep, the clock jumps to the first that is due. Of two that are due at the same
 * moment, the one that lay down first goes first.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Scheduler from "effect/Scheduler"

/**
 * A clock, and the loop that moves it.
 *
 * @category models
 * @since 0.1.0
 */
export interface SimTime {
  /** Milliseconds since 1970, UTC. */
  readonly now: () => number
  /** What a program needs to live in this time. `run` provides it. */
  readonly services: Context.Context<never>
  /**
   * Runs to the end, at once. Throws {@link Stuck} where every fiber waits and none of them for the clock, or after `maxSteps` turns (default one
   * million).
   */
  readonly run: <A, E>(effect: Effect.Effect<A, E>, maxSteps?: number) => Exit.Exit<A, E>
}

/**
 * Nothing can happen any more, or too much has.
 *
 * @category errors
 * @since 0.1.0
 */
export class Stuck extends Error {
  override readonly name = "Stuck"
}

interface Timer {
  readonly at: number
  readonly order: number
  ring: (() => void) | undefined
}

/**
 * Time that begins at `start`: milliseconds since 1970, UTC.
 *
 * @example
 * ```ts
 * import * as SimTime from "@tributary/core/testing/sim/SimTime"
 * import * as Effect from "effect/Effect"
 *
 * const time = SimTime.make(0)
 * time.run(Effect.sleep("1 day"))
 * time.now() // => 86_400_000
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (start: number): SimTime => {
  let now = start
  let slept = 0
  let tasks: Array<() => void> = []
  const timers: Array<Timer> = []

  const sleep = (duration: Duration.Duration): Effect.Effect<void> =>
    Effect.callback<void>((resume) => {
      const timer: Timer = {
        at: now + Math.max(0, Math.ceil(Duration.toMillis(duration))),
        order: ++slept,
        ring: () => resume(Effect.void),
      }
      push(timers, timer)
      return Effect.sync(() => {
        timer.ring = undefined
      })
    })

  const nanos = (): bigint => BigInt(now) * 1_000_000n
  const clock: Clock.Clock = {
    currentTimeMillisUnsafe: () => now,
    currentTimeMillis: Effect.sync(() => now),
    currentTimeNanosUnsafe: nanos,
    currentTimeNanos: Effect.sync(nanos),
    monotonicTimeNanosUnsafe: nanos,
    monotonicTimeNanos: Effect.sync(nanos),
    sleep,
  }

  const drain = (): number => {
    let done = 0
    while (tasks.length > 0) {
      const due = tasks
      tasks = []
      for (const task of due) task()
      done += due.length
    }
    return done
  }
  const dispatcher: Scheduler.SchedulerDispatcher = {
    scheduleTask: (task) => void tasks.push(task),
    flush: () => void drain(),
  }
  const scheduler: Scheduler.Scheduler = {
    executionMode: "sync",
    // A fiber is never made to wait in the middle of its work: turns change where something is waited for.
    shouldYield: () => false,
    makeDispatcher: () => dispatcher,
  }
  const services: Context.Context<never> = Context.empty().pipe(
    Context.add(Clock.Clock, clock),
    Context.add(Scheduler.Scheduler, scheduler),
  )

  return {
    now: () => now,
    services,
    run: (effect, maxSteps = 1_000_000) => {
      const fiber = Effect.runForkWith(services)(effect)
      for (let steps = 0; ; steps++) {
        steps += drain()
        const exit = fiber.pollUnsafe()
        if (exit !== undefined) return exit
        const timer = pop(timers)
        if (timer === undefined) throw new Stuck("every fiber waits, and none of them for the clock")
        if (steps > maxSteps) throw new Stuck(`not at an end after ${maxSteps} turns`)
        if (timer.ring === undefined) continue
        now = timer.at
        timer.ring()
      }
    },
  }
}

const isBefore = (a: Timer, b: Timer): boolean => (a.at === b.at ? a.order < b.order : a.at < b.at)

/** A binary heap: the first is due first. */
const push = (heap: Array<Timer>, timer: Timer): void => {
  let at = heap.push(timer) - 1
  while (at > 0) {
    const parent = (at - 1) >> 1
    if (!isBefore(timer, heap[parent]!)) break
    heap[at] = heap[parent]!
    at = parent
  }
  heap[at] = timer
}

const pop = (heap: Array<Timer>): Timer | undefined => {
  const first = heap[0]
  const last = heap.pop()
  if (first === undefined || last === undefined || heap.length === 0) return first
  let at = 0
  for (;;) {
    let child = at * 2 + 1
    if (child >= heap.length) break
    if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++
    if (!isBefore(heap[child]!, last)) break
    heap[at] = heap[child]!
    at = child
  }
  heap[at] = last
  return first
}

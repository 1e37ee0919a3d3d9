/**
 * What lies between a program and the services it calls: delay, loss, repetition; and the program's own end, in the middle of anything.
 *
 * A service is one for all; each process calls it over a network of its own. What happens to a call is asked of `fateOf`, so that chance, an exhaustive
 * search and a test by hand all use the same wire.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as PortError from "../../PortError.ts"

/**
 * A call on its way out. `piece`: part of something that shows only when it is complete, such as bytes of an upload; it is never repeated or late.
 *
 * @category models
 * @since 0.1.0
 */
export interface Call {
  readonly port: string
  readonly operation: string
  /** What it is about, for people: a key, a stream's name. */
  readonly about: string
  readonly kind: "read" | "write" | "piece"
}

/**
 * What becomes of a call.
 *
 * - `answered`: all is well.
 * - `refused`: it never arrives, or is turned away; the caller hears `reason`.
 * - `lost`: it takes effect, and the caller hears `Unavailable`.
 * - `late`: the caller hears `Unavailable`, and it takes effect `lateMs` afterwards.
 * - `repeated`: it takes effect, its answer is lost, and a client that retries by itself sends it again: the caller hears the second answer.
 * - `cut`: of what is read only the first `pieces` arrive, then `Unavailable`.
 * - `dies-before`, `dies-after`: the process ends before it is sent, or once it has taken effect; nobody hears anything.
 *
 * @category models
 * @since 0.1.0
 */
export interface Fate {
  readonly outcome: "answered" | "refused" | "lost" | "late" | "repeated" | "cut" | "dies-before" | "dies-after"
  /** Milliseconds to the service, and back. */
  readonly thereMs: number
  readonly backMs: number
  readonly reason?: PortError.Reason | undefined
  readonly lateMs?: number | undefined
  readonly pieces?: number | undefined
}

/**
 * What a network asks of the world around it. `die` ends the process: `isAlive` is false from then on, and no call of it comes back any more.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options {
  readonly fateOf: (call: Call) => Fate
  readonly isAlive: () => boolean
  readonly die: (call: Call) => void
}

/**
 * A process's way to its services.
 *
 * @category models
 * @since 0.1.0
 */
export interface Network {
  readonly send: <A, E, R>(
    call: Call,
    effect: Effect.Effect<A, E, R>,
    failWith: (operation: string, reason: PortError.Reason) => E,
  ) => Effect.Effect<A, E, R>
  /** As {@link send}; what is read is read at one moment, then travels. */
  readonly fetch: <A, E, R>(
    call: Call,
    stream: Stream.Stream<A, E, R>,
    failWith: (operation: string, reason: PortError.Reason) => E,
  ) => Stream.Stream<A, E, R>
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = ({ die, fateOf, isAlive }: Options): Network => {
  /** The time that a call needs; a process that has died meanwhile waits for ever. */
  const travel = (milliseconds: number): Effect.Effect<void> =>
    Effect.andThen(
      milliseconds > 0 ? Effect.sleep(milliseconds) : Effect.void,
      Effect.suspend(() => (isAlive() ? Effect.void : Effect.never)),
    )

  const end = (call: Call): Effect.Effect<never> =>
    Effect.suspend(() => {
      die(call)
      return Effect.never
    })

  const unavailable = (detail: string) => new PortError.Unavailable({ detail })

  const carry = <A, E, R>(
    call: Call,
    fate: Fate,
    effect: Effect.Effect<A, E, R>,
    failWith: (operation: string, reason: PortError.Reason) => E,
  ): Effect.Effect<A, E, R> => {
    const fail = (reason: PortError.Reason) => Effect.fail(failWith(`${call.operation} ${call.about}`, reason))
    const changes = call.kind === "write"
    switch (fate.outcome) {
      case "answered":
      case "cut":
        return effect
      case "refused":
        return fail(fate.reason ?? unavailable("the connection was refused"))
      case "lost":
        return changes
          ? Effect.andThen(Effect.exit(effect), fail(unavailable("the answer was lost")))
          : fail(unavailable("the answer was lost"))
      case "late":
        return changes
          ? Effect.andThen(
              Effect.forkDetach(Effect.andThen(Effect.sleep(fate.lateMs ?? 0), Effect.exit(effect))),
              fail(unavailable("no answer in time")),
            )
          : fail(unavailable("no answer in time"))
      case "repeated":
        return changes ? Effect.andThen(Effect.exit(effect), effect) : effect
      case "dies-before":
        return end(call)
      case "dies-after":
        return Effect.andThen(Effect.exit(effect), end(call))
    }
  }

  const through = <A, E, R>(
    call: Call,
    fate: Fate,
    effect: Effect.Effect<A, E, R>,
    failWith: (operation: string, reason: PortError.Reason) => E,
  ): Effect.Effect<A, E, R> =>
    Effect.andThen(
      travel(fate.thereMs),
      fate.backMs === 0
        ? carry(call, fate, effect, failWith)
        : Effect.flatMap(Effect.exit(carry(call, fate, effect, failWith)), (exit) =>
            Effect.andThen(travel(fate.backMs), exit),
          ),
    )

  return {
    send: (call, effect, failWith) =>
      Effect.suspend(() => (isAlive() ? through(call, fateOf(call), effect, failWith) : Effect.never)),
    fetch: (call, stream, failWith) =>
      Stream.unwrap(
        Effect.suspend(() => {
          if (!isAlive()) return Effect.never
          const fate = fateOf(call)
          return Effect.map(through(call, fate, Stream.runCollect(stream), failWith), (items) =>
            fate.outcome === "cut"
              ? Stream.concat(
                  Stream.fromIterable(items.slice(0, fate.pieces ?? 0)),
                  Stream.fail(failWith(`${call.operation} ${call.about}`, unavailable("the connection broke"))),
                )
              : Stream.fromIterable(items),
          )
        }),
      ),
  }
}

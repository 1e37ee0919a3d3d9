/**
 * What the clients of all four services share: how they are made and closed, how a call becomes an effect, when it is sent again.
 */
import type * as PortError from "@tributary/core/PortError"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import { reasonOf } from "./awsError.ts"

/** One call of a service: what a narrow Api is made of, and what a fake implements. */
export type Call<Input, Output> = (input: Input, options: { readonly abortSignal: AbortSignal }) => Promise<Output>

/**
 * Settings of every client. Region, credentials and endpoint are not here: the SDK finds them in the standard AWS environment.
 *
 * - One attempt: the SDK sends again whatever failed, a conditional write too, whose own success then looks like a conflict. {@link transient} is
 *   where we send again, call by call.
 * - 5 s to connect: a host that does not answer by then is not there.
 * - 30 s without a byte: longer than SQS's longest wait for messages (20 s), shorter than a Lambda's patience.
 * - Connections are kept (the SDK's default); 64 of them, so that parallel parts and ranges do not queue behind the default of 50 with a warning.
 */
export const clientSettings = {
  maxAttempts: 1,
  requestHandler: { connectionTimeout: 5_000, socketTimeout: 30_000, httpsAgent: { keepAlive: true, maxSockets: 64 } },
}

/** A client that lives as long as the scope, and closes its connections with it. */
export const scoped = <Client extends { readonly destroy: () => void }>(
  make: () => Client,
): Effect.Effect<Client, never, Scope.Scope> =>
  Effect.acquireRelease(Effect.sync(make), (client) => Effect.sync(() => client.destroy()))

/** Makes calls of one service: an interrupted effect aborts its request; a failure has the port's error with our reason. */
export const callerOf =
  <E>(fail: (failure: { readonly operation: string; readonly reason: PortError.Reason }) => E) =>
  <Input, Output>(operation: string, call: Call<Input, Output>, input: Input): Effect.Effect<Output, E> =>
    Effect.tryPromise({
      try: (abortSignal) => call(input, { abortSignal }),
      catch: (cause) => fail({ operation, reason: reasonOf(cause) }),
    })

/**
 * Sends a call that may safely take effect twice again while its failure is a passing one: after about 0.2, 0.4, 0.8 and 1.6 s. Four times, because
 * whoever called has a queue that delivers again, and a Lambda that pays for waiting.
 */
export const transient = <A, E extends { readonly isRetryable: boolean }, R>(
  effect: Effect.Effect<A, E, R>,
): Effect.Effect<A, E, R> => Effect.retry(effect, { schedule: backoff, while: (error) => error.isRetryable })

const backoff = Schedule.exponential("200 millis").pipe(Schedule.jittered, Schedule.upTo({ times: 4 }))

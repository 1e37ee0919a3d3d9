/**
 * How a Lambda handler is made of a layer and a program.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as ManagedRuntime from "effect/ManagedRuntime"

/**
 * The part of Lambda's context object that a handler reads (AWS Lambda developer guide, "Using the Lambda context object to retrieve Node.js function
 * information").
 *
 * @category models
 * @since 0.1.0
 */
export interface LambdaContext {
  readonly awsRequestId: string
  /** Milliseconds until Lambda ends the invocation. */
  readonly getRemainingTimeInMillis: () => number
}

/**
 * What Lambda calls: decoded JSON in, an answer that becomes JSON out. A rejected promise is the function's error.
 *
 * @category models
 * @since 0.1.0
 */
export interface Handler<Answer> {
  (event: unknown, context: LambdaContext): Promise<Answer>
  /** Closes what the container holds; for tests, and for a runtime that tells when it ends. */
  readonly dispose: () => Promise<void>
}

/**
 * Makes a handler. The layer is built at the first invocation and kept for the container's life; where building fails, the next invocation builds it
 * anew. Logs are lines of JSON on standard output, with the invocation's request id.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = <Answer, E, R, LayerError>(
  layer: Layer.Layer<R, LayerError>,
  program: (event: unknown, context: LambdaContext) => Effect.Effect<Answer, E, R>,
): Handler<Answer> => {
  let runtime: ManagedRuntime.ManagedRuntime<R, LayerError> | undefined

  const dispose = Effect.suspend(() => {
    const held = runtime
    runtime = undefined
    return held === undefined ? Effect.void : held.disposeEffect
  })

  // A runtime keeps a failed build: without this, one throttled call would spoil the container.
  const services = Effect.suspend(() => {
    runtime ??= ManagedRuntime.make(layer)
    return runtime.contextEffect
  }).pipe(Effect.onError(() => dispose))

  return Object.assign(
    (event: unknown, context: LambdaContext) =>
      Effect.flatMap(services, (found) => Effect.provideContext(program(event, context), found)).pipe(
        Effect.tapCause((cause) => Effect.logError("the invocation failed", cause)),
        Effect.annotateLogs({ requestId: context.awsRequestId }),
        Effect.provide(logs),
        Effect.runPromise,
      ),
    { dispose: () => Effect.runPromise(dispose) },
  )
}

const logs = Logger.layer([Logger.consoleJson])

/**
 * Port for a service that runs extracts on demand: Amazon AppFlow.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import * as PortError from "./PortError.ts"

/**
 * How a run stands. AppFlow's `Successful`, `Error`, `Canceled`, `InProgress` and `CancelStarted`, in our words.
 *
 * @category models
 * @since 0.1.0
 */
export type RunStatus = "running" | "succeeded" | "failed" | "cancelled"

/**
 * One run of a flow; `id` is AppFlow's execution id, which also names the extract.
 *
 * @category models
 * @since 0.1.0
 */
export interface FlowRun {
  readonly id: string
  readonly status: RunStatus
  /** Milliseconds since 1970, UTC. */
  readonly startedAt: number
  readonly updatedAt: number
  readonly recordsProcessed: number
  readonly error?: string | undefined
}

/**
 * Failure of any flow runner. A flow or connection profile that does not exist is `NotFound`.
 *
 * @category errors
 * @since 0.1.0
 */
export class FlowRunnerError extends Schema.TaggedError<FlowRunnerError>()("FlowRunnerError", PortError.fields) {
  override get message(): string {
    return PortError.message(this)
  }
  get isRetryable(): boolean {
    return PortError.isRetryable(this.reason)
  }
}

/**
 * Starts, follows and lists runs.
 *
 * @category services
 * @since 0.1.0
 */
export class FlowRunner extends Context.Service<
  FlowRunner,
  {
    /** Starts a run; the same `clientToken` again answers the first run (AppFlow keeps a token for 8 hours). */
    readonly start: (flow: string, clientToken: string) => Effect.Effect<{ readonly id: string }, FlowRunnerError>
    readonly status: (flow: string, id: string) => Effect.Effect<FlowRun, FlowRunnerError>
    /** Newest first. */
    readonly list: (flow: string) => Stream.Stream<FlowRun, FlowRunnerError>
  }
>()("@tributary/core/FlowRunner") {}

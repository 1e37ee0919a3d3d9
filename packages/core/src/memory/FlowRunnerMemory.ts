/**
 * {@link FlowRunner} in memory. A run goes on until `finish` ends it.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { type FlowRun, FlowRunner, FlowRunnerError } from "../FlowRunner.ts"
import * as PortError from "../PortError.ts"

/** How long AppFlow keeps a client token (AppFlow API reference, StartFlow). */
const tokenMillis = 8 * 3_600_000

/**
 * How a run ends.
 *
 * @category models
 * @since 0.1.0
 */
export interface Outcome {
  readonly status: "succeeded" | "failed" | "cancelled"
  readonly recordsProcessed?: number | undefined
  readonly error?: string | undefined
}

/**
 * A runner whose runs the caller ends.
 *
 * @category models
 * @since 0.1.0
 */
export type FlowRunnerMemory = FlowRunner["Service"] & {
  /** Ends a run; one that has ended already stays as it is. */
  readonly finish: (flow: string, id: string, outcome?: Outcome) => Effect.Effect<void, FlowRunnerError>
}

interface Flow {
  /** Oldest first. */
  readonly runs: Array<FlowRun>
  readonly tokens: Map<string, { readonly id: string; readonly at: number }>
}

/**
 * A runner of the flows named. Ids look like AppFlow's: UUIDs, but counted, so that tests are the same each time.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (names: Iterable<string> = []): Effect.Effect<FlowRunnerMemory> =>
  Effect.sync(() => {
    const flows = new Map<string, Flow>()
    for (const name of names) flows.set(name, { runs: [], tokens: new Map() })
    let started = 0

    const find = (operation: string, name: string): Effect.Effect<Flow, FlowRunnerError> =>
      Effect.suspend(() => {
        const flow = flows.get(name)
        return flow === undefined ? notFound(operation, `there is no flow ${name}`) : Effect.succeed(flow)
      })

    const findRun = (operation: string, name: string, id: string) =>
      Effect.flatMap(find(operation, name), ({ runs }) => {
        const at = runs.findIndex((run) => run.id === id)
        return at === -1
          ? notFound(operation, `flow ${name} has no run ${id}`)
          : Effect.succeed({ runs, at, run: runs[at]! })
      })

    return {
      start: Effect.fn("FlowRunnerMemory.start")((name: string, clientToken: string) =>
        Effect.flatMap(Effect.all([find("start", name), Clock.currentTimeMillis]), ([{ runs, tokens }, now]) =>
          Effect.sync(() => {
            const token = tokens.get(clientToken)
            if (token !== undefined && now - token.at < tokenMillis) return { id: token.id }
            const id = `00000000-0000-4000-8000-${String(++started).padStart(12, "0")}`
            runs.push({ id, status: "running", startedAt: now, updatedAt: now, recordsProcessed: 0 })
            tokens.set(clientToken, { id, at: now })
            return { id }
          }),
        ),
      ),
      status: Effect.fn("FlowRunnerMemory.status")((name: string, id: string) =>
        Effect.map(findRun("status", name, id), ({ run }) => run),
      ),
      list: (name) =>
        Stream.unwrap(Effect.map(find("list", name), ({ runs }) => Stream.fromIterable(runs.toReversed()))),
      finish: Effect.fn("FlowRunnerMemory.finish")(
        (name: string, id: string, outcome: Outcome = { status: "succeeded" }) =>
          Effect.flatMap(Effect.all([findRun("finish", name, id), Clock.currentTimeMillis]), ([{ runs, at }, now]) =>
            Effect.sync(() => {
              const run = runs[at]!
              if (run.status !== "running") return
              const { status, recordsProcessed = 0, error } = outcome
              runs[at] = { ...run, status, recordsProcessed, updatedAt: now, ...(error === undefined ? {} : { error }) }
            }),
          ),
      ),
    }
  })

/**
 * A runner without flows: everything is `NotFound`.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<FlowRunner> = Layer.effect(FlowRunner, make())

/**
 * A runner of the flows named, whose runs go on for ever; use `make` where they should end.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerWith = (names: Iterable<string>): Layer.Layer<FlowRunner> => Layer.effect(FlowRunner, make(names))

const notFound = (operation: string, detail: string) =>
  Effect.fail(new FlowRunnerError({ operation, reason: new PortError.NotFound({ detail }) }))

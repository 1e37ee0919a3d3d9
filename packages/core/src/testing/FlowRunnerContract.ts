/**
 * The rules of {@link FlowRunner}: a token starts one run, and a run can be followed until it ends.
 *
 * @since 0.1.0
 */
import type * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { FlowRunner } from "../FlowRunner.ts"
import { type Case, must, mustEqual, mustFail, type PassTime, rulesOf } from "./Contract.ts"

/**
 * What the cases need to know of a runner.
 *
 * @category models
 * @since 0.1.0
 */
export interface Fixture {
  /** A flow that may be started. */
  readonly flow: string
  /** A flow that does not exist. */
  readonly missingFlow: string
  /** Begins every client token; fresh for each run on a service that remembers. */
  readonly prefix: string
  /** Lets a run end well, or waits until it has. A flow need not start again while it runs. */
  readonly finish: (flow: string, id: string) => Effect.Effect<void, unknown, FlowRunner>
  readonly passTime: PassTime
}

/**
 * The cases of the contract.
 *
 * @category contract
 * @since 0.1.0
 */
export const cases = ({ flow, missingFlow, prefix, finish, passTime }: Fixture): ReadonlyArray<Case<FlowRunner>> => {
  const rule = rulesOf(FlowRunner)

  return [
    rule("a run that was started can be followed to its end", function* (runner, slug) {
      const { id } = yield* runner.start(flow, `${prefix}${slug}`)
      const running = yield* runner.status(flow, id)
      yield* mustEqual(running.id, id, "id")
      yield* must(running.status === "running" || running.status === "succeeded", `a new run is ${running.status}`)
      yield* passTime(50)
      yield* finish(flow, id)
      const ended = yield* runner.status(flow, id)
      yield* mustEqual(
        [ended.id, ended.status, ended.startedAt],
        [id, "succeeded", running.startedAt],
        "id, status and start of the ended run",
      )
      yield* must(
        ended.updatedAt >= ended.startedAt,
        `updated at ${ended.updatedAt}, before it was started at ${ended.startedAt}`,
      )
      yield* must(Number.isSafeInteger(ended.recordsProcessed), `recordsProcessed is ${ended.recordsProcessed}`)
    }),
    rule("the same token again answers the first run", function* (runner, slug) {
      const first = yield* runner.start(flow, `${prefix}${slug}`)
      const again = yield* runner.start(flow, `${prefix}${slug}`)
      yield* mustEqual(again.id, first.id, "id while it runs")
      yield* finish(flow, first.id)
      yield* mustEqual((yield* runner.start(flow, `${prefix}${slug}`)).id, first.id, "id after it has ended")
    }),
    rule("another token starts another run", function* (runner, slug) {
      const first = yield* runner.start(flow, `${prefix}${slug}-1`)
      yield* finish(flow, first.id)
      const second = yield* runner.start(flow, `${prefix}${slug}-2`)
      yield* finish(flow, second.id)
      yield* must(first.id !== second.id, "two runs have one id")
    }),
    rule("runs are listed, newest first, as status answers them", function* (runner, slug) {
      const ids: Array<string> = []
      for (const i of [1, 2, 3]) {
        const { id } = yield* runner.start(flow, `${prefix}${slug}-${i}`)
        yield* finish(flow, id)
        yield* passTime(1_100)
        ids.push(id)
      }
      const mine = (yield* Stream.runCollect(runner.list(flow))).filter(({ id }) => ids.includes(id))
      yield* mustEqual(
        mine.map(({ id }) => id),
        ids.toReversed(),
        "ids",
      )
      for (const run of mine) yield* mustEqual(run, yield* runner.status(flow, run.id), `run ${run.id}`)
    }),
    rule("a flow that does not exist is NotFound", function* (runner, slug) {
      yield* mustFail(runner.start(missingFlow, `${prefix}${slug}`), "NotFound", "start")
      yield* mustFail(runner.status(missingFlow, "none"), "NotFound", "status")
      yield* mustFail(Stream.runCollect(runner.list(missingFlow)), "NotFound", "list")
    }),
    rule("a run that does not exist is NotFound", function* (runner) {
      yield* mustFail(runner.status(flow, "00000000-0000-4000-8000-ffffffffffff"), "NotFound", "status")
    }),
  ]
}

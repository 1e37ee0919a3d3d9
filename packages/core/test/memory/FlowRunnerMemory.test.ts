import { assert, describe, it } from "@effect/vitest"
import { FlowRunner } from "@tributary/core/FlowRunner"
import * as FlowRunnerMemory from "@tributary/core/memory/FlowRunnerMemory"
import * as FlowRunnerContract from "@tributary/core/testing/FlowRunnerContract"
import { Effect } from "effect"
import { TestClock } from "effect/testing"

const casesFor = (runner: FlowRunnerMemory.FlowRunnerMemory | undefined) =>
  FlowRunnerContract.cases({
    flow: "ga",
    missingFlow: "none",
    prefix: "",
    finish: (flow, id) =>
      runner === undefined ? Effect.void : runner.finish(flow, id, { status: "succeeded", recordsProcessed: 3 }),
    passTime: TestClock.adjust,
  })

describe("FlowRunnerMemory", () => {
  for (const [i, { name }] of casesFor(undefined).entries()) {
    it.effect(name, () =>
      Effect.gen(function* () {
        const runner = yield* FlowRunnerMemory.make(["ga"])
        yield* casesFor(runner)[i]!.run.pipe(Effect.provideService(FlowRunner, runner))
      }),
    )
  }

  it.effect("forgets a token after eight hours", () =>
    Effect.gen(function* () {
      const runner = yield* FlowRunnerMemory.make(["ga"])
      const first = yield* runner.start("ga", "token")
      yield* TestClock.adjust("8 hours")
      assert.notStrictEqual((yield* runner.start("ga", "token")).id, first.id)
    }),
  )

  it.effect("a layer knows the flows that it was given", () =>
    Effect.gen(function* () {
      const runner = yield* FlowRunner
      yield* runner.start("ga", "token")
      const missing = yield* Effect.flip(runner.start("logs", "token"))
      assert.strictEqual(missing.reason._tag, "NotFound")
    }).pipe(Effect.provide(FlowRunnerMemory.layerWith(["ga"]))),
  )

  it.effect("a run ends once", () =>
    Effect.gen(function* () {
      const runner = yield* FlowRunnerMemory.make(["ga"])
      const { id } = yield* runner.start("ga", "token")
      yield* runner.finish("ga", id, { status: "failed", error: "no connection" })
      yield* runner.finish("ga", id)
      const run = yield* runner.status("ga", id)
      assert.strictEqual(run.status, "failed")
      assert.strictEqual(run.error, "no connection")
    }),
  )
})

/** One run: a world from a seed, its workers and readers, faults for a while, calm afterwards, and the verdict. */
import * as Publication from "@tributary/core/flow/Publication"
import { gaSample } from "@tributary/core/GaFlow"
import { JournalStore } from "@tributary/core/JournalStore"
import * as LakeState from "@tributary/core/journal/LakeState"
import * as Ledger from "@tributary/core/journal/Ledger"
import { ObjectStore } from "@tributary/core/ObjectStore"
import { TableCatalog } from "@tributary/core/TableCatalog"
import * as SimRandom from "@tributary/core/testing/sim/SimRandom"
import * as SimTime from "@tributary/core/testing/sim/SimTime"
import { qualifiedName } from "@tributary/core/TableSchema"
import { Cause, Context, Effect, Exit, Fiber, Random, References } from "effect"
import * as accounts from "./accounts.ts"
import { flowNames } from "./configs.ts"
import { makeExtracts, start } from "./gaWorld.ts"
import * as judging from "./judge.ts"
import { makePayloads } from "./logsWorld.ts"
import type { Manifest } from "./manifest.ts"
import * as messages from "./messages.ts"
import * as nature from "./nature.ts"
import { makeStart, type Variant } from "./Process.ts"
import * as readers from "./readers.ts"
import * as weather from "./weather.ts"
import * as worker from "./worker.ts"
import * as worlds from "./world.ts"

export interface Result {
  readonly seed: number
  readonly problems: ReadonlyArray<judging.Problem>
  /** Extracts seen in part because their end was told before all of their objects were known. */
  readonly partialViews: number
  /** Calls of ports while the storm lasted. */
  readonly calls: number
  readonly records: number
  readonly trace: ReadonlyArray<string>
}

export interface Options {
  readonly variant?: Variant | undefined
  /** No faults but these deaths. */
  readonly deaths?: weather.Deaths | undefined
}

/** How long faults go on once everything has begun. */
const stormAfterMs = 5 * 60_000
const latestMs = 60 * 60_000

export const generate = (random: SimRandom.SimRandom): Manifest => {
  const spreadMs = random.pick([5_000, 60_000, 300_000])
  return {
    spreadMs,
    extracts: makeExtracts(random, spreadMs),
    poison: messages.poison(random, spreadMs),
    lakeLogs: makePayloads(random, "l", 3, spreadMs),
    warehouseLogs: makePayloads(random, "w", 2, spreadMs),
  }
}

export const simulate = (seed: number, { deaths, variant = { name: "right" } }: Options = {}): Result => {
  const restore = variant.install?.()
  try {
    return run(seed, variant, deaths)
  } finally {
    restore?.()
  }
}

const run = (seed: number, variant: Variant, deaths: weather.Deaths | undefined): Result => {
  const random = SimRandom.make(seed)
  const manifest = generate(random.fork("manifest"))
  const judge = judging.make(manifest)
  const time = SimTime.make(start)
  const trace = worlds.makeTrace(time)
  const problems: Array<judging.Problem> = []
  const blame = (found: ReadonlyArray<judging.Problem>): void => {
    for (const problem of found) trace.told(`found ${problem.kind}: ${problem.what}`)
    problems.push(...found)
  }
  const stormMs = manifest.spreadMs + stormAfterMs
  let calls = 0

  const program = Effect.gen(function* () {
    const world = yield* worlds.make({
      time,
      random,
      weather: deaths === undefined ? weather.ofRun(random.fork("weather")) : weather.calm,
      stormMs,
      widens,
      told: trace.told,
    })
    const { chance, plan, queues, state } = world
    const innocent = world.statics.pipe(
      Context.add(ObjectStore, world.objects),
      Context.add(JournalStore, world.journal),
      Context.add(TableCatalog, world.catalog),
    )

    /** Reads at one moment, by both ways. */
    const read = Effect.fnUntraced(
      function* (judged: judging.Judge["duringRun"]) {
        const { reading, state: lake } = yield* readers.throughJournal
        blame(judged("journal", reading))
        blame(judged("catalog", yield* readers.throughCatalog))
        return lake
      },
      Effect.provideContext(innocent),
      Effect.tapCause((cause) =>
        Effect.sync(() => blame([{ kind: "wrong", what: `a reader failed: ${Cause.pretty(cause).split("\n")[0]}` }])),
      ),
      Effect.option,
    )
    const reader = Effect.gen(function* () {
      for (let i = 0; i < 4; i++) {
        yield* Effect.sleep(chance.between(1, stormMs / 2))
        if (!state.over) yield* read(judge.duringRun)
      }
    })

    const drain = Effect.fnUntraced(function* (when: string) {
      const until = time.now() + latestMs
      for (;;) {
        const left = flowNames.flatMap((flow) => [...queues[flow].waiting(), ...queues[flow].deadLetters()])
        if (left.length === 0) return true
        if (time.now() > until) {
          blame([{ kind: "stuck", what: `${when}: ${left.length} messages never end: ${left[0]!.body.slice(0, 200)}` }])
          return false
        }
        yield* Effect.forEach(flowNames, (flow) => queues[flow].redrive, { discard: true })
        yield* Effect.sleep(10_000)
      }
    })

    const carried = new Set<string>()
    const processes = makeStart(world, variant, deaths)
    const one = worker.make(world, variant, processes.start, (body) => carried.add(body))
    for (let i = plan.between(2, 3); i > 0; i--) yield* Effect.forkDetach(one)
    yield* Effect.forkDetach(reader)
    const sending = yield* Effect.forkDetach(
      nature.make(world, manifest, random.fork("nature"), (body) => carried.has(body)),
    )
    yield* Effect.sleep(stormMs)
    trace.told("the storm is over")
    calls = processes.calls()
    world.calm()
    yield* Fiber.join(sending)
    // Calls that are late come in now; then the sweep asks for every run.
    yield* Effect.sleep(180_000)
    if (yield* drain("after the storm")) {
      for (const { id, report } of manifest.extracts)
        if (id !== undefined && report !== "failed") yield* queues.ga.send([messages.report(id, false)])
      yield* drain("after the sweep")
    }
    // A call that is late, or of a worker that slept, may point the catalog back; where there are such, a reconciler looks after it.
    if (world.weather.late > 0 || world.weather.pause > 0) yield* Effect.provideContext(reconcile, innocent)
    state.over = true
    yield* read(judge.duringRun)
    const lake = yield* read(judge.inTheEnd)
    if (lake._tag === "Some") {
      const { balanced, flows } = Ledger.make(lake.value, flowNames)
      blame(accounts.judge(manifest, flows, balanced))
    }
    blame(judge.warehouse(world.warehouse.view().map(({ insertId }) => insertId)))
    blame(
      Array.from(world.overwritten())
        .filter((name) => name.startsWith(`${readers.lakeBucket}/`))
        .map((name) => ({ kind: "wrong", what: `${name} was written twice` })),
    )
  })

  const failure = runToTheEnd(time, random.fork("effect"), program)
  if (failure !== undefined) blame([{ kind: "stuck", what: failure }])
  return {
    seed,
    problems,
    partialViews: judge.partialViews(),
    calls,
    records: Object.values(accounts.of(manifest)).reduce((sum, { records }) => sum + records, 0),
    trace: trace.lines(),
  }
}

/** What runs on a schedule: the catalog is made to agree with the journal, whoever pointed it last. */
const reconcile = Effect.gen(function* () {
  const lake = yield* LakeState.read()
  for (const { day, table } of lake.partitions.values()) {
    if (table === qualifiedName(gaSample)) yield* Publication.pointCatalog(gaSample, day)
  }
})

/** See finding D in the issue: a deploy that widens a table between two attempts. */
const widens = false

const runToTheEnd = (
  time: SimTime.SimTime,
  random: SimRandom.SimRandom,
  program: Effect.Effect<void, unknown>,
): string | undefined => {
  try {
    const exit = time.run(
      program.pipe(
        Effect.provideService(Random.Random, random),
        Effect.provideService(References.TracerEnabled, false),
        Effect.provideService(References.MinimumLogLevel, "None"),
      ),
    )
    return Exit.isSuccess(exit) ? undefined : `the run failed: ${Cause.pretty(exit.cause)}`
  } catch (cause) {
    if (cause instanceof SimTime.Stuck) return cause.message
    throw cause
  }
}

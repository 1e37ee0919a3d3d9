/** The services of a run, one of each for all processes, and its clock, chance and trace. */
import { Compression } from "@tributary/core/Compression"
import { Digest } from "@tributary/core/Digest"
import { Lake } from "@tributary/core/Lake"
import { logEvents } from "@tributary/core/LogsFlow"
import * as CompressionMemory from "@tributary/core/memory/CompressionMemory"
import * as DigestMemory from "@tributary/core/memory/DigestMemory"
import * as ParquetEncoderMemory from "@tributary/core/memory/ParquetEncoderMemory"
import * as ParquetReaderMemory from "@tributary/core/memory/ParquetReaderMemory"
import { ParquetEncoder } from "@tributary/core/ParquetEncoder"
import { ParquetReader } from "@tributary/core/ParquetReader"
import * as SimCatalog from "@tributary/core/testing/sim/SimCatalog"
import * as SimJournal from "@tributary/core/testing/sim/SimJournal"
import * as SimObjectStore from "@tributary/core/testing/sim/SimObjectStore"
import * as SimQueue from "@tributary/core/testing/sim/SimQueue"
import type { SimRandom } from "@tributary/core/testing/sim/SimRandom"
import * as SimSeenKeys from "@tributary/core/testing/sim/SimSeenKeys"
import type { SimTime } from "@tributary/core/testing/sim/SimTime"
import * as SimWarehouse from "@tributary/core/testing/sim/SimWarehouse"
import { Context, Effect } from "effect"
import * as configs from "./configs.ts"
import { start } from "./gaWorld.ts"
import * as readers from "./readers.ts"
import * as strangers from "./strangers.ts"
import type { Weather } from "./weather.ts"

export const visibilitySeconds = 60
const tracedSteps = 80

/** The last steps of a run, for people. */
export const makeTrace = (time: SimTime) => {
  const lines: Array<string> = []
  return {
    lines: (): ReadonlyArray<string> => lines.slice(-tracedSteps),
    told: (line: string): void => {
      lines.push(`${((time.now() - start) / 1000).toFixed(3).padStart(9)} s  ${line}`)
      if (lines.length > tracedSteps * 2) lines.splice(0, tracedSteps)
    },
  }
}

export const make = Effect.fnUntraced(function* (options: {
  readonly time: SimTime
  readonly random: SimRandom
  readonly weather: Weather
  readonly stormMs: number
  readonly widens: boolean
  readonly told: (line: string) => void
}) {
  const { stormMs, time, told, weather, widens } = options
  const chance = options.random.fork("faults")
  const service = options.random.fork("services")
  const plan = options.random.fork("plan")
  const state = { stormy: true, over: false }
  const isBad = weather.refuse > 0 || weather.lose > 0
  const some = (max: number) => (isBad ? () => (state.stormy ? service.between(0, max) : 0) : undefined)
  const sometimes = (probability: number) => () => isBad && state.stormy && service.chance(probability)

  const kept = yield* SimObjectStore.make({ writeMs: some(30), slowsDown: sometimes(0.005) })
  const { leave, squat, store: objects } = strangers.make(kept)
  const queue = () =>
    SimQueue.make({ random: service, duplicates: weather.duplicates, reorders: true, maxReceiveCount: 6 })
  const queues: Readonly<Record<configs.FlowName, SimQueue.SimQueue>> = {
    ga: queue(),
    logs: queue(),
    warehouse: queue(),
  }
  const warehouse = SimWarehouse.make({
    columns: logEvents.columns.map(({ name }) => name),
    random: service,
    recognises: 0.5,
    exceedsQuota: sometimes(0.02),
    reject: ({ cells }) => (String(cells[3]).startsWith("refuse") ? "refused by a rule" : undefined),
  })
  const statics = Context.empty().pipe(
    Context.add(Compression, CompressionMemory.make),
    Context.add(Digest, DigestMemory.make),
    Context.add(ParquetEncoder, ParquetEncoderMemory.make),
    Context.add(ParquetReader, ParquetReaderMemory.make),
    Context.add(Lake, { bucket: readers.lakeBucket, prefix: "", address: readers.address }),
  )
  const deployAt = start + plan.between(0, stormMs)
  const deploys = [configs.make(plan, false), configs.make(plan, widens && plan.chance(0.5))] as const

  return {
    time,
    told,
    chance,
    plan,
    weather,
    stormMs,
    state,
    statics,
    queues,
    objects,
    overwritten: kept.overwritten,
    squat,
    warehouse,
    journal: yield* SimJournal.make(service),
    catalog: yield* SimCatalog.make({ partitionMs: some(20) }),
    seenKeys: yield* SimSeenKeys.make(isBad ? { keyMs: some(10), breaksOff: sometimes(0.01) } : {}),
    /** What a process that starts now is. */
    config: () => deploys[time.now() < deployAt ? 0 : 1],
    /** Whether a warehouse's request stops at one bad row. */
    skipsInvalidRows: plan.chance(0.5),
    calm: (): void => {
      state.stormy = false
      leave()
      for (const { calm } of Object.values(queues)) calm()
    },
  }
})

export type World = Effect.Success<ReturnType<typeof make>>

/** A process: its own clients and caches of the services, which end with it. */
import type { Compression } from "@tributary/core/Compression"
import type { Config } from "@tributary/core/Config"
import type { Digest } from "@tributary/core/Digest"
import { JournalStore } from "@tributary/core/JournalStore"
import type { Lake } from "@tributary/core/Lake"
import type { Message, MessageQueue } from "@tributary/core/MessageQueue"
import { ObjectStore } from "@tributary/core/ObjectStore"
import type { ParquetEncoder } from "@tributary/core/ParquetEncoder"
import type { ParquetReader } from "@tributary/core/ParquetReader"
import type * as PortError from "@tributary/core/PortError"
import { RowSink } from "@tributary/core/RowSink"
import { SeenKeys } from "@tributary/core/SeenKeys"
import { TableCatalog } from "@tributary/core/TableCatalog"
import * as Clients from "@tributary/core/testing/sim/Clients"
import * as Network from "@tributary/core/testing/sim/Network"
import type { SimRandom } from "@tributary/core/testing/sim/SimRandom"
import * as SimWarehouse from "@tributary/core/testing/sim/SimWarehouse"
import { Context, type Effect } from "effect"
import type { FlowName } from "./configs.ts"
import * as weather from "./weather.ts"
import type { World } from "./world.ts"
import { visibilitySeconds } from "./world.ts"

/** What the program works with. */
export type Ports =
  | Compression
  | Digest
  | JournalStore
  | Lake
  | ObjectStore
  | ParquetEncoder
  | ParquetReader
  | RowSink
  | SeenKeys
  | TableCatalog

export type Handler = (config: Config, flow: FlowName, message: Message) => Effect.Effect<void, unknown, Ports>

/** What a wrong program does otherwise than the right one. */
export interface Variant {
  readonly name: string
  /** Wraps the ports of each process. */
  readonly ports?: ((ports: Context.Context<Ports>, random: SimRandom) => Context.Context<Ports>) | undefined
  /** Handles messages in its own way. */
  readonly handle?: ((right: Handler) => Handler) | undefined
  /** Acknowledges what it should not: everything at once, what failed, or what it had no time for. */
  readonly acknowledges?: "early" | "failed" | "unread" | undefined
  /** Replaces decisions; answers how to put them back. */
  readonly install?: (() => () => void) | undefined
}

export interface Process {
  readonly name: string
  readonly config: Config
  readonly ports: Context.Context<Ports>
  readonly queues: Readonly<Record<FlowName, MessageQueue["Service"]>>
  readonly isAlive: () => boolean
  /** Called once, when it dies. */
  onDeath: () => void
}

export const makeStart = (world: World, variant: Variant, deaths: weather.Deaths | undefined) => {
  const { catalog, chance, journal, objects, queues, seenKeys, state, statics, told, warehouse } = world
  const visibilityMs = visibilitySeconds * 1000
  let started = 0
  let calls = 0

  const fateOf = (call: Network.Call): Network.Fate => {
    calls++
    if (deaths !== undefined) return weather.fateOfCall(deaths, calls)
    if (!state.stormy) return { outcome: "answered", thereMs: chance.between(1, 20), backMs: chance.between(1, 20) }
    if (
      call.operation === "complete" &&
      call.about.startsWith("lake/appflow_data/") &&
      chance.chance(world.weather.squat)
    ) {
      told(`a stranger takes ${call.about}`)
      world.squat(call.about)
    }
    return weather.fateOf(chance, world.weather, visibilityMs)
  }

  const start = (): Process => {
    const name = `p${++started}`
    let alive = true
    const network = Network.make({
      isAlive: () => alive,
      die: () => {
        alive = false
        process.onDeath()
      },
      fateOf: (call) => {
        const fate = fateOf(call)
        // Polling in vain is not worth a line.
        if (call.operation !== "receive" || fate.outcome !== "answered") told(`${name} ${weather.inWords(call, fate)}`)
        return fate
      },
    })
    const insertAll: SimWarehouse.SimWarehouse["insertAll"] = (request) =>
      network.send(
        { port: "BigQuery", operation: "insertAll", about: `${request.rows.length} rows`, kind: "write" },
        warehouse.insertAll(request),
        (_, reason): PortError.Reason => reason,
      )
    const ports: Context.Context<Ports> = statics.pipe(
      Context.add(ObjectStore, Clients.objectStore(network, objects)),
      Context.add(JournalStore, Clients.journalStore(network, journal)),
      Context.add(TableCatalog, Clients.tableCatalog(network, catalog)),
      Context.add(SeenKeys, Clients.seenKeys(network, seenKeys)),
      Context.add(RowSink, SimWarehouse.sink(insertAll, { maxRows: 2, skipInvalidRows: world.skipsInvalidRows })),
    )
    const process: Process = {
      name,
      config: world.config(),
      ports: variant.ports?.(ports, chance) ?? ports,
      queues: {
        ga: Clients.messageQueue(network, queues.ga),
        logs: Clients.messageQueue(network, queues.logs),
        warehouse: Clients.messageQueue(network, queues.warehouse),
      },
      isAlive: () => alive,
      onDeath: () => undefined,
    }
    told(`${name} starts`)
    return process
  }
  return { start, calls: () => calls }
}

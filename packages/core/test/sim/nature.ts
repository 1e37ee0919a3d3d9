/** What is stored and sent, and when: the part of a world that no fault touches. */
import type { SimRandom } from "@tributary/core/testing/sim/SimRandom"
import { Effect } from "effect"
import type { FlowName } from "./configs.ts"
import { landing } from "./gaWorld.ts"
import type { GaExtract, GaObject, Manifest } from "./manifest.ts"
import * as messages from "./messages.ts"
import type { World } from "./world.ts"

/** Ends when everything was sent. `isCarried` tells whether a message was carried to its end. */
export const make = (
  world: World,
  manifest: Manifest,
  random: SimRandom,
  isCarried: (body: string) => boolean,
): Effect.Effect<void> => {
  const { objects, queues, state, time, weather } = world
  const at = (moment: number) => Effect.suspend(() => Effect.sleep(Math.max(0, moment - time.now())))

  /** EventBridge and S3 themselves deliver at least once. */
  const deliver = Effect.fnUntraced(function* (flow: FlowName, body: string) {
    const copies = random.chance(weather.duplicates) ? random.between(1, 2) : 0
    const delays = Array.from({ length: copies }, () =>
      random.pick([random.between(0, 2_000), random.between(0, 200_000)]),
    )
    const send = (delay: number) => Effect.orDie(Effect.delay(queues[flow].send([body]), delay))
    yield* Effect.forEach([0, ...delays], send, { concurrency: "unbounded", discard: true })
  })

  const makeExtract = Effect.fnUntraced(function* ({ id, objects: all, report }: GaExtract) {
    const first = all.filter(({ late }) => !late)
    const bodies = new Map<string, string>()
    const store = Effect.fnUntraced(function* (object: GaObject) {
      yield* at(object.at)
      const info = yield* Effect.orDie(objects.put({ bucket: landing, key: object.key }, object.bytes, "any"))
      const body = messages.created(random, object, info.version)
      bodies.set(object.name, body)
      yield* Effect.sleep(random.between(0, 20_000))
      yield* deliver("ga", body)
    })
    const areCarried = () => first.every(({ name }) => isCarried(bodies.get(name) ?? ""))
    const tell = Effect.gen(function* () {
      if (id === undefined || report === "lost") return
      if (report === "natural") yield* at(Math.max(...first.map((object) => object.at)) + random.between(0, 20_000))
      else if (report === "early") yield* at(all[0]!.at + random.between(0, 10_000))
      else while (!areCarried() && state.stormy) yield* Effect.sleep(5_000)
      // What was not carried by the end of the storm is told by the sweep.
      if (report === "natural" || report === "early" || areCarried())
        yield* deliver("ga", messages.report(id, report === "failed"))
    })
    yield* Effect.all([...all.map(store), tell], { concurrency: "unbounded", discard: true })
  })

  const send = (flow: FlowName) => (one: { readonly at: number; readonly body: string }) =>
    Effect.andThen(at(one.at), deliver(flow, one.body))
  return Effect.all(
    [
      ...manifest.extracts.map(makeExtract),
      ...manifest.poison.map(send("ga")),
      ...manifest.lakeLogs.map(send("logs")),
      ...manifest.warehouseLogs.map(send("warehouse")),
    ],
    { concurrency: "unbounded", discard: true },
  )
}

/**
 * {@link SeenKeys} in memory: who claimed each key, and when.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { SeenKeys } from "../SeenKeys.ts"

interface Claimed {
  readonly inputId: string
  /** Milliseconds since 1970, UTC. */
  readonly at: number
}

/**
 * A store that has seen nothing. A claim is one step: no fiber comes in between. Keys are forgotten only when they are claimed again, so a long-running
 * process should use a store that clears itself.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make: Effect.Effect<SeenKeys["Service"]> = Effect.sync(() => {
  /** By flow and then key. */
  const flows = new Map<string, Map<string, Claimed>>()

  return SeenKeys.of({
    claim: Effect.fn("SeenKeysMemory.claim")(({ flow, inputId, keys, windowMs }) =>
      Effect.flatMap(Clock.currentTimeMillis, (at) =>
        Effect.sync(() => {
          const claimed = flows.get(flow) ?? new Map<string, Claimed>()
          flows.set(flow, claimed)
          const here = new Set<string>()
          return keys.flatMap((key, position) => {
            const owner = claimed.get(key)
            const taken = owner !== undefined && owner.inputId !== inputId && at - owner.at <= windowMs
            if (taken || here.has(key)) return [position]
            here.add(key)
            // A retry keeps the time of the first claim, or a stuck input would hold its keys for ever.
            if (owner?.inputId !== inputId) claimed.set(key, { inputId, at })
            return []
          })
        }),
      ),
    ),
  })
})

/**
 * A store that has seen nothing.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<SeenKeys> = Layer.effect(SeenKeys, make)

/**
 * {@link SeenKeys} that claims key by key, as a table of items does: a claim can meet another half way, or break off and be asked for again.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as SeenKeysMemory from "../../memory/SeenKeysMemory.ts"
import * as PortError from "../../PortError.ts"
import { SeenKeys, SeenKeysError } from "../../SeenKeys.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Options {
  /** How long the next key takes, in milliseconds; none at all unless told. */
  readonly keyMs?: (() => number) | undefined
  /** Asked before each key: whether the claim breaks off here. */
  readonly breaksOff?: (() => boolean) | undefined
}

/**
 * A store that has seen nothing.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* ({ breaksOff, keyMs }: Options = {}) {
  const kept = yield* SeenKeysMemory.make
  return SeenKeys.of({
    claim: Effect.fn("SimSeenKeys.claim")(function* ({ keys, ...claim }) {
      if (keyMs === undefined && breaksOff === undefined) return yield* kept.claim({ ...claim, keys })
      const here = new Set<string>()
      const duplicates: Array<number> = []
      for (const [position, key] of keys.entries()) {
        if (breaksOff?.() === true) {
          return yield* new SeenKeysError({
            operation: `claim keys for ${claim.inputId}`,
            reason: new PortError.Throttled({ detail: `the table's capacity was used up at key ${position}` }),
          })
        }
        const duration = keyMs?.() ?? 0
        if (duration > 0) yield* Effect.sleep(duration)
        const taken = yield* kept.claim({ ...claim, keys: [key] })
        if (taken.length > 0 || here.has(key)) duplicates.push(position)
        here.add(key)
      }
      return duplicates
    }),
  })
})

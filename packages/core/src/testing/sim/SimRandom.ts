/**
 * Chance that is the same for the same seed.
 *
 * @since 0.1.0
 */
import type * as Random from "effect/Random"

/**
 * A source of chance. Every answer moves it on, so the order of the questions matters.
 *
 * @category models
 * @since 0.1.0
 */
export interface SimRandom extends Random.Random {
  /** From 0, below 1. */
  readonly next: () => number
  /** A whole number from `min` to `max`, both included. */
  readonly between: (min: number, max: number) => number
  readonly chance: (probability: number) => boolean
  /** One of the items, which must not be empty. */
  readonly pick: <A>(items: ReadonlyArray<A>) => A
  readonly shuffled: <A>(items: ReadonlyArray<A>) => Array<A>
  /** A source of its own: how often it is asked changes nothing here. */
  readonly fork: (name: string) => SimRandom
}

/**
 * The source of a seed: a whole number (mulberry32, by Tommy Ettinger, public domain).
 *
 * @example
 * ```ts
 * import * as SimRandom from "@tributary/core/testing/sim/SimRandom"
 *
 * SimRandom.make(7).between(1, 6) === SimRandom.make(7).between(1, 6) // => true
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (seed: number): SimRandom => {
  let state = seed | 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  const between = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1))
  return {
    next,
    between,
    chance: (probability) => next() < probability,
    pick: (items) => items[between(0, items.length - 1)]!,
    shuffled: (items) => {
      const shuffled = [...items]
      for (let last = shuffled.length - 1; last > 0; last--) {
        const other = between(0, last)
        const item = shuffled[last]!
        shuffled[last] = shuffled[other]!
        shuffled[other] = item
      }
      return shuffled
    },
    fork: (name) => make(hash(name, seed)),
    nextDoubleUnsafe: next,
    nextIntUnsafe: () => between(-(2 ** 31), 2 ** 31 - 1),
  }
}

/** FNV-1a. */
const hash = (text: string, start: number): number => {
  let value = (start ^ 0x811c9dc5) | 0
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return value
}

/** Deaths of a process in a small world that is otherwise well: at each call of a port, before it takes effect and after; and pairs of them. */
import * as SimRandom from "@tributary/core/testing/sim/SimRandom"
import { simulate } from "./simulate.ts"
import type { Deaths } from "./weather.ts"

/** A world with extracts that overlap, a late object, bad records, and payloads that share events. */
export const seed = 27

const moments = ["dies-before", "dies-after"] as const

/** Calls of the undisturbed run. After a death there are others, which are the same every time too. */
export const calls = (): number => simulate(seed, { deaths: { calls: new Set(), moment: "dies-before" } }).calls

export const singles = (count: number): ReadonlyArray<Deaths> =>
  moments.flatMap((moment) => Array.from({ length: count }, (_, i) => ({ moment, calls: new Set([i + 1]) })))

/** The second death is of whoever took over, or of another. */
export const pairs = (count: number, sample: number): ReadonlyArray<Deaths> => {
  const random = SimRandom.make(seed)
  return Array.from({ length: sample }, () => ({
    moment: random.pick(moments),
    calls: new Set([random.between(1, count), random.between(1, count)]),
  }))
}

/** As the command line takes them: `dies-before:17,40`. */
export const inWords = ({ calls: at, moment }: Deaths): string => `${moment}:${Array.from(at).join(",")}`

export const fromWords = (text: string): Deaths | undefined => {
  const [, word, at] = /^([a-z-]+):(\d+(?:,\d+)*)$/.exec(text) ?? []
  const moment = moments.find((one) => one === word)
  return moment === undefined || at === undefined ? undefined : { moment, calls: new Set(at.split(",").map(Number)) }
}

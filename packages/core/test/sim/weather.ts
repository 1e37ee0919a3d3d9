/** What becomes of calls: by chance, at rates that differ from run to run; or as an exhaustive search wants it. */
import * as PortError from "@tributary/core/PortError"
import type { Call, Fate } from "@tributary/core/testing/sim/Network"
import type { SimRandom } from "@tributary/core/testing/sim/SimRandom"

/** How likely each fault is. */
export interface Weather {
  readonly die: number
  readonly refuse: number
  readonly lose: number
  readonly late: number
  readonly repeat: number
  readonly cut: number
  readonly pause: number
  /** A stranger's object lies at a key of ours for a while. */
  readonly squat: number
  /** Messages that come twice. */
  readonly duplicates: number
  /** The longest way to a service, or back, in milliseconds: the longer, the more workers meet. */
  readonly wayMs: number
}

export const calm: Weather = {
  die: 0,
  refuse: 0,
  lose: 0,
  late: 0,
  repeat: 0,
  cut: 0,
  pause: 0,
  squat: 0,
  duplicates: 0,
  wayMs: 5,
}

/** Every fault is missing in some runs, so that the others are met alone too. */
export const ofRun = (random: SimRandom): Weather => {
  const rate = (max: number) => (random.chance(0.4) ? 0 : random.next() * max)
  return {
    die: rate(0.02),
    refuse: rate(0.03),
    lose: rate(0.03),
    late: rate(0.02),
    repeat: rate(0.05),
    cut: rate(0.02),
    pause: rate(0.01),
    squat: random.chance(0.1) ? 0.03 : 0,
    duplicates: rate(0.2),
    wayMs: random.pick([20, 100, 500]),
  }
}

const reasons: ReadonlyArray<PortError.Reason | undefined> = [
  undefined,
  undefined,
  new PortError.Throttled({ detail: "slower, please" }),
]

/** A pause is longer than a message stays invisible, more often than not: then another worker has it by the time this one wakes. */
export const fateOf = (random: SimRandom, weather: Weather, visibilityMs: number): Fate => {
  const paused = random.chance(weather.pause) ? random.between(visibilityMs / 2, visibilityMs * 3) : 0
  const first = paused > 0 && random.chance(0.5)
  const fate = {
    thereMs: random.between(1, weather.wayMs) + (first ? paused : 0),
    backMs: random.between(1, weather.wayMs) + (first ? 0 : paused),
  }
  let roll = random.next()
  if ((roll -= weather.die) < 0) return { ...fate, outcome: random.chance(0.5) ? "dies-before" : "dies-after" }
  if ((roll -= weather.refuse) < 0) return { ...fate, outcome: "refused", reason: random.pick(reasons) }
  if ((roll -= weather.lose) < 0) return { ...fate, outcome: "lost" }
  if ((roll -= weather.late) < 0) return { ...fate, outcome: "late", lateMs: random.between(1, 2 * visibilityMs) }
  if ((roll -= weather.repeat) < 0) return { ...fate, outcome: "repeated" }
  if ((roll -= weather.cut) < 0) return { ...fate, outcome: "cut", pieces: random.between(0, 2) }
  return { ...fate, outcome: "answered" }
}

/** A process that dies at the calls whose numbers are named, and is well otherwise. */
export interface Deaths {
  readonly calls: ReadonlySet<number>
  readonly moment: "dies-before" | "dies-after"
}

export const fateOfCall = (deaths: Deaths, call: number): Fate => ({
  outcome: deaths.calls.has(call) ? deaths.moment : "answered",
  thereMs: 5,
  backMs: 5,
})

export const inWords = ({ about, operation, port }: Call, { backMs, outcome, thereMs }: Fate): string => {
  const slow = thereMs + backMs > 1000 ? `, ${Math.round((thereMs + backMs) / 1000)} s` : ""
  return `${port}.${operation} ${about}: ${outcome}${slow}`
}

/**
 * How far a call has come: a bar on a terminal, plain lines elsewhere, on standard error.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { type Output, Streams } from "./Streams.ts"
import * as Text from "./Text.ts"

/**
 * What became of one input, as far as it is known.
 *
 * @category models
 * @since 0.1.0
 */
export interface Carried {
  readonly source: string
  readonly duplicate: boolean
  readonly records: number
  readonly quarantined: number
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Progress {
  readonly starting: (source: string) => Effect.Effect<void>
  readonly carried: (input: Carried) => Effect.Effect<void>
  /** Removes the bar. */
  readonly end: Effect.Effect<void>
}

/** Often enough to look alive, seldom enough to cost nothing. */
const redrawMs = 80

/** Up to so many inputs have a line each, where there is no bar. */
const fewInputs = 30

/** With more inputs than that, a line each so many milliseconds. */
const lineMs = 5_000

/**
 * Progress over `total` inputs.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (total: number) {
  const { stderr } = yield* Streams
  return stderr.isTerminal ? bar(stderr, total) : lines(stderr, total)
})

const bar = (stderr: Output<never>, total: number): Progress => {
  let done = 0
  let records = 0
  let current = ""
  let drawnAt = -Infinity
  const draw = Effect.flatMap(Clock.currentTimeMillis, (now) => {
    if (now - drawnAt < redrawMs) return Effect.void
    drawnAt = now
    return stderr.write(`\r\u001b[K${barLine({ done, total, records, current }, stderr)}`)
  })
  return {
    starting: (source) => Effect.suspend(() => ((current = source), draw)),
    carried: (input) => Effect.suspend(() => (done++, (records += input.records), draw)),
    end: stderr.write("\r\u001b[K"),
  }
}

const barCells = 24

const barLine = (
  state: { readonly done: number; readonly total: number; readonly records: number; readonly current: string },
  { colors, columns }: Output<never>,
): string => {
  const { done, records, total } = state
  const full = Math.round((barCells * done) / Math.max(total, 1))
  const blocks = "█".repeat(full) + "░".repeat(barCells - full)
  const counts = ` ${Text.count(done)}/${Text.count(total)} inputs  ${Text.counted(records, "record")}  `
  // A line that wraps could not be drawn over.
  const room = columns - 1 - barCells - Text.width(counts)
  return (
    (colors ? `\u001b[36m${blocks}\u001b[0m` : blocks) +
    (room < 0 ? "" : counts) +
    endOf(Text.oneLine(state.current), room)
  )
}

/** The end of a path says more than its beginning. */
const endOf = (text: string, room: number): string => {
  if (Text.width(text) <= room) return text
  let shown = text
  while (shown !== "" && Text.width(shown) > room - 1) shown = shown.slice(1)
  return shown === "" ? "" : `…${shown.toWellFormed()}`
}

const lines = (stderr: Output<never>, total: number): Progress => {
  let done = 0
  let records = 0
  let saidAt = -Infinity
  const summary = () => `${Text.count(done)} of ${Text.counted(total, "input")}, ${Text.counted(records, "record")}\n`
  const each = (input: Carried) => {
    const number = `${String(done).padStart(String(total).length)}/${total}`
    return stderr.write(`${number}  ${Text.oneLine(input.source)}: ${outcome(input)}\n`)
  }
  return {
    starting: () => Effect.void,
    carried: (input) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        done++
        records += input.records
        if (total <= fewInputs) return each(input)
        if (saidAt === -Infinity) saidAt = now
        if (done < total && now - saidAt < lineMs) return Effect.void
        saidAt = now
        return stderr.write(summary())
      }),
    end: Effect.void,
  }
}

const outcome = ({ duplicate, quarantined, records }: Carried): string => {
  if (duplicate) return "was carried before"
  return Text.counted(records, "record") + (quarantined === 0 ? "" : `, ${Text.count(quarantined)} quarantined`)
}

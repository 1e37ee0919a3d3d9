/** What a world holds, by the account of whoever made it. The judge knows nothing else of what should be. */

/** An object of Google Analytics output, or a version of one. Every row of a world is unlike all others. */
export interface GaObject {
  readonly name: string
  readonly key: string
  readonly bytes: Uint8Array
  /** Milliseconds since 1970: when it is stored, which is its modification time. */
  readonly at: number
  /** Stored after its run's end was told. */
  readonly late: boolean
  /** The good rows, as a reader finds them: the day, then the cells, as text. */
  readonly rows: ReadonlyArray<{ readonly day: string; readonly text: string }>
  readonly filtered: number
  readonly quarantined: number
}

/**
 * How the end of a run is told.
 * - `orderly`: once every object of it has been carried.
 * - `natural`: soon after the last object was stored, so that it may overtake an object's message.
 * - `early`: before the last object was stored.
 * - `lost`: not at all, until a sweep asks for it.
 * - `failed`: as orderly, but the run has failed, and nothing of it may be shown.
 * - `none`: there is no run; the object is an extract of its own.
 */
export type Report = "orderly" | "natural" | "early" | "lost" | "failed" | "none"

export interface GaExtract {
  readonly name: string
  /** The execution id; absent where the object names none. */
  readonly id: string | undefined
  readonly report: Report
  readonly objects: ReadonlyArray<GaObject>
}

/** What one payload of log events says: events by their keys, so that the same event in two payloads counts once. */
export interface LogPayload {
  readonly body: string
  /** Milliseconds since 1970: when it is sent. */
  readonly at: number
  readonly good: ReadonlyArray<{ readonly key: string; readonly text: string }>
  /** Keys of events that are no rows: rejected by us, filtered, or refused by the warehouse. */
  readonly bad: ReadonlyArray<string>
  readonly platform: ReadonlyArray<string>
  readonly refused: ReadonlyArray<string>
  /** Records that have no key: of control messages, and what is broken before it is an event. */
  readonly control: number
  readonly broken: number
}

/** A body that is no message for anybody. */
export interface Poison {
  readonly body: string
  readonly at: number
}

export interface Manifest {
  /** Within so many milliseconds everything begins to be stored and sent: the less, the more happens at once. */
  readonly spreadMs: number
  readonly extracts: ReadonlyArray<GaExtract>
  readonly poison: ReadonlyArray<Poison>
  readonly lakeLogs: ReadonlyArray<LogPayload>
  readonly warehouseLogs: ReadonlyArray<LogPayload>
}

/** The time of an extract: the newest modification time of its objects, late ones left out or not. */
export const timeOf = ({ objects }: GaExtract, withLate: boolean): number =>
  Math.max(0, ...objects.filter(({ late }) => withLate || !late).map(({ at }) => at))

/** Whether `a` supersedes `b`, as the design says: by time, ties by the larger id. */
export const isNewer = (a: GaExtract, b: GaExtract): boolean => {
  const [x, y] = [timeOf(a, true), timeOf(b, true)]
  return x === y ? (a.id ?? "") > (b.id ?? "") : x > y
}

/** What each day shows in the end: the newest extract that has rows of it and whose run did not fail. */
export const shownInTheEnd = ({ extracts }: Manifest): ReadonlyMap<string, GaExtract> => {
  const shown = new Map<string, GaExtract>()
  for (const extract of extracts) {
    if (extract.report === "failed") continue
    for (const { rows } of extract.objects) {
      for (const { day } of rows) {
        const other = shown.get(day)
        if (other === undefined || isNewer(extract, other)) shown.set(day, extract)
      }
    }
  }
  return shown
}

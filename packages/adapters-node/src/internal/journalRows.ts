/**
 * The rows of the journal in SQLite, and how they prove that they are what was written.
 */
import { hash } from "node:crypto"

export interface EventRow {
  readonly position: number
  readonly stream: string
  readonly version: number
  readonly type: string
  readonly data: string
  readonly at: number
  readonly digest: string
}

/** The versions of a stream that a command made. */
export interface CommandRow {
  readonly first_version: number
  readonly last_version: number
  readonly digest: string
}

/** 128 bits of SHA-256 over all of an event. The position is among them, so that no row stands for another one. */
export const eventDigest = ({ at, data, position, stream, type, version }: Omit<EventRow, "digest">): string =>
  digestOf(`${position} ${version} ${at} ${stream.length} ${type.length} ${stream}${type}${data}`)

export const commandDigest = (stream: string, id: string, firstVersion: number, lastVersion: number): string =>
  digestOf(`${firstVersion} ${lastVersion} ${stream.length} ${stream}${id}`)

const digestOf = (text: string): string => hash("sha256", text, "hex").slice(0, 32)

/** Rows that were asked for from `after` on, in the order of `key`; where they are not `cut` at a page's end, up to `last`. */
export interface Reading {
  readonly rows: ReadonlyArray<EventRow>
  readonly key: "position" | "version"
  readonly after: number
  readonly last: number
  readonly cut: boolean
}

/** What is wrong with the rows, as the end of a sentence: one was changed, one is missing, or there is one too many. */
export const problem = ({ after, cut, key, last, rows }: Reading): string | undefined => {
  for (const [i, row] of rows.entries()) {
    if (row[key] !== after + i + 1) return `the event of ${key} ${after + i + 1} is missing`
    if (!hasText(row) || row.digest !== eventDigest(row)) return `the event of ${key} ${row[key]} was changed`
  }
  const end = after + rows.length
  if (!cut && end < last) return `the event of ${key} ${end + 1} is missing`
  return rows.length > 0 && end > last ? `the event of ${key} ${end} is one too many` : undefined
}

/** A flipped bit makes NULL of a column, NOT NULL or not. */
const hasText = ({ data, stream, type }: EventRow): boolean =>
  [data, stream, type].every((text) => typeof text === "string")

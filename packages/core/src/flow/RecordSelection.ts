/**
 * Lets the records at some positions of an input through, and leaves the rest unsaid.
 *
 * @since 0.1.0
 */
import type { RecordOutput } from "./RecordReader.ts"

/**
 * `positions` as the quarantine names them; undefined lets everything through. What was one record then may be many now: a page that was refused whole is
 * at the beginning of the positions of its rows.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (positions: ReadonlySet<string> | undefined, output: RecordOutput): RecordOutput => {
  if (positions === undefined) return output
  const isWanted = (position: string): boolean => {
    for (let end = position.length; end !== -1; end = position.lastIndexOf(", ", end - 1)) {
      if (positions.has(position.slice(0, end))) return true
    }
    return false
  }
  return {
    row: (origin, fill) => {
      if (isWanted(origin().position)) output.row(origin, fill)
    },
    rejected: (record) => {
      if (isWanted(record.position)) output.rejected(record)
    },
    // Neither was ever quarantined, so none of them can be wanted.
    filtered: () => {},
    duplicate: () => {},
  }
}

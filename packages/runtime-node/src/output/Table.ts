/**
 * Tables for people: aligned columns below a ruled heading.
 *
 * @since 0.1.0
 */
import * as Text from "./Text.ts"

/**
 * `right` for numbers, whose digits then stand below each other.
 *
 * @category models
 * @since 0.1.0
 */
export interface TableColumn {
  readonly name: string
  readonly align: "left" | "right"
  /** Never cut: times, and names that a person copies. */
  readonly whole?: true
}

/** A cell is cut behind so many cells of the terminal, so that one long text does not push the others out of sight; the last one is not. */
const maxCellWidth = 80

/** Columns are not made narrower than this, however narrow the terminal is. */
const minCellWidth = 12

const gap = "  "

/**
 * The table as text, each line ended. A row with `undefined` in place of its cells is a rule. Where lines would be longer than `maxWidth`, the widest
 * columns of text are cut.
 *
 * @category formatting
 * @since 0.1.0
 */
export const render = (
  columns: ReadonlyArray<TableColumn>,
  rows: ReadonlyArray<ReadonlyArray<string> | undefined>,
  maxWidth = Infinity,
): string => {
  const heading = columns.map(({ name }) => Text.oneLine(name))
  const cells = rows.map((row) => row?.map(Text.oneLine))
  const wanted = heading.map((name, i) =>
    cells.reduce((width, row) => Math.max(width, Text.width(row?.[i] ?? "")), Text.width(name)),
  )
  const widths = narrowed(wanted, columns, maxWidth)
  const line = (row: ReadonlyArray<string>): string =>
    widths
      .map((width, i) => {
        const text = cut(row[i] ?? "", width)
        const space = " ".repeat(width - Text.width(text))
        return columns[i]!.align === "right" ? space + text : text + space
      })
      .join(gap)
      .trimEnd()
  const rule = widths.map((width) => "─".repeat(width)).join(gap)
  return [line(heading), rule, ...cells.map((row) => (row === undefined ? rule : line(row)))]
    .map((text) => `${text}\n`)
    .join("")
}

const narrowed = (
  wanted: ReadonlyArray<number>,
  columns: ReadonlyArray<TableColumn>,
  maxWidth: number,
): ReadonlyArray<number> => {
  const widths = wanted.map((width, i) =>
    i === wanted.length - 1 || columns[i]!.whole === true ? width : Math.min(width, maxCellWidth),
  )
  let over = widths.reduce((sum, width) => sum + width, gap.length * (widths.length - 1)) - maxWidth
  while (over > 0) {
    const texts = widths.map((width, i) =>
      columns[i]!.align === "left" && columns[i]!.whole === undefined ? width : 0,
    )
    const widest = Math.max(...texts)
    if (widest <= minCellWidth) break
    widths[texts.indexOf(widest)]!--
    over--
  }
  return widths
}

const cut = (text: string, width: number): string => {
  if (Text.width(text) <= width) return text
  let shown = text.slice(0, width - 1)
  while (Text.width(shown) > width - 1) shown = shown.slice(0, -1)
  return `${shown.toWellFormed()}…`
}

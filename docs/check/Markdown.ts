/** As much of Markdown as the checks of this folder need: fenced blocks, links, headings, code spans. */

/** A fenced block. `info` is what stands behind the language; `line` is that of the fence, from 1. */
export interface Block {
  readonly language: string
  readonly info: string
  readonly text: string
  readonly line: number
}

/** A piece of a page and the line it stands on. */
export interface Piece {
  readonly text: string
  readonly line: number
}

interface Parts {
  readonly blocks: ReadonlyArray<Block>
  /** The page's lines; those of fenced blocks are empty. */
  readonly prose: ReadonlyArray<string>
}

const fence = /^(\s*)(`{3,})\s*(\S*)\s*(.*)$/

export const parse = (page: string): Parts => {
  const blocks: Array<Block> = []
  let open: { readonly indent: number; readonly ticks: string; readonly lines: Array<string>; block: Block } | undefined
  const prose = page.split("\n").map((line, i) => {
    const [, indent = "", ticks = "", language = "", info = ""] = fence.exec(line) ?? []
    if (open === undefined) {
      if (ticks === "") return line
      open = { indent: indent.length, ticks, lines: [], block: { language, info: info.trim(), text: "", line: i + 1 } }
    } else if (line.trim() === open.ticks) {
      blocks.push({ ...open.block, text: open.lines.join("\n") })
      open = undefined
    } else open.lines.push(line.slice(Math.min(open.indent, line.length - line.trimStart().length)))
    return ""
  })
  if (open !== undefined) throw new Error(`the block of line ${open.block.line} is not closed`)
  return { blocks, prose }
}

const found = (page: string, pattern: RegExp, clean: (line: string) => string = (line) => line): ReadonlyArray<Piece> =>
  parse(page).prose.flatMap((line, i) =>
    Array.from(clean(line).matchAll(pattern), ([, text = ""]) => ({ text, line: i + 1 })),
  )

/** Targets of links and pictures. */
export const links = (page: string): ReadonlyArray<Piece> =>
  found(page, /\]\(([^)\s]+)\)/g, (line) => line.replaceAll(/`[^`]*`/g, ""))

/** Code within lines. */
export const codeSpans = (page: string): ReadonlyArray<Piece> => found(page, /`([^`]+)`/g)

/** What a link behind `#` may say: headings in lower case, words joined by dashes. */
export const anchors = (page: string): ReadonlySet<string> =>
  new Set(
    found(page, /^#+ (.+)$/g).map(({ text }) =>
      text
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}_ -]/gu, "")
        .trim()
        .replaceAll(" ", "-"),
    ),
  )

/** The command lines of a page: those of `console` blocks behind their `$ `, those of `sh` blocks, one each, and code spans. Lines that end with `\` go on. */
export const commandLines = (page: string): ReadonlyArray<Piece> => [
  ...codeSpans(page),
  ...parse(page).blocks.flatMap(({ language, line, text }) => {
    if (language !== "sh" && language !== "console") return []
    const lines = text.split("\n").map((text, i) => ({ text, line: line + 1 + i }))
    return joined(lines).flatMap((piece) => {
      if (language === "sh") return [piece]
      return piece.text.startsWith("$ ") ? [{ ...piece, text: piece.text.slice(2) }] : []
    })
  }),
]

const joined = (lines: ReadonlyArray<Piece>): ReadonlyArray<Piece> => {
  const whole: Array<Piece> = []
  let isOpen = false
  for (const { line, text } of lines) {
    const before = isOpen ? whole.pop() : undefined
    whole.push({ text: (before?.text.slice(0, -1) ?? "") + text, line: before?.line ?? line })
    isOpen = text.endsWith("\\")
  }
  return whole
}

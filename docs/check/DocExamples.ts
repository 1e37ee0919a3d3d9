/**
 * The examples in docstrings: every `ts` block of every docstring, made into a module that can be compiled and run.
 *
 * A comment `// => value` behind an expression says what the expression is. In the module, both are pushed to `$values`, which the test compares.
 */
import { parseSync } from "oxc-parser"

/** A block of a docstring: its code, and the line in `file` on which that begins. */
export interface DocExample {
  readonly file: string
  readonly line: number
  readonly code: string
}

/** What an example says of one of its expressions. */
export type Value = readonly [line: number, actual: unknown, expected: unknown]

/** The examples of a source file. Throws where an `@example` has no block. */
export const find = (file: string, source: string): ReadonlyArray<DocExample> =>
  parseSync(file, source).comments.flatMap(({ start, type, value }) => {
    if (type !== "Block" || !value.startsWith("*")) return []
    const first = source.slice(0, start).split("\n").length
    const blocks = blocksOf(value, file, first)
    const tags = value.split("@example").length - 1
    if (blocks.length < tags) throw new Error(`${file}:${first}: an @example without a \`\`\`ts block`)
    return blocks
  })

const blocksOf = (comment: string, file: string, first: number): ReadonlyArray<DocExample> => {
  const found: Array<DocExample> = []
  let open: { readonly line: number; readonly code: Array<string> } | undefined
  for (const [i, raw] of comment.split("\n").entries()) {
    const line = raw.replace(/^\s*\* ?/, "")
    if (open === undefined) {
      if (line.trim() === "```ts") open = { line: first + i + 1, code: [] }
    } else if (line.trim() === "```") {
      found.push({ file, line: open.line, code: `${open.code.join("\n")}\n` })
      open = undefined
    } else open.code.push(line)
  }
  return found
}

/** The example as a module that exports `$values`. Throws where it does not parse, or where a value stands behind no expression. */
export const toModule = ({ code, file, line }: DocExample): string => {
  const { comments, errors, program } = parseSync("example.ts", code)
  const lineAt = (offset: number): number => line + code.slice(0, offset).split("\n").length - 1
  if (errors[0] !== undefined) throw new Error(`${file}:${line}: ${errors[0].message}`)
  let module = ""
  let copied = 0
  for (const { start, value } of comments) {
    const [, expected] = /^ => (.+)$/.exec(value) ?? []
    if (expected === undefined) continue
    const statement = program.body.findLast(({ end }) => end <= start)
    const isOnLine = statement !== undefined && !code.slice(statement.end, start).includes("\n")
    if (!isOnLine || statement.type !== "ExpressionStatement") {
      throw new Error(`${file}:${lineAt(start)}: // => stands behind no expression`)
    }
    const { expression } = statement
    const actual = code.slice(expression.start, expression.end)
    module += `${code.slice(copied, statement.start)}$values.push([${lineAt(start)}, (${actual}), (${expected})])`
    copied = statement.end
  }
  return `export const $values: Array<[number, unknown, unknown]> = []\n${module}${code.slice(copied)}`
}

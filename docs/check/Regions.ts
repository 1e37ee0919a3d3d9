/** The code that a page shows: a file of this repository, or a region of it. */
import { existsSync } from "node:fs"
import { join } from "node:path"
import { read, root } from "./Pages.ts"

/** What `path` or `path#region` holds; regions stand between `// #region name` and `// #endregion name`. Throws in words that name what is missing. */
export const textOf = (name: string): string => {
  const [path = "", region] = name.split("#")
  if (!existsSync(join(root, path))) throw new Error(`there is no file ${path}`)
  const lines = read(path).trimEnd().split("\n")
  if (region === undefined) return lines.join("\n")
  const start = lines.findIndex((line) => line.trim() === `// #region ${region}`)
  const end = lines.findIndex((line) => line.trim() === `// #endregion ${region}`)
  if (start === -1 || end < start) throw new Error(`${path} has no region ${region}`)
  return withoutIndent(lines.slice(start + 1, end)).join("\n")
}

const withoutIndent = (lines: ReadonlyArray<string>): ReadonlyArray<string> => {
  const widths = lines.flatMap((line) => (line.trim() === "" ? [] : [line.length - line.trimStart().length]))
  const width = Math.min(...widths)
  return lines.map((line) => line.slice(width))
}

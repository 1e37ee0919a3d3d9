/** Pages that are brought up to date instead of being judged: `DOCS_UPDATE=1`. */
import { assert } from "@effect/vitest"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Block } from "./Markdown.ts"
import * as Pages from "./Pages.ts"

/** The page with other texts in its blocks. */
export const withBlocks = (page: string, blocks: ReadonlyArray<readonly [Block, string]>): string => {
  const lines = page.split("\n")
  // From the last to the first, so that the lines before stay where they are.
  for (const [{ line, text }, replacement] of blocks.toReversed()) {
    lines.splice(line, text === "" ? 0 : text.split("\n").length, ...replacement.trimEnd().split("\n"))
  }
  return lines.join("\n")
}

/** Demands that a page is as it should be; with `DOCS_UPDATE=1` writes it so. */
export const mustBe = (path: string, page: string): void => {
  if (process.env["DOCS_UPDATE"] === "1") writeFileSync(join(Pages.root, path), page)
  else assert.strictEqual(Pages.read(path), page)
}

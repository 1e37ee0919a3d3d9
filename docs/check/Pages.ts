/** The Markdown pages of this repository. */
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"

export const root = join(import.meta.dirname, "../..")

const elsewhere = new Set(["node_modules", "dist", "bundle", ".cache", ".git"])

const find = (pattern: string): ReadonlyArray<string> =>
  globSync(pattern, { cwd: root, exclude: (name) => elsewhere.has(name) })
    .map((path) => path.replaceAll("\\", "/"))
    .toSorted()

/** Every page, by its path from the root. */
export const all: ReadonlyArray<string> = find("**/*.md")

/** The pages that this folder answers for: those of the root and of `docs`. */
export const ours: ReadonlyArray<string> = all.filter((path) => !path.includes("/") || path.startsWith("docs/"))

export const read = (path: string): string => readFileSync(join(root, path), "utf8")

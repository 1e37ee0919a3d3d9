import { assert, describe, it } from "@effect/vitest"
import { existsSync, globSync } from "node:fs"
import { dirname, join, posix } from "node:path"
import * as Markdown from "./check/Markdown.ts"
import * as Pages from "./check/Pages.ts"

const { scripts } = JSON.parse(Pages.read("package.json")) as { readonly scripts: Readonly<Record<string, string>> }

/** What is wrong with a link; nothing where it leads to a file of this repository, and to a heading of it. */
const wrongLink = (page: string, target: string): string | undefined => {
  if (/^(https?|mailto):/.test(target)) return undefined
  const [path = "", anchor] = target.split("#")
  const file = path === "" ? page : posix.normalize(posix.join(dirname(page), decodeURI(path)))
  if (!existsSync(join(Pages.root, file))) return `${target} leads to no file`
  if (anchor === undefined || !file.endsWith(".md")) return undefined
  return Markdown.anchors(Pages.read(file)).has(anchor) ? undefined : `${file} has no heading #${anchor}`
}

/** Paths from the root, in text that is code: `<…>` stands for anything, and `*` is a star of a glob. */
const paths = (code: string): ReadonlyArray<string> =>
  Array.from(code.matchAll(/(?<![\w./:@-])(?:packages|docs|examples|scripts|judge|\.ci)\/[^\s"'`,;:()|]*/g), ([path]) =>
    path.replaceAll(/<[^>]*>/g, "*").replace(/\.$/, ""),
  ).filter((path) => !path.includes("…"))

const exists = (path: string): boolean => globSync(path, { cwd: Pages.root }).length > 0

describe("links and names on the pages", () => {
  for (const page of Pages.all) {
    const text = Pages.read(page)
    const check = (pieces: ReadonlyArray<Markdown.Piece>, wrong: (text: string) => ReadonlyArray<string>) =>
      assert.deepStrictEqual(
        pieces.flatMap(({ line, text }) => wrong(text).map((what) => `${page}:${line}: ${what}`)),
        [],
      )

    it(`${page}: links`, () => check(Markdown.links(text), (target) => [wrongLink(page, target) ?? []].flat()))

    it(`${page}: paths`, () =>
      check(Markdown.commandLines(text), (code) => paths(code).filter((path) => !exists(path))))

    it(`${page}: scripts of npm`, () =>
      check(Markdown.commandLines(text), (code) =>
        Array.from(code.matchAll(/\bnpm (?:run |t\b)(?:-s )?([\w:-]+)/g), ([, name]) => name!).filter(
          (name) => !(name in scripts),
        ),
      ))
  }
})

describe("the checks", () => {
  it("find a link that leads nowhere", () => {
    assert.strictEqual(wrongLink("docs/README.md", "none.md"), "none.md leads to no file")
    assert.strictEqual(wrongLink("docs/README.md", "../README.md#none"), "README.md has no heading #none")
    assert.isUndefined(wrongLink("docs/README.md", "https://effect.website"))
    assert.deepStrictEqual(Markdown.links("a [b](c.md#d) `[e](f)` ![g](h.svg)"), [
      { text: "c.md#d", line: 1 },
      { text: "h.svg", line: 1 },
    ])
  })

  it("find a path that is not there", () => {
    assert.deepStrictEqual(paths("see packages/core/src/Flow.ts, docs/<page>.md and node_modules/docs/x"), [
      "packages/core/src/Flow.ts",
      "docs/*.md",
    ])
    assert.isTrue(exists("packages/*/src"))
    assert.isFalse(exists("packages/none/src"))
  })

  it("read commands", () => {
    const page = "`a b`\n```sh\nnpm test\n```\n```console\n$ c \\\n  d\noutput\n```\n```ts\n$ no\n```\n"
    assert.deepStrictEqual(Markdown.commandLines(page), [
      { text: "a b", line: 1 },
      { text: "npm test", line: 3 },
      { text: "c   d", line: 6 },
    ])
  })
})

import { assert, describe, it } from "@effect/vitest"
import { globSync } from "node:fs"
import * as Markdown from "./check/Markdown.ts"
import * as Pages from "./check/Pages.ts"
import { textOf } from "./check/Regions.ts"
import * as Update from "./check/Update.ts"

const tests = globSync("{docs,examples}/**/*.test.ts", { cwd: Pages.root }).map((path) => path.replaceAll("\\", "/"))

/** Whether a test runs the file: it is one, it lies in a package, whose own tests run it, or a test of docs or examples imports it. */
const isRun = (path: string): boolean =>
  tests.includes(path) ||
  path.startsWith("packages/") ||
  tests.some((test) =>
    Array.from(Pages.read(test).matchAll(/ from "(\.[^"]+)"/g), ([, name = ""]) => name).some(
      (name) => new URL(name, `file:///${test}`).pathname === `/${path}`,
    ),
  )

/** The blocks that show a file: those of TypeScript, and others that name one. */
const samples = (page: string): ReadonlyArray<Markdown.Block> =>
  Markdown.parse(page).blocks.filter(({ info, language }) => language === "ts" || info !== "")

describe("code on the pages", () => {
  for (const path of Pages.ours) {
    const page = Pages.read(path)
    const blocks = samples(page)
    if (blocks.length === 0) continue

    it(`${path} shows what is in the files`, () => {
      const unnamed = blocks.filter(({ info }) => info === "")
      assert.deepStrictEqual(unnamed, [], "a ts block names the file, or path#region, that it shows")
      Update.mustBe(
        path,
        Update.withBlocks(
          page,
          blocks.map((block) => [block, textOf(block.info)]),
        ),
      )
    })

    it(`${path} shows code that a test runs`, () => {
      const files = blocks.flatMap(({ info, language }) => (language === "ts" ? [info.split("#")[0]!] : []))
      assert.deepStrictEqual(
        files.filter((file) => !isRun(file)),
        [],
      )
    })
  }
})

describe("the tool that compares it", () => {
  it("cuts a region and its indent", () => {
    // #region cut
    const one = 1
    assert.strictEqual(one, 1)
    // #endregion cut
    assert.strictEqual(textOf("docs/samples.test.ts#cut"), "const one = 1\nassert.strictEqual(one, 1)")
  })

  it("says what is missing", () => {
    assert.throws(() => textOf("docs/none.ts"), "there is no file docs/none.ts")
    assert.throws(() => textOf("docs/samples.test.ts#none"), "docs/samples.test.ts has no region none")
    assert.isFalse(isRun("examples/none.ts"))
  })

  const page = "a\n```ts b.ts#c\nx\n```\n- d\n  ```\n  y\n    z\n  ```\n```ts e.ts\n```\n"

  it("reads blocks with their line and info, indented ones too", () => {
    assert.deepStrictEqual(Markdown.parse(page).blocks, [
      { language: "ts", info: "b.ts#c", text: "x", line: 2 },
      { language: "", info: "", text: "y\n  z", line: 6 },
      { language: "ts", info: "e.ts", text: "", line: 10 },
    ])
    assert.throws(() => Markdown.parse("```ts\n"), "the block of line 1 is not closed")
  })

  it("fills blocks, empty ones too", () => {
    const blocks = samples(page).map((block) => [block, `${block.info}\nnew`] as const)
    assert.strictEqual(
      Update.withBlocks(page, blocks),
      "a\n```ts b.ts#c\nb.ts#c\nnew\n```\n- d\n  ```\n  y\n    z\n  ```\n```ts e.ts\ne.ts\nnew\n```\n",
    )
  })
})

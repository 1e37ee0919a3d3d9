import { assert, describe, it } from "@effect/vitest"
import { mkdtempSync, rmSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Console from "./check/Console.ts"
import * as Markdown from "./check/Markdown.ts"
import * as Pages from "./check/Pages.ts"
import * as Update from "./check/Update.ts"

/** Runs a page's commands one after the other in a folder that has the examples and no lake yet; answers the page as it should be. */
const play = (page: string, folder: string): string => {
  const blocks = Markdown.parse(page).blocks.filter(({ language }) => language === "console")
  return Update.withBlocks(
    page,
    blocks.map((block) => [block, playBlock(block.text, folder)]),
  )
}

const playBlock = (block: string, folder: string): string =>
  Console.steps(block)
    .map(({ command, expected }) => {
      const actual = Console.run(command, folder)
      return `$ ${command}\n${Console.isAsSaid(expected, actual) ? expected : actual}`
    })
    .join("")

const inFolder = <A>(use: (folder: string) => A): A => {
  const folder = mkdtempSync(join(tmpdir(), "tributary-docs-"))
  try {
    for (const name of ["examples", "packages"]) symlinkSync(join(Pages.root, name), join(folder, name))
    return use(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

describe("what the commands on the pages print", () => {
  for (const page of Pages.ours.filter((page) => Pages.read(page).includes("```console\n"))) {
    it(page, { timeout: 120_000 }, () =>
      Update.mustBe(
        page,
        inFolder((folder) => play(Pages.read(page), folder)),
      ),
    )
  }
})

describe("the check", () => {
  it("reads commands and what they print", () => {
    assert.deepStrictEqual(Console.steps("$ a \\\n  b\nc\n\nd\n$ e"), [
      { command: "a \\\n  b", expected: "c\n\nd\n" },
      { command: "e", expected: "" },
    ])
    assert.throws(() => Console.steps("a"), "a console block begins with `$ ` and a command")
  })

  it("allows for times and for what is left out, and for nothing else", () => {
    assert.isTrue(Console.isAsSaid("3 rows, 12 ms\n", "3 rows, 1.2 s\n"))
    assert.isTrue(Console.isAsSaid("a\n…\nd\n", "a\nb\nc\nd\n"))
    assert.isTrue(Console.isAsSaid("a… (x)\n", "abc (x)\n"))
    assert.isFalse(Console.isAsSaid("a…\n", "a\nb\n"))
    assert.isFalse(Console.isAsSaid("3 rows\n", "4 rows\n"))
    assert.isFalse(Console.isAsSaid("a\n", "a\nb\n"))
  })

  it("sees what is left on a terminal", () => {
    inFolder((folder) => {
      const command = "echo '1/2  a.json: 3 records' >&2; echo 'tributary: no' >&2; echo 'out '"
      assert.strictEqual(Console.run(command, folder), "tributary: no\nout\n")
    })
  })
})

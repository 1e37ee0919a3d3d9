import { assert, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll } from "vitest"
import { type DocExample, find, toModule, type Value } from "./check/DocExamples.ts"
import { root } from "./check/Pages.ts"

// Below the root, so that the modules find the packages as any file of the repository does; of its own, for another run may be under way.
const cache = join(root, ".cache/docs")
let folder: string

const write = (name: string, example: DocExample): string => {
  const path = join(folder, name)
  writeFileSync(path, toModule(example))
  return path
}

const values = async (path: string): Promise<ReadonlyArray<Value>> => {
  const { $values } = (await import(/* @vite-ignore */ path)) as { readonly $values: ReadonlyArray<Value> }
  return $values
}

const mustBeTrue = (file: string, found: ReadonlyArray<Value>): void => {
  for (const [line, actual, expected] of found) assert.deepStrictEqual(actual, expected, `${file}:${line}`)
}

/** What the compiler says of the modules of the folder; what it says of the packages is for `npm run types`. */
const compile = (): ReadonlyArray<string> => {
  const config = {
    extends: "../../../tsconfig.base.json",
    include: ["*.ts"],
    compilerOptions: { noEmit: true, composite: false, declarationMap: false, sourceMap: false, types: ["node"] },
  }
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config))
  const tsc = join(root, "node_modules/typescript/lib/tsc.js")
  const { error, stdout } = spawnSync(process.execPath, [tsc, "--pretty", "false", "-p", folder], {
    cwd: folder,
    encoding: "utf8",
  })
  if (error !== undefined) throw error
  return stdout.split("\n").filter((line) => /^\w[^/]*\.ts\(/.test(line))
}

const examples = globSync("packages/*/src/**/*.ts", { cwd: root })
  .map((path) => path.replaceAll("\\", "/"))
  .toSorted()
  .flatMap((path) => find(path, readFileSync(join(root, path), "utf8")))

const nameOf = ({ file, line }: DocExample): string => `${file.replace(/\.ts$/, "").replaceAll("/", "-")}-${line}.ts`

beforeAll(() => {
  mkdirSync(cache, { recursive: true })
  folder = mkdtempSync(join(cache, "docstrings-"))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe("examples in docstrings", () => {
  it("compile", { timeout: 60_000 }, () => {
    for (const example of examples) write(nameOf(example), example)
    assert.deepStrictEqual(compile(), [])
  })

  for (const example of examples) {
    it(`${example.file}:${example.line}`, async () => {
      mustBeTrue(example.file, await values(write(nameOf(example), example)))
    })
  }

  it("are there", () => assert.isAbove(examples.length, 10))
})

describe("the tool that runs them", () => {
  const example = (...lines: ReadonlyArray<string>): DocExample =>
    find(
      "a.ts",
      `const x = 1\n/**\n * Words.\n *\n * @example\n${lines.map((line) => ` * ${line}\n`).join("")} */\n`,
    )[0]!
  const block = (...code: ReadonlyArray<string>): DocExample => example("```ts", ...code, "```")

  it("finds a wrong value, and its line", async () => {
    const code = block(`import * as Utf8 from "@tributary/core/Utf8"`, "", `Utf8.encode("é").length // => 1`)
    const found = await values(write("wrong-value.ts", code))
    assert.deepStrictEqual(found, [[9, 2, 1]])
    assert.throws(() => mustBeTrue("a.ts", found), "a.ts:9: expected 2 to deeply equal 1")
  })

  it("finds an expression over several lines, and leaves the rest as it is", async () => {
    const code = block("const two = 1 + 1", "Math.max(", "  two,", "  3,", ") // => 3", "// a comment", "two // => 2")
    assert.deepStrictEqual(await values(write("lines.ts", code)), [
      [11, 3, 3],
      [13, 2, 2],
    ])
  })

  it("waits for a promise", async () => {
    assert.deepStrictEqual(await values(write("promise.ts", block(`await Promise.resolve("a") // => "a"`))), [
      [7, "a", "a"],
    ])
  })

  it("finds what does not compile", { timeout: 60_000 }, () => {
    write("wrong-type.ts", block("const n: number = '1'", "n // => 1"))
    assert.match(compile().join("\n"), /^wrong-type\.ts\(\d+,\d+\): error TS2322/m)
    rmSync(join(folder, "wrong-type.ts"))
  })

  it("refuses what it cannot run", () => {
    assert.throws(() => toModule(block("const a = (")), /^a\.ts:7: /)
    assert.throws(() => toModule(block("const a = 1 // => 1")), "a.ts:7: // => stands behind no expression")
    assert.throws(() => toModule(block("// => 1")), "a.ts:7: // => stands behind no expression")
    assert.throws(() => example("foo()"), "a.ts:2: an @example without a ```ts block")
  })
})

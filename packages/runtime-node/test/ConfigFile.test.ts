import { assert, describe, it } from "@effect/vitest"
import * as ConfigFile from "@tributary/runtime-node/ConfigFile"
import { Effect } from "effect"
import { join } from "node:path"
import { folder, run, write } from "./support/cli.ts"

const withFiles = <A, E>(files: Readonly<Record<string, string>>, body: (root: string) => Effect.Effect<A, E>) =>
  Effect.scoped(
    Effect.flatMap(folder, (root) => {
      write(root, files)
      return body(root)
    }),
  )

const refused = (text: string) =>
  withFiles({ "tributary.config.mjs": text }, (root) =>
    Effect.map(Effect.flip(ConfigFile.load(undefined, root)), ({ sentence }) => sentence),
  )

describe("which configuration", () => {
  it.live("the two seed flows where there is none", () =>
    withFiles({}, (root) =>
      Effect.map(ConfigFile.load(undefined, root), ({ flows }) =>
        assert.deepStrictEqual(Object.keys(flows), ["ga", "logs"]),
      ),
    ),
  )

  it.live("the nearest one, upward", () =>
    withFiles(
      {
        "tributary.config.mjs": `export default { codec: "gzip" }`,
        "a/tributary.config.js": `export default { codec: "snappy" }`,
        "a/package.json": `{"type":"module"}`,
        "a/b/c/x": "",
      },
      (root) =>
        Effect.gen(function* () {
          assert.strictEqual((yield* ConfigFile.load(undefined, join(root, "a/b/c"))).codec, "snappy")
          assert.strictEqual((yield* ConfigFile.load(undefined, root)).codec, "gzip")
        }),
    ),
  )

  it.live("the one that is named", () =>
    withFiles(
      { "tributary.config.mjs": "throw new Error()", "other.mjs": `export default { codec: "gzip" }` },
      (root) =>
        Effect.gen(function* () {
          assert.strictEqual((yield* ConfigFile.load("other.mjs", root)).codec, "gzip")
          const { sentence } = yield* Effect.flip(ConfigFile.load("nix.mjs", root))
          assert.strictEqual(sentence, "there is no configuration nix.mjs")
        }),
    ),
  )
})

describe("what is wrong with it is said with its path", () => {
  it.live.each<readonly [string, string, string]>([
    ["no default export", "export const config = {}", "write `export default defineConfig({ … })` in it"],
    ["a limit", "export default { limits: { depth: 0 } }", "limits.depth: a whole number from 1 was expected, not 0"],
    ["an error of its own", `throw new Error("no such region")`, "no such region"],
    ["an import that is missing", `import "nowhere-to-be-found"`, "Cannot find package 'nowhere-to-be-found'"],
  ])("%s", ([, text, why]) =>
    Effect.map(refused(text), (sentence) => {
      assert.match(sentence, /^tributary\.config\.mjs cannot be used: /)
      assert.include(sentence, why)
    }),
  )

  it.live("and ends the call with exit code 2", () =>
    withFiles({ "c.mjs": "export default 1", "a.json": "" }, (root) =>
      Effect.gen(function* () {
        const { code, err } = yield* run([
          "ingest",
          "ga",
          join(root, "a.json"),
          "--lake",
          join(root, "lake"),
          "--config",
          join(root, "c.mjs"),
        ])
        assert.strictEqual(code, 2)
        assert.match(err, /^tributary: .*c\.mjs cannot be used: /)
      }),
    ),
  )
})

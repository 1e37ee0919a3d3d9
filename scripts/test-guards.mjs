// Proves that the guards of `npm run check` work: plants one mistake after the other in the tree and expects that the
// part which is to find it fails and names the file. What was planted is removed again, however the run ends.
import { spawn } from "node:child_process"
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import { fileURLToPath } from "node:url"

process.chdir(fileURLToPath(new URL("..", import.meta.url)))

/**
 * @typedef {object} Guard
 * @property {string} what the mistake
 * @property {string} script the part of `npm run check` that finds it
 * @property {Record<string, string>} files path to text
 * @property {ReadonlyArray<string>} says what the output must hold
 */

/** @type {ReadonlyArray<Guard>} */
const guards = [
  {
    what: "an adapter imported into core, against the test",
    script: "boundaries",
    files: { "packages/core/src/PlantedImport.ts": 'import "@tributary/adapters-node"\n' },
    says: ["packages/core/src/PlantedImport.ts:1 imports @tributary/adapters-node"],
  },
  {
    what: "an adapter imported into core, against the linter",
    script: "lint",
    files: { "packages/core/src/PlantedImport.ts": 'import "@tributary/adapters-node"\n' },
    says: ["packages/core/src/PlantedImport.ts", "no-restricted-imports"],
  },
  {
    what: "an export that nothing uses",
    script: "unused",
    files: {
      "packages/core/src/PlantedExport.ts": "export const plantedAndUsed = 1\nexport const plantedAndUnused = 2\n",
      "packages/core/test/planted.test.ts":
        'import { plantedAndUsed } from "@tributary/core/PlantedExport"\nvoid plantedAndUsed\n',
    },
    says: ["packages/core/src/PlantedExport.ts", "plantedAndUnused"],
  },
  {
    what: "an import cycle",
    script: "lint",
    files: {
      "packages/core/src/PlantedCycleA.ts": 'import { b } from "./PlantedCycleB.ts"\nexport const a = () => b\n',
      "packages/core/src/PlantedCycleB.ts": 'import { a } from "./PlantedCycleA.ts"\nexport const b = () => a\n',
    },
    says: ["packages/core/src/PlantedCycleA.ts", "no-cycle"],
  },
  ...["process.argv", "new TextEncoder()", "console.log(1)", 'fetch("/")'].map((expression) => ({
    what: `${expression} in core`,
    script: "types",
    files: { "packages/core/src/PlantedGlobal.ts": `void ${expression}\n` },
    says: ["packages/core/src/PlantedGlobal.ts(1,", "Cannot find name"],
  })),
]

/** @type {Array<string>} */
let planted = []

/** @param {Record<string, string>} files */
const plant = (files) => {
  const taken = Object.keys(files).filter((path) => existsSync(path))
  if (taken.length > 0) throw new Error(`Not planted over what is there: ${taken.join(", ")}`)
  planted = Object.keys(files)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
}

const removePlanted = () => {
  for (const path of planted) {
    rmSync(path, { force: true })
    // `tsc -b` writes its output in spite of the error.
    const output = path.replace("/src/", "/dist/").replace(/\.ts$/, "")
    for (const suffix of [".js", ".js.map", ".d.ts", ".d.ts.map"]) rmSync(output + suffix, { force: true })
  }
  planted = []
}

process.on("exit", removePlanted)
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) process.on(signal, () => process.exit(130))

/**
 * Runs a part of `npm run check`; not synchronously, so that a signal is heard meanwhile.
 * @param {string} script
 * @returns {Promise<{ code: number | null, output: string }>}
 */
const run = (script) =>
  new Promise((resolve, reject) => {
    const child = spawn("npm", ["run", "-s", script], {
      stdio: ["ignore", "pipe", "pipe"],
      shell: process.platform === "win32",
      env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined },
    })
    let output = ""
    child.stdout.on("data", (chunk) => (output += chunk))
    child.stderr.on("data", (chunk) => (output += chunk))
    child.on("error", reject)
    child.on("close", (code) => resolve({ code, output }))
  })

let failures = 0
for (const guard of guards) {
  plant(guard.files)
  const { code, output } = await run(guard.script).finally(removePlanted)
  const missing = guard.says.filter((text) => !output.includes(text))
  const found = code !== 0 && missing.length === 0
  console.log(`${found ? "found " : "MISSED"}  ${guard.what} (npm run ${guard.script})`)
  if (!found) {
    failures += 1
    console.log(
      `  exit code ${code}, not in the output: ${missing.join(" | ") || "nothing"}\n${output.replace(/^/gm, "  | ")}`,
    )
  }
}
console.log(`${guards.length - failures} of ${guards.length} mistakes found`)
if (failures > 0) process.exitCode = 1

/** The bundled functions, made once per run of a test file. */
import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"

const root = join(import.meta.dirname, "../../../..")

/** Bundles, and answers the file of one function. */
export const bundled = (name: "ga.mjs" | "logs.mjs"): { readonly name: string; readonly bytes: Uint8Array } => {
  execFileSync(process.execPath, ["scripts/bundle.mjs"], { cwd: root, stdio: ["ignore", "ignore", "inherit"] })
  return { name, bytes: readFileSync(join(root, "packages/runtime-lambda/bundle", name)) }
}

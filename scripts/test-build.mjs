// Loads every built package as a consumer does, without the condition that leads to the sources.
import { globSync, readFileSync } from "node:fs"

for (const path of globSync("packages/*/package.json")) {
  /** @type {{ name: string, exports: Record<string, unknown> }} */
  const { name, exports } = JSON.parse(readFileSync(path, "utf8"))
  for (const subpath of Object.keys(exports)) {
    if (subpath.includes("*") || subpath.endsWith(".json")) continue
    const specifier = name + subpath.slice(1)
    const loaded = await import(specifier)
    const from = import.meta.resolve(specifier)
    if (!from.includes("/dist/")) throw new Error(`${specifier} comes from ${from}, not from the build`)
    console.log(`${specifier}: ${Object.keys(loaded).length} exports`)
  }
}

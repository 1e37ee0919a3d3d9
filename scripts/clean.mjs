// Removes what a build wrote, so that no output of a deleted or renamed source is published.
import { globSync, rmSync } from "node:fs"

for (const dist of globSync("packages/*/dist")) rmSync(dist, { recursive: true })

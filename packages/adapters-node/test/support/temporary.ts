/** A folder of the test's own, removed with its scope. */
import * as Effect from "effect/Effect"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

export const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "tributary-"))),
  (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true })),
)

/** What tests with real servers need of the world: a folder of their own, and patience. */
import { assert } from "@effect/vitest"
import { Effect, Schedule } from "effect"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** A folder that goes with its scope. */
export const temporaryFolder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "tributary-lambda-"))),
  (folder) => Effect.sync(() => rmSync(folder, { recursive: true, force: true })),
)

/** Looks until the answer is the one expected, for 30 s at most; then the last one stands as the failure. */
export const until = <A, E, R>(look: Effect.Effect<A, E, R>, expected: A) =>
  Effect.tap(look, (found) => Effect.sync(() => assert.deepStrictEqual(found, expected))).pipe(
    Effect.catchDefect((defect) => Effect.fail(defect)),
    Effect.retry(Schedule.spaced("200 millis").pipe(Schedule.upTo({ duration: "30 seconds" }))),
    Effect.orDie,
    Effect.asVoid,
  )

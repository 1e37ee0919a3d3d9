import { assert, it } from "@effect/vitest"
import * as JournalStoreContract from "@tributary/core/testing/JournalStoreContract"
import { Effect } from "effect"
import { readFileSync } from "node:fs"

const fixture = { prefix: "", passTime: () => Effect.void }

it("JournalStoreContract has at least 60 cases, and a faulty adapter for each of them", () => {
  const alone = JournalStoreContract.cases(fixture)
  const all = JournalStoreContract.cases({ ...fixture, another: Effect.die("not opened") })
  assert.isAtLeast(alone.length, 60)
  assert.isAbove(all.length, alone.length)
  assert.strictEqual(new Set(all.map(({ name }) => name)).size, all.length)
  const faults = ["Append", "Command", "Payload", "ReadAll", "Shared"]
    .map((group) => readFileSync(new URL(`Journal${group}Cases.test.ts`, import.meta.url), "utf8"))
    .join("")
  assert.deepStrictEqual(
    all.map(({ name }) => name).filter((name) => !faults.includes(`"${name}"`)),
    [],
  )
})

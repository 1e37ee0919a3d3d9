import * as IngestCall from "@tributary/core/flow/IngestCall"
import * as Quarantine from "@tributary/core/flow/Quarantine"
import * as LakeState from "@tributary/core/journal/LakeState"
import * as Ledger from "@tributary/core/journal/Ledger"
import { ObjectStore } from "@tributary/core/ObjectStore"
import { ParquetReader } from "@tributary/core/ParquetReader"
import { joinBytes } from "@tributary/core/testing/Contract"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { bytesOf, config, layer } from "../flow/world.ts"
import type { Case } from "./Case.ts"
import { all } from "./index.ts"

const tables = { ga: "appflow_data.ga_sample", logs: "logs.events" }

/** Rows as a query sees them, cells as text, each with its day. */
const rowsOf = Effect.fnUntraced(function* (state: LakeState.LakeState, table: string) {
  const store = yield* ObjectStore
  const reader = yield* ParquetReader
  const found: Array<ReadonlyArray<string | null>> = []
  for (const file of LakeState.visibleFiles(state, table)) {
    const bytes = joinBytes(yield* Stream.runCollect(store.get({ bucket: "lake", key: file.path })))
    const rows = yield* reader.rows({
      size: bytes.length,
      slice: (start, end) => Effect.succeed(bytes.slice(start, end)),
    })
    for (const row of rows) found.push([file.day, ...row.map((cell) => (cell === null ? null : String(cell)))])
  }
  return found
})

const sorted = (rows: ReadonlyArray<ReadonlyArray<string | null>>) => rows.map((row) => JSON.stringify(row)).toSorted()

const own = (value: object): string => Reflect.ownKeys(value).map(String).toSorted().join()
const prototypes = [Object.prototype, Array.prototype, Map.prototype, String.prototype]
const untouched = prototypes.map(own)

/** Long bytes are told by their length and both ends: an assertion that prints a megabyte helps nobody. */
const shown = (bytes: Uint8Array | string): string => {
  const text = Buffer.from(bytes).toString("latin1")
  return text.length < 4000 ? text : `${text.length}: ${text.slice(0, 100)}…${text.slice(-100)}`
}

const check = Effect.fnUntraced(function* (one: Case) {
  const input = one.input()
  const summary = yield* IngestCall.run(
    { ...config, limits: { ...config.limits, ...one.limits } },
    one.flow,
    Stream.succeed(bytesOf(input, undefined, one.source)),
  )
  const items = yield* Stream.runCollect(Quarantine.list())
  const rejected = yield* Effect.forEach(items, ({ flow, id, input, position, reason }) =>
    Effect.map(Quarantine.show(id), ({ bytes }) => [flow, input, position, reason, shown(bytes)]),
  )
  assert.deepStrictEqual(
    rejected,
    one.rejected.map(([position, reason, bytes]) => [one.flow, one.source ?? "test", position, reason, shown(bytes)]),
  )
  const state = yield* LakeState.read()
  assert.deepStrictEqual(sorted(yield* rowsOf(state, tables[one.flow])), sorted(one.rows))
  const account = {
    ...Ledger.empty,
    records: one.rows.length + one.rejected.length + (one.filtered ?? 0) + (one.duplicate ?? 0),
    written: one.rows.length,
    filtered: one.filtered ?? 0,
    duplicate: one.duplicate ?? 0,
    quarantined: one.rejected.length,
  }
  assert.deepStrictEqual(summary, { inputs: 1, duplicateInputs: 0, ...account })
  const { balanced, flows } = Ledger.make(state, Object.keys(config.flows))
  assert.deepStrictEqual([balanced, flows[one.flow]], [true, account])
  assert.deepStrictEqual(prototypes.map(own), untouched)
})

describe("the corpus of hostile and broken input", () => {
  for (const [kind, cases] of Object.entries(all)) {
    describe(kind, () => {
      for (const one of cases) {
        it.effect(one.name.replaceAll(/[^\x20-\x7e]/g, "·"), () => Effect.provide(check(one), layer))
      }
    })
  }

  it("has at least 1,000 cases", () => assert.isAtLeast(Object.values(all).flat().length, 1000))
})

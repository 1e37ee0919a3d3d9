import { assert, describe, it } from "@effect/vitest"
import { qualifiedName } from "@tributary/core/TableSchema"
import { Effect } from "effect"
import { summary } from "./library/carry.ts"
import ownLogTable from "./own-log-table/tributary.config.ts"
import ownReport from "./own-report/tributary.config.ts"

it.effect("library/carry.ts carries a line once", () =>
  Effect.gen(function* () {
    assert.deepStrictEqual(yield* summary, {
      inputs: 2,
      duplicateInputs: 1,
      records: 1,
      written: 1,
      superseded: 0,
      duplicate: 0,
      filtered: 0,
      quarantined: 0,
      pending: 0,
    })
  }),
)

// That the command line loads them, and what it then does, is on the pages of docs/how-to, whose commands a test runs.
describe("configurations", () => {
  it("own-report/tributary.config.ts has a report beside the seed's", () => {
    assert.deepStrictEqual(
      Object.values(ownReport.flows).map(({ table }) => qualifiedName(table)),
      ["appflow_data.ga_sample", "appflow_data.page_views"],
    )
  })

  it("own-log-table/tributary.config.ts has a table of orders", () => {
    assert.deepStrictEqual(
      Object.values(ownLogTable.flows).map(({ table }) => qualifiedName(table)),
      ["shop.orders"],
    )
  })
})

import { assert, describe, it } from "@effect/vitest"
import { qualifiedName } from "@tributary/core/TableSchema"
import { Effect } from "effect"
import { summary } from "./library/carry.ts"
import ownLogTable from "./own-log-table/tributary.config.ts"
import mendedReport from "./own-report/mended.config.ts"
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

  it("own-report/mended.config.ts has one column and one field more", () => {
    const declared = ({ flows }: typeof ownReport) => {
      const { fields, table } = flows["page_views"]!
      return [table.columns.length, fields.length]
    }
    assert.deepStrictEqual(
      [declared(ownReport), declared(mendedReport)],
      [
        [3, 4],
        [4, 5],
      ],
    )
  })

  it("own-log-table/tributary.config.ts has a table of orders", () => {
    assert.deepStrictEqual(
      Object.values(ownLogTable.flows).map(({ table }) => qualifiedName(table)),
      ["shop.orders"],
    )
  })
})

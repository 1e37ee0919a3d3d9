import { defineConfig } from "@tributary/core/Config"
import type { Flow } from "@tributary/core/Flow"
import { gaFlow } from "@tributary/core/GaFlow"
import { logsFlow } from "@tributary/core/LogsFlow"
import * as TableSchema from "@tributary/core/TableSchema"
import { assert, describe, it } from "@effect/vitest"

const withDevice = (change: object): Flow => ({
  ...gaFlow,
  fields: gaFlow.fields.map((field) => (field.names.includes("deviceCategory") ? { ...field, ...change } : field)),
})

describe("defineConfig", () => {
  it("has the seed's flows where nothing is said", () => {
    assert.deepStrictEqual(defineConfig().flows, { ga: gaFlow, logs: logsFlow })
  })

  it("changes what is said, and leaves the rest", () => {
    const { batching, limits } = defineConfig({ limits: { depth: 8 }, batching: { rowsPerGroup: 5 } })
    assert.deepStrictEqual([limits.depth, limits.lineBytes, batching.rowsPerGroup], [8, 16 * 1024 * 1024, 5])
  })

  const other = TableSchema.make({ ...gaFlow.table, name: "other" })
  for (const [name, options, problem] of [
    ["a limit that is none", { limits: { depth: 0 } }, /limits\.depth: a whole number from 1 was expected, not 0/],
    ["a flow without a name", { flows: { "": gaFlow } }, /flows\.: a name/],
    ["two flows for one table", { flows: { a: gaFlow, b: gaFlow } }, /flows\.b\.table: .* belongs to flows\.a/],
    [
      "other partitions than dates",
      { flows: { a: { ...gaFlow, table: { ...other, partitionColumns: ["hour2"] } } } },
      /flows\.a\.table\.partitionColumns/,
    ],
    [
      "a column that nothing fills",
      { flows: { a: { ...gaFlow, fields: gaFlow.fields.slice(0, 2) } } },
      /flows\.a\.fields: no field fills the column user_count/,
    ],
    [
      "a column that there is not",
      { flows: { a: withDevice({ reading: { as: "string", column: "city" } }) } },
      /there is no column "city"/,
    ],
    [
      "null where a value must be",
      { flows: { a: withDevice({ ifMissing: null }) } },
      /ga:deviceCategory: ifMissing is null, but the column device is required/,
    ],
    [
      "a value of another type",
      { flows: { a: withDevice({ ifMissing: 0 }) } },
      /ifMissing must be a string for the string column device/,
    ],
    [
      "a reading that does not fit",
      { flows: { a: withDevice({ reading: { as: "int64", column: "device" } }) } },
      /ga:deviceCategory is read as int64, which the string column device cannot hold/,
    ],
    [
      "to hold back what has no extracts",
      { flows: { a: { ...gaFlow, mode: "append", onIncomplete: "hold" } } },
      /flows\.a\.onIncomplete: a table that is appended to has no extracts/,
    ],
    [
      "a merge without a dimension",
      {
        flows: {
          a: {
            ...gaFlow,
            mode: "merge",
            fields: gaFlow.fields.map((field) => ({ ...field, role: "metric" as const })),
          },
        },
      },
      /flows\.a\.fields: a merge needs a dimension/,
    ],
    [
      "a merge of fields that may be either",
      {
        flows: {
          a: { ...gaFlow, mode: "merge", fields: gaFlow.fields.map(({ names, reading }) => ({ names, reading })) },
        },
      },
      /ga:deviceCategory has no role/,
    ],
    ["a key column that there is not", { flows: { logs: { ...logsFlow, keyColumn: "id" } } }, /no column id/],
  ] as const) {
    it(`refuses ${name}, and says where`, () => assert.throws(() => defineConfig(options), problem))
  }

  it("takes the modes that there are", () => {
    for (const mode of ["replace", "append", "merge"] as const) defineConfig({ flows: { a: { ...gaFlow, mode } } })
    for (const mode of ["replace", "merge"] as const) {
      defineConfig({ flows: { a: { ...gaFlow, mode, onIncomplete: "hold" } } })
    }
  })

  it("names every problem at once", () => {
    assert.throws(
      () => defineConfig({ limits: { depth: -1, lineBytes: 0.5 }, flows: { A: gaFlow } }),
      /lineBytes[\s\S]*depth[\s\S]*flows\.A/,
    )
  })
})

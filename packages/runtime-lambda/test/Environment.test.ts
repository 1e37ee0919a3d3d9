import { assert, describe, it } from "@effect/vitest"
import * as Environment from "@tributary/runtime-lambda/Environment"
import * as LakeLayer from "@tributary/runtime-lambda/LakeLayer"
import * as WarehouseLayer from "@tributary/runtime-lambda/WarehouseLayer"
import { ConfigProvider, Effect, Layer } from "effect"

const { bigQueryTable, journal, lake } = Environment

const provided = (env: Readonly<Record<string, string>>) =>
  Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env }))

describe("the environment", () => {
  it.effect("says where things are", () =>
    Effect.gen(function* () {
      const env = {
        TRIBUTARY_LAKE: "s3://shop-lake/a/b",
        TRIBUTARY_JOURNAL: "/mnt/journal.sqlite",
        BIGQUERY_TABLE_ID: "shop.logs.events",
      }
      const found = yield* Environment.read({ lake, journal, table: bigQueryTable }).pipe(provided(env))
      assert.deepStrictEqual(found, {
        lake: { bucket: "shop-lake", prefix: "a/b/" },
        journal: "/mnt/journal.sqlite",
        table: { project: "shop", dataset: "logs", table: "events" },
      })
    }),
  )

  it("names every variable that is missing or wrong at once", () => {
    const env = { TRIBUTARY_LAKE: "shop-lake", TRIBUTARY_JOURNAL: "" }
    const read = Environment.read({ lake, journal, table: bigQueryTable }).pipe(provided(env), Effect.flip)
    assert.strictEqual(
      Effect.runSync(read).message,
      [
        "the function's environment cannot be used:",
        '- TRIBUTARY_LAKE is "shop-lake"; expected is the address of a bucket, or of a folder in one, such as s3://my-bucket/lake',
        "- TRIBUTARY_JOURNAL is not set; expected is the absolute path of the journal's file, such as /tmp/tributary/journal.sqlite",
        "- BIGQUERY_TABLE_ID is not set; expected is the address of a table, project.dataset.table or dataset.table",
      ].join("\n"),
    )
  })

  it.effect("is what both layers ask, before anything else", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* asked(LakeLayer.layer), ["TRIBUTARY_LAKE", "TRIBUTARY_JOURNAL"])
      assert.deepStrictEqual(yield* asked(WarehouseLayer.layer), [
        "TRIBUTARY_LAKE",
        "TRIBUTARY_JOURNAL",
        "BIGQUERY_TABLE_ID",
      ])
    }),
  )
})

/** The variables that a layer misses in an empty environment. */
const asked = <A, E>(layer: Layer.Layer<A, E>) =>
  Effect.scoped(Layer.build(layer)).pipe(
    Effect.flip,
    Effect.map((error) => {
      if (!(error instanceof Environment.EnvironmentError)) throw new Error(`another failure: ${String(error)}`)
      return error.problems.map((problem) => problem.split(" ")[0])
    }),
    provided({}),
  )

describe("TRIBUTARY_LAKE", () => {
  it.each([
    ["s3://lake", { bucket: "lake", prefix: "" }],
    ["s3://lake/", { bucket: "lake", prefix: "" }],
    ["s3://my.lake-1/x", { bucket: "my.lake-1", prefix: "x/" }],
    ["s3://lake/x/", { bucket: "lake", prefix: "x/" }],
    ["s3://lake//x", undefined],
    ["s3://Lake/x", undefined],
    ["s3://la", undefined],
    ["https://lake.s3.amazonaws.com/x", undefined],
    ["/tmp/lake", undefined],
  ])("%s", (text, address) => assert.deepStrictEqual(lake.parse(text), address))
})

describe("TRIBUTARY_JOURNAL", () => {
  it.each([
    ["/tmp/j.sqlite", true],
    ["j.sqlite", false],
    ["/tmp/", false],
    ["s3://lake/journal", false],
  ])("%s", (text, usable) => assert.strictEqual(journal.parse(text) !== undefined, usable))
})

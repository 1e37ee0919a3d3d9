import { assert, describe, it } from "@effect/vitest"
import * as DiskCatalog from "@tributary/adapters-node/DiskCatalog"
import * as TableCatalogContract from "@tributary/core/testing/TableCatalogContract"
import { Effect, Layer, Stream } from "effect"
import { fork } from "node:child_process"
import * as fs from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { folder } from "./support/temporary.ts"

const location = "file:///lake/"

describe("contract", () => {
  const layer = Layer.unwrap(Effect.map(folder, (path) => DiskCatalog.layer({ directory: join(path, "catalog") })))
  for (const { name, run } of TableCatalogContract.cases({ database: "lake_test", prefix: "t_", location })) {
    it.effect(name, () => Effect.provide(run, Layer.fresh(layer)))
  }
})

const table = {
  schema: {
    database: "appflow_data",
    name: "ga_sample",
    columns: [{ name: "hour", type: { kind: "int64" }, required: true, description: "0 to 23" }],
    partitionColumns: ["year", "month", "day"],
    version: 1,
    view: ["hour", "year", "month", "day"],
  },
  location: `${location}ga_sample/`,
  partitioning: "registered",
} as const
const reasonOf = <A>(effect: Effect.Effect<A, { readonly reason: { readonly _tag: string } }>) =>
  Effect.map(Effect.flip(effect), ({ reason }) => reason._tag)

it.effect("the file is as documented, and another instance reads it", () =>
  Effect.gen(function* () {
    const directory = yield* folder
    const catalog = DiskCatalog.make({ directory })
    yield* catalog.ensureTable(table)
    yield* catalog.pointPartitions(table.schema, [{ values: ["2026", "1", "2"], location: `${location}g1/` }])
    const file = join(directory, "appflow_data.ga_sample.json")
    assert.deepStrictEqual(JSON.parse(fs.readFileSync(file, "utf8")), {
      format: 1,
      version: 1,
      ...table,
      partitions: [{ values: ["2026", "1", "2"], location: `${location}g1/` }],
    })
    assert.deepStrictEqual(fs.readdirSync(directory).toSorted(), [".lock", "appflow_data.ga_sample.json"])
    const got = yield* DiskCatalog.make({ directory }).getTable("appflow_data", "ga_sample")
    assert.deepStrictEqual(got, { ...table, version: "1" })
  }),
)

it.effect("a call that changes nothing writes nothing", () =>
  Effect.gen(function* () {
    const directory = yield* folder
    const catalog = DiskCatalog.make({ directory })
    const partitions = [{ values: ["2026", "1", "2"], location: `${location}g1/` }]
    yield* catalog.ensureTable(table)
    yield* catalog.pointPartitions(table.schema, partitions)
    const before = fs.statSync(join(directory, "appflow_data.ga_sample.json")).ino
    yield* catalog.ensureTable(table)
    yield* catalog.pointPartitions(table.schema, partitions)
    assert.strictEqual(fs.statSync(join(directory, "appflow_data.ga_sample.json")).ino, before)
  }),
)

it.effect("names that lead elsewhere, and partitions that do not fit, are refused", () =>
  Effect.gen(function* () {
    const path = yield* folder
    const catalog = DiskCatalog.make({ directory: join(path, "catalog") })
    assert.strictEqual(yield* reasonOf(catalog.getTable("..", "x/../../etc")), "NotFound")
    assert.strictEqual(
      yield* reasonOf(catalog.ensureTable({ ...table, schema: { ...table.schema, name: "../x" } })),
      "Invalid",
    )
    yield* catalog.ensureTable(table)
    for (const wrong of [
      { values: ["2026"], location: `${location}g1/` },
      { values: ["1", "2", "3"], location: `${location}g1` },
    ]) {
      assert.strictEqual(yield* reasonOf(catalog.pointPartitions(table.schema, [wrong])), "Invalid")
    }
    assert.deepStrictEqual(fs.readdirSync(path), ["catalog"])
  }),
)

it.effect("a file that somebody has broken is Invalid, and a half-written one beside it is not read", () =>
  Effect.gen(function* () {
    const directory = yield* folder
    const catalog = DiskCatalog.make({ directory })
    const file = join(directory, "appflow_data.ga_sample.json")
    fs.writeFileSync(`${file}.tmp`, "{")
    assert.strictEqual(yield* reasonOf(catalog.getTable("appflow_data", "ga_sample")), "NotFound")
    yield* catalog.ensureTable(table)
    for (const text of ["{", `{"format":2}`, fs.readFileSync(file, "utf8").replace("int64", "int32")]) {
      fs.writeFileSync(file, text)
      assert.strictEqual(yield* reasonOf(catalog.getTable("appflow_data", "ga_sample")), "Invalid")
      assert.strictEqual(yield* reasonOf(catalog.ensureTable(table)), "Invalid")
      assert.strictEqual(fs.readFileSync(file, "utf8"), text)
    }
  }),
)

it.effect("a lock that another process holds is Unavailable", () =>
  Effect.gen(function* () {
    const directory = yield* folder
    const catalog = DiskCatalog.make({ directory, lockTimeoutMs: 20 })
    yield* catalog.ensureTable(table)
    const other = new DatabaseSync(join(directory, ".lock"))
    other.exec("BEGIN IMMEDIATE")
    assert.strictEqual(yield* reasonOf(catalog.pointPartitions(table.schema, [])), "Unavailable")
    assert.strictEqual((yield* catalog.getTable("appflow_data", "ga_sample")).version, "1")
    other.close()
  }),
)

it.live("processes that change one table lose no column and no partition", () =>
  Effect.gen(function* () {
    const directory = yield* folder
    const catalog = DiskCatalog.make({ directory })
    yield* catalog.ensureTable(table)
    const run = (name: string) =>
      Effect.callback<number | null>((resume) => {
        const child = fork(new URL("./support/cataloguer.ts", import.meta.url), [directory, name, "15"], {
          execArgv: ["--conditions=@tributary/source"],
        })
        child.on("exit", (code) => resume(Effect.succeed(code)))
      })
    const names = ["p0", "p1", "p2"]
    assert.deepStrictEqual(yield* Effect.all(names.map(run), { concurrency: "unbounded" }), [0, 0, 0])
    const expected = names.flatMap((name) => Array.from({ length: 15 }, (_, i) => `${name}_${i}`)).toSorted()
    const got = yield* catalog.getTable("appflow_data", "ga_sample")
    assert.deepStrictEqual(got.schema.columns.map(({ name }) => name).toSorted(), ["hour", ...expected].toSorted())
    assert.strictEqual(got.version, "46")
    const partitions = yield* Stream.runCollect(catalog.partitions("appflow_data", "ga_sample"))
    assert.deepStrictEqual(partitions.map(({ values }) => values[2]!).toSorted(), expected)
  }),
)

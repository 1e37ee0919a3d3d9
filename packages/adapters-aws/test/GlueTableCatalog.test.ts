import * as GlueTableCatalog from "@tributary/adapters-aws/GlueTableCatalog"
import { type CatalogTable, TableCatalog } from "@tributary/core/TableCatalog"
import type { Column } from "@tributary/core/TableSchema"
import { mustFail } from "@tributary/core/testing/Contract"
import { cases } from "@tributary/core/testing/TableCatalogContract"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Stream } from "effect"
import { existsSync, readFileSync } from "node:fs"
import { holds } from "./support/contract.ts"
import { serviceError, watched } from "./support/fake.ts"
import * as FakeGlue from "./support/FakeGlue.ts"
import { inTime } from "./support/time.ts"

const column = (name: string, type: Column["type"]["kind"]): Column =>
  type === "decimal"
    ? { name, type: { kind: type, precision: 10, scale: 2 }, required: false }
    : { name, type: { kind: type }, required: false }

/** The table of `06_partitioned_and_sanitized.json` and `08_projection.json`. */
const table: Omit<CatalogTable, "version"> = {
  schema: {
    database: "appflow_data",
    name: "ga_part",
    columns: [
      column("hour", "int64"),
      column("device_category", "string"),
      column("ga_users", "int64"),
      column("evenement", "string"),
    ],
    partitionColumns: ["year", "month", "day"],
    version: 1,
  },
  location: "s3://ga-bucket/ga-part/",
  partitioning: "registered",
}
const country = column("country", "string")
const day = { values: ["2022", "1", "1"], location: "s3://ga-bucket/ga-part/year=2022/month=1/day=1/" }

const fake = (options?: GlueTableCatalog.Options) => {
  const { api, made, faults } = watched(FakeGlue.make())
  const inputs = (call: keyof GlueTableCatalog.Api) => made.filter((one) => one.call === call).map(({ input }) => input)
  return {
    catalog: GlueTableCatalog.make(api, options),
    made,
    faults,
    inputs,
    calls: () => made.map(({ call }) => call),
  }
}

describe("GlueTableCatalog on a fake", () => {
  const layer = Layer.sync(TableCatalog, () => GlueTableCatalog.make(FakeGlue.make()))
  holds(cases({ database: "db", prefix: "t_", location: "s3://lake/" }), layer)
})

const samples = "/work/shared/samples/awswrangler-capture"

interface Capture {
  readonly calls: ReadonlyArray<{ readonly op: string; readonly params: Record<string, unknown> }>
}

const captured = (file: string, op: string): Record<string, unknown> => {
  const capture = JSON.parse(readFileSync(`${samples}/${file}`, "utf8")) as Capture
  return capture.calls.find((call) => call.op === op)!.params
}

/** Without what we leave out on purpose (pages name their codec themselves), what only we say, and what is not sent. */
const comparable = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(comparable)
  if (typeof value !== "object" || value === null) return value
  const kept = Object.entries(value).filter(
    ([name, inner]) => inner !== undefined && name !== "compressionType" && !name.startsWith("tributary."),
  )
  return Object.fromEntries(kept.map(([name, inner]) => [name, comparable(inner)]))
}

describe.runIf(existsSync(samples))("GlueTableCatalog beside awswrangler's own requests", () => {
  it.effect("creates the same table", () =>
    Effect.gen(function* () {
      const { catalog, inputs } = fake()
      yield* catalog.ensureTable(table)
      const expected = comparable(captured("06_partitioned_and_sanitized.json", "CreateTable"))
      assert.deepStrictEqual(comparable(inputs("createTable").at(-1)), expected)
    }),
  )

  it.effect("creates the same partition, but for what it copies from the table besides", () =>
    Effect.gen(function* () {
      const { catalog, inputs } = fake()
      yield* catalog.ensureTable(table)
      yield* catalog.pointPartitions(table.schema, [day])
      const [ours] = inputs("batchCreatePartition") as ReadonlyArray<{
        PartitionInputList: Array<{ StorageDescriptor: { Parameters?: unknown; SortColumns?: unknown } }>
      }>
      for (const { StorageDescriptor } of ours!.PartitionInputList) {
        delete StorageDescriptor.Parameters
        delete StorageDescriptor.SortColumns
      }
      assert.deepStrictEqual(ours, captured("06_partitioned_and_sanitized.json", "BatchCreatePartition"))
    }),
  )

  it.effect("adds a column in the same words, and names the version besides", () =>
    Effect.gen(function* () {
      const { catalog, inputs } = fake()
      const columns = ["year", "month", "day", "hour", "device", "user_count"].map((name) =>
        column(name, name === "device" ? "string" : "int64"),
      )
      const flat = { ...table, location: "s3://ga-bucket/ga-sample/" }
      const schema = { ...table.schema, name: "ga_sample", columns, partitionColumns: [] }
      const made = yield* catalog.ensureTable({ ...flat, schema })
      yield* catalog.addColumns(made, [country])
      const expected = comparable(captured("03_new_column.json", "UpdateTable"))
      assert.deepStrictEqual(comparable(inputs("updateTable")[0]), { ...(expected as object), VersionId: made.version })
    }),
  )

  it.effect("has the same types", () =>
    Effect.gen(function* () {
      const { catalog, inputs } = fake()
      const columns = [
        column("ts", "timestamp"),
        column("d", "date"),
        column("f", "float64"),
        column("b", "boolean"),
        column("i_null", "int64"),
        column("s", "string"),
      ]
      yield* catalog.ensureTable({ ...table, schema: { ...table.schema, columns } })
      type Input = { TableInput: { StorageDescriptor: { Columns: ReadonlyArray<unknown> } } }
      const columnsOf = (input: unknown) => (input as Input).TableInput.StorageDescriptor.Columns.slice(0, 6)
      assert.deepStrictEqual(
        columnsOf(inputs("createTable").at(-1)),
        columnsOf(captured("10_types.json", "CreateTable")),
      )
    }),
  )
})

describe("GlueTableCatalog", () => {
  it.effect("keeps what Glue's types cannot say", () =>
    Effect.gen(function* () {
      const { catalog } = fake()
      const columns: ReadonlyArray<Column> = [
        { name: "at", type: { kind: "timestamp" }, required: true, description: "When it\nhappened" },
        { name: "params", type: { kind: "json" }, required: false },
      ]
      const wanted = { ...table.schema, columns, version: 4, view: ["at", "params", "year"] }
      const { schema } = yield* catalog.ensureTable({ ...table, schema: wanted })
      assert.deepStrictEqual(schema, {
        ...wanted,
        columns: [{ ...columns[0]!, description: "When it happened" }, columns[1]!],
      })
    }),
  )

  it.effect("projects year, month and day, and says where they lie", () =>
    Effect.gen(function* () {
      const { catalog, inputs, calls } = fake({ projectedYears: { first: 2020, last: 2030 } })
      yield* catalog.ensureTable({ ...table, partitioning: "projected" })
      const { TableInput } = inputs("createTable").at(-1) as { TableInput: { Parameters: Record<string, string> } }
      assert.deepStrictEqual(
        Object.fromEntries(Object.entries(TableInput.Parameters).filter(([name]) => !name.startsWith("tributary."))),
        {
          classification: "parquet",
          typeOfData: "file",
          "projection.enabled": "true",
          "projection.year.type": "integer",
          "projection.year.range": "2020,2030",
          "projection.month.type": "integer",
          "projection.month.range": "1,12",
          "projection.day.type": "integer",
          "projection.day.range": "1,31",
          "storage.location.template": "s3://ga-bucket/ga-part/year=${year}/month=${month}/day=${day}/",
        },
      )
      // Nothing to register; but a partition elsewhere would never be found.
      yield* catalog.pointPartitions(table.schema, [day])
      const elsewhere = { ...day, location: "s3://ga-bucket/elsewhere/" }
      yield* mustFail(catalog.pointPartitions(table.schema, [elsewhere]), "Invalid", "pointPartitions")
      assert.notInclude(calls(), "batchCreatePartition")
      const schema = { ...table.schema, name: "other", partitionColumns: ["week"] }
      yield* mustFail(catalog.ensureTable({ ...table, schema, partitioning: "projected" }), "Invalid", "a week")
    }),
  )

  it.effect("refuses values that Athena would read as null", () =>
    Effect.gen(function* () {
      const { catalog } = fake()
      yield* catalog.ensureTable(table)
      for (const values of [
        ["2022", "1"],
        ["2022", "1", ""],
        ["2022", "1", "__HIVE_DEFAULT_PARTITION__"],
        ["2022", "1", "1/2"],
      ]) {
        yield* mustFail(catalog.pointPartitions(table.schema, [{ ...day, values }]), "Invalid", values.join())
      }
    }),
  )

  it.effect("fails where Glue answers 200 and refuses a partition", () =>
    Effect.gen(function* () {
      const limit = { ErrorDetail: { ErrorCode: "ResourceNumberLimitExceededException", ErrorMessage: "too many" } }
      const answers = {
        batchCreatePartition: async () => ({ Errors: [{ PartitionValues: ["2022", "1", "1"], ...limit }] }),
      }
      const catalog = GlueTableCatalog.make({ ...FakeGlue.make(), ...answers })
      yield* catalog.ensureTable(table)
      yield* mustFail(catalog.pointPartitions(table.schema, [day]), "Full", "pointPartitions")
    }),
  )

  it.effect("gives a partition that moves the table's present columns", () =>
    Effect.gen(function* () {
      const { catalog, inputs } = fake()
      const made = yield* catalog.ensureTable(table)
      yield* catalog.pointPartitions(table.schema, [day])
      yield* catalog.addColumns(made, [country])
      yield* catalog.pointPartitions(table.schema, [{ ...day, location: `${day.location}g2/` }])
      type Input = {
        Entries: ReadonlyArray<{ PartitionInput: { StorageDescriptor: { Columns: ReadonlyArray<unknown> } } }>
      }
      const [update] = inputs("batchUpdatePartition") as ReadonlyArray<Input>
      assert.strictEqual(update?.Entries[0]?.PartitionInput.StorageDescriptor.Columns.length, 5)
    }),
  )

  it.effect("takes an update whose answer was lost for its own", () =>
    Effect.gen(function* () {
      const { catalog, faults, inputs } = fake()
      const made = yield* catalog.ensureTable(table)
      faults.updateTable = ["answer lost"]
      const after = yield* inTime(catalog.addColumns(made, [country]))
      assert.strictEqual(after.schema.columns.length, 5)
      assert.strictEqual(inputs("updateTable").length, 1)
    }),
  )

  it.effect("sends an update again that never arrived", () =>
    Effect.gen(function* () {
      const { catalog, faults, inputs } = fake()
      const made = yield* catalog.ensureTable(table)
      faults.updateTable = ["request lost", serviceError("InternalServiceException", 500)]
      yield* inTime(catalog.addColumns(made, [country]))
      assert.strictEqual(inputs("updateTable").length, 3)
    }),
  )

  it.effect("reads the table again, and adds its column, where another writer was faster", () =>
    Effect.gen(function* () {
      const { catalog, faults } = fake()
      yield* catalog.ensureTable(table)
      faults.updateTable = [serviceError("ConcurrentModificationException", 400)]
      const wanted = { ...table, schema: { ...table.schema, columns: [...table.schema.columns, country] } }
      const after = yield* inTime(catalog.ensureTable(wanted))
      assert.strictEqual(after.schema.columns.at(-1)?.name, "country")
    }),
  )

  it.effect("leaves what others wrote about the table", () =>
    Effect.gen(function* () {
      const api = FakeGlue.make()
      const catalog = GlueTableCatalog.make(api)
      const made = yield* catalog.ensureTable(table)
      const options = { abortSignal: new AbortController().signal }
      const theirs = yield* Effect.promise(() =>
        api.getTable({ DatabaseName: "appflow_data", Name: "ga_part" }, options),
      )
      const { VersionId: _, DatabaseName: __, ...input } = theirs.Table!
      const Parameters = { ...input.Parameters, owner: "the analysts" }
      yield* Effect.promise(() =>
        api.updateTable({ DatabaseName: "appflow_data", TableInput: { ...input, Owner: "ann", Parameters } }, options),
      )
      yield* mustFail(catalog.addColumns(made, [country]), "Conflict", "the version of before")
      yield* catalog.addColumns(yield* catalog.getTable("appflow_data", "ga_part"), [country])
      const after = yield* Effect.promise(() =>
        api.getTable({ DatabaseName: "appflow_data", Name: "ga_part" }, options),
      )
      assert.strictEqual(after.Table?.Owner, "ann")
      assert.strictEqual(after.Table?.Parameters?.["owner"], "the analysts")
    }),
  )

  it.effect("refuses a table with a type that is none of ours", () =>
    Effect.gen(function* () {
      const api = FakeGlue.make()
      const options = { abortSignal: new AbortController().signal }
      const StorageDescriptor = { Columns: [{ Name: "tags", Type: "array<string>" }] }
      yield* Effect.promise(() => api.createDatabase({ DatabaseInput: { Name: "theirs" } }, options))
      yield* Effect.promise(() =>
        api.createTable({ DatabaseName: "theirs", TableInput: { Name: "t", StorageDescriptor } }, options),
      )
      yield* mustFail(GlueTableCatalog.make(api).getTable("theirs", "t"), "Invalid", "getTable")
    }),
  )

  it.effect("reads partitions page by page", () =>
    Effect.gen(function* () {
      const { catalog, inputs } = fake()
      yield* catalog.ensureTable(table)
      const days = Array.from({ length: 120 }, (_, i) => ({ ...day, values: ["2022", "1", String(i)] }))
      yield* catalog.pointPartitions(table.schema, days)
      const found = yield* Stream.runCollect(catalog.partitions("appflow_data", "ga_part"))
      assert.strictEqual(found.length, 120)
      assert.strictEqual(inputs("getPartitions").length, 3)
    }),
  )
})

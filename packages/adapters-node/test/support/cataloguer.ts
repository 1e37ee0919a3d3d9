/** A process that adds columns and partitions to a table that others change as well: `node cataloguer.ts FOLDER NAME COUNT`. */
import * as DiskCatalog from "@tributary/adapters-node/DiskCatalog"
import * as Effect from "effect/Effect"

const [directory, name, count] = process.argv.slice(2)
const catalog = DiskCatalog.make({ directory: directory! })

const program = Effect.gen(function* () {
  for (let i = 0; i < Number(count); i++) {
    const add = Effect.flatMap(catalog.getTable("appflow_data", "ga_sample"), (table) =>
      catalog.addColumns(table, [{ name: `${name}_${i}`, type: { kind: "string" }, required: false }]),
    )
    yield* Effect.retry(add, { while: ({ reason }) => reason._tag === "Conflict" })
    const table = { database: "appflow_data", name: "ga_sample" }
    yield* catalog.pointPartitions(table, [{ values: ["2026", "1", `${name}_${i}`], location: "file:///lake/g1/" }])
  }
})

await Effect.runPromise(program)

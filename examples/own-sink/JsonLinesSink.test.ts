// #region code
import { describe, it } from "@effect/vitest"
import * as RowSinkContract from "@tributary/core/testing/RowSinkContract"
import type { TableSchema } from "@tributary/core/TableSchema"
import { Effect } from "effect"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll } from "vitest"
import * as JsonLinesSink from "./JsonLinesSink.ts"

const schema: TableSchema = {
  database: "shop",
  name: "actions",
  columns: [{ name: "action", type: { kind: "string" }, required: true }],
  partitionColumns: [],
  version: 1,
}
const folder = mkdtempSync(join(tmpdir(), "json-lines-"))
const file = join(folder, "rows.jsonl")
writeFileSync(file, "")
afterAll(() => rmSync(folder, { recursive: true }))

const written = Effect.sync(() => {
  const lines = readFileSync(file, "utf8").split("\n").slice(0, -1)
  return lines.map((line) => (JSON.parse(line) as [string, Array<string>])[1])
})

describe("JsonLinesSink", () => {
  for (const { name, run } of RowSinkContract.cases({
    schema,
    prefix: "",
    row: (name) => [name],
    nameColumn: "action",
    written,
  })) {
    it.live(name, () => Effect.provide(run, JsonLinesSink.layer(file)))
  }
})
// #endregion code

/**
 * Loads DuckDB when it is first asked for, and keeps its strings whole.
 */
import { createRequire } from "node:module"
import { TextDecoder } from "node:util"
import type * as DuckDb from "@duckdb/node-api"

/**
 * `@duckdb/node-api` 1.5.5 decodes every string with one `TextDecoder` that swallows a byte order mark at its start; a value that begins with U+FEFF
 * would lose it. A test fails should a newer version keep its decoder elsewhere.
 */
export const loadDuckDb = async (): Promise<typeof DuckDb> => {
  const duckdb = await import("@duckdb/node-api")
  const accessors: { textDecoder?: TextDecoder } = createRequire(import.meta.url)(
    "@duckdb/node-api/lib/vectors/dataAccessors.js",
  )
  accessors.textDecoder = new TextDecoder("utf-8", { ignoreBOM: true })
  return duckdb
}

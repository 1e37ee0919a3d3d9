/** Which columns of a batch go into a table, or why it cannot be written. */
import type { ColumnBatch } from "@tributary/core/ColumnBatch"
import * as PortError from "@tributary/core/PortError"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { SentColumn } from "./insertRequests.ts"
import { Field, pathOnlyColumns, recordId } from "./types.ts"

/** The parts of tables.get that tell. */
export const TableAnswer = Schema.Struct({
  type: Schema.optionalKey(Schema.String),
  schema: Schema.optionalKey(Schema.Struct({ fields: Schema.optionalKey(Schema.Array(Field)) })),
})

/** What of a batch is sent; `recordId` where the table has that column and the batch has not. */
export interface Plan {
  readonly columns: ReadonlyArray<SentColumn>
  readonly recordId: string | undefined
}

/**
 * The columns to send: `chosen`, or all of the batch, where only `_record_id` is left out if the table lacks it. Any other column that the table
 * lacks, and any that it requires and does not get, fails the batch: quarantining each row would blame the rows. Names differ by more than case.
 */
export const toSend = (
  table: typeof TableAnswer.Type,
  { schema }: ColumnBatch,
  chosen: ReadonlyArray<string> | undefined,
): Effect.Effect<Plan, PortError.Reason> => {
  if (table.type !== undefined && table.type !== "TABLE") {
    return invalid(`it is a ${table.type.toLowerCase()}; rows go into tables`)
  }
  const fields = new Map((table.schema?.fields ?? []).map((field) => [field.name.toLowerCase(), field]))
  const has = (column: string) => fields.has(column.toLowerCase())
  const isRequired = (field: Field | undefined) =>
    field?.mode === "REQUIRED" && field.defaultValueExpression === undefined
  const inBatch = schema.columns.map((column) => column.name)
  const names = chosen ?? inBatch.filter((column) => column !== recordId || has(column))

  const absent = names.filter((column) => !inBatch.includes(column))
  if (absent.length > 0) return invalid(`the batch has no column ${absent.join(", ")}`)
  const pathOnly = chosen === undefined ? pathOnlyColumns(schema) : []
  if (pathOnly.length > 0) {
    return invalid(`${pathOnly.join(", ")} stands in the lake's paths, not in the rows; name the columns to send`)
  }
  const unknown = names.filter((column) => !has(column))
  if (unknown.length > 0) {
    return invalid(`the table has no column ${unknown.join(", ")}; add it, or name the columns to send`)
  }
  const addsKey = has(recordId) && !names.includes(recordId)
  const sent = new Set([...names, ...(addsKey ? [recordId] : [])].map((column) => column.toLowerCase()))
  const missing = [...fields].flatMap(([key, field]) => (isRequired(field) && !sent.has(key) ? [field.name] : []))
  if (missing.length > 0) return invalid(`the table requires ${missing.join(", ")}, which is not sent`)

  return Effect.succeed({
    columns: names.map((name) => ({
      name,
      position: inBatch.indexOf(name),
      required: isRequired(fields.get(name.toLowerCase())),
    })),
    recordId: addsKey ? recordId : undefined,
  })
}

const invalid = (detail: string) => Effect.fail(new PortError.Invalid({ detail }))

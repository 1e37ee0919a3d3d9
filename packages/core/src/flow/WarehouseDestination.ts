/**
 * Sends an input's batches to a warehouse table.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { dictionaryEntry } from "../ColumnBatch.ts"
import { RowSink } from "../RowSink.ts"
import type { PartitionBatch } from "./RecordCollector.ts"
import type { RejectedRecord } from "./RecordReader.ts"
import type { RowDestination } from "./RowDestination.ts"

/**
 * Batches wait until the input's end was read, then go one by one under the keys of `keyColumn`. Rows that the warehouse refuses come back with their
 * own bytes.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (keyColumn: string) {
  const sink = yield* RowSink
  const waiting: Array<PartitionBatch> = []
  const destination: RowDestination = {
    write: (batch) => Effect.sync(() => void waiting.push(batch)),
    finish: Effect.fnUntraced(function* (rest) {
      const rejected: Array<RejectedRecord> = []
      let rows = 0
      for (const { batch, origins } of [...waiting, ...rest]) {
        const answer = yield* sink.append(batch, keysOf(batch, keyColumn))
        for (const { detail, index } of answer.rejected)
          rejected.push({ ...origins[index]!, reason: "RejectedBySink", detail })
        rows += batch.rows - answer.rejected.length
      }
      return { outputs: rows === 0 ? [] : [{ date: "", path: "", rows, bytes: 0, sha256: "" }], rejected }
    }),
  }
  return destination
})

const keysOf = (batch: PartitionBatch["batch"], keyColumn: string): ReadonlyArray<string> => {
  const data = batch.columns[batch.schema.columns.findIndex((column) => column.name === keyColumn)]
  if (data?.layout !== "strings") throw new Error(`the key column ${keyColumn} holds no strings`)
  return Array.from(data.codes, (code) => dictionaryEntry(data.dictionary, code))
}

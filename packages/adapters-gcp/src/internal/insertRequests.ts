/** A batch as bodies of insertAll, cut where BigQuery's limits are. */
import type { ColumnBatch } from "@tributary/core/ColumnBatch"
import type { RejectedRow } from "@tributary/core/RowSink"
import { Buffer } from "node:buffer"
import { type Encoder, encoder } from "./cells.ts"

/** Rows of one request: BigQuery takes 50,000 and advises 500 at most. https://cloud.google.com/bigquery/quotas#streaming_inserts */
export const maxRows = 500

/** Bytes of one request's body, UTF-8: BigQuery takes 10 MB per request and per row; Beam stays below 9 MiB, and so do we. */
export const maxBytes = 9 * 1024 * 1024

/** A row as it stands in a body, and its index in the batch. */
export interface Row {
  readonly index: number
  readonly text: string
}

/** A column to send: where it stands in the batch, and whether the table refuses null there. */
export interface SentColumn {
  readonly name: string
  readonly position: number
  readonly required: boolean
}

// One bad row does not hold back 499 good ones: rows that the answer does not name are in the table.
const head = `{"skipInvalidRows":true,"ignoreUnknownValues":false,"rows":[`
const tail = "]}"

/** The body of a request. */
export const body = (rows: ReadonlyArray<Row>): string => `${head}${rows.map((row) => row.text).join(",")}${tail}`

/**
 * Rows in requests of at most {@link maxRows} and {@link maxBytes}, made one by one as they are asked for. Rows that cannot be sent go to `reject`.
 */
export function* requests(
  batch: ColumnBatch,
  keys: ReadonlyArray<string>,
  options: { readonly columns: ReadonlyArray<SentColumn>; readonly recordId: string | undefined },
  reject: (row: RejectedRow) => void,
): Generator<ReadonlyArray<Row>> {
  const encode = rowEncoder(batch, options)
  // Each row is counted with a comma, which the first has not.
  const limit = maxBytes - head.length - tail.length + 1
  let rows: Array<Row> = []
  let bytes = 0
  for (let index = 0; index < batch.rows; index++) {
    const row = encode(index, keys[index]!)
    if (typeof row !== "string") {
      reject({ index, detail: row.refused })
      continue
    }
    const size = Buffer.byteLength(row) + 1
    if (size > limit) {
      reject({
        index,
        detail: `the row is ${size - 1} bytes as JSON; BigQuery takes 10 MB and we send ${limit - 1} at most`,
      })
      continue
    }
    if (rows.length === maxRows || bytes + size > limit) {
      yield rows
      rows = []
      bytes = 0
    }
    rows.push({ index, text: row })
    bytes += size
  }
  if (rows.length > 0) yield rows
}

/** Null fields are left out. */
const rowEncoder = (
  batch: ColumnBatch,
  { columns, recordId }: { readonly columns: ReadonlyArray<SentColumn>; readonly recordId: string | undefined },
) => {
  const encoders = columns.map((column): SentColumn & { readonly prefix: string; readonly encode: Encoder } => ({
    ...column,
    prefix: `${JSON.stringify(column.name)}:`,
    encode: encoder(batch.schema.columns[column.position]!, batch.columns[column.position]!),
  }))
  const keyPrefix = recordId === undefined ? undefined : `${JSON.stringify(recordId)}:`
  return (index: number, key: string): string | { readonly refused: string } => {
    const id = JSON.stringify(key)
    const fields = keyPrefix === undefined ? [] : [keyPrefix + id]
    for (const column of encoders) {
      const cell = column.encode(index)
      if (cell === undefined) {
        if (column.required) return { refused: `${column.name} is null and the table requires it` }
      } else if (typeof cell === "string") {
        fields.push(column.prefix + cell)
      } else {
        return cell
      }
    }
    return `{"insertId":${id},"json":{${fields.join(",")}}}`
  }
}

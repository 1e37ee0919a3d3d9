/** Reads what insertAll answers with HTTP 200. */
import * as PortError from "@tributary/core/PortError"
import type { RejectedRow } from "@tributary/core/RowSink"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { Row } from "./insertRequests.ts"

const ErrorProto = Schema.Struct({
  reason: Schema.optionalKey(Schema.String),
  location: Schema.optionalKey(Schema.String),
  message: Schema.optionalKey(Schema.String),
})

/** Rows that were not taken, in no order; `location` may be missing or empty, an index of 0 too. */
export const InsertAllAnswer = Schema.Struct({
  insertErrors: Schema.optionalKey(
    Schema.Array(
      Schema.Struct({ index: Schema.optionalKey(Schema.Int), errors: Schema.optionalKey(Schema.Array(ErrorProto)) }),
    ),
  ),
})

/**
 * Reasons that say nothing about the row: it was not taken this time. `stopped`: another row of the request was bad. `timeout` and the rest:
 * seen per row in google-cloud-go #1627 and Beam.
 */
const passing = new Set(["stopped", "timeout", "backendError", "internalError", "rateLimitExceeded", "quotaExceeded"])

/** What is to be done about the rows that an answer names. */
export interface Refused {
  readonly rejected: ReadonlyArray<RejectedRow>
  readonly again: ReadonlyArray<Row>
  /** Whether a row has a field that the table has not: what we know of the table is out of date. */
  readonly unknownField: boolean
  /** Why rows are to be sent again. */
  readonly words: string
}

/** Tells rows that are bad from rows that were only not taken. What the answer does not name is in the table (`skipInvalidRows`). */
export const read = (
  { insertErrors = [] }: typeof InsertAllAnswer.Type,
  sent: ReadonlyArray<Row>,
): Effect.Effect<Refused, PortError.Reason> => {
  const rejected: Array<RejectedRow> = []
  const again: Array<Row> = []
  const words = new Set<string>()
  // The same row may stand there twice.
  for (const [index, named] of Map.groupBy(insertErrors, ({ index = 0 }) => index)) {
    const errors = named.flatMap(({ errors = [] }) => errors)
    const row = sent[index]
    if (row === undefined) {
      return Effect.fail(new PortError.Unavailable({ detail: `the answer names row ${index} of ${sent.length}` }))
    }
    const bad = errors.filter(({ reason = "" }) => !passing.has(reason))
    if (bad.length > 0) {
      rejected.push({ index: row.index, detail: bad.map(describe).join("; ") })
    } else {
      again.push(row)
      for (const { message, reason } of errors) words.add(message || reason || "no reason given")
    }
  }
  return Effect.succeed({
    rejected,
    again,
    unknownField: rejected.some(({ detail }) => /no such field/i.test(detail)),
    words: [...words].join("; ") || "no reason given",
  })
}

const describe = ({ location, message, reason }: typeof ErrorProto.Type): string =>
  `${location ? `${location}: ` : ""}${message || "no words"} (${reason || "no reason"})`

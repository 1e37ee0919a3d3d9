/**
 * The rules of {@link RowSink}: every row is in the table or among the rejected, and a batch may be sent again.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { cell } from "../ColumnBatch.ts"
import * as ColumnBatchBuilder from "../ColumnBatchBuilder.ts"
import type { Cell } from "../QueryEngine.ts"
import { RowSink } from "../RowSink.ts"
import type { TableSchema } from "../TableSchema.ts"
import { type Case, must, mustEqual, rulesOf } from "./Contract.ts"

type Row = ReadonlyArray<ColumnBatchBuilder.Value>

/**
 * What the cases need to know of a sink and of its table.
 *
 * @category models
 * @since 0.1.0
 */
export interface Fixture {
  /** The columns of the table, in order. */
  readonly schema: TableSchema
  /** Begins every key; fresh for each run on a table that remembers. */
  readonly prefix: string
  /** A row that the table takes. `name` makes it unlike all others, and the column `nameColumn` holds it as it is. */
  readonly row: (name: string) => Row
  readonly nameColumn: string
  /** A row that the table never takes, named in the same way, where there can be one: by a value, or by a rule of the test. */
  readonly badRow?: ((name: string) => Row) | undefined
  /** The rows that the table holds now, where the test can see them; cells in the order of the columns. */
  readonly written?: Effect.Effect<ReadonlyArray<ReadonlyArray<Cell>>, unknown, RowSink> | undefined
  /** Whether a row is kept once however often its key is sent. BigQuery's insertAll does not promise that. Default true. */
  readonly onePerKey?: boolean | undefined
}

/**
 * The cases of the contract.
 *
 * @category contract
 * @since 0.1.0
 */
export const cases = (fixture: Fixture): ReadonlyArray<Case<RowSink>> => {
  const { schema, prefix, row, badRow, written } = fixture
  const rule = rulesOf(RowSink)
  const nameAt = schema.columns.findIndex(({ name }) => name === fixture.nameColumn)

  const append = (sink: RowSink["Service"], rows: ReadonlyArray<Row>, keys: ReadonlyArray<string>) =>
    Effect.map(sink.append(ColumnBatchBuilder.fromRows(schema, rows), keys), ({ rejected }) => rejected)

  const namesOf = (slug: string, count: number) =>
    Array.from({ length: count }, (_, i) => `${prefix}${slug}-${String(i).padStart(5, "0")}`)

  /** The names in the table that belong to a case; nothing where the test cannot see into it. */
  const mustHold = Effect.fnUntraced(function* (slug: string, names: ReadonlyArray<string>) {
    if (written === undefined) return
    const found = (yield* written)
      .map((cells) => String(cells[nameAt]))
      .filter((name) => name.startsWith(`${prefix}${slug}`))
      .toSorted()
    const kept = fixture.onePerKey === false ? [...new Set(found)] : found
    yield* mustEqual(kept, names.toSorted(), "names of the rows in the table")
  })

  return [
    rule("rows that the table takes are written, and none is rejected", function* (sink, slug) {
      const names = namesOf(slug, 3)
      yield* mustEqual(yield* append(sink, names.map(row), names), [], "rejected")
      yield* mustHold(slug, names)
    }),
    rule("the cells of a row arrive as they were sent", function* (sink, slug) {
      const [name] = namesOf(slug, 1)
      const batch = ColumnBatchBuilder.fromRows(schema, [row(name!)])
      yield* sink.append(batch, [name!])
      if (written === undefined) return
      const expected = schema.columns.map((column, i) => cell(column, batch.columns[i]!, 0))
      const found = (yield* written).filter((cells) => cells[nameAt] === name)
      yield* mustEqual(found, [expected], "row in the table")
    }),
    rule("a batch without rows is answered", function* (sink, slug) {
      yield* mustEqual(yield* append(sink, [], []), [], "rejected")
      yield* mustHold(slug, [])
    }),
    rule("a batch may have more rows than one call of the provider", function* (sink, slug) {
      const names = namesOf(slug, 1_203)
      yield* mustEqual(yield* append(sink, names.map(row), names), [], "rejected")
      yield* mustHold(slug, names)
    }),
    rule("the same batch again is answered as before", function* (sink, slug) {
      const names = namesOf(slug, 4)
      yield* append(sink, names.map(row), names)
      yield* mustEqual(yield* append(sink, names.map(row), names), [], "rejected the second time")
      yield* mustHold(slug, names)
    }),
    rule("batches that overlap leave every row once", function* (sink, slug) {
      const names = namesOf(slug, 6)
      yield* append(sink, names.slice(0, 4).map(row), names.slice(0, 4))
      yield* append(sink, names.slice(2).map(row), names.slice(2))
      yield* mustHold(slug, names)
    }),
    rule("concurrent batches all arrive", function* (sink, slug) {
      const names = namesOf(slug, 60)
      const batches = Array.from({ length: 6 }, (_, i) => names.slice(i * 10, (i + 1) * 10))
      yield* Effect.forEach(batches, (names) => append(sink, names.map(row), names), { concurrency: "unbounded" })
      yield* mustHold(slug, names)
    }),
    ...(badRow === undefined
      ? []
      : [
          rule(
            "a row that the table refuses is rejected by its index, and the others are written",
            function* (sink, slug) {
              const names = namesOf(slug, 6)
              const rejected = yield* append(
                sink,
                names.map((name, i) => (i === 1 || i === 4 ? badRow(name) : row(name))),
                names,
              )
              yield* mustEqual(
                rejected.map(({ index }) => index),
                [1, 4],
                "indices rejected",
              )
              yield* must(
                rejected.every(({ detail }) => detail !== ""),
                "a rejected row has no detail",
              )
              yield* mustHold(
                slug,
                names.filter((_, i) => i !== 1 && i !== 4),
              )
            },
          ),
          rule("a batch of refused rows only is rejected whole", function* (sink, slug) {
            const names = namesOf(slug, 3)
            yield* mustEqual(
              (yield* append(sink, names.map(badRow), names)).map(({ index }) => index),
              [0, 1, 2],
              "indices rejected",
            )
            yield* mustHold(slug, [])
          }),
          rule("refused rows are found in a large batch, in the order of their indices", function* (sink, slug) {
            const names = namesOf(slug, 1_203)
            const bad = [0, 499, 500, 501, 1_000, 1_202]
            const rejected = yield* append(
              sink,
              names.map((name, i) => (bad.includes(i) ? badRow(name) : row(name))),
              names,
            )
            yield* mustEqual(
              rejected.map(({ index }) => index),
              bad,
              "indices rejected",
            )
            yield* mustHold(
              slug,
              names.filter((_, i) => !bad.includes(i)),
            )
          }),
          rule("a batch with refused rows may be sent again", function* (sink, slug) {
            const names = namesOf(slug, 4)
            const rows = names.map((name, i) => (i === 2 ? badRow(name) : row(name)))
            yield* append(sink, rows, names)
            yield* mustEqual(
              (yield* append(sink, rows, names)).map(({ index }) => index),
              [2],
              "indices rejected the second time",
            )
            yield* mustHold(
              slug,
              names.filter((_, i) => i !== 2),
            )
          }),
        ]),
  ]
}

import { assert, describe, it } from "@effect/vitest"
import * as ColumnBatchBuilder from "@tributary/core/ColumnBatchBuilder"
import type { RejectedRow } from "@tributary/core/RowSink"
import type { TableSchema } from "@tributary/core/TableSchema"
import { Arbitrary, Effect, Schema } from "effect"
import { body, maxBytes, maxRows, requests } from "../../src/internal/insertRequests.ts"

const schema: TableSchema = {
  database: "d",
  name: "t",
  columns: [{ name: "text", type: { kind: "string" }, required: false }],
  partitionColumns: [],
  version: 1,
}

const cut = (texts: ReadonlyArray<string | null>, required = false) => {
  const rejected: Array<RejectedRow> = []
  const batch = ColumnBatchBuilder.fromRows(
    schema,
    texts.map((text) => [text]),
  )
  const columns = [{ name: "text", position: 0, required }]
  const keys = texts.map((_, i) => `k${i}`)
  const made = [...requests(batch, keys, { columns, recordId: "_record_id" }, (row) => rejected.push(row))]
  return { made, rejected, bodies: made.map(body) }
}

describe("insertRequests", () => {
  it("carries insertId, key and cells, null left out", () => {
    const { bodies } = cut(["é", null])
    assert.deepStrictEqual(
      bodies.map((text): unknown => JSON.parse(text)),
      [
        {
          skipInvalidRows: true,
          ignoreUnknownValues: false,
          rows: [
            { insertId: "k0", json: { _record_id: "k0", text: "é" } },
            { insertId: "k1", json: { _record_id: "k1" } },
          ],
        },
      ],
    )
  })

  it("cuts at 500 rows", () => {
    const { made } = cut(Array.from({ length: 1001 }, (_, i) => String(i)))
    assert.deepStrictEqual(
      made.map((rows) => rows.length),
      [maxRows, maxRows, 1],
    )
  })

  it("cuts at 9 MiB of UTF-8, counted as it is sent", () => {
    // 3 bytes each, and a quote that JSON escapes.
    const { bodies, made } = cut(Array.from({ length: 30 }, () => "€".repeat(300_000) + '"'.repeat(1000)))
    assert.isAbove(made.length, 1)
    for (const text of bodies) assert.isAtMost(Buffer.byteLength(text), maxBytes)
    // Nothing more would have fitted.
    const [first, second] = made
    assert.isAbove(Buffer.byteLength(body([...first!, second![0]!])), maxBytes)
  })

  it("fills a request to the last byte and refuses the row that is one byte longer", () => {
    const frame = Buffer.byteLength(cut([""]).bodies[0]!)
    const { bodies, rejected } = cut(["x".repeat(maxBytes - frame)])
    assert.strictEqual(Buffer.byteLength(bodies[0]!), maxBytes)
    assert.deepStrictEqual(rejected, [])
    const tooLong = cut(["a", "x".repeat(maxBytes - frame + 1), "b"])
    assert.deepStrictEqual(
      tooLong.made.flat().map((row) => row.index),
      [0, 2],
    )
    assert.strictEqual(tooLong.rejected[0]?.index, 1)
    assert.match(tooLong.rejected[0]!.detail, /bytes as JSON/)
  })

  it("rejects null where the table requires a value", () => {
    const { made, rejected } = cut(["a", null], true)
    assert.deepStrictEqual(
      made.flat().map((row) => row.index),
      [0],
    )
    assert.deepStrictEqual(rejected, [{ index: 1, detail: "text is null and the table requires it" }])
  })

  it.effect.prop(
    "loses and repeats nothing, and every body is JSON",
    [Arbitrary.schema(Schema.Array(Schema.NullOr(Schema.String)))],
    ([texts]) =>
      Effect.sync(() => {
        const { bodies, rejected } = cut(texts)
        const rows = bodies.flatMap((text): ReadonlyArray<{ json: { text?: string } }> => JSON.parse(text).rows)
        assert.deepStrictEqual(
          rows.map(({ json }) => json.text ?? null),
          texts.map((text) => text?.toWellFormed() ?? null),
        )
        assert.deepStrictEqual(rejected, [])
      }),
  )
})

import { assert, describe, it } from "@effect/vitest"
import * as BigQueryTableId from "@tributary/adapters-gcp/BigQueryTableId"
import { Schema } from "effect"

describe("BigQueryTableId", () => {
  for (const [text, id] of [
    ["shop.logs.events", { project: "shop", dataset: "logs", table: "events" }],
    ["logs.events", { dataset: "logs", table: "events" }],
    ["my-shop-1.logs_eu.events-2026", { project: "my-shop-1", dataset: "logs_eu", table: "events-2026" }],
    ["example.com:old.logs.events", { project: "example.com:old", dataset: "logs", table: "events" }],
    ["logs.Ereignisse für alle", { dataset: "logs", table: "Ereignisse für alle" }],
  ] as const) {
    it(`reads and writes ${text}`, () => {
      assert.deepStrictEqual(BigQueryTableId.parse(text), id)
      assert.strictEqual(BigQueryTableId.format(id), text)
      assert.deepStrictEqual(Schema.decodeUnknownSync(BigQueryTableId.FromString)(text), id)
      assert.strictEqual(Schema.encodeSync(BigQueryTableId.FromString)(id), text)
    })
  }

  for (const text of [
    "",
    "events",
    "logs.",
    ".events",
    "a.b.c.d",
    "`logs.events`",
    "logs.e/../x",
    "shop.lo-gs.events",
    "logs.a?b",
  ]) {
    it(`refuses "${text}"`, () => {
      assert.isUndefined(BigQueryTableId.parse(text))
      assert.throws(() => Schema.decodeUnknownSync(BigQueryTableId.FromString)(text), /dataset\.table/)
    })
  }
})

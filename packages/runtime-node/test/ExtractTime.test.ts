import { assert, describe, it } from "@effect/vitest"
import * as ExtractTime from "@tributary/runtime-node/ExtractTime"
import { Effect, Schema } from "effect"

const midnight = Date.UTC(2026, 0, 5)

describe("parse", () => {
  it.each([
    ["2026-01-05", midnight],
    ["20260105", midnight],
    ["2026-01-05T00:00", midnight],
    ["2026-01-05 00:00:00", midnight],
    ["2026-01-05T00:00:00Z", midnight],
    ["2026-01-05t00:00:00z", midnight],
    ["20260105T000000Z", midnight],
    ["2026-01-05T02:30:00+02:30", midnight],
    ["2026-01-04T19:00:00-0500", midnight],
    ["2026-01-05T01:00+01", midnight],
    ["2026-01-05T00:00:00.5Z", midnight + 500],
    ["2026-01-05T00:00:00,123000000Z", midnight + 123],
    ["2024-02-29", Date.UTC(2024, 1, 29)],
  ])("%s", (text, at) => assert.strictEqual(ExtractTime.parse(text), at))

  it.each([
    "",
    "yesterday",
    "1767571200",
    "2026-1-5",
    "2026-13-01",
    "2026-02-29",
    "2026-00-10",
    "0026-01-05",
    "2026-01-05T24:00",
    "2026-01-05T10:60",
    "2026-01-05T10:00:60Z",
    "2026-01-05T10:00+24:00",
    "2026-01-05T10:00:00.0001Z",
    "2026-01-05Z",
    "2026-01-05T01+01",
    " 2026-01-05",
    "2026-01-05T10:00:00ZZ",
  ])("refuses %j", (text) => assert.isUndefined(ExtractTime.parse(text)))

  const Millis = Schema.Int.check(Schema.isBetween({ minimum: Date.UTC(1970), maximum: Date.UTC(9999) }))
  it.effect.prop("reads what Date writes", [Millis], ([at]) =>
    Effect.sync(() => assert.strictEqual(ExtractTime.parse(new Date(at).toISOString()), at)),
  )
})

describe("extractId", () => {
  it("is one name for one time, and sorts as time does", () => {
    assert.strictEqual(ExtractTime.extractId(midnight), "at-20260105T000000Z")
    assert.strictEqual(ExtractTime.extractId(midnight + 7), "at-20260105T000000.007Z")
  })
})

describe("ofFlag", () => {
  it.effect("is the time, or a sentence that names the flag", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* ExtractTime.ofFlag("--as-of", "2026-01-05"), midnight)
      const { sentence } = yield* Effect.flip(ExtractTime.ofFlag("--as-of", "noon"))
      assert.strictEqual(sentence, '--as-of "noon" is no time: write it like 2026-01-05 or 2026-01-05T06:00:00Z')
    }),
  )
})

import { UtcTime, ZonedUtcTime } from "@tributary/core/wire/UtcTime"
import { assert, describe, it } from "@effect/vitest"
import { Option, Schema } from "effect"

const read = Schema.decodeUnknownOption(UtcTime)
const readZoned = Schema.decodeUnknownOption(ZonedUtcTime)

describe("UtcTime", () => {
  const moments: ReadonlyArray<readonly [text: string, millis: number]> = [
    ["1970-01-01T00:00:00Z", 0],
    ["2026-01-01T09:05:00Z", Date.UTC(2026, 0, 1, 9, 5)],
    ["2024-02-29T23:59:59.999Z", Date.UTC(2024, 1, 29, 23, 59, 59, 999)],
    ["2026-01-01T09:05Z", Date.UTC(2026, 0, 1, 9, 5)],
    ["2026-01-01T09:05:00.5Z", Date.UTC(2026, 0, 1, 9, 5, 0, 500)],
    ["2026-01-01T09:05:00.123456789Z", Date.UTC(2026, 0, 1, 9, 5, 0, 123)],
    ["1969-12-31T23:59:59.999Z", -1],
    ["0001-01-01T00:00:00Z", -62135596800000],
    ["9999-12-31T23:59:59.999Z", 253402300799999],
  ]
  for (const [text, millis] of moments) {
    it(text, () => {
      assert.deepStrictEqual(read(text), Option.some(millis))
      assert.deepStrictEqual(readZoned(`${text}[UTC]`), Option.some(millis))
      assert.deepStrictEqual(readZoned(text), Option.none())
    })
  }

  for (const text of [
    "",
    "2026-01-01",
    "2026-01-01T09:05:00",
    "2026-01-01T09:05:00+00:00",
    "2026-02-29T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-01-01T24:00:00Z",
    "2026-01-01T00:60:00Z",
    "2026-01-01T00:00:60Z",
    "0000-01-01T00:00:00Z",
    "2026-01-01T00:00:00Z[UTC]",
    1767258300000,
  ]) {
    it(`${text} is none`, () => assert.deepStrictEqual(read(text), Option.none()))
  }
})

import { assert, describe, it } from "@effect/vitest"
import { cellOf } from "../../src/internal/athenaCell.ts"

describe("cellOf", () => {
  it.each([
    ["bigint", "9223372036854775807", 9223372036854775807n],
    ["integer", "-7", -7n],
    ["tinyint", "0", 0n],
    ["double", "1.5E10", 1.5e10],
    ["double", "Infinity", Number.POSITIVE_INFINITY],
    ["double", "NaN", Number.NaN],
    ["float", "0.25", 0.25],
    ["boolean", "true", true],
    ["boolean", "false", false],
    ["varchar", "", ""],
    ["varchar", "2026-01-02 03:04:05", "2026-01-02 03:04:05"],
    ["json", '{"a":1}', '{"a":1}'],
    ["decimal", "12.30", "12.30"],
    ["date", "2026-01-02", "2026-01-02"],
    ["timestamp", "2026-01-02 03:04:05", "2026-01-02T03:04:05Z"],
    ["timestamp", "2026-01-02 03:04:05.000", "2026-01-02T03:04:05Z"],
    ["timestamp", "2026-01-02 03:04:05.120", "2026-01-02T03:04:05.120Z"],
    ["timestamp", "2026-01-02 03:04:05.123456", "2026-01-02T03:04:05.123456Z"],
    ["timestamp", "2026-01-02 03:04:05.123456789", "2026-01-02T03:04:05.123456Z"],
    ["timestamp with time zone", "2026-01-02 03:04:05.000 UTC", "2026-01-02T03:04:05Z"],
    ["timestamp with time zone", "2026-01-02 03:04:05.000 Asia/Tokyo", "2026-01-02 03:04:05.000 Asia/Tokyo"],
    ["array", "[1, 2]", "[1, 2]"],
    ["bigint", undefined, null],
    ["varchar", undefined, null],
  ])("%s %s", (type, text, cell) => {
    assert.deepStrictEqual(cellOf(type, text), cell)
  })
})

import * as Timestamp from "@tributary/core/Timestamp"
import * as Utf8 from "@tributary/core/Utf8"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

describe("Utf8", () => {
  it.prop("encodes as the platform does", [Schema.String], ([text]) => {
    assert.deepStrictEqual(Utf8.encode(text), new TextEncoder().encode(text))
  })

  it.prop("decodes what it encodes", [Schema.String], ([text]) => {
    assert.strictEqual(Utf8.decodeUnsafe(Utf8.encode(text)), text.toWellFormed())
  })

  it("decodes long texts, and four-byte characters across its pieces", () => {
    for (const pad of [0, 1, 2, 3, 4094, 4095, 4096, 4097]) {
      const text = "a".repeat(pad) + "😀é".repeat(5000)
      assert.isTrue(Utf8.decodeUnsafe(new TextEncoder().encode(text)) === text)
    }
  })

  it("accepts and refuses what the platform's strict decoder does", () => {
    // Every pair of bytes beyond ASCII, and each longer lead byte before the borders of what may follow.
    const borders = [0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0]
    const wrong: Array<string> = []
    const check = (bytes: Uint8Array) => {
      let expected: string | undefined
      try {
        expected = strict.decode(bytes)
      } catch {
        expected = undefined
      }
      const found = Utf8.decode(bytes)
      if (("text" in found ? found.text : undefined) !== expected) wrong.push(Buffer.from(bytes).toString("hex"))
    }
    for (let a = 0x7f; a < 256; a++) {
      for (let b = 0x7f; b < 256; b++) check(Uint8Array.of(a, b))
      if (a >= 0xe0)
        for (const b of borders) for (const c of borders) for (const d of borders) check(Uint8Array.of(a, b, c, d))
    }
    assert.deepStrictEqual(wrong, [])
  })

  it("says where bytes are no UTF-8", () => {
    assert.deepStrictEqual(Utf8.decode(Uint8Array.of(0x61, 0xc3, 0x28)), { invalidAt: 1 })
  })
})

describe("Timestamp", () => {
  it("knows the calendar of 9,999 years", () => {
    const end = Timestamp.toDays({ year: 10000, month: 1, day: 1 })
    const wrong: Array<number> = []
    // Every ninth day meets every day of the month and both kinds of year many times over.
    for (let days = Timestamp.toDays({ year: 1, month: 1, day: 1 }); days < end; days += 9) {
      const expected = new Date(days * 86_400_000).toISOString().slice(0, 10)
      if (Timestamp.formatDate(days) !== expected || Timestamp.toDays(Timestamp.fromDays(days)) !== days)
        wrong.push(days)
    }
    assert.deepStrictEqual(wrong, [])
  })

  it.prop("formats as the platform does", [Schema.Int], ([n]) => {
    const millis = n % 62_135_596_800_000
    const expected = new Date(millis).toISOString().replace(".000Z", "Z")
    assert.strictEqual(Timestamp.formatMicros(BigInt(millis) * 1000n), expected)
  })

  it("keeps microseconds, before 1970 too", () => {
    assert.strictEqual(Timestamp.formatMicros(1_767_225_600_000_001n), "2026-01-01T00:00:00.000001Z")
    assert.strictEqual(Timestamp.formatMicros(-1n), "1969-12-31T23:59:59.999999Z")
    assert.deepStrictEqual(Timestamp.dateOfMicros(-1n), { year: 1969, month: 12, day: 31 })
    assert.strictEqual(Timestamp.formatMicros(Timestamp.minMicros), "0001-01-01T00:00:00Z")
    assert.strictEqual(Timestamp.formatMicros(Timestamp.endMicros - 1n), "9999-12-31T23:59:59.999999Z")
  })

  it("tells days that are from days that are not", () => {
    for (const [year, month, day, is] of [
      [2026, 2, 28, true],
      [2026, 2, 29, false],
      [2024, 2, 29, true],
      [1900, 2, 29, false],
      [2000, 2, 29, true],
      [0, 1, 1, false],
      [2026, 0, 1, false],
      [2026, 13, 1, false],
      [2026, 4, 31, false],
      [2026, 1, 0, false],
    ] as const) {
      assert.strictEqual(Timestamp.isDate({ year, month, day }), is, `${year}-${month}-${day}`)
    }
  })
})

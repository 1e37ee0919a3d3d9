import { assert, describe, it } from "@effect/vitest"
import * as Text from "@tributary/runtime-node/output/Text"

it.each([
  [0, "0"],
  [999, "999"],
  [1000, "1,000"],
  [1234567, "1,234,567"],
])("count %d is %s", (value, text) => assert.strictEqual(Text.count(value), text))

it("counted puts the noun into its number", () => {
  assert.deepStrictEqual(
    [0, 1, 1200].map((value) => Text.counted(value, "row")),
    ["0 rows", "1 row", "1,200 rows"],
  )
})

it.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 kB"],
  [999_949, "999.9 kB"],
  [999_950, "1.0 MB"],
  [5_000_000_000, "5.0 GB"],
  [2e18, "2000.0 PB"],
])("bytes %d is %s", (value, text) => assert.strictEqual(Text.bytes(value), text))

it("duration changes to seconds", () => {
  assert.deepStrictEqual([3.4, 999.4, 1240].map(Text.duration), ["3 ms", "999 ms", "1.2 s"])
})

describe("foreign text", () => {
  it("cannot steer a terminal", () => {
    assert.strictEqual(Text.oneLine("a\u001b[2Jb\nc\td\u0000\u009b31m"), "a\\x1b[2Jb\\nc\\td\\x00\\x9b31m")
    assert.strictEqual(Text.manyLines("a\u001b]0;x\u0007\nb\tc\r"), "a\\x1b]0;x\\x07\nb\tc\\r")
    assert.strictEqual(Text.oneLine("größe データ 😀"), "größe データ 😀")
  })

  it("is measured in cells", () => {
    assert.deepStrictEqual(["", "abc", "データ", "é", "😀"].map(Text.width), [0, 3, 6, 1, 2])
  })
})

it("hexDump shows offset, bytes and what is printable", () => {
  assert.strictEqual(
    Text.hexDump(Uint8Array.from({ length: 18 }, (_, i) => 0x3c + i)),
    "00000000  3c 3d 3e 3f 40 41 42 43  44 45 46 47 48 49 4a 4b  <=>?@ABCDEFGHIJK\n" +
      "00000010  4c 4d                                             LM\n",
  )
  assert.strictEqual(
    Text.hexDump(Uint8Array.of(0, 127, 255))
      .trimEnd()
      .slice(-3),
    "...",
  )
  assert.strictEqual(Text.hexDump(new Uint8Array()), "")
})

import * as Json from "@tributary/core/json/Json"
import * as FieldReading from "@tributary/core/mapping/FieldReading"
import * as RowMapping from "@tributary/core/mapping/RowMapping"
import { gaSample } from "@tributary/core/GaFlow"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"

const read = (as: "string" | "boolean" | "json" | "int64" | "float64", text: string) => {
  const parsed = Json.parse(text, 64)
  if ("failure" in parsed) throw new Error(parsed.detail)
  let found: unknown
  const rejection = FieldReading.compile({ as, column: "c" }, "field")(
    parsed.node,
    text,
    (_, value) => void (found = value),
  )
  return rejection?.reason ?? found
}

describe("FieldReading", () => {
  for (const [text, expected] of [
    ["0", 0n],
    ["-0", 0n],
    ["7", 7n],
    ["7.0", 7n],
    ["70e-1", 7n],
    ["0.7e1", 7n],
    ["7.5", "WrongType"],
    ["75e-2", "WrongType"],
    ["0e-9", 0n],
    ["9223372036854775807", 9223372036854775807n],
    ["-9223372036854775808", -9223372036854775808n],
    ["9223372036854775808", "OutOfRange"],
    ["-9223372036854775809", "OutOfRange"],
    ["1e18", 10n ** 18n],
    ["1e19", "OutOfRange"],
    ["1e400", "OutOfRange"],
    ["-1e400", "OutOfRange"],
    ['"12"', 12n],
    ['"-12"', -12n],
    ['"0012"', 12n],
    ['"+12"', "WrongType"],
    ['" 12"', "WrongType"],
    ['"12.0"', "WrongType"],
    ['"1e3"', "WrongType"],
    ['""', "WrongType"],
    ['"٣"', "WrongType"],
    [`"${"9".repeat(1000)}"`, "OutOfRange"],
    [`"${"0".repeat(1000)}1"`, 1n],
    ["true", "WrongType"],
    ["[]", "WrongType"],
  ] as const) {
    it(`reads ${text.slice(0, 30)} as int64: ${expected}`, () => assert.strictEqual(read("int64", text), expected))
  }

  it.prop("reads every int64, as a number and in quotes", [Schema.BigInt], ([value]) => {
    const expected = BigInt.asIntN(64, value) === value ? value : "OutOfRange"
    assert.strictEqual(read("int64", String(value)), expected)
    assert.strictEqual(read("int64", `"${value}"`), expected)
  })

  it.prop("reads every finite number as float64", [Schema.Finite], ([value]) => {
    assert.strictEqual(read("float64", JSON.stringify(value)), JSON.parse(JSON.stringify(value)))
    assert.strictEqual(read("float64", JSON.stringify(String(value))), value === 0 ? 0 : value)
  })

  it("refuses float64 that is none, or is beyond it", () => {
    assert.deepStrictEqual(
      ["1e309", '"NaN"', '"Infinity"', '"0x10"', '""', "null", "true"].map((text) => read("float64", text)),
      ["OutOfRange", "WrongType", "WrongType", "WrongType", "WrongType", "WrongType", "WrongType"],
    )
  })

  it("coerces nothing else", () => {
    assert.deepStrictEqual(
      [read("string", "5"), read("boolean", '"true"'), read("boolean", "true"), read("json", "[1.0]")],
      ["WrongType", "WrongType", true, "[1.0]"],
    )
  })
})

describe("RowMapping", () => {
  it("is refused where it cannot be", () => {
    const device = { names: ["device"], reading: { as: "string", column: "device" } } as const
    assert.throws(() => RowMapping.compile(gaSample, [device, device]), /"device" stands for two fields/)
    assert.throws(() => RowMapping.compile(gaSample, [device, { ...device, names: ["other"] }]), /filled twice/)
    assert.throws(
      () => RowMapping.compile(gaSample, [{ names: ["x"], reading: { as: "string", column: "city" } }]),
      /no column "city"/,
    )
  })
})

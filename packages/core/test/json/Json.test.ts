import * as Json from "@tributary/core/json/Json"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"

const valueOf = (text: string): unknown => {
  const read = Json.parse(text, 64)
  return "node" in read ? { value: Json.toUnknown(read.node) } : { failure: true }
}

const reference = (text: string): unknown => {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return { failure: true }
  }
}

describe("Json", () => {
  it.prop("reads what JSON.stringify writes", [Schema.Json], ([value]) => {
    assert.deepStrictEqual(valueOf(JSON.stringify(value)), reference(JSON.stringify(value)))
  })

  it.prop(
    "agrees with JSON.parse on mutated texts",
    [Schema.Json, Schema.Int, Schema.Int],
    ([value, where, what]) => {
      const text = JSON.stringify(value, null, where % 2)
      const at = Math.abs(where) % (text.length + 1)
      const letters = '{}[]",:\\u0eE+-.truefalsn 1\t\n\u0001é'
      const mutated =
        text.slice(0, at) + letters.charAt(Math.abs(what) % letters.length) + text.slice(at + (what % 2 === 0 ? 1 : 0))
      assert.deepStrictEqual(valueOf(mutated), reference(mutated), mutated)
    },
    { arbitrary: { runs: 2000 } },
  )

  for (const text of [
    "01",
    "1.",
    ".5",
    "+1",
    "-",
    "1e",
    "1e+",
    "NaN",
    "Infinity",
    "'a'",
    "{a:1}",
    "[1,]",
    '{"a":1,}',
    '"\\x"',
    '"\\u12g4"',
    "tru",
    "truex",
    '"\u0001"',
    '{"a" 1}',
    "[1 2]",
    "",
    " ",
    "{} {}",
    "-0",
    "1E400",
    '"\\ud800"',
    '{"a":1,"a":2}',
    '{"__proto__":1}',
    "\u00a01",
    "[]\u0000",
  ]) {
    it(`agrees with JSON.parse on ${JSON.stringify(text)}`, () =>
      assert.deepStrictEqual(valueOf(text), reference(text)))
  }

  it("keeps a member named __proto__ a member, and Object.prototype as it is", () => {
    const read = Json.parse('{"__proto__":{"polluted":true}}', 64)
    assert.isTrue("node" in read)
    const value = Json.toUnknown((read as { readonly node: Json.JsonNode }).node)
    assert.deepStrictEqual(Object.keys(value as object), ["__proto__"])
    assert.isUndefined(({} as { readonly polluted?: boolean }).polluted)
  })

  it("calls every proper beginning of a document truncated, not broken", () => {
    const text = '{"a":[1,-2.5e+7,true,null],"b\\u00e9\\n":{"c":"d"}}'
    for (let end = 1; end < text.length; end++) {
      const read = Json.parse(text.slice(0, end), 64)
      assert.strictEqual("failure" in read ? read.failure : "none", "Truncated", text.slice(0, end))
    }
  })

  it("stops at the depth asked for", () => {
    const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels)
    assert.isTrue("node" in Json.parse(nested(64), 64))
    const read = Json.parse(nested(65), 64)
    assert.strictEqual("failure" in read ? read.failure : "none", "TooDeep")
    assert.isTrue("failure" in Json.parse("[".repeat(200_000), 64))
  })

  it("keeps digits and places", () => {
    const text = ' {"n": 12345678901234567890.10, "o": { "x" : 1 } } '
    const read = Json.parse(text, 64)
    const node = "node" in read && read.node.kind === "object" ? read.node : undefined
    const [n, o] = [node?.members.get("n"), node?.members.get("o")]
    assert.strictEqual(n?.kind === "number" ? n.digits : "", "12345678901234567890.10")
    assert.strictEqual(text.slice(o!.start, o!.end), '{ "x" : 1 }')
  })
})

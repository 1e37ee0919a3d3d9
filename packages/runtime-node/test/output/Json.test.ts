import { assert, describe, it } from "@effect/vitest"
import * as Json from "@tributary/runtime-node/output/Json"
import { Streams } from "@tributary/runtime-node/output/Streams"
import { Effect, Stream } from "effect"

it.each<[string, Parameters<typeof Json.cell>[0], string]>([
  ["null", null, "null"],
  ["int64", 42n, "42"],
  ["the largest safe integer", 9007199254740991n, "9007199254740991"],
  ["the integer beyond it", 9007199254740992n, '"9007199254740992"'],
  ["the smallest safe integer", -9007199254740991n, "-9007199254740991"],
  ["the integer below it", -9007199254740992n, '"-9007199254740992"'],
  ["the end of int64", -9223372036854775808n, '"-9223372036854775808"'],
  ["a double", 0.1, "0.1"],
  ["no number", Number.NaN, '"NaN"'],
  ["infinity", -Infinity, '"-Infinity"'],
  ["a boolean", true, "true"],
  ["text", 'a"\u2028\ud800', '"a\\"\u2028\\ud800"'],
  ["json", '{"n":1.10}', '"{\\"n\\":1.10}"'],
])("cell: %s", (_, value, text) => assert.strictEqual(Json.cell(value), text))

const printed = <E>(items: Stream.Stream<string, E>) =>
  Effect.suspend(() => {
    const pieces: Array<string> = []
    const output = { isTerminal: false, colors: false, columns: Infinity }
    const write = (text: string) => Effect.sync(() => void pieces.push(text))
    return Json.printArray("[", items, "]").pipe(
      Effect.provideService(Streams, { stdout: { ...output, write }, stderr: { ...output, write } }),
      Effect.exit,
      Effect.map((exit) => ({ failed: exit._tag === "Failure", pieces })),
    )
  })

describe("printArray", () => {
  it.effect("joins items", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual((yield* printed(Stream.empty)).pieces, ["[]\n"])
      assert.deepStrictEqual((yield* printed(Stream.make("1", "2"))).pieces, ["[1,2]\n"])
    }),
  )

  it.effect("writes piece by piece", () =>
    Effect.gen(function* () {
      const items = Array.from({ length: 5000 }, (_, i) => JSON.stringify("x".repeat(i % 60)))
      const { pieces } = yield* printed(Stream.fromIterable(items))
      assert.isAbove(pieces.length, 1)
      assert.deepStrictEqual(
        JSON.parse(pieces.join("")),
        items.map((item) => JSON.parse(item)),
      )
    }),
  )

  it.effect("writes nothing where the first items fail", () =>
    Effect.gen(function* () {
      const { failed, pieces } = yield* printed(Stream.concat(Stream.make("1"), Stream.fail("no")))
      assert.isTrue(failed)
      assert.deepStrictEqual(pieces, [])
    }),
  )
})

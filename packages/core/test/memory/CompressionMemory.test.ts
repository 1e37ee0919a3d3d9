import * as zlib from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import * as CompressionMemory from "@tributary/core/memory/CompressionMemory"
import * as CompressionContract from "@tributary/core/testing/CompressionContract"
import { joinBytes, someBytes } from "@tributary/core/testing/Contract"
import { Effect, Predicate, Result, Schema, Stream } from "effect"

const { compressPage, inflate, inflateBytes } = CompressionMemory.make

/** Content that compresses in all sorts of ways: random, repeated, text, and all of them in turn. */
const contents = [
  someBytes(200_000),
  new Uint8Array(300_000),
  new TextEncoder().encode("the quick brown fox ".repeat(5_000)),
  Uint8Array.from({ length: 150_000 }, (_, i) => (i % 1_000) * (i % 7)),
  joinBytes([someBytes(40_000), new Uint8Array(40_000), someBytes(40_000)]),
]

/** The reason that an error of node:zlib stands for. */
const reasonOf = (error: unknown) => ({
  reason: Predicate.hasProperty(error, "code") && error.code === "Z_BUF_ERROR" ? "Truncated" : "BadEncoding",
})

const outcome = (result: Result.Result<Uint8Array, { readonly reason: string }>) =>
  Result.isSuccess(result) ? "inflated" : result.failure.reason

describe("CompressionMemory", () => {
  for (const c of CompressionContract.cases({ decodeZstd: (frame) => zlib.zstdDecompressSync(frame) })) {
    it.effect(c.name, () => c.run.pipe(Effect.provide(CompressionMemory.layer)))
  }

  it.effect("inflates what node:zlib makes, at every level and strategy", () =>
    Effect.gen(function* () {
      for (const content of contents) {
        for (const strategy of [0, 1, 2, 3, 4]) {
          for (const level of [0, 1, 6, 9]) {
            const make = level === 6 ? zlib.deflateSync : zlib.gzipSync
            assert.isTrue(
              Buffer.from(content).equals(yield* inflateBytes(make(content, { level, strategy }), content.length)),
              `level ${level}, strategy ${strategy}`,
            )
          }
        }
      }
    }),
  )

  it.effect.prop(
    "inflates small things as node:zlib makes them, in pieces of any size",
    [Schema.Uint8Array, Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 40 }))],
    ([bytes, size]) =>
      Effect.gen(function* () {
        const compressed = zlib.gzipSync(joinBytes([bytes, bytes, someBytes(50), bytes]))
        const pieces = Array.from({ length: Math.ceil(compressed.length / size) }, (_, i) =>
          compressed.subarray(i * size, (i + 1) * size),
        )
        const inflated = yield* Stream.runCollect(inflate(Stream.fromIterable(pieces), 100_000))
        assert.deepStrictEqual(joinBytes(inflated), joinBytes([bytes, bytes, someBytes(50), bytes]))
      }),
  )

  it.effect("agrees with node:zlib about every flipped bit, the reason included", () =>
    Effect.gen(function* () {
      const content = joinBytes([
        someBytes(30),
        new Uint8Array(300),
        new TextEncoder().encode("text and more text ".repeat(9)),
      ])
      for (const compressed of [
        zlib.deflateSync(content),
        zlib.gzipSync(content),
        zlib.gzipSync(content, { strategy: 4 }),
      ]) {
        for (let at = 0; at < compressed.length; at++) {
          for (const flip of [1, 2, 4, 8, 16, 32, 64, 128, 255]) {
            const flipped = Uint8Array.from(compressed)
            flipped[at] = flipped[at]! ^ flip
            const ours = yield* Effect.result(inflateBytes(flipped, 10_000_000))
            const theirs = Result.try({ try: () => zlib.unzipSync(flipped), catch: reasonOf })
            assert.strictEqual(outcome(ours), outcome(theirs), `byte ${at}, flip ${flip}`)
            if (Result.isSuccess(ours)) assert.isTrue(Buffer.from(content).equals(ours.success))
          }
        }
      }
    }),
  )

  it("node:zlib reads the pages", () => {
    for (const content of contents) {
      assert.isTrue(zlib.gunzipSync(compressPage("gzip", content)).equals(content))
      assert.isTrue(zlib.zstdDecompressSync(compressPage("zstd", content)).equals(content))
    }
  })

  it.effect("takes zeros behind the last member as padding", () =>
    Effect.gen(function* () {
      const padded = joinBytes([zlib.gzipSync("a"), new Uint8Array(100)])
      assert.deepStrictEqual(yield* inflateBytes(padded, 10), Uint8Array.of(97))
      const spoilt = yield* Effect.flip(inflateBytes(joinBytes([padded, Uint8Array.of(1)]), 10))
      assert.strictEqual(spoilt.reason, "BadEncoding")
    }),
  )

  it.effect("a bomb costs no more memory than its limit", () =>
    Effect.gen(function* () {
      const bomb = zlib.gzipSync(new Uint8Array(20_000_000))
      const pieces = yield* Stream.runFold(
        inflate(Stream.succeed(bomb), 20_000_000),
        () => ({ total: 0, largest: 0 }),
        (seen, piece) => ({
          total: seen.total + piece.length,
          largest: Math.max(seen.largest, piece.length),
        }),
      )
      assert.strictEqual(pieces.total, 20_000_000)
      assert.isAtMost(pieces.largest, 100_000)
    }),
  )
})

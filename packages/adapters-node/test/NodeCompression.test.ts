import { assert, describe, it } from "@effect/vitest"
import * as NodeCompression from "@tributary/adapters-node/NodeCompression"
import type { CompressionError } from "@tributary/core/Compression"
import * as CompressionContract from "@tributary/core/testing/CompressionContract"
import { Effect, Fiber, Stream } from "effect"
import * as zlib from "node:zlib"

const compression = NodeCompression.make()

const content = Buffer.from(`{"message":"${"naïve 日本 ".repeat(9)}"}\n`)
const gzip = zlib.gzipSync(content)
const members = Buffer.concat([gzip, zlib.gzipSync(""), zlib.gzipSync("second member")])
const memberContent = Buffer.concat([content, Buffer.from("second member")])

/** A gzip file with every optional field of its header (RFC 1952, section 2.3): extra, name, comment, header checksum. */
const adorned = (() => {
  const head = Buffer.from([
    0x1f,
    0x8b,
    8,
    0x1e,
    1,
    2,
    3,
    4,
    0,
    3,
    3,
    0,
    0x61,
    0x62,
    0x63,
    ...Buffer.from("name\0comment\0"),
  ])
  const crc = Buffer.alloc(2)
  crc.writeUInt16LE(zlib.crc32(head) & 0xffff)
  return Buffer.concat([head, crc, gzip.subarray(10)])
})()

const pieces = (bytes: Uint8Array, size: number) =>
  Stream.fromIterable(
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size)),
  )

const inflated = <E>(
  stream: Stream.Stream<Uint8Array, E>,
  maxBytes = 1e9,
): Effect.Effect<Buffer, E | CompressionError> =>
  Stream.runCollect(compression.inflate(stream, maxBytes)).pipe(Effect.map((chunks) => Buffer.concat(chunks)))

/** What comes out of both ways of inflating, which must agree: the bytes, or the reason. */
const outcome = (bytes: Uint8Array, maxBytes = 1e9, size = 7) =>
  Effect.gen(function* () {
    const ways: ReadonlyArray<Effect.Effect<Uint8Array, CompressionError>> = [
      inflated(pieces(bytes, size), maxBytes),
      inflated(Stream.make(bytes), maxBytes),
      compression.inflateBytes(bytes, maxBytes),
    ]
    const ends = yield* Effect.forEach(ways, (way) =>
      Effect.match(way, {
        onSuccess: (bytes) => Buffer.from(bytes).toString("latin1"),
        onFailure: ({ reason }) => ({ reason }),
      }),
    )
    assert.deepStrictEqual(ends[1], ends[0])
    assert.deepStrictEqual(ends[2], ends[0])
    return ends[0]!
  })

const whole = [
  ["gzip", gzip, content],
  ["gzip with every header field", adorned, content],
  ["gzip of several members", members, memberContent],
  ["zlib", zlib.deflateSync(content), content],
  ["zlib, stored", zlib.deflateSync(content, { level: 0 }), content],
  ["gzip, stored", zlib.gzipSync(content, { level: 0 }), content],
  ["gzip of nothing", zlib.gzipSync(""), Buffer.alloc(0)],
] as const

describe("contract", () => {
  for (const { name, run } of CompressionContract.cases({ decodeZstd: (frame) => zlib.zstdDecompressSync(frame) })) {
    it.effect(name, () => Effect.provide(run, NodeCompression.layer))
  }
})

describe.each(whole)("%s", (_, bytes, expected) => {
  it.effect("inflates", () =>
    Effect.gen(function* () {
      for (const size of [1, 2, 5, 1000]) {
        assert.strictEqual(yield* outcome(bytes, expected.length, size), expected.toString("latin1"))
      }
    }),
  )

  it.effect("is Truncated wherever it is cut, but between members", () =>
    Effect.gen(function* () {
      const whole = bytes === members ? [gzip.length, members.length - zlib.gzipSync("second member").length] : []
      for (let length = 0; length < bytes.length; length++) {
        const end = yield* outcome(bytes.subarray(0, length))
        if (whole.includes(length)) assert.isString(end)
        else assert.deepStrictEqual(end, { reason: "Truncated" }, `cut at ${length}`)
      }
    }),
  )

  it.effect("never gives other content when a byte is flipped", () =>
    Effect.gen(function* () {
      for (let at = 0; at < bytes.length; at++) {
        for (const mask of [0x01, 0xff]) {
          const flipped = Uint8Array.from(bytes)
          flipped[at]! ^= mask
          const end = yield* outcome(flipped, 1e6, 1000)
          // Time and system of a header, and padding bits between deflate blocks, mean nothing: their change is none.
          if (typeof end === "string") assert.strictEqual(end, expected.toString("latin1"), `byte ${at}, mask ${mask}`)
        }
      }
    }),
  )

  it.effect("is BadEncoding with garbage behind it", () =>
    Effect.gen(function* () {
      for (const garbage of [[0, 0x42], [0, 0, 0, 0x1f, 0x8b], [0x42], [0x1f, 0x42], [0x78, 0x9c], [0x1f, 0x8b, 7]]) {
        assert.deepStrictEqual(yield* outcome(Buffer.concat([bytes, Buffer.from(garbage)])), { reason: "BadEncoding" })
      }
    }),
  )
})

it.effect("what is no compressed data at all is BadEncoding", () =>
  Effect.gen(function* () {
    for (const bytes of ["{}", "\x1f{", "\x78\x9d", "PK\x03\x04", "\x1f\x8b\x07", "\x1f\x8b\x08\xe0"]) {
      assert.deepStrictEqual(
        yield* outcome(Buffer.from(bytes, "latin1")),
        { reason: "BadEncoding" },
        JSON.stringify(bytes),
      )
    }
    // A dictionary that nobody has (RFC 1950, FDICT).
    assert.deepStrictEqual(yield* outcome(zlib.deflateSync(content, { dictionary: Buffer.from("naïve") })), {
      reason: "BadEncoding",
    })
  }),
)

it.effect("a header without end is refused", () =>
  Effect.gen(function* () {
    const endless = Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3]), Buffer.alloc(1_100_000, "n")])
    assert.deepStrictEqual(yield* outcome(endless, 1e9, 100_000), { reason: "BadEncoding" })
  }),
)

it.effect("the limit is exact, over all members", () =>
  Effect.gen(function* () {
    for (const [, bytes, expected] of whole) {
      if (expected.length === 0) continue
      assert.deepStrictEqual(yield* outcome(bytes, expected.length - 1), { reason: "TooLarge" })
      assert.deepStrictEqual(yield* outcome(bytes, 0), { reason: "TooLarge" })
    }
  }),
)

it.effect("a bomb is TooLarge when its limit is reached, not when it has gone off", () =>
  Effect.gen(function* () {
    const bomb = Buffer.concat(
      Array.from(
        { length: 20 },
        (
          (member) => () =>
            member
        )(zlib.gzipSync(Buffer.alloc(5_000_000))),
      ),
    )
    let read = 0
    const counted = Stream.tap(pieces(bomb, 1000), (piece) => Effect.sync(() => (read += piece.length)))
    const { reason } = yield* Effect.flip(Stream.runDrain(compression.inflate(counted, 1_000_000)))
    assert.strictEqual(reason, "TooLarge")
    assert.isAtMost(read, 4_000)
    assert.strictEqual((yield* Effect.flip(compression.inflateBytes(bomb, 1_000_000))).reason, "TooLarge")
  }),
)

it.effect("input is read as output is taken", () =>
  Effect.gen(function* () {
    const random = Buffer.from(Array.from({ length: 2_000_000 }, (_, i) => Math.imul(i, 2654435761) >>> 24))
    const bytes = zlib.gzipSync(random, { level: 0 })
    let read = 0
    const counted = Stream.tap(pieces(bytes, 10_000), () => Effect.sync(() => read++))
    yield* Stream.runDrain(Stream.take(compression.inflate(counted, 1e9), 2))
    assert.isAtMost(read, 40)
    assert.isTrue((yield* inflated(pieces(bytes, 10_000))).equals(random))
  }),
)

it.effect("errors of the source pass through, and a reader may go away", () =>
  Effect.gen(function* () {
    const broken = Stream.concat(Stream.make(gzip.subarray(0, 20)), Stream.fail("lost" as const))
    assert.strictEqual(yield* Effect.flip(inflated(broken)), "lost")
    const endless = Stream.concat(Stream.make(gzip.subarray(0, 20)), Stream.never)
    const fiber = yield* Effect.forkChild(inflated(endless), { startImmediately: true })
    yield* Fiber.interrupt(fiber)
  }),
)

it.effect("two thousand members are read in a stream", () =>
  Effect.gen(function* () {
    const one = zlib.gzipSync("x")
    const out = yield* inflated(pieces(Buffer.concat(Array.from({ length: 2_000 }, () => one)), 65_536))
    assert.strictEqual(out.length, 2_000)
  }),
)

describe("pages", () => {
  const page = Buffer.from(Array.from({ length: 50_000 }, (_, i) => (i * i) >> 5))

  it("are the same bytes each time, with no word of the system in gzip", () => {
    for (const codec of ["snappy", "gzip", "zstd"] as const) {
      assert.deepStrictEqual(compression.compressPage(codec, page), compression.compressPage(codec, page))
    }
    assert.deepStrictEqual([...compression.compressPage("gzip", page).subarray(4, 10)], [0, 0, 0, 0, 0, 0xff])
    assert.isBelow(compression.compressPage("zstd", page, 19).length, compression.compressPage("zstd", page, 1).length)
  })
})

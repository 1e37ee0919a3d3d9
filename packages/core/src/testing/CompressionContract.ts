/**
 * The rules of {@link Compression}: what gzip and zlib mean, and how cut, corrupt and oversized bytes are told apart.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import { Compression, type CompressionError, type InflateReason, type PageCodec } from "../Compression.ts"
import * as Utf8 from "../Utf8.ts"
import {
  type Case,
  ContractViolation,
  fromHex,
  joinBytes,
  must,
  mustBeBytes,
  mustEqual,
  rulesOf,
  someBytes,
} from "./Contract.ts"
import { pageCases } from "./PageCodecCases.ts"

/**
 * What the cases need to know of an adapter.
 *
 * @category models
 * @since 0.1.0
 */
export interface Fixture {
  /** The codecs that `compressPage` has; default all. */
  readonly codecs?: ReadonlyArray<PageCodec> | undefined
  /** Decodes a Zstandard frame. Without it the frames' content is not checked. */
  readonly decodeZstd?: ((frame: Uint8Array) => Uint8Array) | undefined
}

const text = Utf8.encode(
  `{"level":"INFO","message":"page read","page":1}\n{"level":"WARN","message":"page is slow","page":2}\n{"level":"INFO","message":"page read","page":33}\n`.repeat(
    2,
  ) + "The quick brown fox jumps over the lazy dog, 0123456789.",
)

const header = "1f8b08000000000000ff"

/** One deflate block with a dynamic table, and its CRC and length. */
const gzipText = fromHex(
  `${header}ab56ca492d4bcd51b252f2f473f357d251ca4d2d2e4e4c4f050a14002985a2d4c414a0680158c8b096ab1aae3edc31c80f537d66b142714e7e395c8b11b21622ac30` +
    "362651039ddc149291aa50589a999cad9054945f9ea790965fa190559a5b50ac905f965aa4500294ce49acaa5448c94fd7513030343236313533b7b0d403004f5d3d9b60010000",
)

/** 40 bytes, 31,960 zeros and the 40 bytes again, which are a match from 32,000 bytes back. */
const far = joinBytes([someBytes(40), new Uint8Array(31_960), someBytes(40)])

/** Streams made by zlib 1.2.13 and by hand, with their content. */
const vectors: ReadonlyArray<readonly [name: string, compressed: Uint8Array, content: Uint8Array]> = [
  ["a dynamic block", gzipText, text],
  ["a fixed block", fromHex(`${header}cb48cdc9c957c84090008088f9e511000000`), Utf8.encode("hello hello hello")],
  [
    "a stored block",
    fromHex(`${header}010c00f3ff73746f7265642062797465737877a60f0c000000`),
    Utf8.encode("stored bytes"),
  ],
  ["no content", fromHex(`${header}03000000000000000000`), new Uint8Array(0)],
  ["zlib", fromHex("78daabcac94c52a8821100286d0554"), Utf8.encode("zlib zlib zlib")],
  [
    "a run of 100,000 zeros",
    fromHex(`${header}edc13101000000c2a0f54f6d0d0fa0${"00".repeat(96)}8057037d9511d4a0860100`),
    new Uint8Array(100_000),
  ],
  [
    "a match from far back",
    fromHex(
      `${header}eddd210e8250000050dcd8cccc40e10006b20146b4314e009df48b56701ec0e411b8871bd9e009dc3c848de215ccecbd8bbce4b07bddcbbc7f764d9986e1332ee7effe7dbc166d3c65f3ed727a4c9b7a1baa08${"00".repeat(30)}58bde4cffffc07abaa4bf8287d0000`,
    ),
    far,
  ],
  [
    "a header with extra field, name, comment and its CRC",
    fromHex(
      `1f8b081e00000000000304006162637466696c652e6a736f6e00636f6d6d656e7400ab88cb48cdc9c957c84090008088f9e511000000`,
    ),
    Utf8.encode("hello hello hello"),
  ],
  ["zeros behind the last member", joinBytes([gzipText, new Uint8Array(2000)]), text],
]

/** Bytes that are wrong from the start: behind a gzip header, but for those that have their own. */
const corrupt: ReadonlyArray<readonly [name: string, compressed: Uint8Array]> = [
  ["plain text", Utf8.encode(`{"records":[]}`)],
  ["a method other than deflate", fromHex("1f8b07000000000000ff03000000000000000000")],
  ["reserved flags", fromHex("1f8b08e0000000000003030000000000000000000000")],
  ["a zlib header whose check fails", fromHex("78dbabcac94c52a8821100286d0554")],
  ["a block type that does not exist", fromHex(`${header}070000000000000000`)],
  ["a stored block whose lengths disagree", fromHex(`${header}01050005006865006c6c6f0000000000000000`)],
  ["a table with too many codes", fromHex(`${header}0500920400000000000000000000`)],
  ["a length code that does not exist", fromHex(`${header}1b030000000000000000`)],
  ["a match from before the beginning", fromHex(`${header}0302000000000000000000`)],
  ["a wrong CRC", fromHex(`${header}cb48cdc9c957c84090008188f9e511000000`)],
  ["a wrong length", fromHex(`${header}cb48cdc9c957c84090008088f9e512000000`)],
  ["a wrong Adler-32", fromHex("78daabcac94c52a8821100286d0555")],
  ["zeros and then text behind the last member", joinBytes([gzipText, new Uint8Array(20), Utf8.encode("rest")])],
  ["text behind the last member", joinBytes([gzipText, Utf8.encode("rest")])],
  ["a second member that is corrupt", joinBytes([gzipText, fromHex(`${header}cb48cdc9c957c84090008188f9e511000000`)])],
]

const enough = 1_000_000

/** Fails unless `effect` fails for the reason named. */
const mustRefuse = <A, R>(effect: Effect.Effect<A, CompressionError, R>, reason: InflateReason, what: string) =>
  Effect.matchEffect(effect, {
    onSuccess: () => Effect.fail(new ContractViolation({ message: `${what}: expected ${reason}, but it succeeded` })),
    onFailure: (error) => mustEqual(error.reason, reason, `${what}: reason`),
  })

/** The bytes as a stream of pieces of `size` bytes. */
const inPieces = (bytes: Uint8Array, size: number): Stream.Stream<Uint8Array> =>
  Stream.fromIterable(
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.slice(i * size, (i + 1) * size)),
  )

const collect = <E, R>(stream: Stream.Stream<Uint8Array, E, R>) => Effect.map(Stream.runCollect(stream), joinBytes)

/**
 * The cases of the contract.
 *
 * @category contract
 * @since 0.1.0
 */
export const cases = (fixture: Fixture = {}): ReadonlyArray<Case<Compression>> => {
  const rule = rulesOf(Compression)

  return [
    ...vectors.map(([name, compressed, content]) =>
      rule(`inflates ${name}`, function* ({ inflate, inflateBytes }) {
        yield* mustBeBytes(yield* inflateBytes(compressed, enough), content, "inflateBytes")
        for (const size of [1, 3, 100]) {
          yield* mustBeBytes(
            yield* collect(inflate(inPieces(compressed, size), enough)),
            content,
            `inflate in pieces of ${size}`,
          )
        }
      }),
    ),
    rule("inflates several gzip members in a row, empty ones too", function* ({ inflate, inflateBytes }) {
      const members = joinBytes([gzipText, vectors[3]![1], vectors[1]![1], gzipText])
      const content = joinBytes([text, vectors[1]![2], text])
      yield* mustBeBytes(yield* inflateBytes(members, enough), content, "inflateBytes")
      for (const size of [1, 7, gzipText.length]) {
        yield* mustBeBytes(
          yield* collect(inflate(inPieces(members, size), enough)),
          content,
          `inflate in pieces of ${size}`,
        )
      }
    }),
    rule("empty pieces make no difference", function* ({ inflate }) {
      const pieces = [
        new Uint8Array(0),
        gzipText.slice(0, 50),
        new Uint8Array(0),
        gzipText.slice(50),
        new Uint8Array(0),
      ]
      yield* mustBeBytes(yield* collect(inflate(Stream.fromIterable(pieces), enough)), text, "content")
    }),
    rule("a stream of it can be run again", function* ({ inflate }) {
      const stream = inflate(inPieces(gzipText, 20), enough)
      yield* mustBeBytes(yield* collect(stream), text, "first run")
      yield* mustBeBytes(yield* collect(stream), text, "second run")
    }),
    rule("a failure of the source passes through", function* ({ inflate }) {
      const broken = inPieces(gzipText.slice(0, 100), 10).pipe(Stream.concat(Stream.fail("broken" as const)))
      const error = yield* Effect.flip(collect(inflate(broken, enough)))
      yield* mustEqual(error, "broken", "error")
    }),

    ...[gzipText, vectors[1]![1], vectors[2]![1], vectors[4]![1]].map((compressed, i) =>
      rule(
        `bytes cut anywhere are Truncated (${["dynamic", "fixed", "stored", "zlib"][i]})`,
        function* ({ inflate, inflateBytes }) {
          for (let length = 0; length < compressed.length; length++) {
            const cut = compressed.slice(0, length)
            yield* mustRefuse(
              inflateBytes(cut, enough),
              "Truncated",
              `the first ${length} of ${compressed.length} bytes`,
            )
            yield* mustRefuse(
              collect(inflate(inPieces(cut, 16), enough)),
              "Truncated",
              `a stream of the first ${length} bytes`,
            )
          }
        },
      ),
    ),
    rule("a second member that is cut is Truncated", function* ({ inflateBytes }) {
      for (const length of [1, 2, 9, 10, 11, gzipText.length - 1]) {
        const cut = joinBytes([gzipText, gzipText.slice(0, length)])
        yield* mustRefuse(inflateBytes(cut, enough), "Truncated", `${length} bytes of a second member`)
      }
    }),
    ...corrupt.map(([name, compressed]) =>
      rule(`${name} is BadEncoding`, function* ({ inflate, inflateBytes }) {
        yield* mustRefuse(inflateBytes(compressed, enough), "BadEncoding", "inflateBytes")
        yield* mustRefuse(collect(inflate(inPieces(compressed, 5), enough)), "BadEncoding", "inflate")
      }),
    ),
    rule("no flipped bit changes the content unnoticed", function* ({ inflateBytes }) {
      for (let bit = 0; bit < gzipText.length * 8; bit++) {
        const flipped = gzipText.slice()
        flipped[bit >> 3] = flipped[bit >> 3]! ^ (1 << (bit & 7))
        const result = yield* Effect.result(inflateBytes(flipped, enough))
        // A bit of the header's time or system means nothing to the content.
        if (Result.isSuccess(result)) yield* mustBeBytes(result.success, text, `content with bit ${bit} flipped`)
        else yield* must(result.failure.reason !== "TooLarge", `bit ${bit} flipped is TooLarge`)
      }
    }),

    rule("content of exactly the limit is inflated", function* ({ inflate, inflateBytes }) {
      yield* mustBeBytes(yield* inflateBytes(gzipText, text.length), text, "inflateBytes")
      yield* mustBeBytes(yield* collect(inflate(inPieces(gzipText, 30), text.length)), text, "inflate")
      yield* mustEqual((yield* inflateBytes(vectors[3]![1], 0)).length, 0, "length of no content under a limit of 0")
    }),
    rule("content over the limit is TooLarge", function* ({ inflate, inflateBytes }) {
      for (const limit of [0, 1, text.length - 1]) {
        yield* mustRefuse(inflateBytes(gzipText, limit), "TooLarge", `inflateBytes under ${limit}`)
        yield* mustRefuse(collect(inflate(inPieces(gzipText, 30), limit)), "TooLarge", `inflate under ${limit}`)
      }
    }),
    rule("the limit counts all members together", function* ({ inflateBytes }) {
      const members = joinBytes([gzipText, gzipText])
      yield* mustRefuse(inflateBytes(members, text.length * 2 - 1), "TooLarge", "two members")
      yield* mustEqual((yield* inflateBytes(members, text.length * 2)).length, text.length * 2, "length")
    }),
    rule("a stream over the limit ends before its source does", function* ({ inflate }) {
      const endless = Stream.forever(Stream.succeed(vectors[5]![1]))
      yield* mustRefuse(collect(inflate(endless, 3_000_000)), "TooLarge", "members without end")
    }),
    ...pageCases(fixture),
  ]
}

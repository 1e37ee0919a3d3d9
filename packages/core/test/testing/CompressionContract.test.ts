import { describe } from "@effect/vitest"
import { Compression, CompressionError } from "@tributary/core/Compression"
import * as CompressionMemory from "@tributary/core/memory/CompressionMemory"
import * as CompressionContract from "@tributary/core/testing/CompressionContract"
import { joinBytes } from "@tributary/core/testing/Contract"
import { Effect, Layer, Stream } from "effect"
import { refuses } from "./refuses.ts"

type Port = Compression["Service"]

const cases = CompressionContract.cases()
const right = CompressionMemory.make

/** The adapter in memory with a fault put over it. */
const faulty = (fault: string, by: string, change: Partial<Port>) =>
  refuses(fault, by, cases, Layer.succeed(Compression, { ...right, ...change }))

const relabel = (reason: CompressionError["reason"]) => (error: CompressionError) =>
  new CompressionError({ reason, detail: error.detail })

describe("CompressionContract", () => {
  faulty("calls everything corrupt", "bytes cut anywhere are Truncated (dynamic)", {
    inflateBytes: (bytes, maxBytes) => Effect.mapError(right.inflateBytes(bytes, maxBytes), relabel("BadEncoding")),
  })
  faulty("calls everything cut", "plain text is BadEncoding", {
    inflateBytes: (bytes, maxBytes) => Effect.mapError(right.inflateBytes(bytes, maxBytes), relabel("Truncated")),
  })
  faulty("has no limit", "content over the limit is TooLarge", {
    inflateBytes: (bytes) => right.inflateBytes(bytes, 1_000_000_000),
  })
  faulty("refuses content of exactly the limit", "content of exactly the limit is inflated", {
    inflateBytes: (bytes, maxBytes) => right.inflateBytes(bytes, maxBytes - 1),
  })
  faulty("takes a cut stream for its content", "bytes cut anywhere are Truncated (fixed)", {
    inflate: <E, R>(bytes: Stream.Stream<Uint8Array, E, R>, maxBytes: number) =>
      Stream.catchIf(
        right.inflate(bytes, maxBytes),
        (error) => error instanceof CompressionError && error.reason === "Truncated",
        () => Stream.empty,
      ),
  })
  faulty("collects a stream before it inflates", "a failure of the source passes through", {
    inflate: <E, R>(bytes: Stream.Stream<Uint8Array, E, R>, maxBytes: number) =>
      Stream.fromEffect(
        Effect.flatMap(Stream.runCollect(Stream.catchCause(bytes, () => Stream.empty)), (pieces) =>
          right.inflateBytes(joinBytes(pieces), maxBytes),
        ),
      ),
  })
  faulty("keeps the state of an earlier run", "a stream of it can be run again", {
    inflate: <E, R>(bytes: Stream.Stream<Uint8Array, E, R>, maxBytes: number) => {
      let runs = 0
      return Stream.suspend(() =>
        runs++ === 0 ? right.inflate(bytes, maxBytes) : right.inflate(Stream.empty, maxBytes),
      )
    },
  })
  faulty("compresses with a time", "gzip pages are the same for the same bytes and level", {
    compressPage: (() => {
      let calls = 0
      return (codec, bytes, level) => {
        const page = right.compressPage(codec, bytes, level).slice()
        if (codec === "gzip") page[4] = calls++
        return page
      }
    })(),
  })
  faulty("wraps Snappy in frames", "snappy pages decode to what they were", {
    compressPage: (codec, bytes) =>
      codec === "snappy"
        ? joinBytes([Uint8Array.of(0xff, 6, 0, 0, 0x73, 0x4e), right.compressPage(codec, bytes)])
        : right.compressPage(codec, bytes),
  })
  faulty("answers gzip for zstd", "zstd pages decode to what they were", {
    compressPage: (codec, bytes) => right.compressPage(codec === "zstd" ? "gzip" : codec, bytes),
  })
  faulty("leaves out the last byte of a page", "gzip pages decode to what they were", {
    compressPage: (codec, bytes) => right.compressPage(codec, bytes.subarray(0, -1)),
  })
})

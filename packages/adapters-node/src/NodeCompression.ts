/**
 * Compression by `node:zlib`; snappy by hyparquet-writer's JavaScript.
 *
 * gzip members are taken apart here and inflated one by one, so that every end is told apart: a stream that stops early, in a header, the data or the
 * trailer, is `Truncated`; a header, data, checksum or length that is wrong is `BadEncoding`, and so is anything behind the last member but zeros, which
 * pad it. No bytes at all are `Truncated` too.
 *
 * @since 0.1.0
 */
import * as Compression from "@tributary/core/Compression"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Pull from "effect/Pull"
import * as Result from "effect/Result"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { snappyCompress } from "hyparquet-writer/src/snappy.js"
import { constants as bufferConstants } from "node:buffer"
import * as zlib from "node:zlib"
import { checkTrailer, readHeader, trailerBytes } from "./internal/gzip.ts"
import * as inflateMember from "./internal/inflateMember.ts"

/** Levels where the caller names none: zstd's and zlib's own defaults. */
const defaultLevel = { zstd: 3, gzip: 6 }

/** Logs and reports as JSON shrink to a tenth or so. */
const usualRatio = 20

/** Output of one step of a stream. */
const chunkSize = 64 * 1024

/**
 * Compression by `node:zlib`. Levels where the caller names none: zstd 3, gzip 6. gzip and zstd pages are the same on every machine of one Node version and
 * processor architecture: zlib picks its instructions by processor.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (): Compression.Compression["Service"] => ({
  inflate,
  inflateBytes: Effect.fn("NodeCompression.inflateBytes")((bytes: Uint8Array, maxBytes: number) =>
    Effect.suspend(() => {
      const usual = Math.min(maxBytes, Math.max(bytes.length * usualRatio, 1024 * 1024))
      const inflated = inflateAtOnce(bytes, usual)
      if (usual === maxBytes || Result.isSuccess(inflated) || inflated.failure.reason !== "TooLarge")
        return Effect.fromResult(inflated)
      // So dense that it may be a bomb: counted first, so that one is never held.
      return Effect.andThen(
        Stream.runDrain(inflate(Stream.succeed(bytes), maxBytes)),
        Effect.suspend(() => Effect.fromResult(inflateAtOnce(bytes, maxBytes))),
      )
    }),
  ),
  compressPage,
})

/**
 * Compression by `node:zlib`, as a layer.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<Compression.Compression> = Layer.sync(Compression.Compression, make)

const failed = (reason: Compression.InflateReason, detail: string) =>
  new Compression.CompressionError({ reason, detail })
const truncated = () => failed("Truncated", "the compressed bytes end early")
const behindTheEnd = () => failed("BadEncoding", "there are bytes behind the end of the compressed data")
const tooLarge = (maxBytes: number) => failed("TooLarge", `there are more than ${maxBytes} bytes once decompressed`)

/** What gzip(1) takes for the rest of a tape's block. */
const isPadding = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0)

/** zlib's words for what it found; input that ends early is Z_BUF_ERROR, "unexpected end of file". */
const fromZlib = (error: NodeJS.ErrnoException, maxBytes: number): Compression.CompressionError => {
  if (error.code === "ERR_BUFFER_TOO_LARGE") return tooLarge(maxBytes)
  return error.code === "Z_BUF_ERROR"
    ? truncated()
    : failed("BadEncoding", `the compressed data is corrupt: ${error.message}`)
}

const inflate: Compression.Compression["Service"]["inflate"] = (bytes, maxBytes) =>
  Stream.transformPull(bytes, (pull, scope) => inflatePull(pull, scope, maxBytes))

const inflatePull = Effect.fnUntraced(function* <E>(
  pull: Pull.Pull<readonly [Uint8Array, ...Array<Uint8Array>], E>,
  scope: Scope.Scope,
  maxBytes: number,
): Effect.fn.Return<Pull.Pull<readonly [Uint8Array], E | Compression.CompressionError>> {
  const source: inflateMember.Source<E> = {
    rest: new Uint8Array(0),
    fill: Effect.suspend(() => pull).pipe(
      Effect.map((chunks) => {
        source.rest =
          source.rest.length === 0 && chunks.length === 1 ? chunks[0] : plain(Buffer.concat([source.rest, ...chunks]))
        return chunks.some((chunk) => chunk.length > 0)
      }),
      Effect.flatMap((more) => (more ? Effect.succeed(true) : source.fill)),
      Pull.catchDone(() => Effect.succeed(false)),
    ),
  }
  let members = 0
  let total = 0
  let member: ReturnType<typeof openMember> | undefined
  const openMember = (frame: "gzip" | "zlib") => {
    const options = { chunkSize, readableHighWaterMark: chunkSize }
    const engine = frame === "gzip" ? zlib.createInflateRaw(options) : zlib.createInflate(options)
    return { frame, engine, next: inflateMember.make(engine, source), length: 0, crc: 0 }
  }
  yield* Scope.addFinalizer(
    scope,
    Effect.sync(() => member?.engine.destroy()),
  )
  const padding = Effect.gen(function* () {
    do {
      if (!isPadding(source.rest)) return yield* behindTheEnd()
      source.rest = new Uint8Array(0)
    } while (yield* source.fill)
    return yield* Cause.done()
  })
  const begin = Effect.fnUntraced(function* () {
    for (;;) {
      if (members > 0 && source.rest[0] === 0) return yield* padding
      const header = readHeader(source.rest, zlib.crc32)
      if (header.kind === "short") {
        if (yield* source.fill) continue
        return yield* source.rest.length === 0 && members > 0 ? Cause.done() : Effect.fail(truncated())
      }
      if (members > 0 && (header.kind === "bad" || header.frame === "zlib")) return yield* behindTheEnd()
      if (header.kind === "bad") return yield* failed("BadEncoding", header.detail)
      source.rest = source.rest.subarray(header.start)
      return openMember(header.frame)
    }
  })
  const end = Effect.fnUntraced(function* (ended: NonNullable<typeof member>) {
    ended.engine.destroy()
    if (ended.frame === "zlib") {
      if (source.rest.length > 0 || (yield* source.fill)) return yield* behindTheEnd()
      return
    }
    while (source.rest.length < trailerBytes) if (!(yield* source.fill)) return yield* truncated()
    const wrong = checkTrailer(source.rest, ended.crc, ended.length)
    if (wrong !== undefined) return yield* failed("BadEncoding", wrong)
    source.rest = source.rest.subarray(trailerBytes)
  })
  return Effect.gen(function* () {
    for (;;) {
      member ??= yield* begin()
      const piece = yield* member.next
      if (piece === undefined) {
        yield* end(member)
        member = undefined
        members++
        continue
      }
      total += piece.length
      if (total > maxBytes) return yield* tooLarge(maxBytes)
      member.length += piece.length
      if (member.frame === "gzip") member.crc = zlib.crc32(piece, member.crc)
      return [piece] as const
    }
  }).pipe(
    Effect.catchIf(
      (error) => error instanceof inflateMember.EngineError,
      ({ error }) => Effect.fail(fromZlib(error, maxBytes)),
    ),
  )
})

/** A Buffer answers to more names than a Uint8Array; this is a view, not a copy. */
const plain = (buffer: Buffer): Uint8Array => new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length)

type Inflated = { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } }

const inflateAtOnce = (
  bytes: Uint8Array,
  maxBytes: number,
): Result.Result<Uint8Array, Compression.CompressionError> => {
  const parts: Array<Buffer> = []
  let total = 0
  let at = 0
  do {
    if (parts.length > 0 && bytes[at] === 0) {
      if (!isPadding(bytes.subarray(at))) return Result.fail(behindTheEnd())
      break
    }
    const header = readHeader(bytes.subarray(at), zlib.crc32)
    if (parts.length > 0 && (header.kind === "bad" || (header.kind === "member" && header.frame === "zlib")))
      return Result.fail(behindTheEnd())
    if (header.kind === "short") return Result.fail(truncated())
    if (header.kind === "bad") return Result.fail(failed("BadEncoding", header.detail))
    const body = bytes.subarray(at + header.start)
    const part = inflateBody(header.frame, body, maxBytes - total, maxBytes)
    if (Result.isFailure(part)) return Result.fail(part.failure)
    const { buffer, engine } = part.success
    total += buffer.length
    if (total > maxBytes) return Result.fail(tooLarge(maxBytes))
    parts.push(buffer)
    at += header.start + engine.bytesWritten
    if (header.frame === "zlib") {
      if (at < bytes.length) return Result.fail(behindTheEnd())
    } else {
      if (bytes.length - at < trailerBytes) return Result.fail(truncated())
      const wrong = checkTrailer(bytes.subarray(at), zlib.crc32(buffer), buffer.length)
      if (wrong !== undefined) return Result.fail(failed("BadEncoding", wrong))
      at += trailerBytes
    }
  } while (at < bytes.length)
  return Result.succeed(plain(parts.length === 1 ? parts[0]! : Buffer.concat(parts)))
}

const inflateBody = (frame: "gzip" | "zlib", body: Uint8Array, room: number, maxBytes: number) =>
  Result.try({
    try: () => {
      const options = {
        info: true,
        // Large steps save copies; deflate makes text about four times smaller.
        chunkSize: Math.max(16 * 1024, Math.min(body.length * 4, 1024 * 1024)),
        maxOutputLength: Math.min(room + 1, bufferConstants.MAX_LENGTH),
      }
      // With `info` Node answers the engine as well, which its types do not say.
      return (frame === "gzip"
        ? zlib.inflateRawSync(body, options)
        : zlib.inflateSync(body, options)) as unknown as Inflated
    },
    catch: (error) => fromZlib(error as NodeJS.ErrnoException, maxBytes),
  })

const compressPage: Compression.Compression["Service"]["compressPage"] = (codec, bytes, level) => {
  switch (codec) {
    case "uncompressed":
      return bytes
    case "snappy":
      return snappyCompress(bytes)
    case "gzip": {
      const compressed = zlib.gzipSync(bytes, { level: level ?? defaultLevel.gzip })
      // The operating system's number: "unknown" everywhere, so that it does not differ between machines.
      compressed[9] = 0xff
      return plain(compressed)
    }
    case "zstd":
      return plain(
        zlib.zstdCompressSync(bytes, {
          params: { [zlib.constants.ZSTD_c_compressionLevel]: level ?? defaultLevel.zstd },
        }),
      )
  }
}

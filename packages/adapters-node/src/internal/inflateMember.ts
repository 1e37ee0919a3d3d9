/**
 * One member of a compressed stream, inflated piece by piece by a Node stream that is pulled, so that output waits for its reader.
 */
import * as Effect from "effect/Effect"
import type { Inflate, InflateRaw } from "node:zlib"

/** Where compressed bytes come from. `rest` has been received and not been used. */
export interface Source<E> {
  rest: Uint8Array
  /** Adds to `rest` what comes next; false at the end. */
  readonly fill: Effect.Effect<boolean, E>
}

/**
 * The next piece, or undefined at the member's end; `source.rest` begins behind it then. Fails with what the engine says, of input that ends early too
 * (`Z_BUF_ERROR`).
 */
export const make = <E>(
  engine: Inflate | InflateRaw,
  source: Source<E>,
): Effect.Effect<Uint8Array | undefined, E | EngineError> => {
  let given = 0
  let chunk = source.rest
  let busy = false
  let inputEnded = false
  let ended = false
  let failure: EngineError | undefined
  // An event may come between a look at the state and the wait for a change: it is remembered.
  let moved = false
  let wake = () => {
    moved = true
  }
  engine.on("readable", () => wake())
  engine.on("end", () => {
    ended = true
    wake()
  })
  engine.on("error", (error) => {
    failure = new EngineError(error)
    wake()
  })
  const change = Effect.callback<void>((resume) => {
    const before = () => {
      moved = true
    }
    wake = () => {
      wake = before
      resume(Effect.void)
    }
    if (moved) wake()
    moved = false
    return Effect.sync(() => {
      wake = before
    })
  })
  const feed = Effect.gen(function* () {
    if (source.rest.length === 0 && !(yield* source.fill)) {
      inputEnded = true
      engine.end()
      return
    }
    chunk = source.rest
    source.rest = new Uint8Array(0)
    given += chunk.length
    busy = true
    engine.write(chunk, () => {
      busy = false
      wake()
    })
  })
  return Effect.gen(function* () {
    for (;;) {
      if (failure !== undefined) return yield* Effect.fail(failure)
      const piece = engine.read() as Buffer | null
      if (piece !== null) return new Uint8Array(piece.buffer, piece.byteOffset, piece.length)
      if (ended) {
        const unused = given - engine.bytesWritten
        source.rest = chunk.subarray(chunk.length - unused)
        return undefined
      }
      yield* busy || inputEnded ? change : feed
    }
  })
}

/** What zlib refused, with its code. */
export class EngineError {
  readonly error: NodeJS.ErrnoException
  constructor(error: NodeJS.ErrnoException) {
    this.error = error
  }
}

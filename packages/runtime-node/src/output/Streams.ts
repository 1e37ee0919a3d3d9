/**
 * Where the command line writes: results to standard output, everything else to standard error.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"

/**
 * Whoever read the output has gone, as `head` does when it has seen enough.
 *
 * @category errors
 * @since 0.1.0
 */
export class OutputClosed extends Schema.TaggedError<OutputClosed>()("OutputClosed", {}) {}

/**
 * The output could not be written: a full disk behind `> file`.
 *
 * @category errors
 * @since 0.1.0
 */
export class OutputFailed extends Schema.TaggedError<OutputFailed>()("OutputFailed", { detail: Schema.String }) {
  override get message(): string {
    return `standard output cannot be written: ${this.detail}`
  }
}

/**
 * One stream and what it can show. `isTerminal`: lines on it may be drawn again; `colors`: it shows colours, and `NO_COLOR` does not forbid them.
 *
 * @category models
 * @since 0.1.0
 */
export interface Output<E> {
  readonly write: (text: string) => Effect.Effect<void, E>
  readonly isTerminal: boolean
  readonly colors: boolean
  /** Cells of a line; without end where it is no terminal. */
  readonly columns: number
}

/**
 * The two streams. Writing to standard error never fails: that a message was not read is no reason to stop.
 *
 * @category services
 * @since 0.1.0
 */
export class Streams extends Context.Service<
  Streams,
  { readonly stdout: Output<OutputClosed | OutputFailed>; readonly stderr: Output<never> }
>()("@tributary/runtime-node/Streams") {}

/** What a terminal is taken to have where it does not say. */
const defaultColumns = 80

const allowsColors = (): boolean => (process.env["NO_COLOR"] ?? "") === "" && process.env["TERM"] !== "dumb"

const writeTo =
  (stream: NodeJS.WriteStream) =>
  (text: string): Effect.Effect<void, NodeJS.ErrnoException> =>
    Effect.callback((resume) => {
      if (text === "") return resume(Effect.void)
      stream.write(text, (error) => resume(error ? Effect.fail(error) : Effect.void))
    })

const outputOf = (stream: NodeJS.WriteStream): Omit<Output<never>, "write"> => ({
  isTerminal: stream.isTTY && process.env["TERM"] !== "dumb",
  colors: stream.isTTY && allowsColors(),
  get columns() {
    if (!stream.isTTY) return Infinity
    return stream.columns > 0 ? stream.columns : defaultColumns
  },
})

/**
 * The streams of this process.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<Streams> = Layer.sync(Streams, () => {
  // A failed write is told to its caller; without a listener Node would end the process over it as well.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {})
  const closed = new Set(["EPIPE", "ERR_STREAM_DESTROYED", "EOF"])
  return Streams.of({
    stdout: Object.assign(outputOf(process.stdout), {
      write: (text: string) =>
        Effect.mapError(writeTo(process.stdout)(text), ({ code = "", message }) =>
          closed.has(code) ? new OutputClosed() : new OutputFailed({ detail: message }),
        ),
    }),
    stderr: Object.assign(outputOf(process.stderr), {
      write: (text: string) => Effect.ignore(writeTo(process.stderr)(text)),
    }),
  })
})

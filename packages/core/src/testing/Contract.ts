/**
 * Contracts as data: the rules of a port as a list of cases that any adapter can be held against, by any test runner, or by `tributary doctor`.
 *
 * Every `<Port>Contract` exports `cases(fixture)`. The fixture holds what only the adapter's test knows (a bucket, a table, how time passes);
 * `cases` of a port that needs nothing of the kind takes no argument. A fixture's `prefix` must be fresh for each run on a server that remembers;
 * under it each case has names of its own, so that one adapter may serve them all, one after the other. The cases of a queue want it empty.
 *
 * @since 0.1.0
 */
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Formatter from "effect/Formatter"
import * as Schema from "effect/Schema"
import type * as PortError from "../PortError.ts"

/**
 * What a case fails with: the rule that was broken, in words.
 *
 * @category errors
 * @since 0.1.0
 */
export class ContractViolation extends Schema.TaggedError<ContractViolation>()("ContractViolation", {
  message: Schema.String,
}) {}

/**
 * One rule that every adapter of a port keeps. It needs the port and nothing else.
 *
 * @category models
 * @since 0.1.0
 */
export interface Case<R> {
  readonly name: string
  readonly run: Effect.Effect<void, unknown, R>
}

/**
 * Lets time pass for the adapter: `TestClock.adjust` where it lives in virtual time, `Effect.sleep` where it does not.
 *
 * @category models
 * @since 0.1.0
 */
export type PassTime = (milliseconds: number) => Effect.Effect<void>

/**
 * Answers a function that makes a case from its name and a generator over the port; `slug` is the name in letters, digits and dashes, for keys of its own.
 *
 * @category constructors
 * @since 0.1.0
 */
export const rulesOf =
  <I, Port>(port: Context.Service<I, Port>) =>
  (name: string, body: (port: Port, slug: string) => Effect.fn.Return<void, unknown, I>): Case<I> => ({
    name,
    run: port.use((service) => Effect.gen(() => body(service, name.toLowerCase().replace(/[^a-z0-9]+/g, "-")))),
  })

/**
 * Fails with {@link ContractViolation} unless `condition` holds.
 *
 * @category assertions
 * @since 0.1.0
 */
export const must = (condition: boolean, message: string): Effect.Effect<void, ContractViolation> =>
  condition ? Effect.void : Effect.fail(new ContractViolation({ message }))

/**
 * Fails unless both values are structurally equal; the message shows them.
 *
 * @category assertions
 * @since 0.1.0
 */
export const mustEqual = <A>(actual: A, expected: A, what: string): Effect.Effect<void, ContractViolation> =>
  must(Equal.equals(actual, expected), `${what}: expected ${show(expected)}, got ${show(actual)}`)

/**
 * Fails unless both hold the same bytes; the message tells where they part.
 *
 * @category assertions
 * @since 0.1.0
 */
export const mustBeBytes = (
  actual: Uint8Array,
  expected: Uint8Array,
  what: string,
): Effect.Effect<void, ContractViolation> => {
  if (actual.length !== expected.length)
    return must(false, `${what}: expected ${expected.length} bytes, got ${actual.length}`)
  const at = actual.findIndex((byte, i) => byte !== expected[i])
  return must(at === -1, `${what}: byte ${at} is ${actual[at]}, expected ${expected[at]}`)
}

/**
 * Fails unless `effect` fails for the reason named; answers that reason.
 *
 * @category assertions
 * @since 0.1.0
 */
export const mustFail = <A, E extends { readonly reason: PortError.Reason }, R, Tag extends PortError.Reason["_tag"]>(
  effect: Effect.Effect<A, E, R>,
  tag: Tag,
  what: string,
): Effect.Effect<Extract<PortError.Reason, { readonly _tag: Tag }>, ContractViolation, R> =>
  Effect.matchEffect(effect, {
    onSuccess: () => Effect.fail(new ContractViolation({ message: `${what}: expected ${tag}, but it succeeded` })),
    onFailure: ({ reason }) =>
      isReason(reason, tag)
        ? Effect.succeed(reason)
        : Effect.fail(
            new ContractViolation({ message: `${what}: expected ${tag}, got ${reason._tag} (${reason.detail})` }),
          ),
  })

/**
 * `length` bytes that look random and are the same for the same seed, so that a case needs no clock and no chance (xorshift32).
 *
 * @category test data
 * @since 0.1.0
 */
export const someBytes = (length: number, seed = 1): Uint8Array => {
  const bytes = new Uint8Array(length)
  let state = (seed * 0x9e3779b1) | 1
  for (let i = 0; i < length; i++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    bytes[i] = state
  }
  return bytes
}

/**
 * The pieces end to end.
 *
 * @category test data
 * @since 0.1.0
 */
export const joinBytes = (pieces: ReadonlyArray<Uint8Array>): Uint8Array => {
  const joined = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  pieces.reduce((at, piece) => (joined.set(piece, at), at + piece.length), 0)
  return joined
}

/**
 * Bytes as hexadecimal digits, lower case.
 *
 * @category test data
 * @since 0.1.0
 */
export const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")

/**
 * Bytes from hexadecimal digits.
 *
 * @category test data
 * @since 0.1.0
 */
export const fromHex = (digits: string): Uint8Array =>
  Uint8Array.from({ length: digits.length / 2 }, (_, i) => Number.parseInt(digits.slice(i * 2, i * 2 + 2), 16))

const isReason = <Tag extends PortError.Reason["_tag"]>(
  reason: PortError.Reason,
  tag: Tag,
): reason is Extract<PortError.Reason, { readonly _tag: Tag }> => reason._tag === tag

const show = (value: unknown): string => {
  const text = Formatter.format(value)
  return text.length > 400 ? `${text.slice(0, 400)}…` : text
}

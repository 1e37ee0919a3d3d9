/**
 * The rules of {@link SeenKeys}: a key belongs to the first input that claims it, and to no other while it is remembered.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { SeenKeys } from "../SeenKeys.ts"
import { type Case, must, mustEqual, type PassTime, rulesOf } from "./Contract.ts"

/**
 * What the cases need to know of a store.
 *
 * @category models
 * @since 0.1.0
 */
export interface Fixture {
  /** Begins the name of every flow; fresh for each run on a store that remembers. */
  readonly prefix: string
  readonly passTime: PassTime
}

const hour = 3_600_000

/**
 * The cases of the contract.
 *
 * @category contract
 * @since 0.1.0
 */
export const cases = ({ prefix, passTime }: Fixture): ReadonlyArray<Case<SeenKeys>> => {
  const rule = rulesOf(SeenKeys)
  const claimer =
    (seen: SeenKeys["Service"], flow: string) =>
    (inputId: string, keys: ReadonlyArray<string>, windowMs = hour) =>
      Effect.map(seen.claim({ flow: `${prefix}${flow}`, inputId, keys, windowMs }), (positions) =>
        positions.toSorted((a, b) => a - b),
      )

  return [
    rule("the first claim has every key", function* (seen, slug) {
      const claim = claimer(seen, slug)
      yield* mustEqual(yield* claim("a", ["k1", "k2", "k3"]), [], "duplicates")
    }),
    rule("a claim of no keys is answered", function* (seen, slug) {
      yield* mustEqual(yield* claimer(seen, slug)("a", []), [], "duplicates")
    }),
    rule("another input finds the keys taken", function* (seen, slug) {
      const claim = claimer(seen, slug)
      yield* claim("a", ["k1", "k2"])
      yield* mustEqual(yield* claim("b", ["k1", "k2"]), [0, 1], "duplicates")
    }),
    rule("the same input gets the same answer again", function* (seen, slug) {
      const claim = claimer(seen, slug)
      yield* claim("a", ["k1"])
      const first = yield* claim("b", ["k0", "k1", "k2"])
      yield* mustEqual(first, [1], "first answer")
      yield* mustEqual(yield* claim("b", ["k0", "k1", "k2"]), first, "second answer")
      yield* mustEqual(yield* claim("a", ["k1"]), [], "answer to the first owner")
    }),
    rule("answers positions among the keys given, and gives the free ones to the claimer", function* (seen, slug) {
      const claim = claimer(seen, slug)
      yield* claim("a", ["k2", "k4"])
      yield* mustEqual(yield* claim("b", ["k1", "k2", "k3", "k4", "k5"]), [1, 3], "duplicates of the second input")
      yield* mustEqual(yield* claim("c", ["k5", "k4", "k3", "k6"]), [0, 1, 2], "duplicates of the third input")
    }),
    rule("a key that stands twice in a claim is a duplicate the second time", function* (seen, slug) {
      const claim = claimer(seen, slug)
      const keys = ["k1", "k2", "k1", "k3", "k2", "k1"]
      yield* mustEqual(yield* claim("a", keys), [2, 4, 5], "duplicates")
      yield* mustEqual(yield* claim("a", keys), [2, 4, 5], "duplicates of the retry")
    }),
    rule("a key of another input is a duplicate wherever it stands in a claim", function* (seen, slug) {
      const claim = claimer(seen, slug)
      yield* claim("a", ["k1"])
      yield* mustEqual(yield* claim("b", ["k1", "k2", "k1", "k2"]), [0, 2, 3], "duplicates")
    }),
    rule("flows are apart", function* (seen, slug) {
      yield* claimer(seen, `${slug}-1`)("a", ["k1"])
      yield* mustEqual(yield* claimer(seen, `${slug}-2`)("b", ["k1"]), [], "duplicates in the other flow")
    }),
    rule("keys of any text are apart", function* (seen, slug) {
      const claim = claimer(seen, slug)
      const keys = ["a", "A", "a ", "a/b", "a#b", "ä", "😀", "%61", "x".repeat(200), "x".repeat(201)]
      yield* mustEqual(yield* claim("a", keys), [], "duplicates")
      yield* mustEqual(
        yield* claim("b", keys),
        keys.map((_, i) => i),
        "duplicates of the second input",
      )
    }),
    rule("names of inputs and keys do not run into each other", function* (seen, slug) {
      const claim = claimer(seen, slug)
      yield* claim("a", ["b/c"])
      yield* mustEqual(yield* claim("a/b", ["c"]), [], "duplicates")
      yield* mustEqual(yield* claim("a/b", ["b/c"]), [0], "duplicates of the key taken")
    }),
    rule("a claim may have many keys", function* (seen, slug) {
      const claim = claimer(seen, slug)
      const keys = Array.from({ length: 1_000 }, (_, i) => `key-${i}`)
      yield* claim(
        "a",
        keys.filter((_, i) => i % 3 === 0),
      )
      const duplicates = yield* claim("b", keys)
      yield* mustEqual(
        duplicates,
        keys.flatMap((_, i) => (i % 3 === 0 ? [i] : [])),
        "duplicates",
      )
    }),
    rule("a key is free again after the window", function* (seen, slug) {
      const claim = claimer(seen, slug)
      yield* claim("a", ["k1"], 1_500)
      yield* mustEqual(yield* claim("b", ["k1"], 1_500), [0], "duplicates within the window")
      yield* passTime(3_000)
      yield* mustEqual(yield* claim("c", ["k1"], 1_500), [], "duplicates after the window")
      yield* mustEqual(yield* claim("d", ["k1"], 1_500), [0], "duplicates of the next owner's key")
    }),
    rule("the window is the claimer's", function* (seen, slug) {
      const claim = claimer(seen, slug)
      yield* claim("a", ["k1", "k2"])
      yield* passTime(3_000)
      yield* mustEqual(yield* claim("b", ["k1"], 1_500), [], "duplicates within a short window")
      yield* mustEqual(yield* claim("c", ["k2"], hour), [0], "duplicates within a long window")
    }),
    rule("of concurrent claims each key goes to exactly one input", function* (seen, slug) {
      const claim = claimer(seen, slug)
      const keys = Array.from({ length: 30 }, (_, i) => `k${i}`)
      // In the same order, the other way round, and from the middle on: two inputs meet at every key, from both sides.
      const orders = [keys, keys.toReversed(), [...keys.slice(15), ...keys.slice(0, 15)]]
      const claims = Array.from({ length: 9 }, (_, i) => ({ inputId: `input-${i}`, keys: orders[i % 3]! }))
      const answers = yield* Effect.forEach(claims, ({ inputId, keys }) => claim(inputId, keys), {
        concurrency: "unbounded",
      })
      const owned = claims.flatMap(({ keys }, i) => keys.filter((_, position) => !answers[i]!.includes(position)))
      yield* mustEqual(owned.toSorted(), keys.toSorted(), "keys owned, over all inputs")
      const again = yield* Effect.forEach(claims, ({ inputId, keys }) => claim(inputId, keys))
      yield* must(
        again.every((answer, i) => answer.join() === answers[i]!.join()),
        "an input got another answer the second time",
      )
    }),
  ]
}

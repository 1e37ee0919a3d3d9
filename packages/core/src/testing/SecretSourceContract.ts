/**
 * The rules of {@link SecretSource}: a secret is found by its name, and shown nowhere.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Formatter from "effect/Formatter"
import * as Redacted from "effect/Redacted"
import { SecretSource } from "../SecretSource.ts"
import { type Case, must, mustFail, rulesOf } from "./Contract.ts"

/**
 * What the cases need to know of a source.
 *
 * @category models
 * @since 0.1.0
 */
export interface Fixture {
  /** A secret that exists, and its value: some text found nowhere else. */
  readonly name: string
  readonly value: string
  /** A secret that does not exist. */
  readonly missing: string
}

/**
 * The cases of the contract.
 *
 * @category contract
 * @since 0.1.0
 */
export const cases = ({ name, value, missing }: Fixture): ReadonlyArray<Case<SecretSource>> => {
  const rule = rulesOf(SecretSource)

  return [
    rule("answers the secret's value", function* (secrets) {
      yield* must(Redacted.value(yield* secrets.get(name)) === value, "the value is another")
    }),
    rule("answers it again", function* (secrets) {
      yield* secrets.get(name)
      yield* must(Redacted.value(yield* secrets.get(name)) === value, "the value is another the second time")
    }),
    rule("a secret does not print itself", function* (secrets) {
      const secret = yield* secrets.get(name)
      const printed = `${JSON.stringify({ secret })}\n${Formatter.format(secret)}`
      yield* must(!printed.includes(value), "the value is printed")
    }),
    rule("a secret that does not exist is NotFound", function* (secrets) {
      yield* mustFail(secrets.get(missing), "NotFound", "get")
    }),
    rule("a failure does not show any secret", function* (secrets) {
      yield* secrets.get(name)
      const error = yield* Effect.flip(secrets.get(missing))
      yield* must(
        !`${error.message}\n${JSON.stringify(error)}\n${Formatter.format(error)}`.includes(value),
        "the error shows the value",
      )
    }),
  ]
}

/**
 * {@link SecretSource} in memory: the secrets that it was given.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import * as PortError from "../PortError.ts"
import { SecretSource, SecretSourceError } from "../SecretSource.ts"

/**
 * A source of these secrets, by name.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (secrets: Readonly<Record<string, Redacted.Redacted>> = {}): SecretSource["Service"] => {
  const known = new Map(Object.entries(secrets))
  return SecretSource.of({
    get: Effect.fn("SecretSourceMemory.get")(function* (name: string) {
      const secret = known.get(name)
      if (secret !== undefined) return secret
      const reason = new PortError.NotFound({ detail: `there is no secret ${name}` })
      return yield* new SecretSourceError({ operation: "get", reason })
    }),
  })
}

/**
 * A source without secrets.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<SecretSource> = Layer.succeed(SecretSource, make())

/**
 * A source of these secrets, by name.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerWith = (secrets: Readonly<Record<string, Redacted.Redacted>>): Layer.Layer<SecretSource> =>
  Layer.succeed(SecretSource, make(secrets))

/**
 * Port for secrets: Secrets Manager, or the environment of a test.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as PortError from "./PortError.ts"

/**
 * Failure of any secret source; its words never hold the secret.
 *
 * @category errors
 * @since 0.1.0
 */
export class SecretSourceError extends Schema.TaggedError<SecretSourceError>()("SecretSourceError", PortError.fields) {
  override get message(): string {
    return PortError.message(this)
  }
  get isRetryable(): boolean {
    return PortError.isRetryable(this.reason)
  }
}

/**
 * Answers the current value of a named secret.
 *
 * @category services
 * @since 0.1.0
 */
export class SecretSource extends Context.Service<
  SecretSource,
  {
    readonly get: (name: string) => Effect.Effect<Redacted.Redacted, SecretSourceError>
  }
>()("@tributary/core/SecretSource") {}

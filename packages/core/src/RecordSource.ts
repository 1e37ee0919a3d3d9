/**
 * Port for inputs that come from anywhere else than a queue of events: a folder, a bucket listing, a test.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import type { Delivery } from "./Delivery.ts"
import * as PortError from "./PortError.ts"

/**
 * Failure of any source.
 *
 * @category errors
 * @since 0.1.0
 */
export class RecordSourceError extends Schema.TaggedError<RecordSourceError>()("RecordSourceError", PortError.fields) {
  override get message(): string {
    return PortError.message(this)
  }
  get isRetryable(): boolean {
    return PortError.isRetryable(this.reason)
  }
}

/**
 * Lists what is to be carried; the same thing may be listed again.
 *
 * @category services
 * @since 0.1.0
 */
export class RecordSource extends Context.Service<
  RecordSource,
  {
    readonly deliveries: Stream.Stream<Delivery, RecordSourceError>
  }
>()("@tributary/core/RecordSource") {}

/**
 * The call, or what it was given, is wrong.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * One sentence that names what is wrong and what to do. Nothing was written.
 *
 * @category errors
 * @since 0.1.0
 */
export class WrongCall extends Schema.TaggedError<WrongCall>()("WrongCall", { sentence: Schema.String }) {
  override get message(): string {
    return this.sentence
  }
}

/**
 * A decision as three pure functions and a starting state.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * A command that the state does not allow. It is an answer to a caller who asked for something that cannot be, such as a second flow for one table.
 *
 * @category errors
 * @since 0.1.0
 */
export class Refused extends Schema.TaggedError<Refused>()("Refused", { why: Schema.String }) {
  override get message(): string {
    return this.why
  }
}

/**
 * `decide` answers the events that a command leads to: none where it was carried out before. `evolve` is the only way in which a state changes.
 *
 * @category models
 * @since 0.1.0
 */
export interface Decider<Command, Event, State> {
  readonly initial: State
  readonly decide: (state: State, command: Command) => ReadonlyArray<Event> | Refused
  readonly evolve: (state: State, event: Event) => State
}

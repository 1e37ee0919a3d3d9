/**
 * The rules of {@link JournalStore}: appends that are all or nothing, one winner of a race, and readings without gaps. No order is asked for between
 * streams.
 *
 * @since 0.1.0
 */
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { JournalStore } from "../JournalStore.ts"
import type { Case, PassTime } from "./Contract.ts"
import { appendCases } from "./JournalAppendCases.ts"
import { commandCases } from "./JournalCommandCases.ts"
import { payloadCases } from "./JournalPayloadCases.ts"
import { readAllCases } from "./JournalReadAllCases.ts"
import { sharedCases } from "./JournalSharedCases.ts"

export { appendOf } from "./JournalTestData.ts"

/**
 * What the cases need to know of a store.
 *
 * @category models
 * @since 0.1.0
 */
export interface Fixture {
  /** Begins the name of every stream and command; fresh for each run on a store that remembers. */
  readonly prefix: string
  readonly passTime: PassTime
  /**
   * Opens one more store over the medium of the store under test, as another process or a later one would; its scope closes it. Left out where nothing
   * outlives a store: the cases about it are then left out, too.
   */
  readonly another?: Effect.Effect<JournalStore["Service"], unknown, Scope.Scope>
}

/**
 * The cases of the contract.
 *
 * @category contract
 * @since 0.1.0
 */
export const cases = ({ another, passTime, prefix }: Fixture): ReadonlyArray<Case<JournalStore>> => [
  ...appendCases(prefix, passTime),
  ...commandCases(prefix, passTime),
  ...payloadCases(prefix),
  ...readAllCases(prefix),
  ...(another === undefined ? [] : sharedCases(prefix, another)),
]

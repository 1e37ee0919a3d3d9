/**
 * Which quarantined records a command is about: those of the IDs given, those of a flow, or all.
 *
 * @since 0.1.0
 */
import type { Config } from "@tributary/core/Config"
import { NoSuchFlow } from "@tributary/core/flow/IngestCall"
import * as Quarantine from "@tributary/core/flow/Quarantine"
import * as Argument from "effect/cli/Argument"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { WrongCall } from "./WrongCall.ts"

/**
 * The arguments and flags that say so.
 *
 * @category arguments
 * @since 0.1.0
 */
export const parameters = {
  ids: Argument.String("ID").pipe(
    Argument.withDescription("As tributary quarantine list names them"),
    Argument.variadic(),
  ),
  all: Flag.Boolean("all").pipe(
    Flag.withDescription("All records of the list"),
    Flag.withoutNegation,
    Flag.withDefault(false),
  ),
  flow: Flag.String("flow").pipe(
    Flag.withMetavar("NAME"),
    Flag.withDescription("The records of the list that are of this flow"),
    Flag.optional,
  ),
}

/**
 * What was given for them.
 *
 * @category models
 * @since 0.1.0
 */
export interface Selection {
  readonly ids: ReadonlyArray<string>
  readonly all: boolean
  readonly flow: Option.Option<string>
}

/**
 * The records selected, in the order of the list; those of a flow or of all may be none. Fails with `NoSuchItem`, `NoSuchFlow`, or `WrongCall` where the call
 * selects nothing, or twice.
 *
 * @category reading
 * @since 0.1.0
 */
export const find = Effect.fnUntraced(function* (config: Config, { all, flow, ids }: Selection) {
  const name = Option.getOrUndefined(flow)
  const isByFlag = all || name !== undefined
  if (isByFlag === ids.length > 0) {
    const sentence = isByFlag
      ? "IDs do not go together with --all or --flow"
      : "name the records by their IDs, by --flow NAME, or all of them by --all"
    return yield* new WrongCall({ sentence })
  }
  const waiting = yield* Stream.runCollect(Quarantine.list())
  if (isByFlag) {
    const known = new Set([...Object.keys(config.flows), ...waiting.map((item) => item.flow)])
    if (name !== undefined && !known.has(name)) return yield* new NoSuchFlow({ flow: name, known: Array.from(known) })
    return waiting.filter((item) => name === undefined || item.flow === name)
  }
  const known = new Set(waiting.map(({ id }) => id))
  const missing = ids.find((id) => !known.has(id))
  if (missing !== undefined) return yield* new Quarantine.NoSuchItem({ id: missing })
  const wanted = new Set(ids)
  return waiting.filter(({ id }) => wanted.has(id))
})

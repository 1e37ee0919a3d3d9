/**
 * How a command ends: the exit code and the sentence that goes with it.
 *
 * | code | means |
 * |---|---|
 * | 0 | done |
 * | 1 | done, but something was quarantined or does not add up (only with `--strict`) |
 * | 2 | the call or its input is wrong; nothing was written |
 * | 3 | an outside system failed: a disk, a network; the same call can be made again |
 *
 * @since 0.1.0
 */
import * as PortError from "@tributary/core/PortError"
import * as CliError from "effect/cli/CliError"
import * as Schema from "effect/Schema"

/**
 * With `--strict`: what was carried is carried, but not everything is as it should be.
 *
 * @category errors
 * @since 0.1.0
 */
export class NotClean extends Schema.TaggedError<NotClean>()("NotClean", { sentence: Schema.String }) {
  override get message(): string {
    return this.sentence
  }
}

/**
 * A failure, and the input that was being carried when it happened; none where all were, and their extracts were being published.
 *
 * @category errors
 * @since 0.1.0
 */
export class WhileCarrying extends Schema.TaggedError<WhileCarrying>()("WhileCarrying", {
  source: Schema.UndefinedOr(Schema.String),
  cause: Schema.Defect(),
}) {}

/**
 * @category models
 * @since 0.1.0
 */
export interface Ending {
  readonly code: 0 | 1 | 2 | 3
  /** Absent where nothing is left to say. */
  readonly sentence?: string | undefined
}

interface Advice {
  readonly code: 2 | 3
  readonly problem: string
  readonly todo: string
}

/** What a reason of a port means to a person, and what to do; a reason without advice says it itself. */
const advice: { readonly [Tag in PortError.Reason["_tag"]]?: Advice } = {
  Full: { code: 3, problem: "there is no room left", todo: "make some, then run the same command again" },
  Denied: {
    code: 3,
    problem: "the system does not allow it",
    todo: "grant the right, then run the same command again",
  },
  Unavailable: { code: 3, problem: "the system failed", todo: "run the same command again" },
  Throttled: { code: 3, problem: "the other side is too busy", todo: "run the same command again in a while" },
  Conflict: { code: 3, problem: "another process was quicker", todo: "run the same command again" },
  NotFound: { code: 3, problem: "something is missing", todo: "put it back, then run the same command again" },
}

const isReason = Schema.is(PortError.Reason)

/**
 * The ending of a command that failed with `error`; `undefined` where it is no failure that was foreseen.
 *
 * @category mapping
 * @since 0.1.0
 */
export const ofFailure = (error: unknown): Ending | undefined => {
  // The presenter has said what was wrong with the call, if anything was.
  if (CliError.isCliError(error))
    return error._tag === "ShowHelp"
      ? { code: error.errors.length > 0 || error.commandPath.length > 1 ? 2 : 0 }
      : { code: 2, sentence: error.message }
  const tag = typeof error === "object" && error !== null && "_tag" in error ? error._tag : undefined
  const { message } = error as { readonly message: string }
  switch (tag) {
    case "OutputClosed":
      return { code: 0 }
    case "OutputFailed":
      return { code: 3, sentence: message }
    case "NotClean":
      return { code: 1, sentence: message }
    case "WrongCall":
    case "NoSuchFlow":
    case "NoSuchItem":
    case "Refused":
      return { code: 2, sentence: message }
    case "RecordSourceError":
      return { code: 2, sentence: reasonOf(error)?.detail ?? message }
    case "WhileCarrying":
      return whileCarrying(error as WhileCarrying)
    default: {
      const reason = reasonOf(error)
      return reason === undefined ? undefined : ofReason(reason)
    }
  }
}

const reasonOf = (error: unknown): PortError.Reason | undefined => {
  const reason = (error as { readonly reason?: unknown }).reason
  return isReason(reason) ? reason : undefined
}

const ofReason = (reason: PortError.Reason): Ending => {
  const found = advice[reason._tag]
  if (found === undefined) return { code: 2, sentence: reason.detail }
  // The detail may say what to do already.
  if (reason.detail.endsWith("run the same command again")) return { code: found.code, sentence: reason.detail }
  return { code: found.code, sentence: `${found.problem} (${reason.detail}): ${found.todo}` }
}

const whileCarrying = ({ cause, source }: WhileCarrying): Ending | undefined => {
  const ending = ofFailure(cause)
  if (ending?.sentence === undefined) return ending
  const what = source === undefined ? "not everything was published" : `${source} was not carried to its end`
  return { ...ending, sentence: `${what}: ${ending.sentence}` }
}

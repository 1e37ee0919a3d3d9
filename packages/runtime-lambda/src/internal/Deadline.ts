/** How much of an invocation's time is left for work. */
import type { LambdaContext } from "../Handler.ts"

/** How an invocation's time is spent. */
export interface Deadline {
  /** Too late to begin with another message. */
  readonly isNear: () => boolean
  /** Milliseconds that the message under way may still take. */
  readonly left: () => number
}

/**
 * No message is begun in the last third of the invocation's time, or its last minute where the third is longer: what has begun shall end. And no message
 * may use the last tenth, or the last 5 s: the answer that acknowledges the others must get out. Both follow the function's own timeout, so that one of
 * 3 s (Lambda's default) works too.
 */
export const begin = (context: LambdaContext): Deadline => {
  const whole = context.getRemainingTimeInMillis()
  const reserve = Math.min(whole / 3, 60_000)
  const forTheAnswer = Math.min(whole / 10, 5_000)
  return {
    isNear: () => context.getRemainingTimeInMillis() < reserve,
    left: () => Math.max(context.getRemainingTimeInMillis() - forTheAnswer, 0),
  }
}

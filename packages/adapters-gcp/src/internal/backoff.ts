/** How often the adapters themselves try a request again. */
import * as PortError from "@tributary/core/PortError"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"

/** Longest wait that an answer's `retry-after` may ask of us; the caller has a deadline. */
const longestWait = Duration.seconds(10)

/** Four more tries within some seconds, and only of what may pass. The caller, who knows the deadline, tries again after that. */
export const backoff = Schedule.min([Schedule.exponential("200 millis"), Schedule.spaced("5 seconds")]).pipe(
  Schedule.jittered,
  Schedule.upTo({ times: 4 }),
  Schedule.setInputType<PortError.Reason>(),
  Schedule.while(({ input }) => PortError.isRetryable(input)),
  Schedule.modifyDelay(({ duration, input }) =>
    Effect.succeed(
      input._tag === "Throttled" && input.retryAfterMs !== undefined
        ? Duration.max(duration, Duration.min(Duration.millis(input.retryAfterMs), longestWait))
        : duration,
    ),
  ),
)

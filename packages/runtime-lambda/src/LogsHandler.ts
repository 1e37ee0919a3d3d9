/**
 * The handler of a log flow: CloudWatch Logs calls it with a payload, its events go to BigQuery or to a lake table.
 *
 * It answers only when every record is accounted for, written or in quarantine; otherwise it fails, and Lambda calls it again with the same event, which
 * then goes on from where it stood.
 *
 * @since 0.1.0
 */
import type { Config } from "@tributary/core/Config"
import type { Delivery } from "@tributary/core/Delivery"
import type { LogFlow } from "@tributary/core/Flow"
import * as Ingest from "@tributary/core/flow/Ingest"
import * as Quarantine from "@tributary/core/flow/Quarantine"
import * as Utf8 from "@tributary/core/Utf8"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import type { FlowServices } from "./FlowServices.ts"
import * as Handler from "./Handler.ts"
import { flowOf } from "./internal/flowOf.ts"

/**
 * Which flow, and where its ports come from.
 *
 * @category models
 * @since 0.1.0
 */
export interface Options<E> {
  readonly config: Config
  /** The name of a log flow of the configuration. */
  readonly flow: string
  readonly layer: Layer.Layer<FlowServices, E>
}

/**
 * Every record of the payload is accounted for.
 *
 * @category models
 * @since 0.1.0
 */
export interface Answer {
  readonly statusCode: 200
  readonly body: string
}

/** Quarantined records that an invocation logs one by one; the others it counts. */
const loggedRecords = 100

/**
 * The handler. Throws at once where the configuration has no such log flow.
 *
 * @category constructors
 * @since 0.1.0
 */
export const makeLogsHandler = <E>(options: Options<E>): Handler.Handler<Answer> => {
  const { config, flow: name } = options
  const flow = flowOf(config, name, "logs")
  let tableIsThere = false
  return Handler.make(
    options.layer,
    Effect.fn("LogsHandler")(function* (event, context) {
      const delivery: Delivery = {
        source: `lambda:${context.awsRequestId}`,
        content: { bytes: Utf8.encode(JSON.stringify(event) ?? "null") },
        identity: "digest",
        modifiedAt: yield* Clock.currentTimeMillis,
      }
      const carried = yield* Ingest.carry(config, name, flow, delivery)
      // After the event is safe: the files of a table in append mode may be there before it.
      if (!tableIsThere) yield* Ingest.ensureTable(flow)
      tableIsThere = true
      yield* tell(flow, carried)
      const where = flow.sink === "warehouse" ? "sent to BigQuery" : "written to the lake"
      return { statusCode: 200, body: `Log processed and ${where}` } as const
    }),
  )
}

/** Says how many rows were added, and why each of the others was not. */
const tell = Effect.fnUntraced(function* ({ table }: LogFlow, { duplicate, inputId, state }: Ingest.Carried) {
  if (duplicate) return yield* Effect.logInfo(`input ${inputId} was carried before; 0 rows added`)
  const counts = state.status === "settled" ? state.counts : { rows: 0, duplicate: 0, filtered: 0, quarantined: 1 }
  const rest = `${counts.duplicate} duplicate, ${counts.filtered} filtered, ${counts.quarantined} quarantined`
  yield* Effect.logInfo(`${counts.rows} rows added to ${table.database}.${table.name}; ${rest}; input ${inputId}`)
  if (counts.quarantined === 0) return
  yield* Quarantine.ofInput(inputId).pipe(
    Stream.take(loggedRecords),
    Stream.runForEach(({ detail, id, position, reason }) =>
      Effect.logWarning(`quarantined as ${id}, ${position}: ${reason}: ${detail}`),
    ),
  )
  if (counts.quarantined > loggedRecords) yield* Effect.logWarning(`and ${counts.quarantined - loggedRecords} more`)
})

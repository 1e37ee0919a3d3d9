/**
 * One call that carries many deliveries: what `tributary ingest` does.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Config } from "../Config.ts"
import type { Delivery } from "../Delivery.ts"
import * as Ledger from "../journal/Ledger.ts"
import * as Ingest from "./Ingest.ts"
import * as LakeProjection from "./LakeProjection.ts"
import * as Publication from "./Publication.ts"

/**
 * What a call did. `inputs` counts every delivery, `duplicateInputs` those settled before; the account is of the records that this call carried.
 *
 * @category models
 * @since 0.1.0
 */
export interface IngestSummary extends Ledger.Account {
  readonly inputs: number
  readonly duplicateInputs: number
}

/**
 * The configuration has no flow of that name.
 *
 * @category errors
 * @since 0.1.0
 */
export class NoSuchFlow extends Schema.TaggedError<NoSuchFlow>()("NoSuchFlow", {
  flow: Schema.String,
  known: Schema.Array(Schema.String),
}) {
  override get message(): string {
    return `there is no flow ${this.flow}; the configuration has ${this.known.join(", ")}`
  }
}

/**
 * Carries the deliveries one after the other, ends the run of their extracts, publishes what can be published. `onCarried` hears of each.
 *
 * @category carrying
 * @since 0.1.0
 */
export const run = Effect.fn("IngestCall.run")(function* <E, R>(
  config: Config,
  flowName: string,
  deliveries: Stream.Stream<Delivery, E, R>,
  onCarried: (carried: Ingest.Carried, delivery: Delivery) => Effect.Effect<void> = () => Effect.void,
) {
  const flow = Object.hasOwn(config.flows, flowName) ? config.flows[flowName] : undefined
  if (flow === undefined) return yield* new NoSuchFlow({ flow: flowName, known: Object.keys(config.flows) })
  yield* Ingest.ensureTable(flow)
  const carriedHere = new Set<string>()
  const extracts = new Set<string>()
  let inputs = 0
  let duplicateInputs = 0
  yield* Stream.runForEach(
    deliveries,
    Effect.fnUntraced(function* (delivery) {
      const carried = yield* Ingest.carry(config, flowName, flow, delivery)
      inputs++
      if (carried.duplicate) duplicateInputs++
      else carriedHere.add(carried.inputId)
      if (carried.extract !== undefined) extracts.add(carried.extract)
      yield* onCarried(carried, delivery)
    }),
  )
  if (flow.kind === "report") {
    for (const extract of extracts) {
      yield* Publication.endRun(flowName, extract)
      yield* Publication.advance(flowName, flow, extract)
    }
  }
  const account = Ledger.ofInputs(yield* LakeProjection.read(), carriedHere)
  return { inputs, duplicateInputs, ...account } satisfies IngestSummary
})

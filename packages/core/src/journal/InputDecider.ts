/**
 * The life of one input: `Received → Planned → OutputWritten* → Settled | Quarantined`.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { QuarantineReason } from "../QuarantineReason.ts"
import { type Decider, Refused } from "./Decider.ts"
import * as EventText from "./EventText.ts"

/**
 * What a settled input's records became, before supersession: `records = rows + duplicate + filtered + quarantined`.
 *
 * @category models
 * @since 0.1.0
 */
export const InputCounts = Schema.Struct({
  records: Schema.Int,
  rows: Schema.Int,
  duplicate: Schema.Int,
  filtered: Schema.Int,
  quarantined: Schema.Int,
})
export type InputCounts = typeof InputCounts.Type

/**
 * Where the input's bytes are. `kept`: in the lake, because they have no object of their own.
 *
 * @category models
 * @since 0.1.0
 */
export const InputContent = Schema.Struct({
  bucket: Schema.String,
  key: Schema.String,
  version: Schema.optionalKey(Schema.String),
  kept: Schema.Boolean,
})
export type InputContent = typeof InputContent.Type

/**
 * The rule that every retry follows, whatever the configuration says by then: names and borders of files, and which records are duplicates. Ordinals
 * that do not fit an event lie in the lake, by digest.
 *
 * @category models
 * @since 0.1.0
 */
export const Plan = Schema.Struct({
  rule: Schema.Literal("input-n@1"),
  writerVersion: Schema.String,
  schemaVersion: Schema.Int,
  generation: Schema.Int,
  rowsPerGroup: Schema.Int,
  bytesPerGroup: Schema.Int,
  bufferBytes: Schema.Int,
  rowsPerFile: Schema.Int,
  codec: Schema.Literals(["uncompressed", "snappy", "gzip", "zstd"]),
  /** The table's columns as they were: a retry after a deploy that added one writes the same bytes all the same. */
  columns: Schema.Union([
    Schema.Struct({ names: Schema.Array(Schema.String) }),
    Schema.Struct({ path: Schema.String, count: Schema.Int }),
  ]),
  duplicates: Schema.Union([
    Schema.Struct({ ordinals: Schema.Array(Schema.Int) }),
    Schema.Struct({ path: Schema.String, count: Schema.Int }),
  ]),
})
export type Plan = typeof Plan.Type

/**
 * Quarantined records of an input, by their numbers there.
 *
 * @category models
 * @since 0.1.0
 */
export const RetryOf = Schema.Struct({ input: Schema.String, items: Schema.Array(Schema.Int) })
export type RetryOf = typeof RetryOf.Type

/**
 * The events of an input.
 *
 * @category events
 * @since 0.1.0
 */
export const InputEvent = Schema.TaggedUnion({
  Received: {
    flow: Schema.String,
    table: Schema.String,
    source: Schema.String,
    content: InputContent,
    bytes: Schema.Int,
    /** Absent for a table in append mode, whose rows belong to no extract. */
    extract: Schema.optionalKey(Schema.Struct({ id: Schema.String, at: Schema.Int })),
    /** Only these quarantined records of another input, whose bytes these are. */
    retryOf: Schema.optionalKey(RetryOf),
  },
  Planned: { plan: Plan },
  OutputWritten: {
    /** `YYYY-MM-DD`; empty for a warehouse. */
    date: Schema.String,
    /** Within the lake; empty for a warehouse. */
    path: Schema.String,
    rows: Schema.Int,
    bytes: Schema.Int,
    sha256: Schema.String,
  },
  Settled: { counts: InputCounts },
  Quarantined: { reason: QuarantineReason, detail: Schema.String },
  /** Quarantined records that another input carries from now on, whatever becomes of them there. */
  Retried: { items: Schema.Array(Schema.Int), into: Schema.String },
  /** Quarantined records that a person gave up; they stay in the sum. */
  Dropped: { items: Schema.Array(Schema.Int), why: Schema.String },
})
export type InputEvent = typeof InputEvent.Type

type Of<Tag extends InputEvent["_tag"]> = Extract<InputEvent, { readonly _tag: Tag }>

/**
 * @category commands
 * @since 0.1.0
 */
export type InputCommand =
  | { readonly _tag: "Receive"; readonly received: Omit<Of<"Received">, "_tag"> }
  | { readonly _tag: "Plan"; readonly plan: Plan }
  | {
      readonly _tag: "Settle"
      readonly outputs: ReadonlyArray<Omit<Of<"OutputWritten">, "_tag">>
      readonly counts: InputCounts
    }
  | { readonly _tag: "Quarantine"; readonly reason: QuarantineReason; readonly detail: string }
  | { readonly _tag: "Retry"; readonly items: ReadonlyArray<number>; readonly into: string }
  | { readonly _tag: "Drop"; readonly items: ReadonlyArray<number>; readonly why: string }

/**
 * What became of quarantined records, by their numbers.
 *
 * @category models
 * @since 0.1.0
 */
export type Fates = ReadonlyMap<number, "retried" | "dropped">

/**
 * @category models
 * @since 0.1.0
 */
export type InputState =
  | { readonly status: "new" }
  | { readonly status: "received"; readonly received: Of<"Received"> }
  | {
      readonly status: "planned"
      readonly received: Of<"Received">
      readonly plan: Plan
      readonly outputs: ReadonlyArray<Of<"OutputWritten">>
    }
  | {
      readonly status: "settled"
      readonly received: Of<"Received">
      readonly plan: Plan
      readonly outputs: ReadonlyArray<Of<"OutputWritten">>
      readonly counts: InputCounts
      readonly fates: Fates
    }
  | {
      readonly status: "quarantined"
      readonly received: Of<"Received">
      readonly reason: QuarantineReason
      readonly detail: string
      readonly fates: Fates
    }

/**
 * What is to be done with an input as it stands.
 *
 * @category decisions
 * @since 0.1.0
 */
export const next = (state: InputState): "receive" | "plan" | "write" | "nothing" =>
  state.status === "new"
    ? "receive"
    : state.status === "received"
      ? "plan"
      : state.status === "planned"
        ? "write"
        : "nothing"

const decide = (state: InputState, command: InputCommand): ReadonlyArray<InputEvent> | Refused => {
  if (state.status === "settled" || state.status === "quarantined") return decideEnded(state.fates, command)
  switch (command._tag) {
    case "Retry":
    case "Drop":
      return new Refused({ why: "an input that has not ended has no quarantined records yet" })
    case "Receive":
      return state.status === "new" ? [received(command.received)] : []
    case "Plan":
      if (state.status === "new") return new Refused({ why: "an input is planned after it was received" })
      return state.status === "received" ? [{ _tag: "Planned", plan: command.plan }] : []
    case "Settle":
      if (state.status !== "planned") return new Refused({ why: "an input is settled after it was planned" })
      return [
        ...command.outputs.map((output) => ({ _tag: "OutputWritten" as const, ...output })),
        { _tag: "Settled", counts: command.counts },
      ]
    case "Quarantine":
      if (state.status === "new") return new Refused({ why: "an input is quarantined after it was received" })
      return [{ _tag: "Quarantined", reason: command.reason, detail: EventText.clip(command.detail) }]
  }
}

const received = (fields: Omit<Of<"Received">, "_tag">): InputEvent => ({
  _tag: "Received",
  ...fields,
  source: EventText.clip(fields.source),
})

/** A record that was retried or dropped is not touched again. */
const decideEnded = (fates: Fates, command: InputCommand): ReadonlyArray<InputEvent> => {
  if (command._tag !== "Retry" && command._tag !== "Drop") return []
  const items = command.items.filter((item) => !fates.has(item))
  if (items.length === 0) return []
  return command._tag === "Retry"
    ? [{ _tag: "Retried", items, into: command.into }]
    : [{ _tag: "Dropped", items, why: EventText.clip(command.why) }]
}

const evolve = (state: InputState, event: InputEvent): InputState => {
  switch (event._tag) {
    case "Received":
      return { status: "received", received: event }
    case "Planned":
      return state.status === "received"
        ? { status: "planned", received: state.received, plan: event.plan, outputs: [] }
        : state
    case "OutputWritten":
      return state.status === "planned" ? { ...state, outputs: [...state.outputs, event] } : state
    case "Settled":
      return state.status === "planned"
        ? { ...state, status: "settled", counts: event.counts, fates: new Map() }
        : state
    case "Quarantined":
      return "received" in state
        ? {
            status: "quarantined",
            received: state.received,
            reason: event.reason,
            detail: event.detail,
            fates: new Map(),
          }
        : state
    case "Retried":
    case "Dropped": {
      if (state.status !== "settled" && state.status !== "quarantined") return state
      const fate = event._tag === "Retried" ? "retried" : "dropped"
      return { ...state, fates: new Map([...state.fates, ...event.items.map((item) => [item, fate] as const)]) }
    }
  }
}

/**
 * @category decisions
 * @since 0.1.0
 */
export const inputDecider: Decider<InputCommand, InputEvent, InputState> = {
  initial: { status: "new" },
  decide,
  evolve,
}

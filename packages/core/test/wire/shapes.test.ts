/** What every wire schema owes: what it encodes it decodes again, and no input makes it die. */
import { EventBridgeEvent } from "@tributary/core/wire/EventBridgeEvent"
import { FlowRunReport } from "@tributary/core/wire/FlowRunReport"
import { Ga4Line } from "@tributary/core/wire/Ga4Line"
import { FirehoseEvent, KinesisEvent, LambdaLogsEvent } from "@tributary/core/wire/LogsEnvelope"
import { LogsPayload } from "@tributary/core/wire/LogsPayload"
import { ObjectCreated } from "@tributary/core/wire/ObjectCreated"
import { ReportPage } from "@tributary/core/wire/ReportPage"
import { RunReport } from "@tributary/core/wire/RunReport"
import { S3Notification, S3TestEvent } from "@tributary/core/wire/S3Notification"
import { SnsEnvelope } from "@tributary/core/wire/SnsEnvelope"
import { SqsBatchResponse, SqsEvent } from "@tributary/core/wire/SqsRecord"
import { UtcTime, ZonedUtcTime } from "@tributary/core/wire/UtcTime"
import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect, Exit, Schema } from "effect"

const shapes = {
  EventBridgeEvent,
  FirehoseEvent,
  FlowRunReport,
  Ga4Line,
  KinesisEvent,
  LambdaLogsEvent,
  LogsPayload,
  ObjectCreated,
  ReportPage,
  RunReport,
  S3Notification,
  S3TestEvent,
  SnsEnvelope,
  SqsBatchResponse,
  SqsEvent,
  UtcTime,
  ZonedUtcTime,
}

/** Replaces the `at`-th value of a JSON tree, counted from the root, by another; removes it where that other is undefined. */
const mutate = (json: Schema.Json, at: number, by: Schema.Json | undefined): unknown => {
  let countdown = at % Math.max(1, countOf(json))
  const walk = (node: Schema.Json): unknown => {
    if (countdown-- === 0) return by
    if (Array.isArray(node)) return node.map(walk).filter((item) => item !== undefined)
    if (typeof node !== "object" || node === null) return node
    return Object.fromEntries(
      Object.entries(node)
        .map(([key, value]) => [key, walk(value)])
        .filter(([, value]) => value !== undefined),
    )
  }
  return walk(json)
}

const countOf = (json: Schema.Json): number => {
  if (typeof json !== "object" || json === null) return 1
  const children: ReadonlyArray<Schema.Json> = Array.isArray(json) ? json : Object.values(json)
  return children.reduce<number>((sum, child) => sum + countOf(child), 1)
}

const diesNever = <A, E>(exit: Exit.Exit<A, E>) =>
  assert.isFalse(Exit.isFailure(exit) && Cause.hasDies(exit.cause), "a defect, not a SchemaError")

for (const [name, shape] of Object.entries(shapes) as ReadonlyArray<[string, Schema.Codec<unknown, Schema.Json>]>) {
  describe(name, () => {
    const same = Schema.toEquivalence(shape)
    const decode = Schema.decodeUnknownEffect(shape)

    it.effect.prop("decodes what it encodes", [shape], ([value]) =>
      Effect.gen(function* () {
        const encoded = yield* Schema.encodeEffect(shape)(value)
        assert.isTrue(same(yield* decode(encoded), value))
        assert.isTrue(same(yield* decode(JSON.parse(JSON.stringify(encoded))), value), "and through JSON text")
      }),
    )

    it.effect.prop("takes or refuses any JSON", [Schema.Json], ([json]) =>
      Effect.gen(function* () {
        diesNever(yield* Effect.exit(decode(json)))
      }),
    )

    it.effect.prop(
      "takes or refuses its own kind, damaged",
      [shape, Schema.Natural, Schema.UndefinedOr(Schema.Json)],
      ([value, at, by]) =>
        Effect.gen(function* () {
          const encoded = yield* Schema.encodeEffect(shape)(value)
          diesNever(yield* Effect.exit(decode(mutate(encoded, at, by))))
        }),
    )
  })
}

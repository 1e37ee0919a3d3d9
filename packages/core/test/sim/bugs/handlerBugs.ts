/** Wrong programs, made by handling or acknowledging messages in another way. */
import * as ExtractId from "@tributary/core/ExtractId"
import type { ReportFlow } from "@tributary/core/Flow"
import * as Ingest from "@tributary/core/flow/Ingest"
import * as Publication from "@tributary/core/flow/Publication"
import { ObjectStore, ObjectStoreError } from "@tributary/core/ObjectStore"
import * as Utf8 from "@tributary/core/Utf8"
import * as ObjectEvents from "@tributary/core/wire/ObjectEvents"
import { Clock, Effect, Random } from "effect"
import type { Handler, Variant } from "../Process.ts"

/** Handles the message of an object, or of a run's end, in its own way; all others as is right. */
const told =
  <Tag extends "Created" | "RunReport">(
    tag: Tag,
    handle: (
      said: Extract<ObjectEvents.ObjectEvents, { readonly _tag: Tag }>,
      flow: ReportFlow,
      ...args: Parameters<Handler>
    ) => ReturnType<Handler>,
  ): Variant["handle"] =>
  (right) =>
  (config, name, message) => {
    const said = name === "ga" ? ObjectEvents.parse(message.body) : undefined
    const flow = config.flows[name]
    if (said?._tag !== tag || flow?.kind !== "report") return right(config, name, message)
    return handle(said as Extract<ObjectEvents.ObjectEvents, { readonly _tag: Tag }>, flow, config, name, message)
  }

/** Carries the objects of a message; `change` says what is done otherwise. */
const carrying = (
  change: {
    readonly at?: (modifiedAt: number) => Effect.Effect<number>
    readonly extract?: (key: string) => string | undefined
    readonly qualifier?: Effect.Effect<string>
    readonly publishes?: (carried: Ingest.Carried) => boolean
    readonly ends?: boolean
  } = {},
): Variant["handle"] =>
  told("Created", ({ objects }, flow, config, name) =>
    Effect.gen(function* () {
      const store = yield* ObjectStore
      yield* Ingest.ensureTable(flow)
      for (const { bucket, key, version } of objects) {
        const info = yield* store.head({ bucket, key, version })
        const run = (change.extract ?? ExtractId.fromKey)(key)
        const modifiedAt = yield* (change.at ?? Effect.succeed)(info.modifiedAt)
        const carried = yield* Ingest.carry(config, name, flow, {
          source: `s3://${bucket}/${key}`,
          content: { object: { bucket, key, version: info.version } },
          identity: change.qualifier === undefined ? "version" : "digest",
          ...(change.qualifier === undefined ? {} : { qualifier: yield* change.qualifier }),
          extract: run === undefined ? undefined : { id: run, at: modifiedAt },
          modifiedAt,
        })
        if (carried.extract === undefined || change.publishes?.(carried) === false) continue
        if (run === undefined || change.ends === true) yield* Publication.endRun(name, carried.extract)
        yield* Publication.advance(name, flow, carried.extract)
      }
    }),
  )

const ending = (end: (run: string, succeeded: boolean) => string | undefined): Variant["handle"] =>
  told("RunReport", ({ run }, flow, _, name) => {
    const extract = end(run.id, run.status === "succeeded")
    return extract === undefined
      ? Effect.void
      : Effect.andThen(Publication.endRun(name, extract), Publication.advance(name, flow, extract))
  })

const isConflict = (error: unknown): boolean =>
  error instanceof ObjectStoreError && (error.reason._tag === "Conflict" || error.reason._tag === "Invalid")

/** Gives an input up: in quarantine, whole. */
const quarantined = (...[config, name, message]: Parameters<Handler>) =>
  Ingest.quarantine(
    name,
    config.flows[name]!,
    {
      source: message.id,
      content: { bytes: Utf8.encode(message.body) },
      identity: "digest",
      modifiedAt: message.sentAt,
    },
    { reason: "UnknownShape", detail: "it could not be carried" },
  )

export const handlerBugs: ReadonlyArray<Variant> = [
  { name: "messages are acknowledged before they are carried", acknowledges: "early" },
  { name: "messages that failed are acknowledged", acknowledges: "failed" },
  { name: "messages that there was no time for are acknowledged", acknowledges: "unread" },
  {
    name: "what fails once is quarantined",
    handle:
      (right) =>
      (...args) =>
        Effect.catch(right(...args), () => Effect.asVoid(quarantined(...args))),
  },
  {
    name: "a key that is taken is a failure, and the input is quarantined",
    ports: undefined,
    handle:
      (right) =>
      (...args) =>
        Effect.catchIf(right(...args), isConflict, () => Effect.asVoid(quarantined(...args))),
  },
  {
    name: "what takes longer than a second is given up in silence",
    handle:
      (right) =>
      (...args) =>
        Effect.timeoutOrElse(right(...args), { duration: "1 second", orElse: () => Effect.void }),
  },
  {
    name: "an extract is as new as its arrival",
    handle: carrying({ at: () => Clock.currentTimeMillis }),
  },
  {
    name: "every delivery is an input of its own",
    handle: carrying({ qualifier: Effect.map(Random.nextInt, String) }),
  },
  { name: "every object is an extract of its own", handle: carrying({ extract: () => undefined }) },
  { name: "every object ends its run", handle: carrying({ ends: true }) },
  { name: "after a duplicate nothing is published", handle: carrying({ publishes: ({ duplicate }) => !duplicate }) },
  {
    name: "the end of a run ends another one",
    handle: ending((id) => `${id.slice(0, -1)}${id.endsWith("0") ? "1" : "0"}`),
  },
  { name: "a run that has failed is published", handle: ending((id) => id) },
]

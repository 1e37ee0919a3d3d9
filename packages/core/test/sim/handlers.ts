/** What a worker does with a message: as the Lambda handlers do, over the queue's port. */
import type { Config } from "@tributary/core/Config"
import type { Delivery } from "@tributary/core/Delivery"
import * as ExtractId from "@tributary/core/ExtractId"
import type { LogFlow, ReportFlow } from "@tributary/core/Flow"
import * as Ingest from "@tributary/core/flow/Ingest"
import * as Publication from "@tributary/core/flow/Publication"
import type { Message } from "@tributary/core/MessageQueue"
import { ObjectStore } from "@tributary/core/ObjectStore"
import * as Utf8 from "@tributary/core/Utf8"
import * as ObjectEvents from "@tributary/core/wire/ObjectEvents"
import { Clock, Effect } from "effect"
import { prefix } from "./gaWorld.ts"

export const carryGa = Effect.fnUntraced(function* (config: Config, name: string, message: Message) {
  const flow = config.flows[name] as ReportFlow
  const said = ObjectEvents.parse(message.body)
  switch (said._tag) {
    case "Created": {
      for (const object of said.objects) {
        if (!object.key.startsWith(prefix)) continue
        yield* Ingest.ensureTable(flow)
        yield* carryObject(config, name, flow, object)
      }
      return
    }
    case "RunReport": {
      const extract = ExtractId.fromKey(said.run.id)
      if (said.run.status !== "succeeded" || extract === undefined) return
      yield* Publication.endRun(name, extract)
      yield* Publication.advance(name, flow, extract)
      break
    }
    case "Ignored":
      return
    case "Refused": {
      const delivery: Delivery = {
        source: `sqs:ga/${message.id}`,
        content: { bytes: Utf8.encode(message.body) },
        identity: "digest",
        modifiedAt: message.sentAt,
      }
      yield* Ingest.quarantine(name, flow, delivery, { reason: said.reason, detail: said.detail })
    }
  }
})

const carryObject = Effect.fnUntraced(function* (
  config: Config,
  name: string,
  flow: ReportFlow,
  { bucket, key, version }: ObjectEvents.CreatedObject,
) {
  const store = yield* ObjectStore
  const info = yield* store.head({ bucket, key, version })
  const run = ExtractId.fromKey(key)
  const { extract } = yield* Ingest.carry(config, name, flow, {
    source: `s3://${bucket}/${key}`,
    content: { object: { bucket, key, version: info.version } },
    identity: "version",
    extract: run === undefined ? undefined : { id: run, at: info.modifiedAt },
    modifiedAt: info.modifiedAt,
  })
  if (extract === undefined) return
  if (flow.objectsPerRun === "one" || run === undefined) yield* Publication.endRun(name, extract)
  yield* Publication.advance(name, flow, extract)
})

export const carryLogs = Effect.fnUntraced(function* (config: Config, name: string, message: Message) {
  const flow = config.flows[name] as LogFlow
  yield* Ingest.carry(config, name, flow, {
    source: `lambda:${message.id}`,
    content: { bytes: Utf8.encode(message.body) },
    identity: "digest",
    modifiedAt: yield* Clock.currentTimeMillis,
  })
  yield* Ingest.ensureTable(flow)
})

/**
 * Reads CloudWatch Logs payloads: as Lambda, Kinesis and Firehose hand them over, or decoded; one or several in an input.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { type Compression, isCompressed } from "../Compression.ts"
import type { Digest } from "../Digest.ts"
import type { LogFlow } from "../Flow.ts"
import * as Json from "../json/Json.ts"
import * as JsonDocuments from "../json/JsonDocuments.ts"
import type { Limits } from "../Limits.ts"
import * as RowMapping from "../mapping/RowMapping.ts"
import { reject, type Rejection } from "../QuarantineReason.ts"
import * as Timestamp from "../Timestamp.ts"
import * as Utf8 from "../Utf8.ts"
import * as LogsEnvelope from "../wire/LogsEnvelope.ts"
import { isPlatformLine } from "./PlatformLine.ts"
import type { RecordOrigin, RecordOutput, RecordReader } from "./RecordReader.ts"

/**
 * A log event that has a key. `ordinal` counts such events through the whole input, from 0, the same at every reading.
 *
 * @category models
 * @since 0.1.0
 */
export interface LogEvent {
  readonly ordinal: number
  readonly key: string
  readonly timestampMicros: bigint
  readonly message: string
}

/**
 * What an input holds, in the order in which it stands there.
 *
 * @category models
 * @since 0.1.0
 */
export interface LogEventOutput {
  readonly event: (event: LogEvent, origin: RecordOrigin) => void
  readonly filtered: (records: number) => void
  readonly rejected: RecordOutput["rejected"]
}

type Services = { readonly compression: Compression["Service"]; readonly digest: Digest["Service"] }

/**
 * Finds the events, without looking into their messages.
 *
 * @category constructors
 * @since 0.1.0
 */
export const makeEvents = (limits: Limits, { compression, digest }: Services, output: LogEventOutput): RecordReader => {
  const framing = {
    limits: { ...limits, documentBytes: limits.payloadBytes },
    framing: "documents",
    pageKeys: new Set<string>(),
  } as const
  const documents = JsonDocuments.make({
    ...framing,
    isKnown: (node) => isPayload(node) || envelopeOf(node) !== undefined,
  })
  let ordinal = 0

  const readDocument = Effect.fnUntraced(function* (document: JsonDocuments.JsonDocument) {
    const { bytes, content, position } = document
    if ("reason" in content) return output.rejected({ position, bytes, ...content })
    if (isPayload(content.node)) return readPayload(position, content.text, content.node)
    const encoded = envelopeOf(content.node)
    if (encoded === undefined)
      return output.rejected({ position, bytes, ...reject("UnknownShape", "no CloudWatch Logs payload") })
    for (const [i, data] of encoded.entries()) {
      const at = encoded.length === 1 ? position : `${position}, record ${i + 1}`
      const inflated = yield* inflate(data, compression, limits.payloadBytes)
      if ("reason" in inflated)
        output.rejected({ position: at, bytes: encoded.length === 1 ? bytes : Utf8.encode(data), ...inflated })
      else readInflated(at, inflated.bytes)
    }
  })

  const readInflated = (position: string, bytes: Uint8Array): void => {
    const inner = JsonDocuments.make({ ...framing, isKnown: isPayload })
    const found = [...inner.push(bytes), ...inner.end()]
    if (found.length === 0) return output.rejected({ position, bytes, ...reject("UnknownShape", "nothing in it") })
    found.forEach((document, i) => {
      const at = found.length === 1 ? position : `${position}, payload ${i + 1}`
      if ("reason" in document.content)
        return output.rejected({ position: at, bytes: document.bytes, ...document.content })
      const { node, text } = document.content
      if (isPayload(node)) return readPayload(at, text, node)
      output.rejected({ position: at, bytes: document.bytes, ...reject("UnknownShape", "no CloudWatch Logs payload") })
    })
  }

  const readPayload = (position: string, text: string, payload: Json.JsonObject): void => {
    const events = (payload.members.get("logEvents") as Extract<Json.JsonNode, { readonly kind: "array" }>).items
    const type = stringOf(payload, "messageType")
    if (type === "CONTROL_MESSAGE") return output.filtered(events.length)
    const names = ["owner", "logGroup", "logStream"].map((name) => stringOf(payload, name))
    if (type !== "DATA_MESSAGE" || names.includes(undefined)) {
      const detail = type !== "DATA_MESSAGE" ? `messageType ${type}` : "owner, logGroup and logStream must be strings"
      return output.rejected({ position, bytes: bytesOf(text, payload), ...reject("UnknownShape", detail) })
    }
    events.forEach((event, i) => {
      const origin = { position: `${position}, event ${i + 1}`, bytes: bytesOf(text, event) }
      const read = readEvent(event)
      if ("reason" in read) return output.rejected({ ...origin, ...read })
      const key = base64Url(digest.sha256(Utf8.encode(JSON.stringify([...names, read.id]))))
      output.event({ ordinal: ordinal++, key, timestampMicros: read.timestampMicros, message: read.message }, origin)
    })
  }

  const readAll = Effect.fnUntraced(function* (found: Iterable<JsonDocuments.JsonDocument>) {
    for (const document of found) yield* readDocument(document)
  })
  return {
    push: (bytes) => Effect.suspend(() => readAll(documents.push(bytes))),
    end: Effect.suspend(() => readAll(documents.end())),
  }
}

/**
 * Reads events into rows, leaving out those whose ordinals are known to be duplicates.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  flow: LogFlow,
  limits: Limits,
  services: Services,
  duplicates: ReadonlySet<number>,
  output: RecordOutput,
): RecordReader => {
  const mapping = RowMapping.compile(flow.table, flow.fields)
  const positionOf = (name: string) => flow.table.columns.findIndex((column) => column.name === name)
  const timestampColumn = positionOf(flow.timestampColumn)
  const keyColumn = positionOf(flow.keyColumn)
  return makeEvents(limits, services, {
    filtered: output.filtered,
    rejected: output.rejected,
    event: (event, origin) => {
      if (duplicates.has(event.ordinal)) return output.duplicate(1)
      const parsed = Json.parse(event.message, limits.depth)
      if (
        flow.platformLines === "filter" &&
        isPlatformLine(event.message, "node" in parsed ? parsed.node : undefined, mapping.fieldNamed)
      ) {
        return output.filtered(1)
      }
      output.row(
        () => origin,
        (target) => {
          // A message that breaks off is still a message that is no JSON: what ended early is whatever wrote it.
          if ("failure" in parsed)
            return reject(
              parsed.failure === "TooDeep" ? "TooDeep" : "NotJson",
              `the message is no JSON: ${parsed.detail}`,
            )
          if (parsed.node.kind !== "object")
            return reject("UnknownShape", `the message is a JSON ${parsed.node.kind}, not an object`)
          const { members } = parsed.node
          target.setColumn(timestampColumn, event.timestampMicros)
          target.setColumn(keyColumn, event.key)
          const date = Timestamp.dateOfMicros(event.timestampMicros)
          target.setPartition(0, date.year)
          target.setPartition(1, date.month)
          target.setPartition(2, date.day)
          for (const field of mapping.fields) {
            const name = field.mapping.names.find((candidate) => members.has(candidate))
            const rejection = field.write(name === undefined ? undefined : members.get(name), event.message, target)
            if (rejection !== undefined) return rejection
          }
          return undefined
        },
      )
    },
  })
}

const isPayload = (node: Json.JsonNode): node is Json.JsonObject =>
  node.kind === "object" && node.members.get("logEvents")?.kind === "array" && node.members.has("messageType")

const envelopeOf = (node: Json.JsonNode): ReadonlyArray<string> | undefined =>
  LogsEnvelope.payloads(Json.toUnknown(node))

const decodeBase64 = Schema.decodeUnknownResult(Schema.Uint8ArrayFromBase64)
const base64Url = Schema.encodeSync(Schema.Uint8ArrayFromBase64Url)

const inflate = Effect.fnUntraced(function* (data: string, compression: Compression["Service"], maxBytes: number) {
  const bytes = decodeBase64(data)
  if (Result.isFailure(bytes)) return reject("BadEncoding", "the payload is no base64")
  if (!isCompressed(bytes.success)) return reject("BadEncoding", "the payload is neither gzip nor zlib")
  return yield* compression.inflateBytes(bytes.success, maxBytes).pipe(
    Effect.map((inflated) => ({ bytes: inflated })),
    Effect.catchTag("CompressionError", ({ detail, reason }) => Effect.succeed(reject(reason, detail))),
  )
})

const readEvent = (
  node: Json.JsonNode,
): { readonly id: string; readonly timestampMicros: bigint; readonly message: string } | Rejection => {
  if (node.kind !== "object") return reject("UnknownShape", `a log event that is a JSON ${node.kind}`)
  const [id, timestamp, message] = ["id", "timestamp", "message"].map((name) => node.members.get(name))
  if (id === undefined || timestamp === undefined || message === undefined) {
    return reject("MissingRequired", "a log event needs id, timestamp and message")
  }
  if (
    id.kind !== "string" ||
    message.kind !== "string" ||
    timestamp.kind !== "number" ||
    !/^-?\d+$/.test(timestamp.digits)
  ) {
    return reject("WrongType", "a log event has a string id, a timestamp in whole milliseconds and a string message")
  }
  // JSON has no leading zeros: so many digits are far outside, and reading a million of them would take long.
  const timestampMicros = timestamp.digits.length > 20 ? Timestamp.endMicros : BigInt(timestamp.digits) * 1000n
  if (timestampMicros < Timestamp.minMicros || timestampMicros >= Timestamp.endMicros) {
    return reject("OutOfRange", `the timestamp ${timestamp.digits} is outside the years 1 to 9999`)
  }
  return { id: id.value, timestampMicros, message: message.value }
}

const stringOf = (node: Json.JsonObject, name: string): string | undefined => {
  const value = node.members.get(name)
  return value?.kind === "string" ? value.value : undefined
}

const bytesOf = (text: string, node: Json.JsonNode): Uint8Array => Utf8.encode(text.slice(node.start, node.end))

/** Payloads of CloudWatch Logs, made by chance: they share events, as payloads do that are sent again or by a second subscription. */
import * as CompressionMemory from "@tributary/core/memory/CompressionMemory"
import type { SimRandom } from "@tributary/core/testing/sim/SimRandom"
import { createHash } from "node:crypto"
import { start } from "./gaWorld.ts"
import type { LogPayload } from "./manifest.ts"

interface Event {
  readonly id: string
  readonly timestamp: number
  readonly message: string
  readonly kind: "good" | "bad" | "platform" | "refused"
  readonly key: string
  /** The row that it becomes, as a reader finds it. */
  readonly text: string
}

/** `name` is the log group. In the group `w` are events that the warehouse refuses. */
export const makePayloads = (
  random: SimRandom,
  name: string,
  max: number,
  spreadMs: number,
): ReadonlyArray<LogPayload> => {
  const pool: Array<Event> = []
  for (let i = random.between(2, 6); i > 0; i--) pool.push(makeEvent(random, name, pool.length))
  return Array.from({ length: random.between(1, max) }, (_, i) => {
    const at = start + random.between(0, spreadMs)
    const own = `${name}${i}`
    return random.chance(0.1)
      ? makeBroken(random, own, at)
      : makePayload(random, name, own, at, random.shuffled(pool).slice(0, random.between(1, pool.length)))
  })
}

const makePayload = (
  random: SimRandom,
  logGroup: string,
  own: string,
  at: number,
  events: ReadonlyArray<Event>,
): LogPayload => {
  const keysOf = (kind: Event["kind"]) => events.filter((event) => event.kind === kind).map(({ key }) => key)
  return {
    body: envelope(random, {
      messageType: "DATA_MESSAGE",
      owner: "1",
      logGroup,
      logStream: "s",
      // Makes every payload unlike the others.
      subscriptionFilters: [own],
      logEvents: events.map(({ id, message, timestamp }) => ({ id, timestamp, message })),
    }),
    at,
    good: events.filter(({ kind }) => kind === "good").map(({ key, text }) => ({ key, text })),
    bad: keysOf("bad"),
    platform: keysOf("platform"),
    refused: keysOf("refused"),
    control: 0,
    broken: 0,
  }
}

const makeEvent = (random: SimRandom, stream: string, n: number): Event => {
  const kinds = ["good", "good", "good", "good", "bad", "platform", stream === "w" ? "refused" : "good"] as const
  const kind = random.pick(kinds)
  const timestamp = Date.UTC(2026, 0, random.pick([5, 5, 6]), random.between(0, 23), 0, n)
  const action = kind === "refused" ? `refuse ${n}` : `${stream}${n}`
  const session = random.between(0, 9)
  const message =
    kind === "bad"
      ? `not JSON ${n}`
      : kind === "platform"
        ? `START RequestId: ${n} Version: 1`
        : JSON.stringify({ action, session_id: session })
  const id = `e${n}`
  const key = createHash("sha256")
    .update(JSON.stringify(["1", stream, "s", id]))
    .digest("base64url")
  const iso = new Date(timestamp).toISOString().replace(".000Z", "Z")
  return { id, timestamp, message, kind, key, text: [iso.slice(0, 10), key, iso, session, action, ""].join(" ") }
}

const makeBroken = (random: SimRandom, name: string, at: number): LogPayload => {
  const nothing = { at, good: [], bad: [], platform: [], refused: [], control: 0, broken: 0 }
  if (random.chance(0.5))
    return { ...nothing, body: JSON.stringify({ awslogs: { data: `no base64 ${name} !` } }), broken: 1 }
  const body = envelope(random, {
    messageType: "CONTROL_MESSAGE",
    owner: "CloudwatchLogs",
    logGroup: "",
    logStream: "",
    subscriptionFilters: [name],
    logEvents: [{ id: "", timestamp: start, message: "CWL CONTROL MESSAGE: Checking health of destination." }],
  })
  return { ...nothing, body, control: 1 }
}

const envelope = (random: SimRandom, payload: object): string => {
  if (random.chance(0.3)) return JSON.stringify(payload)
  const zipped = CompressionMemory.make.compressPage("gzip", Buffer.from(JSON.stringify(payload)))
  return JSON.stringify({ awslogs: { data: Buffer.from(zipped).toString("base64") } })
}

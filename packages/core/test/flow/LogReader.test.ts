import * as LogReader from "@tributary/core/flow/LogReader"
import { Compression } from "@tributary/core/Compression"
import { Digest } from "@tributary/core/Digest"
import * as CompressionMemory from "@tributary/core/memory/CompressionMemory"
import * as DigestMemory from "@tributary/core/memory/DigestMemory"
import { defaultLimits } from "@tributary/core/Limits"
import { logEvents, logsFlow } from "@tributary/core/LogsFlow"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { createHash } from "node:crypto"
import { deflateSync, gzipSync } from "node:zlib"
import { collect } from "./collect.ts"

const services = Effect.runSync(
  Effect.all({ compression: Compression, digest: Digest }).pipe(
    Effect.provide(Layer.merge(CompressionMemory.layer, DigestMemory.layer)),
  ),
)

const readBytes = (bytes: Uint8Array, duplicates: ReadonlyArray<number> = [], flow = logsFlow) => {
  const found = collect(logEvents)
  const reader = LogReader.make(flow, defaultLimits, services, new Set(duplicates), found.output)
  Effect.runSync(Effect.andThen(reader.push(bytes), reader.end))
  return found
}
const read = (text: string, duplicates?: ReadonlyArray<number>, flow?: typeof logsFlow) =>
  readBytes(Buffer.from(text), duplicates, flow)

const payload = (messages: ReadonlyArray<unknown>, extra: object = {}) => ({
  messageType: "DATA_MESSAGE",
  owner: "123456789012",
  logGroup: "/app",
  logStream: "s",
  subscriptionFilters: ["f"],
  logEvents: messages.map((message, i) => ({
    id: `e${i}`,
    timestamp: 1767225600123 + i,
    message: typeof message === "string" ? message : JSON.stringify(message),
  })),
  ...extra,
})

const encoded = (value: unknown) => gzipSync(JSON.stringify(value)).toString("base64")

describe("LogReader", () => {
  it("maps an event to the seed's columns", () => {
    const found = read(
      JSON.stringify(
        payload([{ session_id: 7, action: "click", params: { a: 1 }, timestamp: "ignored", other: true }]),
      ),
    )
    assert.deepStrictEqual(found.rows, [
      {
        _record_id: createHash("sha256")
          .update(JSON.stringify(["123456789012", "/app", "s", "e0"]))
          .digest("base64url"),
        timestamp: 1767225600123000n,
        year: 2026,
        month: 1,
        day: 1,
        session_id: 7n,
        action: "click",
        params: '{"a":1}',
      },
    ])
  })

  for (const [name, message, row] of [
    ["no fields", "{}", { session_id: 0n, action: null, params: null }],
    ["nulls", '{"session_id":null,"action":null,"params":null}', { session_id: 0n, action: null, params: null }],
    ["int64 exactly", '{"session_id":9007199254740993}', { session_id: 9007199254740993n, action: null, params: null }],
    ["digits in a string", '{"session_id":"-42"}', { session_id: -42n, action: null, params: null }],
    [
      "params as they were written",
      '{"params": {"n": 1.10, "big": 12345678901234567890, "s":"\\u00e9"}}',
      { session_id: 0n, action: null, params: '{"n": 1.10, "big": 12345678901234567890, "s":"\\u00e9"}' },
    ],
    ["params that are no object", '{"params":"x"}', { session_id: 0n, action: null, params: '"x"' }],
    [
      "a message that only begins like a platform type",
      '{"type":"platform.shoe","action":"buy"}',
      { session_id: 0n, action: "buy", params: null },
    ],
    ["the last of two equal keys", '{"action":"a","action":"b"}', { session_id: 0n, action: "b", params: null }],
  ] as const) {
    it(`reads ${name}`, () => {
      const [found] = read(JSON.stringify(payload([message]))).rows
      assert.deepInclude(found, row)
    })
  }

  for (const [message, reason] of [
    ["hello", "NotJson"],
    ['{"action":"x"', "NotJson"],
    ["START processing", "NotJson"],
    ["STARTRequestId: x", "NotJson"],
    ["[]", "UnknownShape"],
    ["null", "UnknownShape"],
    ['{"session_id":"abc"}', "WrongType"],
    ['{"session_id":1.5}', "WrongType"],
    ['{"session_id":9223372036854775808}', "OutOfRange"],
    ['{"action":5}', "WrongType"],
    ['{"action":"\\udc00"}', "BadEncoding"],
    [`{"params":${"[".repeat(64)}${"]".repeat(64)}}`, "TooDeep"],
  ] as const) {
    it(`quarantines ${message.slice(0, 40)}: ${reason}`, () => {
      const found = read(JSON.stringify(payload([{ action: "before" }, message, { action: "after" }])))
      assert.deepStrictEqual(found.rejected, [["document 1, event 2", reason]])
      assert.deepStrictEqual(
        found.rows.map((row) => row["action"]),
        ["before", "after"],
      )
      assert.strictEqual((JSON.parse(found.bytes[0]!) as { readonly message: string }).message, message)
    })
  }

  it("filters what Lambda writes, unless the flow asks for it", () => {
    const messages = [
      "START RequestId: 1 Version: $LATEST\n",
      "END RequestId: 1\n",
      "REPORT RequestId: 1\tDuration: 2 ms\n",
      "INIT_START Runtime Version: nodejs:24",
      '{"time":"2026-01-01T00:00:00Z","type":"platform.report","record":{}}',
    ]
    assert.strictEqual(read(JSON.stringify(payload(messages))).counts.filtered, 5)
    const kept = read(JSON.stringify(payload(messages)), [], { ...logsFlow, platformLines: "keep" })
    assert.deepStrictEqual([kept.rejected.length, kept.rows.length], [4, 1])
  })

  it("filters control messages, which have an event without an id", () => {
    const control = {
      ...payload(["CWL CONTROL MESSAGE: Checking health of destination Firehose."]),
      messageType: "CONTROL_MESSAGE",
      owner: "CloudwatchLogs",
      logGroup: "",
      logStream: "",
    }
    assert.strictEqual(read(JSON.stringify(control)).counts.filtered, 1)
  })

  it("leaves duplicates out before it looks at their messages", () => {
    const found = read(JSON.stringify(payload([{ action: "a" }, "broken", { action: "c" }])), [0, 1])
    assert.deepStrictEqual(
      [found.counts.duplicate, found.rejected, found.rows.map((row) => row["action"])],
      [2, [], ["c"]],
    )
  })

  it("checks each event on its own", () => {
    const events = [
      { id: "a", timestamp: 1, message: "{}" },
      { timestamp: 1, message: "{}" },
      { id: 1, timestamp: 1, message: "{}" },
      { id: "b", timestamp: 1.5, message: "{}" },
      { id: "c", timestamp: 1e15, message: "{}" },
      "x",
    ]
    const found = read(JSON.stringify(payload([], { logEvents: events })))
    assert.deepStrictEqual(
      found.rejected.map(([, reason]) => reason),
      ["MissingRequired", "WrongType", "WrongType", "OutOfRange", "UnknownShape"],
    )
    assert.strictEqual(found.rows.length, 1)
  })

  for (const [name, wrap] of [
    ["decoded", (value: unknown) => JSON.stringify(value)],
    ["pretty", (value: unknown) => JSON.stringify(value, null, 2)],
    ["a Lambda event", (value: unknown) => JSON.stringify({ awslogs: { data: encoded(value) } })],
    [
      "a Lambda event with zlib",
      (value: unknown) => JSON.stringify({ awslogs: { data: deflateSync(JSON.stringify(value)).toString("base64") } }),
    ],
    [
      "a Kinesis event",
      (value: unknown) =>
        JSON.stringify({ Records: [{ eventSource: "aws:kinesis", eventID: "1", kinesis: { data: encoded(value) } }] }),
    ],
    [
      "a Firehose event",
      (value: unknown) =>
        JSON.stringify({
          invocationId: "i",
          deliveryStreamArn: "arn:x",
          records: [{ recordId: "r", data: encoded(value) }],
        }),
    ],
  ] as const) {
    it(`reads ${name}, alone and several in one input`, () => {
      const [one, two] = [payload([{ action: "a" }]), payload([{ action: "b" }], { logStream: "t" })]
      assert.deepStrictEqual(
        read(wrap(one)).rows.map((row) => row["action"]),
        ["a"],
      )
      for (const join of ["", "\n"])
        assert.deepStrictEqual(
          read(wrap(one) + join + wrap(two)).rows.map((row) => row["action"]),
          ["a", "b"],
        )
    })
  }

  it("quarantines a payload that cannot be read, and keeps its neighbours", () => {
    const good = JSON.stringify({ awslogs: { data: encoded(payload([{ action: "a" }])) } })
    const whole = gzipSync(JSON.stringify(payload(Array.from({ length: 50 }, (_, i) => ({ action: String(i) })))))
    const cut = whole.subarray(0, whole.length - 20).toString("base64")
    const corrupt = Buffer.from(whole)
    corrupt[20] = corrupt[20]! ^ 0xff
    const lines = [
      good,
      JSON.stringify({ awslogs: { data: cut } }),
      JSON.stringify({ awslogs: { data: corrupt.toString("base64") } }),
      JSON.stringify({ awslogs: { data: "!!!" } }),
      JSON.stringify({ awslogs: { data: Buffer.from("plain").toString("base64") } }),
      JSON.stringify({ hello: 1 }),
      "nonsense",
      good,
    ]
    const found = read(lines.join("\n"))
    assert.deepStrictEqual(found.rejected, [
      ["document 2", "Truncated"],
      ["document 3", "BadEncoding"],
      ["document 4", "BadEncoding"],
      ["document 5", "BadEncoding"],
      ["document 6", "UnknownShape"],
      ["document 7", "NotJson"],
    ])
    assert.strictEqual(found.rows.length, 2)
  })

  it("gives up a payload that inflates beyond its limit", () => {
    const found = collect(logEvents)
    const reader = LogReader.make(logsFlow, { ...defaultLimits, payloadBytes: 1000 }, services, new Set(), found.output)
    const text = JSON.stringify({ awslogs: { data: encoded(payload(["x".repeat(5000)])) } })
    Effect.runSync(Effect.andThen(reader.push(Buffer.from(text)), reader.end))
    assert.deepStrictEqual(found.rejected, [["document 1", "TooLarge"]])
  })

  it("refuses a data message without its names, whole", () => {
    const found = read(
      [payload([{}], { owner: 1 }), payload([{}], { messageType: "OTHER" })]
        .map((value) => JSON.stringify(value))
        .join("\n"),
    )
    assert.deepStrictEqual(found.rejected, [
      ["document 1", "UnknownShape"],
      ["document 2", "UnknownShape"],
    ])
  })
})

import { payloads } from "@tributary/core/wire/LogsEnvelope"
import { LogsPayload } from "@tributary/core/wire/LogsPayload"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { gunzipSync } from "node:zlib"

const kinesis = (...data: ReadonlyArray<unknown>) => ({
  Records: data.map((text, i) => ({
    kinesis: {
      kinesisSchemaVersion: "1.0",
      partitionKey: "p",
      sequenceNumber: `495${i}`,
      data: text,
      approximateArrivalTimestamp: 1767258300.25,
    },
    eventSource: "aws:kinesis",
    eventVersion: "1.0",
    eventID: `shardId-000000000000:495${i}`,
    eventName: "aws:kinesis:record",
  })),
})

const firehose = (...data: ReadonlyArray<unknown>) => ({
  invocationId: "i",
  deliveryStreamArn: "arn:aws:firehose:eu-west-1:111122223333:deliverystream/logs",
  region: "eu-west-1",
  records: data.map((text, i) => ({ recordId: String(i), approximateArrivalTimestamp: 1767258300250, data: text })),
})

describe("payloads", () => {
  const events: ReadonlyArray<readonly [name: string, event: unknown, expected: ReadonlyArray<string> | undefined]> = [
    ["a Lambda event", { awslogs: { data: "QQ==" } }, ["QQ=="]],
    ["a Kinesis event", kinesis("QQ==", "Qg=="), ["QQ==", "Qg=="]],
    ["a Firehose event", firehose("QQ==", "Qg=="), ["QQ==", "Qg=="]],
    ["a Lambda event without data", { awslogs: {} }, undefined],
    ["a Kinesis event one of whose records has no data", kinesis("QQ==", 7), undefined],
    ["a Kinesis event without records", kinesis(), undefined],
    ["a Firehose event without records", firehose(), undefined],
    ["a Firehose answer", { records: [{ recordId: "0", result: "Ok", data: "QQ==" }] }, undefined],
    ["records of SQS", { Records: [{ eventSource: "aws:sqs", eventID: "1", kinesis: { data: "QQ==" } }] }, undefined],
    ["a payload that is decoded already", { messageType: "DATA_MESSAGE", logEvents: [] }, undefined],
    ["null", null, undefined],
    ["a string", "QQ==", undefined],
  ]
  for (const [name, event, expected] of events) it(name, () => assert.deepStrictEqual(payloads(event), expected))

  it.prop("answers for any JSON", [Schema.Json], ([json]) => {
    const found = payloads(json)
    assert.isTrue(found === undefined || found.length > 0)
  })
})

it("the encoded payload of the documentation is the decoded one", () => {
  const [data] =
    payloads({
      awslogs: {
        data: "H4sIAAAAAAACA52PQWrDMBRE7zJrhVQSjcvfGepm1ZWzq0KQnY8jGluKJCcY47sXp/QCne1jeDMzek7JdnyYAoPwXh7K02dV1+W+goB/DBxBkFJKpZTSWmsIXH23j34MIGzTxYdte+H224/5l9U5su1BeHCzkRBIY5Pa6EJ2fvhw18wxgb6Q/aZx3W3kOOH4bFZ3HvLKZrgzCPpNvvwjqzO7nlO2fQDJYlco9bp7MvH3GITZIHFKzg8ndzagQhjYdl1pQAbBTgYLluPyA+ackBInAQAA",
      },
    }) ?? []
  const payload = Schema.decodeUnknownSync(LogsPayload)(
    JSON.parse(gunzipSync(Buffer.from(data ?? "", "base64")).toString("utf8")),
  )
  assert.deepStrictEqual(payload, {
    messageType: "DATA_MESSAGE",
    owner: "111122223333",
    logGroup: "/shop/checkout",
    logStream: "web-1",
    subscriptionFilters: ["to-bigquery"],
    logEvents: [
      {
        id: "38100000000000000000000000000000000000000000000000000001",
        timestamp: 1767225600000,
        message: '{"session_id":7,"action":"pay"}',
      },
    ],
  })
})

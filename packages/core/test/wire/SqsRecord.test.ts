import { SqsEvent, toMessage } from "@tributary/core/wire/SqsRecord"
import { assert, it } from "@effect/vitest"
import { Exit, Schema } from "effect"

const record = (attributes: object) => ({
  messageId: "m-1",
  receiptHandle: "r-1",
  body: "{}",
  attributes: { ApproximateReceiveCount: "3", SentTimestamp: "1767258300000", SenderId: "AIDAEXAMPLE", ...attributes },
  messageAttributes: {},
  md5OfBody: "99914b932bd37a50b983c5e7c90ae93b",
  eventSource: "aws:sqs",
  eventSourceARN: "arn:aws:sqs:eu-west-1:111122223333:ga-data",
  awsRegion: "eu-west-1",
})

it("a record is a message of the port", () => {
  const event = Schema.decodeUnknownSync(SqsEvent)({ Records: [record({})] })
  assert.deepStrictEqual(event.Records.map(toMessage), [
    { id: "m-1", receipt: "r-1", body: "{}", receiveCount: 3, sentAt: 1767258300000 },
  ])
})

for (const count of ["", "many", "-1", "1.5", " 1", 3]) {
  it(`a receive count of ${JSON.stringify(count)} is refused`, () => {
    const exit = Schema.decodeUnknownExit(SqsEvent)({ Records: [record({ ApproximateReceiveCount: count })] })
    assert.isTrue(Exit.isFailure(exit))
  })
}

import { parse, type ObjectEvents } from "@tributary/core/wire/ObjectEvents"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"

/** The plain key beside its form-encoded text. */
const keys: ReadonlyArray<readonly [plain: string, form: string]> = [
  ["ga-data/1", "ga-data/1"],
  ["ga-data/hourly users", "ga-data/hourly+users"],
  ["ga-data/1+1", "ga-data/1%2B1"],
  ["ga-data/50%", "ga-data/50%25"],
  ["ga-data/a%2Fb", "ga-data/a%252Fb"],
  ["ga-data/a/b", "ga-data%2Fa%2Fb"],
  ["ga-data/été/日本/🛶", "ga-data/%C3%A9t%C3%A9/%E6%97%A5%E6%9C%AC/%F0%9F%9B%B6"],
  ["ga-data/Account Rating=Warm/=null", "ga-data/Account+Rating%3DWarm/%3Dnull"],
  ["ga-data/é", "ga-data/é"],
]

const eventBridge = (key: string, detailType = "Object Created", object: object = {}) => ({
  version: "0",
  id: "8c1f0e6a-0000-4000-8000-000000000001",
  "detail-type": detailType,
  source: "aws.s3",
  account: "111122223333",
  time: "2026-01-01T09:05:00Z",
  region: "eu-west-1",
  resources: ["arn:aws:s3:::shop-lake"],
  detail: {
    version: "0",
    bucket: { name: "shop-lake" },
    object: { key, size: 12, etag: "e1", "version-id": "v1", sequencer: "0062E9", ...object },
    reason: "PutObject",
  },
})

const s3Record = (key: string, eventName = "ObjectCreated:Put", object: object = {}) => ({
  eventVersion: "2.1",
  eventSource: "aws:s3",
  awsRegion: "eu-west-1",
  eventTime: "2026-01-01T09:05:00.000Z",
  eventName,
  s3: {
    s3SchemaVersion: "1.0",
    configurationId: "ga-data",
    bucket: { name: "shop-lake", arn: "arn:aws:s3:::shop-lake" },
    object: { key, size: 12, eTag: "e1", versionId: "v1", sequencer: "0062E9", ...object },
  },
})

const notification = (...records: ReadonlyArray<object>) => ({ Records: records })

const sns = (message: unknown, type = "Notification") => ({
  Type: type,
  MessageId: "8c1f0e6a-0000-4000-8000-000000000002",
  TopicArn: "arn:aws:sns:eu-west-1:111122223333:lake-objects",
  Subject: null,
  Message: typeof message === "string" ? message : JSON.stringify(message),
  Timestamp: "2026-01-01T09:05:00.000Z",
})

const read = (body: unknown): ObjectEvents => parse(JSON.stringify(body))

const created = (key: string): ObjectEvents => ({
  _tag: "Created",
  objects: [{ bucket: "shop-lake", key, version: "v1", etag: "e1", size: 12, sequencer: "0062E9" }],
})

const refusedFor = (body: unknown) => {
  const event = read(body)
  return event._tag === "Refused" ? event.reason : event._tag
}

describe("keys", () => {
  for (const [plain, form] of keys) {
    it(`EventBridge: ${plain} stands as it is, ${form} too`, () => {
      assert.deepStrictEqual(read(eventBridge(plain)), created(plain))
      assert.deepStrictEqual(read(eventBridge(form)), created(form))
      assert.deepStrictEqual(read(sns(eventBridge(form))), created(form))
    })

    it(`S3 notification: ${form} is ${plain}`, () => {
      assert.deepStrictEqual(read(notification(s3Record(form))), created(plain))
      assert.deepStrictEqual(read(sns(notification(s3Record(form)))), created(plain))
    })
  }

  for (const key of ["ga-data/50%", "ga-data/%zz", "ga-data/%FF", "ga-data/%C3", "ga-data/%ED%A0%80"]) {
    it(`S3 notification: ${key} is refused`, () => {
      assert.strictEqual(refusedFor(notification(s3Record(key))), "BadEncoding")
      assert.strictEqual(refusedFor(notification(s3Record("fine"), s3Record(key))), "BadEncoding")
    })
  }

  it("takes no notice of urlDecodedKey", () => {
    assert.deepStrictEqual(
      read(notification(s3Record("a+b", "ObjectCreated:Put", { urlDecodedKey: "elsewhere" }))),
      created("a b"),
    )
  })
})

describe("objects created", () => {
  it("leaves out what the event does not say", () => {
    const bare = {
      size: undefined,
      etag: undefined,
      eTag: undefined,
      "version-id": undefined,
      versionId: undefined,
      sequencer: undefined,
    }
    const expected: ObjectEvents = { _tag: "Created", objects: [{ bucket: "shop-lake", key: "k" }] }
    assert.deepStrictEqual(read(eventBridge("k", "Object Created", bare)), expected)
    assert.deepStrictEqual(read(notification(s3Record("k", "ObjectCreated:Copy", bare))), expected)
    assert.deepStrictEqual(
      read(notification(s3Record("k", "ObjectCreated:Copy", { ...bare, versionId: "" }))),
      expected,
    )
  })

  it("takes all that a notification created, and nothing else of it", () => {
    const event = read(
      notification(s3Record("a"), s3Record("gone", "ObjectRemoved:Delete"), s3Record("b", "s3:ObjectCreated:Post")),
    )
    assert.deepStrictEqual(event._tag === "Created" ? event.objects.map((object) => object.key) : event, ["a", "b"])
  })
})

describe("run reports", () => {
  const report = (detail: object) => ({
    version: "0",
    id: "8c1f0e6a-0000-4000-8000-000000000004",
    "detail-type": "AppFlow End Flow Run Report",
    source: "aws.appflow",
    time: "2026-01-01T09:05:02Z",
    resources: ["5d41402abc4b2a76b9719d911017c592"],
    detail: {
      "flow-name": "ga-flow",
      "execution-id": "7b0d5a0e-0000-4000-8000-000000000005",
      status: "Execution Successful",
      ...detail,
    },
  })

  it("answers the run in the words of the port", () => {
    const event = read(
      report({
        "destination-object": "s3://shop-lake/ga-data",
        "num-of-records-processed": "17",
        "start-time": "2026-01-01T09:04:47.643Z[UTC]",
        "end-time": "2026-01-01T09:05:00.871Z[UTC]",
      }),
    )
    assert.deepStrictEqual(event, {
      _tag: "RunReport",
      flow: "ga-flow",
      run: {
        id: "7b0d5a0e-0000-4000-8000-000000000005",
        status: "succeeded",
        startedAt: Date.UTC(2026, 0, 1, 9, 4, 47, 643),
        updatedAt: Date.UTC(2026, 0, 1, 9, 5, 0, 871),
        recordsProcessed: 17,
        error: undefined,
      },
      destination: "s3://shop-lake/ga-data",
    })
  })

  it("refuses a count that is none, and a time that is none", () => {
    assert.strictEqual(refusedFor(report({ "num-of-records-processed": "many" })), "WrongType")
    assert.strictEqual(refusedFor(report({ "end-time": "2026-02-30T00:00:00Z[UTC]" })), "WrongType")
    assert.strictEqual(refusedFor(report({ "execution-id": undefined })), "MissingRequired")
  })
})

describe("ignored", () => {
  const testEvent = {
    Service: "Amazon S3",
    Event: "s3:TestEvent",
    Time: "2026-01-01T09:00:00.000Z",
    Bucket: "shop-lake",
    RequestId: "R",
    HostId: "H",
  }
  const bodies: ReadonlyArray<readonly [name: string, body: unknown, why: RegExp]> = [
    ["the test event of a notification", testEvent, /test event/],
    ["the test event in an SNS envelope", sns(testEvent), /test event/],
    ["Object Deleted", eventBridge("k", "Object Deleted", { size: undefined, etag: undefined }), /Object Deleted/],
    ["Object Deleted in an SNS envelope", sns(eventBridge("k", "Object Deleted")), /Object Deleted/],
    ["another source", { ...eventBridge("k"), source: "shop.orders" }, /shop\.orders/],
    [
      "another event of AppFlow",
      { ...eventBridge("k", "AppFlow Start Flow Run Report"), source: "aws.appflow" },
      /Start Flow Run/,
    ],
    ["a removed object", notification(s3Record("k", "ObjectRemoved:DeleteMarkerCreated")), /ObjectRemoved/],
    ["a failed replication", notification(s3Record("k", "s3:Replication:OperationFailedReplication")), /Replication/],
    ["no records", notification(), /without records/],
  ]
  for (const [name, body, why] of bodies) {
    it(name, () => {
      const event = read(body)
      assert.match(event._tag === "Ignored" ? event.why : JSON.stringify(event), why)
      assert.strictEqual(event._tag, "Ignored")
    })
  }

  it("says why in few words, however long the names are", () => {
    const event = read({ "detail-type": "x".repeat(100_000), source: "y".repeat(100_000), time: "" })
    assert.isBelow(event._tag === "Ignored" ? event.why.length : Number.NaN, 300)
  })
})

describe("refused", () => {
  const deep = `${"[".repeat(65)}${"]".repeat(65)}`
  const texts: ReadonlyArray<readonly [name: string, body: string, reason: string]> = [
    ["an empty body", "", "Truncated"],
    ["text", "hello", "NotJson"],
    ["JSON cut short", '{"Records":[{"eventVer', "Truncated"],
    ["JSON nested too deep", deep, "TooDeep"],
    ["two documents", "{} {}", "NotJson"],
  ]
  for (const [name, body, reason] of texts) {
    it(name, () => {
      const event = parse(body)
      assert.strictEqual(event._tag === "Refused" ? event.reason : event._tag, reason)
    })
  }

  const bodies: ReadonlyArray<readonly [name: string, body: unknown, reason: string]> = [
    ["null", null, "UnknownShape"],
    ["an array", [eventBridge("k")], "UnknownShape"],
    ["a number", 7, "UnknownShape"],
    ["an object of another kind", { message: "hello" }, "UnknownShape"],
    ["records of SQS", notification({ eventSource: "aws:sqs", body: "{}" }), "UnknownShape"],
    ["records of two services", notification(s3Record("k"), { eventSource: "aws:sqs" }), "UnknownShape"],
    ["records that are no objects", { Records: [1] }, "UnknownShape"],
    ["a notification of version 3", notification({ ...s3Record("k"), eventVersion: "3.0" }), "UnknownShape"],
    ["an event without its key", eventBridge("k", "Object Created", { key: undefined }), "MissingRequired"],
    ["an empty key", eventBridge(""), "WrongType"],
    ["a key that is a number", eventBridge("k", "Object Created", { key: 7 }), "WrongType"],
    ["a size in quotes", notification(s3Record("k", "ObjectCreated:Put", { size: "12" })), "WrongType"],
    ["a record without s3", notification({ ...s3Record("k"), s3: undefined }), "MissingRequired"],
    ["a subscription to confirm", sns("You have chosen to subscribe", "SubscriptionConfirmation"), "UnknownShape"],
    ["text in an SNS envelope", sns("hello"), "NotJson"],
    ["an SNS envelope in an SNS envelope", sns(sns(eventBridge("k"))), "UnknownShape"],
    ["an SNS envelope without its message", { ...sns(""), Message: undefined }, "MissingRequired"],
  ]
  for (const [name, body, reason] of bodies) it(name, () => assert.strictEqual(refusedFor(body), reason))

  it("tells where, and never what", () => {
    const event = read(eventBridge("k", "Object Created", { key: { secret: "hunter2" } }))
    assert.include(event._tag === "Refused" ? event.detail : "", "object")
    assert.notInclude(JSON.stringify(event), "hunter2")
  })
})

it.prop("any text is answered", [Schema.String], ([body]) => {
  assert.isString(parse(body)._tag)
})

it.prop("any JSON is answered, in an SNS envelope too", [Schema.Json], ([body]) => {
  assert.isString(read(body)._tag)
  assert.isString(read(sns(body))._tag)
})

it.prop(
  "any key comes back as it was",
  [Schema.NonEmptyString.check(Schema.makeFilter((text) => text.isWellFormed()))],
  ([key]) => {
    const form = encodeURIComponent(key).replaceAll("%20", "+")
    assert.deepStrictEqual(read(eventBridge(key)), created(key))
    assert.deepStrictEqual(read(notification(s3Record(form))), created(key))
  },
)

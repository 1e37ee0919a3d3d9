/** What AWS hands to the functions, and what AppFlow and CloudWatch Logs put into it: made up, in the real shapes. */
import { gzipSync } from "node:zlib"

export const bytesOf = (text: string): Uint8Array => Buffer.from(text, "utf8")

/** A report page: hour `YYYYMMDDHH`, device, users. */
export const reportPage = (
  ...rows: ReadonlyArray<readonly [dateHour: string, device: string, users: number]>
): string =>
  JSON.stringify({
    reports: [
      {
        columnHeader: {
          dimensions: ["ga:dateHour", "ga:deviceCategory"],
          metricHeader: { metricHeaderEntries: [{ name: "ga:users", type: "INTEGER" }] },
        },
        data: {
          rows: rows.map(([hour, device, users]) => ({
            dimensions: [hour, device],
            metrics: [{ values: [String(users)] }],
          })),
          rowCount: rows.length,
          isDataGolden: true,
        },
      },
    ],
  })

/** Where AppFlow puts a file of a run. */
export const keyOf = (run: string, file: string): string => `ga-data/ga-flow/schemaVersion_1/2026/01/04/${run}/${file}`

export const objectCreated = (bucket: string, key: string, version?: string): string =>
  JSON.stringify({
    version: "0",
    id: "8c1f0e6a-0000-4000-8000-000000000001",
    "detail-type": "Object Created",
    source: "aws.s3",
    account: "111122223333",
    time: "2026-01-04T09:05:00Z",
    region: "eu-west-1",
    resources: [`arn:aws:s3:::${bucket}`],
    detail: {
      version: "0",
      bucket: { name: bucket },
      object: {
        key,
        size: 12,
        etag: "e1",
        sequencer: "0062E9",
        ...(version === undefined ? {} : { "version-id": version }),
      },
      reason: "PutObject",
    },
  })

/** What S3 sends to a queue itself, for several objects. */
export const s3Notification = (bucket: string, keys: ReadonlyArray<string>): string =>
  JSON.stringify({
    Records: keys.map((key) => ({
      eventVersion: "2.1",
      eventSource: "aws:s3",
      awsRegion: "eu-west-1",
      eventTime: "2026-01-04T09:05:00.000Z",
      eventName: "ObjectCreated:Put",
      s3: {
        s3SchemaVersion: "1.0",
        configurationId: "ga-data",
        bucket: { name: bucket, arn: `arn:aws:s3:::${bucket}` },
        object: { key: encodeURIComponent(key), size: 12, eTag: "e1", sequencer: "0062E9" },
      },
    })),
  })

export const runReport = (run: string, changes: Readonly<Record<string, string>> = {}): string =>
  JSON.stringify({
    version: "0",
    id: "8c1f0e6a-0000-4000-8000-000000000004",
    "detail-type": "AppFlow End Flow Run Report",
    source: "aws.appflow",
    account: "111122223333",
    time: "2026-01-04T09:05:02Z",
    region: "eu-west-1",
    resources: ["5d41402abc4b2a76b9719d911017c592"],
    detail: {
      "flow-name": "ga-flow",
      "execution-id": run,
      status: "Execution Successful",
      "destination-object": "s3://shop/ga-data",
      "num-of-records-processed": "4",
      "start-time": "2026-01-04T09:04:47.643Z[UTC]",
      "end-time": "2026-01-04T09:05:00.871Z[UTC]",
      ...changes,
    },
  })

export const testEvent = JSON.stringify({
  Service: "Amazon S3",
  Event: "s3:TestEvent",
  Time: "2026-01-04T09:00:00.000Z",
  Bucket: "shop",
  RequestId: "N4N7GDK58NMKJ12R",
  HostId: "host",
})

/** The event of a batch: a message's id is its key here. */
export const sqsEvent = (bodies: Readonly<Record<string, string>>) => ({
  Records: Object.entries(bodies).map(([messageId, body]) => ({
    messageId,
    receiptHandle: `receipt of ${messageId}`,
    body,
    attributes: {
      ApproximateReceiveCount: "1",
      SentTimestamp: "1767517502000",
      SenderId: "AIDAEXAMPLE",
      ApproximateFirstReceiveTimestamp: "1767517502004",
    },
    messageAttributes: {},
    md5OfBody: "0",
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:eu-west-1:111122223333:ga-data",
    awsRegion: "eu-west-1",
  })),
})

export interface LogEvent {
  readonly id: string
  readonly timestamp: number
  readonly message: string
}

/** The event that a subscribed function gets. */
export const logsEvent = (logEvents: ReadonlyArray<LogEvent>, messageType = "DATA_MESSAGE") => ({
  awslogs: {
    data: gzipSync(
      JSON.stringify({
        messageType,
        owner: "111122223333",
        logGroup: "/shop/web",
        logStream: "web-1",
        subscriptionFilters: ["all"],
        logEvents,
      }),
    ).toString("base64"),
  },
})

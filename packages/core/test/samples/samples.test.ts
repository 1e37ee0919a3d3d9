/**
 * Payloads that this project did not write, each with what our wire modules make of it. They lie beside the project, not in it (see their README);
 * a clone without them has the fixtures of the other suites.
 */
import * as Compression from "@tributary/core/Compression"
import { defaultLimits } from "@tributary/core/Limits"
import * as CompressionMemory from "@tributary/core/memory/CompressionMemory"
import * as Utf8 from "@tributary/core/Utf8"
import { FlowRunReport } from "@tributary/core/wire/FlowRunReport"
import { Ga4Line } from "@tributary/core/wire/Ga4Line"
import * as LogsEnvelope from "@tributary/core/wire/LogsEnvelope"
import { LogsPayload } from "@tributary/core/wire/LogsPayload"
import { ObjectCreated } from "@tributary/core/wire/ObjectCreated"
import * as ObjectEvents from "@tributary/core/wire/ObjectEvents"
import { ReportPage } from "@tributary/core/wire/ReportPage"
import { RunReport } from "@tributary/core/wire/RunReport"
import { S3Notification, S3TestEvent } from "@tributary/core/wire/S3Notification"
import { SnsEnvelope } from "@tributary/core/wire/SnsEnvelope"
import { SqsBatchResponse, SqsEvent } from "@tributary/core/wire/SqsRecord"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Option, Schema } from "effect"
import { existsSync, globSync, readFileSync } from "node:fs"
import { join } from "node:path"

const folder = join(import.meta.dirname, "../../../../../shared/samples")

const shapes = {
  FirehoseEvent: LogsEnvelope.FirehoseEvent,
  FlowRunReport,
  Ga4Line,
  KinesisEvent: LogsEnvelope.KinesisEvent,
  LambdaLogsEvent: LogsEnvelope.LambdaLogsEvent,
  LogsPayload,
  ObjectCreated,
  ReportPage,
  RunReport,
  S3Notification,
  S3TestEvent,
  SnsEnvelope,
  SqsBatchResponse,
  SqsEvent,
}

/** What is to be found in a file. */
interface Findings {
  /** The shapes that decode it. */
  readonly shapes: ReadonlyArray<keyof typeof shapes>
  /** What it says as the body of a queue's message. */
  readonly message: string
  /** What the bodies of its SQS records say. */
  readonly bodies?: ReadonlyArray<string>
  /** Its CloudWatch Logs payloads, decompressed. */
  readonly payloads?: ReadonlyArray<string>
  /** The rows of its report pages. */
  readonly rows?: number
}

/** JSON, but neither an event of objects nor one of the shapes. */
const foreign: Findings = { shapes: [], message: "Refused UnknownShape" }
const lambdaLogs = (payload: string): Findings => ({ ...foreign, shapes: ["LambdaLogsEvent"], payloads: [payload] })
const kinesis = (...payloads: ReadonlyArray<string>): Findings => ({ ...foreign, shapes: ["KinesisEvent"], payloads })
const firehose = (...payloads: ReadonlyArray<string>): Findings => ({ ...foreign, shapes: ["FirehoseEvent"], payloads })
const notification = (message: string): Findings => ({ shapes: ["S3Notification"], message })
const sqs = (...bodies: ReadonlyArray<string>): Findings => ({ ...foreign, shapes: ["SqsEvent"], bodies })

const awsExample = lambdaLogs("DATA_MESSAGE, 2 events")
const happyFace = notification("Created s3://sourcebucket/Happy Face.jpg version version")

const expected: Readonly<Record<string, Findings>> = {
  "appflow/ddk_google_analytics_ua_output.json": { ...foreign, shapes: ["ReportPage"], rows: 3 },
  "aws-lambda-go/cloudwatch-logs-event.json": awsExample,
  "aws-lambda-go/kinesis-event.json": kinesis("uncompressed", "uncompressed"),
  "aws-lambda-go/kinesis-firehose-event.json": firehose("uncompressed", "uncompressed"),
  "aws-lambda-go/kinesis-firehose-response.json": foreign,
  "aws-lambda-go/s3-event-with-decoded.json": happyFace,
  "aws-lambda-go/s3-event.json": happyFace,
  "aws-lambda-go/s3-intelligenttier-event.json": notification("Ignored"),
  "aws-lambda-go/s3-replication-event.json": notification("Ignored"),
  // A Lambda function subscribed to the topic, not a queue: Records of SNS.
  "aws-lambda-go/sns-event.json": foreign,
  "aws-lambda-go/sqs-event.json": sqs("Refused NotJson"),
  // What awswrangler sent to Glue and S3: read by the tests of the catalog, and no wire shape.
  "awswrangler-capture/01_first_write_as_in_ddk_handler.json": foreign,
  "awswrangler-capture/02_second_write_same_schema.json": foreign,
  "awswrangler-capture/03_new_column.json": foreign,
  "awswrangler-capture/04_type_change_double_into_bigint.json": foreign,
  "awswrangler-capture/05_missing_column.json": foreign,
  "awswrangler-capture/06_partitioned_and_sanitized.json": foreign,
  "awswrangler-capture/07_null_and_special_partition_value.json": foreign,
  "awswrangler-capture/08_projection.json": foreign,
  "awswrangler-capture/09_empty_df.json": foreign,
  "awswrangler-capture/10_types.json": foreign,
  "awswrangler-capture/11_all_null_column.json": foreign,
  "awswrangler-capture/first_write.snappy.parquet": { shapes: [], message: "Refused NotJson" },
  // Protobuf descriptors as JSON, for the Storage Write API.
  "bigquery/bqstorage_messages.json": foreign,
  "bigquery/customer_record.json": foreign,
  "lambda-docs/cloudwatch-logs.json": awsExample,
  "lambda-docs/firehose-record.json": firehose("uncompressed"),
  "lambda-docs/kinesis-record.json": kinesis("uncompressed", "uncompressed"),
  "lambda-docs/s3-notification.json": notification("Created s3://BUCKET_NAME/inbound/sample-java-s3.png"),
  "lambda-docs/sns-notification.json": foreign,
  "lambda-docs/sqs-record.json": sqs("Refused NotJson"),
  "powertools-py/cloudWatchLogEvent.json": awsExample,
  // zlib, not gzip.
  "powertools-py/cloudWatchLogEventWithPolicyLevel.json": lambdaLogs("DATA_MESSAGE, 2 events, ACCOUNT_LEVEL_POLICY"),
  "powertools-py/kinesisFirehosePutEvent.json": firehose("uncompressed", "uncompressed"),
  "powertools-py/kinesisStreamCloudWatchLogsEvent.json": kinesis("DATA_MESSAGE, 3 events", "DATA_MESSAGE, 3 events"),
  "powertools-py/s3EventBridgeNotificationObjectCreatedEvent.json": {
    shapes: ["ObjectCreated"],
    message: "Created s3://example-bucket/IMG_m7fzo3.jpg",
  },
  "powertools-py/s3EventBridgeNotificationObjectDeletedEvent.json": { shapes: [], message: "Ignored" },
  "powertools-py/s3SqsEvent.json": sqs("Created s3://xxx/test.pdf version yd3d4HaWOT2zguDLvIQLU6ptDTwKBnQV"),
  "powertools-py/snsSqsEvent.json": sqs("Refused UnknownShape"),
  "powertools-py/sqsDlqTriggerEvent.json": sqs("Refused NotJson"),
  "powertools-py/sqsEvent.json": sqs("Refused NotJson", "Refused UnknownShape"),
  "powertools-ts/cloudwatch-base.json": lambdaLogs("DATA_MESSAGE, 3 events"),
  "powertools-ts/kinesis-firehose-sqs.json": firehose("uncompressed"),
  "powertools-ts/kinesis-stream-cloudwatch-logs.json": kinesis("DATA_MESSAGE, 3 events", "DATA_MESSAGE, 3 events"),
  "powertools-ts/s3-decoded-key.json": happyFace,
  "powertools-ts/s3-eventbridge-object-created.json": {
    shapes: ["ObjectCreated"],
    message: "Created s3://example-bucket/IMG_m7fzo3.jpg",
  },
  "powertools-ts/s3-s3-lifecycle-event.json": notification("Ignored"),
  "powertools-ts/s3-sqs-event.json": sqs("Created s3://xxx/test.pdf version yd3d4HaWOT2zguDLvIQLU6ptDTwKBnQV"),
  "powertools-ts/sqs-base.json": sqs("Refused NotJson", "Refused UnknownShape"),
  "powertools-ts/sqs-sns-body.json": sqs("Refused UnknownShape"),
  "sumologic/cwl_testevent.json": awsExample,
}

const describeMessage = (body: string): string => {
  const event = ObjectEvents.parse(body)
  switch (event._tag) {
    case "Created":
      return event.objects
        .map(
          ({ bucket, key, version }) =>
            `Created s3://${bucket}/${key}${version === undefined ? "" : ` version ${version}`}`,
        )
        .join(", ")
    case "RunReport":
      return `RunReport ${event.flow} ${event.run.status}`
    case "Refused":
      return `Refused ${event.reason}`
    case "Ignored":
      return "Ignored"
  }
}

const decodePayload = Schema.decodeUnknownEffect(Schema.fromJsonString(LogsPayload))

const describePayload = Effect.fnUntraced(function* (base64: string) {
  const bytes = Buffer.from(base64, "base64")
  if (!Compression.isCompressed(bytes)) return "uncompressed"
  const inflated = yield* CompressionMemory.make.inflateBytes(bytes, defaultLimits.payloadBytes)
  const { logEvents, messageType, policyLevel } = yield* decodePayload(Utf8.decodeUnsafe(inflated))
  return [messageType, `${logEvents.length} events`, ...(policyLevel === undefined ? [] : [policyLevel])].join(", ")
})

const found = Effect.fnUntraced(function* (text: string) {
  const json = Option.getOrUndefined(Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Json))(text))
  const decodes = (name: keyof typeof shapes) =>
    Option.isSome(Schema.decodeUnknownOption(shapes[name] as Schema.Codec<unknown>)(json))
  const names = (Object.keys(shapes) as Array<keyof typeof shapes>).filter(decodes)
  const message = describeMessage(text)
  const encoded = LogsEnvelope.payloads(json)
  const payloads = encoded === undefined ? undefined : yield* Effect.forEach(encoded, describePayload)
  const bodies = Option.map(Schema.decodeUnknownOption(SqsEvent)(json), ({ Records }) =>
    Records.map(({ body }) => describeMessage(body)),
  )
  const page = Option.map(Schema.decodeUnknownOption(ReportPage)(json), ({ reports }) =>
    reports.reduce((sum, { data }) => sum + (data.rows?.length ?? 0), 0),
  )
  return {
    shapes: names,
    message,
    ...(payloads === undefined ? {} : { payloads }),
    ...(Option.isNone(bodies) ? {} : { bodies: bodies.value }),
    ...(Option.isNone(page) ? {} : { rows: page.value }),
  }
})

if (existsSync(folder)) {
  const files = globSync("*/**", { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll("\\", "/"),
    )
    .toSorted()

  describe("samples", () => {
    it("every file has a row in the table above, and every row a file", () => {
      assert.deepStrictEqual(files, Object.keys(expected).toSorted())
    })

    it("every file is in INDEX.tsv, and every entry of it is there", () => {
      const [, ...entries] = readFileSync(join(folder, "INDEX.tsv"), "utf8")
        .trimEnd()
        .split("\n")
        .map((line) => line.split("\t")[0] ?? "")
      const listed = entries.flatMap((pattern) => {
        const matches = globSync(pattern, { cwd: folder })
        assert.isAbove(matches.length, 0, pattern)
        return matches.map((path) => path.replaceAll("\\", "/"))
      })
      assert.deepStrictEqual([...new Set(listed)].toSorted(), files)
    })

    for (const file of files) {
      it.effect(file, () =>
        Effect.map(found(readFileSync(join(folder, file), "utf8")), (findings) =>
          assert.deepStrictEqual(findings, expected[file]),
        ),
      )
    }
  })
} else {
  it("samples: ../shared/samples is absent, nothing to compare with", () => assert.isFalse(existsSync(folder)))
}

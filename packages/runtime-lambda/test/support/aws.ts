/** What the tests against ministack set up by hand: services that no adapter of ours calls, in their own wire formats. */
import { crc32, deflateRawSync } from "node:zlib"
import { unique } from "../../../../scripts/clouds/clouds.ts"

const endpoint = (): string => process.env["AWS_ENDPOINT_URL"] ?? ""

const account = "000000000000"
const region = "us-east-1"

/** ministack looks at the service's name in the signature's scope, and at nothing else of it. */
const authorization = (service: string): string =>
  `AWS4-HMAC-SHA256 Credential=test/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`

const send = async (service: string, method: string, path: string, body: string, headers = {}): Promise<string> => {
  const answer = await fetch(endpoint() + path, {
    method,
    headers: { authorization: authorization(service), ...headers },
    body,
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${service} ${method} ${path}: ${answer.status} ${text}`)
  return text
}

/** A call of the services that take JSON and name the action in a header. */
export const call = async (
  service: string,
  target: string,
  input: object,
): Promise<Readonly<Record<string, unknown>>> => {
  const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": target }
  const text = await send(service, "POST", "/", JSON.stringify(input), headers)
  return text === "" ? {} : JSON.parse(text)
}

const rest = (service: string, path: string, input: object): Promise<string> =>
  send(service, "POST", path, JSON.stringify(input), { "content-type": "application/json" })

/** A new bucket that keeps versions and tells EventBridge of its objects. */
export const newBucket = async (): Promise<string> => {
  const bucket = unique("bucket-")
  await send("s3", "PUT", `/${bucket}`, "")
  const versioning = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
  await send("s3", "PUT", `/${bucket}?versioning`, versioning)
  const notifications = "<NotificationConfiguration><EventBridgeConfiguration/></NotificationConfiguration>"
  await send("s3", "PUT", `/${bucket}?notification`, notifications)
  return bucket
}

export interface Queue {
  readonly url: string
  readonly arn: string
}

export const newQueue = async (attributes: Readonly<Record<string, string>> = {}): Promise<Queue> => {
  const name = unique("queue-")
  const { QueueUrl } = await call("sqs", "AmazonSQS.CreateQueue", { QueueName: name, Attributes: attributes })
  return { url: String(QueueUrl), arn: `arn:aws:sqs:${region}:${account}:${name}` }
}

/** Sends the bucket's *Object Created* events to the queue, by the seed's pattern: a prefix without its slash. */
export const newRule = async (bucket: string, queue: Queue): Promise<void> => {
  const name = unique("rule-")
  const pattern = {
    source: ["aws.s3"],
    "detail-type": ["Object Created"],
    detail: { bucket: { name: [bucket] }, object: { key: [{ prefix: "ga-data" }] } },
  }
  await call("events", "AWSEvents.PutRule", { Name: name, EventPattern: JSON.stringify(pattern) })
  await call("events", "AWSEvents.PutTargets", { Rule: name, Targets: [{ Id: "queue", Arn: queue.arn }] })
}

/** Deploys one file as a function; answers its ARN. ministack runs it as a process, with the node of PATH. */
export const newFunction = async (
  file: { readonly name: string; readonly bytes: Uint8Array },
  variables: Readonly<Record<string, string>>,
): Promise<string> => {
  const name = unique("function-")
  await rest("lambda", "/2015-03-31/functions", {
    FunctionName: name,
    Runtime: "nodejs24.x",
    Handler: `${file.name.replace(/\.mjs$/, "")}.handler`,
    Role: `arn:aws:iam::${account}:role/any`,
    Code: { ZipFile: Buffer.from(zip(file)).toString("base64") },
    Timeout: 30,
    MemorySize: 512,
    Environment: { Variables: variables },
  })
  return `arn:aws:lambda:${region}:${account}:function:${name}`
}

export const newEventSource = (functionArn: string, queue: Queue): Promise<string> =>
  rest("lambda", "/2015-03-31/event-source-mappings", {
    FunctionName: functionArn,
    EventSourceArn: queue.arn,
    BatchSize: 10,
    FunctionResponseTypes: ["ReportBatchItemFailures"],
  })

/** A log group whose events go to the function; answers how to write to it. */
export const newSubscription = async (functionArn: string) => {
  const logGroupName = unique("/shop/web-")
  const logStreamName = "web-1"
  await call("logs", "Logs_20140328.CreateLogGroup", { logGroupName })
  await call("logs", "Logs_20140328.CreateLogStream", { logGroupName, logStreamName })
  await call("logs", "Logs_20140328.PutSubscriptionFilter", {
    logGroupName,
    filterName: "all",
    filterPattern: "",
    destinationArn: functionArn,
  })
  return (logEvents: ReadonlyArray<{ readonly timestamp: number; readonly message: string }>) =>
    call("logs", "Logs_20140328.PutLogEvents", { logGroupName, logStreamName, logEvents })
}

/** A zip archive of one file (PKWARE APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16). */
const zip = ({ name, bytes }: { readonly name: string; readonly bytes: Uint8Array }): Uint8Array => {
  const data = deflateRawSync(bytes)
  const common = Buffer.alloc(26)
  common.writeUInt16LE(20, 0)
  common.writeUInt16LE(8, 4)
  common.writeUInt32LE(crc32(bytes), 10)
  common.writeUInt32LE(data.length, 14)
  common.writeUInt32LE(bytes.length, 18)
  common.writeUInt16LE(name.length, 22)
  const local = Buffer.concat([Buffer.from("PK\u0003\u0004"), common, Buffer.from(name), data])
  const attributes = Buffer.alloc(14)
  const entry = Buffer.concat([Buffer.from("PK\u0001\u0002"), Buffer.of(20, 0), common, attributes, Buffer.from(name)])
  const end = Buffer.alloc(18)
  end.writeUInt16LE(1, 4)
  end.writeUInt16LE(1, 6)
  end.writeUInt32LE(entry.length, 8)
  end.writeUInt32LE(local.length, 12)
  return Buffer.concat([local, entry, Buffer.from("PK\u0005\u0006"), end])
}

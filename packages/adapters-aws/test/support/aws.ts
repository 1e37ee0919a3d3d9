/** What the tests against an emulator set up by hand: the adapters make no buckets and no queues. */
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from "@aws-sdk/client-s3"
import { CreateQueueCommand, SQSClient } from "@aws-sdk/client-sqs"
import { unique } from "../../../../scripts/clouds/clouds.ts"

/** A new bucket's name. */
export const newBucket = async (options: { readonly versions: boolean }): Promise<string> => {
  const client = new S3Client({ forcePathStyle: true })
  const Bucket = unique("bucket-")
  await client.send(new CreateBucketCommand({ Bucket }))
  if (options.versions) {
    const VersioningConfiguration = { Status: "Enabled" } as const
    await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }))
  }
  client.destroy()
  return Bucket
}

/** A new queue's address. */
export const newQueue = async (): Promise<string> => {
  const client = new SQSClient({})
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: unique("queue-") }))
  client.destroy()
  if (QueueUrl === undefined) throw new Error("SQS named no queue")
  return QueueUrl
}

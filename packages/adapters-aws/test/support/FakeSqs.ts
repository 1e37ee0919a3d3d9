/** SQS in memory behind the queue's narrow Api, with the semantics of its documentation: visibility, receipts, batches of 10. */
import type * as SqsMessageQueue from "@tributary/adapters-aws/SqsMessageQueue"
import type { PassTime } from "@tributary/core/testing/Contract"
import { Effect } from "effect"
import { randomUUID } from "node:crypto"
import { serviceError } from "./fake.ts"

interface Queued {
  readonly id: string
  readonly body: string
  readonly sentAt: number
  received: number
  visibleAt: number
  receipt: string
}

const limited = <A>(list: ReadonlyArray<A> | undefined): ReadonlyArray<A> => {
  if (list === undefined || list.length === 0) throw serviceError("EmptyBatchRequest", 400)
  if (list.length > 10) throw serviceError("TooManyEntriesInBatchRequest", 400)
  return list
}

/** A fake of one queue in a time of its own, which stands still but for `passTime`. */
export const make = (): { readonly api: SqsMessageQueue.Api; readonly passTime: PassTime } => {
  let time = 1_700_000_000_000
  const now = () => time
  let changed = Promise.withResolvers<void>()
  const change = () => {
    changed.resolve()
    changed = Promise.withResolvers<void>()
  }
  const queue = new Map<string, Queued>()
  /** Every receipt ever handed out, and the message it was for. */
  const receipts = new Map<string, string>()

  const api: SqsMessageQueue.Api = {
    receiveMessage: async ({ MaxNumberOfMessages = 1, VisibilityTimeout = 30, WaitTimeSeconds = 0 }) => {
      if (MaxNumberOfMessages < 1 || MaxNumberOfMessages > 10) throw serviceError("InvalidParameterValue", 400)
      const until = now() + WaitTimeSeconds * 1000
      const look = () => [...queue.values()].filter(({ visibleAt }) => visibleAt <= now())
      while (look().length === 0 && now() < until) await changed.promise
      const visible = look().slice(0, MaxNumberOfMessages)
      for (const one of visible) {
        one.received++
        one.visibleAt = now() + VisibilityTimeout * 1000
        one.receipt = randomUUID()
        receipts.set(one.receipt, one.id)
      }
      const Messages = visible.map(({ id, body, receipt, received, sentAt }) => ({
        MessageId: id,
        Body: body,
        ReceiptHandle: receipt,
        Attributes: { ApproximateReceiveCount: String(received), SentTimestamp: String(sentAt) },
      }))
      // SQS leaves the list out where it is empty.
      return Messages.length === 0 ? {} : { Messages }
    },
    deleteMessageBatch: async ({ Entries }) => {
      const Failed = limited(Entries).flatMap(({ Id, ReceiptHandle = "" }) => {
        const id = receipts.get(ReceiptHandle)
        if (id === undefined) return [{ Id, SenderFault: true, Code: "ReceiptHandleIsInvalid" }]
        queue.delete(id)
        return []
      })
      return { Failed }
    },
    changeMessageVisibility: async ({ ReceiptHandle = "", VisibilityTimeout = 0 }) => {
      const id = receipts.get(ReceiptHandle)
      if (id === undefined) throw serviceError("ReceiptHandleIsInvalid", 404)
      if (VisibilityTimeout > 12 * 3600) throw serviceError("InvalidParameterValue", 400)
      const one = queue.get(id)
      if (one === undefined || one.visibleAt <= now()) throw serviceError("MessageNotInflight", 400)
      one.visibleAt = now() + VisibilityTimeout * 1000
    },
    sendMessageBatch: async ({ Entries }) => {
      const entries = limited(Entries)
      const bytes = entries.reduce((sum, { MessageBody = "" }) => sum + Buffer.byteLength(MessageBody), 0)
      if (bytes > 1024 * 1024) throw serviceError("BatchRequestTooLong", 400)
      const Failed = entries.flatMap(({ Id, MessageBody = "" }) => {
        // U+0001 is no character of XML 1.0, and SQS takes no other.
        if (MessageBody.includes("\u0001")) return [{ Id, SenderFault: true, Code: "InvalidMessageContents" }]
        const id = randomUUID()
        queue.set(id, { id, body: MessageBody, sentAt: now(), received: 0, visibleAt: now(), receipt: "" })
        return []
      })
      change()
      return { Failed }
    },
  }
  const passTime: PassTime = (milliseconds) =>
    Effect.promise(async () => {
      time += milliseconds
      change()
      // Whoever waited has its turn before the time goes on.
      await new Promise((resolve) => setImmediate(resolve))
    })
  return { api, passTime }
}

import { assert, describe, it } from "@effect/vitest"
import { S3ServiceException } from "@aws-sdk/client-s3"
import { ConcurrentModificationException } from "@aws-sdk/client-glue"
import { reasonOf } from "../../src/internal/awsError.ts"
import { hangUp, serviceError } from "../support/fake.ts"

const network = (code: string) => Object.assign(new Error("connect"), { code })
const named = (name: string) => Object.assign(new Error("no status"), { name })

describe("reasonOf", () => {
  it.each([
    // S3
    ["a missing key", serviceError("NoSuchKey", 404), "NotFound"],
    ["a missing bucket", serviceError("NoSuchBucket", 404), "NotFound"],
    ["HEAD of a missing key: a status and no body", serviceError("NotFound", 404), "NotFound"],
    ["a condition that does not hold", serviceError("PreconditionFailed", 412), "Conflict"],
    ["HEAD under a condition that does not hold", serviceError("412", 412), "Conflict"],
    ["another write of the key under way", serviceError("ConditionalRequestConflict", 409), "Unavailable"],
    ["too fast", serviceError("SlowDown", 503), "Throttled"],
    ["no rights", serviceError("AccessDenied", 403), "Denied"],
    ["HEAD without rights", serviceError("403", 403), "Denied"],
    ["an expired token, which S3 answers with 400", serviceError("ExpiredToken", 400), "Denied"],
    ["a clock that is wrong", serviceError("RequestTimeTooSkewed", 403), "Unavailable"],
    ["a broken checksum of ours", serviceError("BadDigest", 400), "Invalid"],
    ["a part that is too small", serviceError("EntityTooSmall", 400), "Invalid"],
    // SQS
    ["a missing queue", serviceError("QueueDoesNotExist", 400), "NotFound"],
    ["a receipt that means nothing", serviceError("ReceiptHandleIsInvalid", 404), "NotFound"],
    ["a message that is not in flight", serviceError("MessageNotInflight", 400), "NotFound"],
    ["too many messages in flight", serviceError("OverLimit", 403), "Full"],
    ["SQS throttling", serviceError("RequestThrottled", 403), "Throttled"],
    ["a batch that is too long", serviceError("BatchRequestTooLong", 400), "Invalid"],
    // Glue and Athena
    ["a missing table", serviceError("EntityNotFoundException", 400), "NotFound"],
    ["a table that exists", serviceError("AlreadyExistsException", 400), "Conflict"],
    [
      "a stale version",
      new ConcurrentModificationException({ message: "stale", $metadata: { httpStatusCode: 400 } }),
      "Conflict",
    ],
    ["too many tables", serviceError("ResourceNumberLimitExceededException", 400), "Full"],
    ["Glue throttling", serviceError("ThrottlingException", 400), "Throttled"],
    ["Athena throttling", serviceError("TooManyRequestsException", 400), "Throttled"],
    ["a wrong request", serviceError("InvalidRequestException", 400), "Invalid"],
    ["a fault inside", serviceError("InternalServiceException", 500), "Unavailable"],
    // Anything
    ["no credentials", named("CredentialsProviderError"), "Denied"],
    ["a name nobody knows, 5xx", serviceError("Surprise", 502), "Unavailable"],
    ["a name nobody knows, 4xx", serviceError("Surprise", 418), "Invalid"],
    ["a name nobody knows, 429", serviceError("Surprise", 429), "Throttled"],
    ["an answer that could not be read", serviceError("SyntaxError", 200), "Unavailable"],
    ["a reset connection", hangUp(), "Unavailable"],
    ["a refused connection", network("ECONNREFUSED"), "Unavailable"],
    ["a host that has no address now", network("EAI_AGAIN"), "Unavailable"],
    ["a wait that was too long", named("TimeoutError"), "Unavailable"],
    ["damaged bytes", new Error('Checksum mismatch: expected "a" but received "b" in response header'), "Unavailable"],
    ["no region", new Error("Region is missing"), "Invalid"],
    ["a name of Object's own", named("constructor"), "Invalid"],
    ["no error at all", "boom", "Invalid"],
    ["nothing", undefined, "Invalid"],
  ] as const)("%s", (_, cause, tag) => {
    assert.strictEqual(reasonOf(cause)._tag, tag)
  })

  it("keeps the service's words, and how long it wants to be left alone", () => {
    const cause = new S3ServiceException({
      name: "SlowDown",
      message: "Reduce your request rate.",
      $fault: "server",
      $metadata: { httpStatusCode: 503 },
    })
    const answered = Object.assign(cause, { $response: { headers: { "retry-after": "2" } } })
    const reason = reasonOf(answered)
    assert.strictEqual(reason._tag, "Throttled")
    assert.strictEqual(reason.detail, "SlowDown: Reduce your request rate.")
    assert.strictEqual(reason._tag === "Throttled" ? reason.retryAfterMs : undefined, 2000)
  })
})

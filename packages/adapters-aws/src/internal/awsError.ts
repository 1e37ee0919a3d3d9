/**
 * The one place that reads failures of the AWS SDK: by the error's name first, then by the code of the network failure, then by the HTTP status.
 *
 * Names are from the service models (botocore 1.44) and from S3's list of error responses; the throttling names are those of
 * `@smithy/core`'s service-error-classification, less `LimitExceededException`, which Glue uses for things that wait for a person.
 */
import * as PortError from "@tributary/core/PortError"

type Tag = PortError.Reason["_tag"]

const byName: Readonly<Record<string, Tag>> = {
  // S3
  NoSuchKey: "NotFound",
  NoSuchBucket: "NotFound",
  NoSuchVersion: "NotFound",
  NoSuchUpload: "NotFound",
  NotFound: "NotFound",
  PreconditionFailed: "Conflict",
  // 409: another write of the same key is under way. S3 says: send it again.
  ConditionalRequestConflict: "Unavailable",
  OperationAborted: "Unavailable",
  SlowDown: "Throttled",
  // SQS
  QueueDoesNotExist: "NotFound",
  "AWS.SimpleQueueService.NonExistentQueue": "NotFound",
  ReceiptHandleIsInvalid: "NotFound",
  MessageNotInflight: "NotFound",
  "AWS.SimpleQueueService.MessageNotInflight": "NotFound",
  // 120,000 messages are in flight.
  OverLimit: "Full",
  // Glue, and Athena
  EntityNotFoundException: "NotFound",
  ResourceNotFoundException: "NotFound",
  AlreadyExistsException: "Conflict",
  ConcurrentModificationException: "Conflict",
  VersionMismatchException: "Conflict",
  ResourceNumberLimitExceededException: "Full",
  LimitExceededException: "Full",
  ServiceQuotaExceededException: "Full",
  OperationTimeoutException: "Unavailable",
  ResourceNotReadyException: "Unavailable",
  FederationSourceRetryableException: "Unavailable",
  InternalServiceException: "Unavailable",
  // Any service: pace
  BandwidthLimitExceeded: "Throttled",
  PriorRequestNotComplete: "Throttled",
  ProvisionedThroughputExceededException: "Throttled",
  RequestLimitExceeded: "Throttled",
  RequestThrottled: "Throttled",
  RequestThrottledException: "Throttled",
  ThrottledException: "Throttled",
  Throttling: "Throttled",
  ThrottlingException: "Throttled",
  TooManyRequestsException: "Throttled",
  // Any service: faults that pass
  InternalError: "Unavailable",
  InternalFailure: "Unavailable",
  InternalServerError: "Unavailable",
  ServiceUnavailable: "Unavailable",
  RequestTimeout: "Unavailable",
  RequestTimeoutException: "Unavailable",
  TimeoutError: "Unavailable",
  // The SDK corrects its clock by the answer; the next request has the right time.
  RequestTimeTooSkewed: "Unavailable",
  // Any service: rights
  AccessDenied: "Denied",
  AccessDeniedException: "Denied",
  CredentialsProviderError: "Denied",
  TokenProviderError: "Denied",
  ExpiredToken: "Denied",
  ExpiredTokenException: "Denied",
  InvalidAccessKeyId: "Denied",
  InvalidClientTokenId: "Denied",
  InvalidSignatureException: "Denied",
  InvalidToken: "Denied",
  MissingAuthenticationToken: "Denied",
  SignatureDoesNotMatch: "Denied",
  UnrecognizedClientException: "Denied",
}

/** What Node says when no answer came, or only half of one; `socket hang up` and `aborted` carry ECONNRESET. */
const passingCodes: ReadonlySet<string> = new Set([
  "ECONNABORTED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
])

const byStatus = (status: number): Tag => {
  if (status === 401 || status === 403) return "Denied"
  if (status === 404) return "NotFound"
  if (status === 412) return "Conflict"
  if (status === 429) return "Throttled"
  // A 2xx that could not be read was cut or garbled on its way.
  if (status === 408 || status === 409 || status >= 500 || status < 300) return "Unavailable"
  return "Invalid"
}

/**
 * Why a call of the SDK failed, in the words that all ports share. An error that names no status and no known fault comes from the set-up (no
 * region, a malformed address), so it stays wrong: `Invalid`.
 */
export const reasonOf = (cause: unknown): PortError.Reason => {
  const name = text(cause, "name") ?? "Error"
  const detail = `${name}: ${text(cause, "message") ?? String(cause)}`
  const retryAfterMs = retryAfter(cause)
  switch (tagOf(cause, name)) {
    case "NotFound":
      return new PortError.NotFound({ detail })
    case "Conflict":
      return new PortError.Conflict({ detail })
    case "Throttled":
      return new PortError.Throttled({ detail, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) })
    case "Unavailable":
      return new PortError.Unavailable({ detail, cause })
    case "Denied":
      return new PortError.Denied({ detail })
    case "Invalid":
      return new PortError.Invalid({ detail, cause })
    case "Full":
      return new PortError.Full({ detail })
  }
}

const tagOf = (cause: unknown, name: string): Tag => {
  const named = Object.hasOwn(byName, name) ? byName[name] : undefined
  if (named !== undefined) return named
  const code = text(cause, "code")
  if (code !== undefined && passingCodes.has(code)) return "Unavailable"
  const status = field(field(cause, "$metadata"), "httpStatusCode")
  if (typeof status === "number") return byStatus(status)
  // The SDK compares checksums of what it reads; the bytes may come whole the next time.
  return detectsDamage(cause) ? "Unavailable" : "Invalid"
}

const detectsDamage = (cause: unknown): boolean => (text(cause, "message") ?? "").startsWith("Checksum mismatch")

const retryAfter = (cause: unknown): number | undefined => {
  const seconds = Number(text(field(field(cause, "$response"), "headers"), "retry-after") ?? Number.NaN)
  return Number.isFinite(seconds) ? seconds * 1000 : undefined
}

const field = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined

const text = (value: unknown, name: string): string | undefined => {
  const found = field(value, name)
  return typeof found === "string" && found !== "" ? found : undefined
}

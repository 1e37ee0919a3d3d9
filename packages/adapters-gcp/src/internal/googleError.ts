/**
 * What Google's client, its login and the network throw, as the reasons of our ports. The only place that reads foreign errors.
 *
 * Nothing of the foreign error is kept but its words: the object carries the request with its bearer token.
 */
import * as PortError from "@tributary/core/PortError"

/** Longest text of Google's that goes into a detail; some answers are whole HTML pages. */
const maxDetail = 500

/**
 * BigQuery's own words, which say more than the status: a rate limit comes as 403, a job that failed under HTTP 200.
 * https://cloud.google.com/bigquery/docs/error-messages; that quotaExceeded passes on insertAll is Beam's experience (BEAM-5514).
 */
const byWord = new Map<string, Kind>([
  ["rateLimitExceeded", "Throttled"],
  ["userRateLimitExceeded", "Throttled"],
  ["jobRateLimitExceeded", "Throttled"],
  ["quotaExceeded", "Throttled"],
  ["backendError", "Unavailable"],
  ["internalError", "Unavailable"],
  ["jobBackendError", "Unavailable"],
  ["jobInternalError", "Unavailable"],
  ["tableUnavailable", "Unavailable"],
  ["timeout", "Unavailable"],
  ["stopped", "Unavailable"],
  ["accessDenied", "Denied"],
  ["billingNotEnabled", "Denied"],
  ["blocked", "Denied"],
  ["notFound", "NotFound"],
  ["duplicate", "Conflict"],
  ["conditionNotMet", "Conflict"],
])

type Kind = Exclude<PortError.Reason["_tag"], "Full">

/** Without a status no answer came. While a token is fetched, any 4xx means that there is none. */
const byStatus = (status: number | undefined, login: boolean): Kind => {
  if (status === undefined || status >= 500 || status === 408) return "Unavailable"
  if (status === 429) return "Throttled"
  if (login || status === 401 || status === 403) return "Denied"
  if (status === 404) return "NotFound"
  return status === 409 || status === 412 ? "Conflict" : "Invalid"
}

/** What the login says where nobody has set one up. */
const noCredentials = "Could not load the default credentials"
const noProject = "Unable to detect a Project Id"

/** The reason a call failed. */
export const reasonOf = (error: unknown): PortError.Reason => {
  const { login, message, retryAfterMs, status, word } = read(error)
  if (message.includes(noCredentials)) {
    return new PortError.Denied({
      detail:
        "no Google credentials: run `gcloud auth application-default login`, or set up workload identity federation",
    })
  }
  if (message.includes(noProject)) {
    return new PortError.Invalid({ detail: "no project: name it in the table's address, or set GOOGLE_CLOUD_PROJECT" })
  }
  const detail = clip(word === undefined ? message : `${message} (${word})`)
  const kind = (word === undefined ? undefined : byWord.get(word)) ?? byStatus(status, login)
  switch (kind) {
    case "Throttled":
      return new PortError.Throttled({ detail, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) })
    case "Unavailable":
      return new PortError.Unavailable({ detail })
    case "Denied":
      return new PortError.Denied({ detail })
    case "NotFound":
      return new PortError.NotFound({ detail })
    case "Conflict":
      return new PortError.Conflict({ detail })
    case "Invalid":
      return new PortError.Invalid({ detail })
  }
}

interface Failure {
  /** HTTP status; absent where no answer came. */
  readonly status: number | undefined
  /** BigQuery's own word, such as `notFound`. */
  readonly word: string | undefined
  readonly message: string
  readonly retryAfterMs: number | undefined
  /** Whether it was getting a token that failed, not the call itself. */
  readonly login: boolean
}

/**
 * `ApiError` of @google-cloud/common (`code`, `errors`, `response.statusCode`), gaxios' errors out of google-auth-library (`config`, `status`),
 * `FetchError` of node-fetch (no status), or anything at all.
 */
const read = (error: unknown): Failure => {
  const fields = record(error)
  const response = record(fields["response"])
  const inner = Array.isArray(fields["errors"]) ? fields["errors"].map(record) : []
  const status = [fields["code"], fields["status"], response["statusCode"], response["status"]]
    .map(Number)
    .find(isStatus)
  const messages = inner.flatMap((one) => (typeof one["message"] === "string" ? [one["message"]] : []))
  const message =
    [...new Set(messages)].join("; ") || (typeof fields["message"] === "string" ? fields["message"] : String(error))
  const word = inner.map((one) => one["reason"]).find((word) => typeof word === "string")
  const retryAfter = Number(record(response["headers"])["retry-after"])
  return {
    status,
    word,
    message: message.trim() || (status === undefined ? "no answer" : `HTTP ${status}`),
    retryAfterMs: retryAfter > 0 ? retryAfter * 1000 : undefined,
    login: "config" in fields,
  }
}

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {}

const isStatus = (n: number): boolean => n >= 400 && n < 600

const clip = (text: string): string => (text.length > maxDetail ? `${text.slice(0, maxDetail)}…` : text)

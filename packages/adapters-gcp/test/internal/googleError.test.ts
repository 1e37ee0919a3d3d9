import { assert, describe, it } from "@effect/vitest"
import { common } from "@google-cloud/bigquery"
import { reasonOf } from "../../src/internal/googleError.ts"

const api = (code: number, reason: string, headers: Record<string, string> = {}) => ({
  code,
  message: "Multiple errors occurred",
  errors: [{ reason, message: `words of ${reason}` }],
  response: { statusCode: code, headers, request: { headers: { authorization: "Bearer canary" } } },
})

const cases: ReadonlyArray<readonly [what: string, error: unknown, tag: string, detail: string]> = [
  ["a bad request", api(400, "invalid"), "Invalid", "words of invalid (invalid)"],
  ["bad SQL", api(400, "invalidQuery"), "Invalid", "words of invalidQuery (invalidQuery)"],
  ["bad credentials", api(401, "authError"), "Denied", "words of authError (authError)"],
  ["no right", api(403, "accessDenied"), "Denied", "words of accessDenied (accessDenied)"],
  [
    "a project that pays for nothing",
    api(403, "billingNotEnabled"),
    "Denied",
    "words of billingNotEnabled (billingNotEnabled)",
  ],
  ["a rate limit", api(403, "rateLimitExceeded"), "Throttled", "words of rateLimitExceeded (rateLimitExceeded)"],
  ["a quota", api(403, "quotaExceeded"), "Throttled", "words of quotaExceeded (quotaExceeded)"],
  ["a missing table", api(404, "notFound"), "NotFound", "words of notFound (notFound)"],
  ["a table that is there", api(409, "duplicate"), "Conflict", "words of duplicate (duplicate)"],
  [
    "a condition that does not hold",
    api(412, "conditionNotMet"),
    "Conflict",
    "words of conditionNotMet (conditionNotMet)",
  ],
  ["a request too large", { code: 413, message: "Request Entity Too Large" }, "Invalid", "Request Entity Too Large"],
  ["too many requests", { code: 429, message: "slow down" }, "Throttled", "slow down"],
  ["a fault inside", api(500, "internalError"), "Unavailable", "words of internalError (internalError)"],
  ["a gateway's page", new common.util.ApiError("<html>"), "Unavailable", "<html>"],
  ["an overloaded backend", api(503, "backendError"), "Unavailable", "words of backendError (backendError)"],
  [
    "a job that failed under HTTP 200",
    { code: 400, errors: [{ reason: "accessDenied", message: "no" }] },
    "Denied",
    "no (accessDenied)",
  ],
  ["a reset", Object.assign(new Error("socket hang up"), { code: "ECONNRESET" }), "Unavailable", "socket hang up"],
  [
    "a time-out",
    Object.assign(new Error("network timeout"), { name: "FetchError", type: "request-timeout" }),
    "Unavailable",
    "network timeout",
  ],
  [
    "a refused login",
    Object.assign(new Error("Error code invalid_grant: expired"), { config: {}, status: 400 }),
    "Denied",
    "Error code invalid_grant: expired",
  ],
  [
    "a login service that is down",
    Object.assign(new Error("bad gateway"), { config: {}, status: 502 }),
    "Unavailable",
    "bad gateway",
  ],
  ["something that is no error", "boom", "Unavailable", "boom"],
  ["an error without words", { code: 400, message: "" }, "Invalid", "HTTP 400"],
  [
    "a word that objects know",
    { code: 400, errors: [{ reason: "constructor", message: "m" }] },
    "Invalid",
    "m (constructor)",
  ],
]

describe("googleError.reasonOf", () => {
  for (const [what, error, tag, detail] of cases) {
    it(`${what} is ${tag}`, () => {
      const reason = reasonOf(error)
      assert.strictEqual(reason._tag, tag)
      assert.strictEqual(reason.detail, detail)
    })
  }

  it("says what to do where there are no credentials and no project", () => {
    const none = reasonOf(new Error("Could not load the default credentials. Browse to https://cloud.google.com/..."))
    assert.strictEqual(none._tag, "Denied")
    assert.include(none.detail, "gcloud auth application-default login")
    const project = reasonOf(new Error("Unable to detect a Project Id in the current environment."))
    assert.strictEqual(project._tag, "Invalid")
    assert.include(project.detail, "GOOGLE_CLOUD_PROJECT")
  })

  it("keeps how long to wait", () => {
    const reason = reasonOf(api(429, "rateLimitExceeded", { "retry-after": "7" }))
    assert.deepInclude(reason, { _tag: "Throttled", retryAfterMs: 7000 })
  })

  it("cuts a page of HTML and keeps nothing of the request", () => {
    const reason = reasonOf({ ...api(500, "backendError"), errors: [{ message: "x".repeat(10_000) }] })
    assert.isBelow(reason.detail.length, 600)
    assert.notInclude(JSON.stringify(reason), "canary")
  })
})

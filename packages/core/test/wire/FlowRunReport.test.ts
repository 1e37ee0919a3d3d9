import { FlowRunReport, toFlowRun } from "@tributary/core/wire/FlowRunReport"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"

const event = (detail: object) => ({
  "detail-type": "AppFlow End Flow Run Report",
  source: "aws.appflow",
  time: "2026-01-01T09:05:02Z",
  detail: { "flow-name": "ga-flow", "execution-id": "run-1", status: "Execution Successful", ...detail },
})

const decode = Schema.decodeUnknownSync(FlowRunReport)

describe("FlowRunReport", () => {
  it("turns hyphens into words, digits into numbers, zoned times into milliseconds", () => {
    const { detail, time } = decode(
      event({
        "destination-object": "s3://shop-lake/ga-data",
        "num-of-records-processed": "17",
        "num-of-records-filtered": "0",
        "num-of-record-failures": "2",
        "data-processed": "36406",
        "start-time": "2026-01-01T09:04:47.643Z[UTC]",
        "end-time": "2026-01-01T09:05:00.871Z[UTC]",
        "trigger-type": "ONDEMAND",
      }),
    )
    assert.strictEqual(time, Date.UTC(2026, 0, 1, 9, 5, 2))
    assert.deepStrictEqual(detail, {
      flow: "ga-flow",
      executionId: "run-1",
      status: "Execution Successful",
      destinationObject: "s3://shop-lake/ga-data",
      recordsProcessed: 17,
      recordsFiltered: 0,
      recordFailures: 2,
      bytesProcessed: 36406,
      startedAt: Date.UTC(2026, 0, 1, 9, 4, 47, 643),
      endedAt: Date.UTC(2026, 0, 1, 9, 5, 0, 871),
    })
  })

  const runs: ReadonlyArray<readonly [name: string, detail: object, run: object]> = [
    [
      "a report that says little",
      {},
      { status: "succeeded", startedAt: 1767258302000, updatedAt: 1767258302000, recordsProcessed: 0 },
    ],
    [
      "a failure with its error",
      { status: "Execution Failed", error: "no profile ga-connection" },
      {
        status: "failed",
        error: "no profile ga-connection",
      },
    ],
    ["words that nobody has seen", { status: "" }, { status: "failed" }],
    ["a cancelled run", { status: "Execution Canceled" }, { status: "cancelled" }],
  ]
  for (const [name, detail, expected] of runs) {
    it(`toFlowRun: ${name}`, () => assert.deepInclude(toFlowRun(decode(event(detail))), { id: "run-1", ...expected }))
  }

  for (const count of ["", " 17", "1e3", "-1", "1.5", "12345678901234567890", 17]) {
    it(`a count of ${JSON.stringify(count)} is refused`, () => {
      assert.throws(() => decode(event({ "num-of-records-processed": count })))
    })
  }
})

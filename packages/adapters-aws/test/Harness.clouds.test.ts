import { assert, it } from "@effect/vitest"
import { clouds } from "../../../scripts/clouds/clouds.ts"

it("reaches both emulators", async () => {
  const { aws, bigquery } = clouds()
  assert.isTrue((await fetch(`${aws.endpoint}/_ministack/health`)).ok)
  assert.isTrue((await fetch(`${bigquery.endpoint}/healthz`)).ok)
})

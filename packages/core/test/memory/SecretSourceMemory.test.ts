import { describe, it } from "@effect/vitest"
import * as SecretSourceMemory from "@tributary/core/memory/SecretSourceMemory"
import * as SecretSourceContract from "@tributary/core/testing/SecretSourceContract"
import { Effect, Redacted } from "effect"

describe("SecretSourceMemory", () => {
  const layer = SecretSourceMemory.layerWith({ "tributary/gcp": Redacted.make("canary-7c1f") })
  for (const c of SecretSourceContract.cases({
    name: "tributary/gcp",
    value: "canary-7c1f",
    missing: "tributary/none",
  })) {
    it.effect(c.name, () => c.run.pipe(Effect.provide(layer)))
  }
})

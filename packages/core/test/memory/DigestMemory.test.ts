import { createHash, createHmac } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import * as DigestMemory from "@tributary/core/memory/DigestMemory"
import * as DigestContract from "@tributary/core/testing/DigestContract"
import { Effect, Redacted, Schema } from "effect"

describe("DigestMemory", () => {
  for (const c of DigestContract.cases()) {
    it.effect(c.name, () => c.run.pipe(Effect.provide(DigestMemory.layer)))
  }

  it.effect.prop("agrees with node:crypto", [Schema.Uint8Array, Schema.Uint8Array], ([key, bytes]) =>
    Effect.sync(() => {
      const { hmacSha256, sha256 } = DigestMemory.make
      assert.deepStrictEqual(sha256(bytes), new Uint8Array(createHash("sha256").update(bytes).digest()))
      assert.deepStrictEqual(
        hmacSha256(Redacted.make(key), bytes),
        new Uint8Array(createHmac("sha256", key).update(bytes).digest()),
      )
    }),
  )

  it("agrees with node:crypto for every length up to 300", () => {
    for (let length = 0; length <= 300; length++) {
      const bytes = Uint8Array.from({ length }, (_, i) => i * 7 + length)
      assert.deepStrictEqual(
        DigestMemory.make.sha256(bytes),
        new Uint8Array(createHash("sha256").update(bytes).digest()),
      )
    }
  })
})

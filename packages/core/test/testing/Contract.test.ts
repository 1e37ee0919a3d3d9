import { assert, describe, it } from "@effect/vitest"
import * as PortError from "@tributary/core/PortError"
import { ObjectStore, ObjectStoreError } from "@tributary/core/ObjectStore"
import * as ObjectStoreMemory from "@tributary/core/memory/ObjectStoreMemory"
import * as Contract from "@tributary/core/testing/Contract"
import { Effect } from "effect"

const notFound = new ObjectStoreError({ operation: "get", reason: new PortError.NotFound({ detail: "gone" }) })

describe("Contract", () => {
  it.effect("must passes or fails with its message", () =>
    Effect.gen(function* () {
      yield* Contract.must(true, "not shown")
      const error = yield* Effect.flip(Contract.must(false, "two and two are five"))
      assert.strictEqual(error._tag, "ContractViolation")
      assert.strictEqual(error.message, "two and two are five")
    }),
  )

  it.effect("mustEqual compares structure and shows both values", () =>
    Effect.gen(function* () {
      yield* Contract.mustEqual([{ a: 1n }, "b", Number.NaN], [{ a: 1n }, "b", Number.NaN], "same")
      const error = yield* Effect.flip(Contract.mustEqual([1n], [2n], "numbers"))
      assert.strictEqual(error.message, "numbers: expected [2n], got [1n]")
      const long = yield* Effect.flip(Contract.mustEqual("x".repeat(900), "", "text"))
      assert.isBelow(long.message.length, 500)
    }),
  )

  it.effect("mustBeBytes tells where bytes part", () =>
    Effect.gen(function* () {
      const bytes = Contract.someBytes(10)
      yield* Contract.mustBeBytes(bytes, bytes.slice(), "same")
      const other = bytes.slice()
      other[4] = other[4]! ^ 1
      const error = yield* Effect.flip(Contract.mustBeBytes(other, bytes, "bytes"))
      assert.include(error.message, "bytes: byte 4 is")
      const shorter = yield* Effect.flip(Contract.mustBeBytes(bytes.slice(1), bytes, "bytes"))
      assert.strictEqual(shorter.message, "bytes: expected 10 bytes, got 9")
    }),
  )

  it.effect("mustFail answers the reason, and refuses success and other reasons", () =>
    Effect.gen(function* () {
      const reason = yield* Contract.mustFail(Effect.fail(notFound), "NotFound", "get")
      assert.strictEqual(reason.detail, "gone")
      const other = yield* Effect.flip(Contract.mustFail(Effect.fail(notFound), "Conflict", "get"))
      assert.strictEqual(other.message, "get: expected Conflict, got NotFound (gone)")
      const success: Effect.Effect<void, ObjectStoreError> = Effect.void
      const none = yield* Effect.flip(Contract.mustFail(success, "NotFound", "get"))
      assert.strictEqual(none.message, "get: expected NotFound, but it succeeded")
    }),
  )

  it.effect("rulesOf makes a case with a slug of its name", () =>
    Effect.gen(function* () {
      const slugs: Array<string> = []
      const rule = Contract.rulesOf(ObjectStore)("The 2nd rule: it's odd!", function* (_, slug) {
        yield* Effect.sync(() => slugs.push(slug))
      })
      yield* rule.run.pipe(Effect.provide(ObjectStoreMemory.layer))
      assert.strictEqual(rule.name, "The 2nd rule: it's odd!")
      assert.deepStrictEqual(slugs, ["the-2nd-rule-it-s-odd-"])
    }),
  )

  it("some bytes are the same for the same seed only, and of all values", () => {
    assert.deepStrictEqual(Contract.someBytes(1_000, 3), Contract.someBytes(1_000, 3))
    assert.notDeepEqual(Contract.someBytes(1_000, 3), Contract.someBytes(1_000, 4))
    assert.strictEqual(new Set(Contract.someBytes(10_000)).size, 256)
  })

  it("hexadecimal digits and joined bytes", () => {
    const bytes = Uint8Array.of(0, 1, 0xab, 0xff)
    assert.strictEqual(Contract.toHex(bytes), "0001abff")
    assert.deepStrictEqual(Contract.fromHex("0001abff"), bytes)
    assert.deepStrictEqual(Contract.joinBytes([bytes, new Uint8Array(0), bytes]), Contract.fromHex("0001abff0001abff"))
  })
})

import { assert, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { relative, sep } from "node:path"
import { compareUtf8, resolveKey } from "../../src/internal/objectPath.ts"

it.each(["a\\b", "c:", "a/con", "AUX.txt", "dot.", "space ", "what?", "com1.log"])(
  "Windows has no file for %j",
  (key) => {
    assert.property(resolveKey("/root", key, true), "refused")
    assert.property(resolveKey("/root", key, false), "file")
  },
)

it.effect.prop("no key leads out of its folder", [Schema.String], ([key]) =>
  Effect.sync(() => {
    for (const tried of [key, `a/${key}`, `../${key}`, `a/../${key}`, key.replaceAll(/[^./]/g, ".")]) {
      const resolved = resolveKey("/root/bucket", tried, false)
      if ("file" in resolved) {
        assert.isTrue(resolved.file.startsWith(`/root/bucket${sep}`), tried)
        assert.strictEqual(relative("/root/bucket", resolved.file), tried)
      }
    }
  }),
)

it.effect.prop("the order is that of the bytes", [Schema.String, Schema.String], ([left, right]) =>
  Effect.sync(() => {
    // A lone surrogate has no bytes of its own; it is in no key.
    const [a, b] = [left.toWellFormed(), right.toWellFormed()]
    assert.strictEqual(Math.sign(compareUtf8(a, b)), Buffer.compare(Buffer.from(a), Buffer.from(b)))
    assert.strictEqual(Math.sign(compareUtf8(`😀${a}`, `～${a}`)), 1)
  }),
)

import { describe, it } from "@effect/vitest"
import * as SeenKeysMemory from "@tributary/core/memory/SeenKeysMemory"
import * as SeenKeysContract from "@tributary/core/testing/SeenKeysContract"
import { Effect, Layer } from "effect"
import { TestClock } from "effect/testing"

describe("SeenKeysMemory", () => {
  for (const c of SeenKeysContract.cases({ prefix: "", passTime: TestClock.adjust })) {
    it.effect(c.name, () => c.run.pipe(Effect.provide(Layer.fresh(SeenKeysMemory.layer))))
  }
})

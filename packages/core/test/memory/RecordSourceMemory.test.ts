import { describe, it } from "@effect/vitest"
import * as RecordSourceMemory from "@tributary/core/memory/RecordSourceMemory"
import * as RecordSourceContract from "@tributary/core/testing/RecordSourceContract"
import { Effect } from "effect"

describe("RecordSourceMemory", () => {
  const layer = RecordSourceMemory.layerWith([
    {
      source: "s3://lake/ga-data/a",
      content: { object: { bucket: "lake", key: "ga-data/a", version: "v1" } },
      identity: "version",
      extract: { id: "e1", at: 1_000 },
      modifiedAt: 1_000,
    },
    { source: "payload.json", content: { bytes: Uint8Array.of(1) }, identity: "digest", qualifier: "q", modifiedAt: 0 },
  ])
  for (const c of RecordSourceContract.cases({ sources: ["payload.json", "s3://lake/ga-data/a"] })) {
    it.effect(c.name, () => c.run.pipe(Effect.provide(layer)))
  }
  for (const c of RecordSourceContract.cases({ sources: [] })) {
    it.effect(`${c.name}, of nothing`, () => c.run.pipe(Effect.provide(RecordSourceMemory.layer)))
  }
})

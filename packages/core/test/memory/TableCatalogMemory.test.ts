import { describe, it } from "@effect/vitest"
import * as TableCatalogMemory from "@tributary/core/memory/TableCatalogMemory"
import * as TableCatalogContract from "@tributary/core/testing/TableCatalogContract"
import { Effect, Layer } from "effect"

describe("TableCatalogMemory", () => {
  for (const c of TableCatalogContract.cases({ database: "lake", prefix: "t_", location: "s3://lake/" })) {
    it.effect(c.name, () => c.run.pipe(Effect.provide(Layer.fresh(TableCatalogMemory.layer))))
  }
})

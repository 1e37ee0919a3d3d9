import { describe, it } from "@effect/vitest"
import * as EventPublisherMemory from "@tributary/core/memory/EventPublisherMemory"
import * as JournalStoreMemory from "@tributary/core/memory/JournalStoreMemory"
import * as ObjectStoreMemory from "@tributary/core/memory/ObjectStoreMemory"
import * as SeenKeysMemory from "@tributary/core/memory/SeenKeysMemory"
import * as TableCatalogMemory from "@tributary/core/memory/TableCatalogMemory"
import type { Case } from "@tributary/core/testing/Contract"
import * as EventPublisherContract from "@tributary/core/testing/EventPublisherContract"
import * as JournalStoreContract from "@tributary/core/testing/JournalStoreContract"
import * as ObjectStoreContract from "@tributary/core/testing/ObjectStoreContract"
import * as SeenKeysContract from "@tributary/core/testing/SeenKeysContract"
import * as TableCatalogContract from "@tributary/core/testing/TableCatalogContract"
import { Effect, Layer } from "effect"
import { TestClock } from "effect/testing"

const passTime = TestClock.adjust

describe("one adapter serves a whole contract, again and again", () => {
  const twice = <R>(port: string, layer: Layer.Layer<R>, casesOf: (run: string) => ReadonlyArray<Case<R>>) =>
    it.effect(port, () =>
      Effect.forEach([...casesOf("first"), ...casesOf("second")], (c) => c.run).pipe(
        Effect.provide(Layer.fresh(layer)),
      ),
    )

  twice("ObjectStore", ObjectStoreMemory.layer, (run) =>
    ObjectStoreContract.cases({ bucket: "lake", prefix: `${run}/` }),
  )
  twice("JournalStore", JournalStoreMemory.layer, (run) => JournalStoreContract.cases({ prefix: `${run}/`, passTime }))
  twice("SeenKeys", SeenKeysMemory.layer, (run) => SeenKeysContract.cases({ prefix: `${run}/`, passTime }))
  twice("EventPublisher", EventPublisherMemory.layer, (run) => EventPublisherContract.cases({ prefix: `${run}/` }))
  twice("TableCatalog", TableCatalogMemory.layer, (run) =>
    TableCatalogContract.cases({ database: "lake", prefix: `${run}_`, location: `s3://lake/${run}/` }),
  )
})

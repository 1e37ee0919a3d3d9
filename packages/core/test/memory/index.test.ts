import { assert, it } from "@effect/vitest"
import { Compression } from "@tributary/core/Compression"
import { Digest } from "@tributary/core/Digest"
import { EventPublisher } from "@tributary/core/EventPublisher"
import { FlowRunner } from "@tributary/core/FlowRunner"
import { JournalStore } from "@tributary/core/JournalStore"
import * as Memory from "@tributary/core/memory"
import { MessageQueue } from "@tributary/core/MessageQueue"
import { ObjectStore } from "@tributary/core/ObjectStore"
import { ParquetEncoder } from "@tributary/core/ParquetEncoder"
import { ParquetReader } from "@tributary/core/ParquetReader"
import { QueryEngine } from "@tributary/core/QueryEngine"
import { RecordSource } from "@tributary/core/RecordSource"
import { RowSink } from "@tributary/core/RowSink"
import { SecretSource } from "@tributary/core/SecretSource"
import { SeenKeys } from "@tributary/core/SeenKeys"
import { TableCatalog } from "@tributary/core/TableCatalog"
import * as Testing from "@tributary/core/testing"
import { Effect } from "effect"

it.effect("one layer has every port", () =>
  Effect.gen(function* () {
    const ports = yield* Effect.all([
      ObjectStore,
      MessageQueue,
      RecordSource,
      TableCatalog,
      QueryEngine,
      RowSink,
      FlowRunner,
      EventPublisher,
      JournalStore,
      SeenKeys,
      SecretSource,
      Compression,
      Digest,
      ParquetEncoder,
      ParquetReader,
    ])
    assert.strictEqual(new Set<unknown>(ports).size, 15)
  }).pipe(Effect.provide(Memory.layer)),
)

it("every port has an adapter in memory and a contract", () => {
  const adapters = Object.keys(Memory).flatMap((name) =>
    name.endsWith("Memory") ? [name.slice(0, -"Memory".length)] : [],
  )
  const contracts = Object.keys(Testing).flatMap((name) => {
    const port = name.slice(0, -"Contract".length)
    return port === "" ? [] : [port]
  })
  assert.strictEqual(adapters.length, 15)
  assert.deepStrictEqual(contracts.toSorted(), adapters.toSorted())
})

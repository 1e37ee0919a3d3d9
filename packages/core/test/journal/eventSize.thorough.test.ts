import { assert, describe, it } from "@effect/vitest"
import { Compression, CompressionError } from "@tributary/core/Compression"
import { defineConfig } from "@tributary/core/Config"
import * as Ingest from "@tributary/core/flow/Ingest"
import * as IngestCall from "@tributary/core/flow/IngestCall"
import * as Retry from "@tributary/core/flow/Retry"
import type { ReportFlow } from "@tributary/core/Flow"
import { gaFlow } from "@tributary/core/GaFlow"
import { Refused } from "@tributary/core/journal/Decider"
import * as EventText from "@tributary/core/journal/EventText"
import * as InputDecider from "@tributary/core/journal/InputDecider"
import * as LakeState from "@tributary/core/journal/LakeState"
import { JournalStore, maxEventBytes } from "@tributary/core/JournalStore"
import { ObjectStore } from "@tributary/core/ObjectStore"
import * as TableSchema from "@tributary/core/TableSchema"
import { Effect, Stream } from "effect"
import { bytesOf, config, ingest, layer, ledger, page, payload } from "../flow/world.ts"

/** The store itself refuses an event of more than 64 KiB: this tells which came closest, and that the work was done. */
const largest = Effect.gen(function* () {
  const journal = yield* JournalStore
  const events = yield* Stream.runCollect(journal.readAll())
  const sizes = events.map(({ data, type }) => ({ type, bytes: Buffer.byteLength(data) }))
  assert.isTrue((yield* ledger).balanced)
  return sizes.toSorted((a, b) => b.bytes - a.bytes)[0]!
})

/** A million characters of which each has six bytes in JSON. */
const endless = "\u0001".repeat(1_000_000)

/** A report flow whose every name is as long as it may be. */
const longNamed = (mode: ReportFlow["mode"]) => {
  const name = "n".repeat(128)
  const table = TableSchema.make({ ...gaFlow.table, database: name, name })
  return defineConfig({ flows: { ["f".repeat(63)]: { ...gaFlow, table, mode } } })
}

const days = (count: number) =>
  Array.from({ length: count }, (_, i) =>
    new Date(Date.UTC(2020, 0, 1 + i)).toISOString().slice(0, 10).replaceAll("-", ""),
  )

describe("no event has more than 64 KiB", () => {
  it.effect("of an input with an endless name", () =>
    Effect.gen(function* () {
      yield* ingest("ga", bytesOf(page(["2026010100", "mobile", 1]), undefined, endless))
      const { bytes, type } = yield* largest
      assert.strictEqual(type, "Received@1")
      assert.isBelow(bytes, 16 * 1024)
      const [input] = (yield* LakeState.read()).inputs.values()
      assert.strictEqual(input?.status === "settled" && input.received.source.length, 2048)
    }).pipe(Effect.provide(layer)),
  )

  for (const mode of ["replace", "append"] as const) {
    it.effect(`of a report of 3,000 dates, with the longest names, in mode ${mode}`, () =>
      Effect.gen(function* () {
        const extract = { id: "e".repeat(128), at: Number.MAX_SAFE_INTEGER }
        const delivery = bytesOf(page(...days(3000).map((day) => [`${day}00`, "mobile", 1] as const)), extract)
        const { written } = yield* IngestCall.run(longNamed(mode), "f".repeat(63), Stream.make(delivery))
        assert.strictEqual(written, 3000)
        assert.isBelow((yield* largest).bytes, 4 * 1024)
      }).pipe(Effect.provide(layer)),
    )
  }

  it.effect("of an object whose key is as long as S3 allows", () =>
    Effect.gen(function* () {
      const store = yield* ObjectStore
      const object = { bucket: "b".repeat(63), key: "\u0001".repeat(1024) }
      yield* store.put(object, Buffer.from(page(["2026010100", "mobile", 1])), "absent")
      const delivery = { source: `s3://${object.bucket}/${object.key}`, content: { object }, modifiedAt: 1 }
      assert.strictEqual((yield* ingest("ga", { ...delivery, identity: "version" })).written, 1)
      assert.isBelow((yield* largest).bytes, 24 * 1024)
    }).pipe(Effect.provide(layer)),
  )

  it.effect("of a rejection with an endless detail, and of a person's endless reason", () =>
    Effect.gen(function* () {
      const rejection = { reason: "NotJson", detail: endless } as const
      const carried = yield* Ingest.quarantine("ga", gaFlow, bytesOf("x", undefined, endless), rejection)
      yield* Retry.drop([`${carried.inputId}-1`], endless)
      assert.isBelow((yield* largest).bytes, 16 * 1024)
    }).pipe(Effect.provide(layer)),
  )

  it.effect("of an input that cannot be decompressed, for endless reasons", () =>
    Effect.gen(function* () {
      const compression = yield* Compression
      const failing = Compression.of({
        ...compression,
        inflate: () => Stream.fail(new CompressionError({ reason: "BadEncoding", detail: endless })),
      })
      const gzip = Uint8Array.of(0x1f, 0x8b, 8, 0)
      const { quarantined } = yield* Effect.provideService(ingest("ga", bytesOf(gzip)), Compression, failing)
      assert.strictEqual(quarantined, 1)
      assert.isBelow((yield* largest).bytes, 16 * 1024)
    }).pipe(Effect.provide(layer)),
  )

  it.effect("of a payload with many duplicates: a list that stands in the event, and one that does not", () =>
    Effect.gen(function* () {
      for (const [i, count] of [6000, 7000].entries()) {
        const ids = Array.from({ length: count }, (_, id) => `${i} ${id}`)
        const { duplicate } = yield* ingest("logs", bytesOf(payload([...ids, ...ids])))
        assert.strictEqual(duplicate, count)
        // The plan is read again: what it lists outside the event is found there.
        assert.strictEqual((yield* ingest("logs", bytesOf(payload(ids, (id) => `{"again":"${id}"}`)))).duplicate, count)
      }
      const { bytes, type } = yield* largest
      assert.strictEqual(type, "Planned@1")
      assert.isAbove(bytes, 30 * 1024)
      assert.isBelow(bytes, 33 * 1024)
    }).pipe(Effect.provide(layer)),
  )

  it.effect("of many quarantined records tried again, or given up", () =>
    Effect.gen(function* () {
      const rows = Array.from({ length: 5000 }, () => ["(other)", "mobile", 1] as const)
      yield* ingest("ga", bytesOf(page(...rows)))
      const [input] = (yield* LakeState.read()).inputs.keys()
      const ids = Array.from({ length: 5000 }, (_, i) => `${input}-${i + 1}`)
      assert.strictEqual((yield* Retry.run(config, ids.slice(0, 2500))).retried, 2500)
      assert.strictEqual((yield* Retry.drop(ids.slice(2500), endless)).dropped, 2500)
      assert.isBelow((yield* largest).bytes, 24 * 1024)
    }).pipe(Effect.provide(layer)),
  )
})

describe("free text of an event", () => {
  it("keeps the beginning and the end of what is cut, and is well formed", () => {
    assert.strictEqual(EventText.clip("x".repeat(2048)), "x".repeat(2048))
    const clipped = EventText.clip(`begin${"-".repeat(5000)}end.json`)
    assert.match(clipped, /^begin-{1018}…-{1016}end\.json$/)
    for (const shift of ["", "x"]) assert.isTrue(EventText.clip(shift + "😀".repeat(3000)).isWellFormed())
  })

  it("is cut by the decisions, whoever asks for them", () => {
    const { inputDecider } = InputDecider
    const received = {
      flow: "ga",
      table: "a.b",
      source: endless,
      content: { bucket: "lake", key: "k", kept: true },
      bytes: 1,
    }
    let state = inputDecider.initial
    for (const command of [
      { _tag: "Receive", received },
      { _tag: "Quarantine", reason: "NotJson", detail: endless },
      { _tag: "Drop", items: [1], why: endless },
    ] as const) {
      const events = inputDecider.decide(state, command)
      if (events instanceof Refused) throw events
      assert.isBelow(Buffer.byteLength(JSON.stringify(events)), maxEventBytes / 4)
      state = events.reduce(inputDecider.evolve, state)
    }
  })
})

import * as IngestCall from "@tributary/core/flow/IngestCall"
import * as Quarantine from "@tributary/core/flow/Quarantine"
import * as Ledger from "@tributary/core/journal/Ledger"
import { JournalStore } from "@tributary/core/JournalStore"
import * as RowSinkMemory from "@tributary/core/memory/RowSinkMemory"
import { ObjectStore } from "@tributary/core/ObjectStore"
import { TableCatalog } from "@tributary/core/TableCatalog"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Stream } from "effect"
import { gzipSync } from "node:zlib"
import { bytesOf, config, ingest, layer, ledger, page, payload, visible } from "./world.ts"

const ga = "appflow_data.ga_sample"
const logs = "logs.events"

describe("ingest", () => {
  it.effect("writes an input once, however often it is delivered", () =>
    Effect.gen(function* () {
      const delivery = bytesOf(page(["2026010203", "desktop", 7], ["2026010304", "mobile", 1]))
      const first = yield* ingest("ga", delivery, delivery)
      assert.deepStrictEqual(first, { ...Ledger.empty, inputs: 2, duplicateInputs: 1, records: 2, written: 2 })
      assert.deepStrictEqual(yield* ingest("ga", delivery), { ...Ledger.empty, inputs: 1, duplicateInputs: 1 })
      assert.deepStrictEqual(yield* visible(ga), ["2026-01-02 3 desktop 7", "2026-01-03 4 mobile 1"])
      assert.isTrue((yield* ledger).balanced)
    }).pipe(Effect.provide(layer)),
  )

  it.effect("shows the newest extract of each date, whatever the order of arrival", () =>
    Effect.forEach(
      [
        [0, 1, 2],
        [2, 1, 0],
        [1, 2, 0],
        [2, 0, 1],
      ],
      (order) =>
        Effect.gen(function* () {
          const extracts = [
            bytesOf(page(["2026010100", "a", 1], ["2026010200", "a", 1]), { id: "x", at: 1 }),
            bytesOf(page(["2026010200", "a", 2], ["2026010300", "a", 2]), { id: "y", at: 2 }),
            bytesOf(page(["2026010300", "a", 3]), { id: "z", at: 3 }),
          ]
          for (const i of order) yield* ingest("ga", extracts[i]!)
          assert.deepStrictEqual(yield* visible(ga), ["2026-01-01 0 a 1", "2026-01-02 0 a 2", "2026-01-03 0 a 3"])
          const { balanced, flows } = yield* ledger
          assert.deepStrictEqual(
            [balanced, flows["ga"]],
            [true, { ...Ledger.empty, records: 5, written: 3, superseded: 2 }],
          )
        }).pipe(Effect.provide(layer)),
      { discard: true },
    ),
  )

  it.effect("counts in its own call what an older extract lost to a newer one", () =>
    Effect.gen(function* () {
      yield* ingest("ga", bytesOf(page(["2026010100", "a", 2]), { id: "new", at: 2 }))
      const late = yield* ingest(
        "ga",
        bytesOf(page(["2026010100", "a", 1], ["2026010200", "a", 1]), { id: "old", at: 1 }),
      )
      assert.deepStrictEqual(late, {
        ...Ledger.empty,
        inputs: 1,
        duplicateInputs: 0,
        records: 2,
        written: 1,
        superseded: 1,
      })
    }).pipe(Effect.provide(layer)),
  )

  it.effect("publishes the objects of an extract together, and a late one as the next generation", () =>
    Effect.gen(function* () {
      const extract = { id: "x", at: 1 }
      yield* ingest(
        "ga",
        bytesOf(page(["2026010100", "a", 1]), extract),
        bytesOf(page(["2026010100", "b", 1], ["2026010200", "b", 1]), extract),
      )
      yield* ingest("ga", bytesOf(page(["2026010100", "late", 1]), extract))
      assert.deepStrictEqual(yield* visible(ga), [
        "2026-01-01 0 a 1",
        "2026-01-01 0 b 1",
        "2026-01-01 0 late 1",
        "2026-01-02 0 b 1",
      ])
      const catalog = yield* TableCatalog
      const locations = yield* Stream.runCollect(catalog.partitions("appflow_data", "ga_sample"))
      assert.deepStrictEqual(locations.map(({ location }) => location).toSorted(), [
        "mem://lake/appflow_data/ga_sample/year=2026/month=1/day=1/x/g2/",
        "mem://lake/appflow_data/ga_sample/year=2026/month=1/day=2/x/g1/",
      ])
      assert.deepStrictEqual((yield* ledger).flows["ga"], { ...Ledger.empty, records: 4, written: 4 })
    }).pipe(Effect.provide(layer)),
  )

  it.effect("keeps every good record beside a broken one, and the broken one's bytes", () =>
    Effect.gen(function* () {
      const summary = yield* ingest(
        "ga",
        bytesOf(page(["2026010100", "a", 1], ["(other)", "b", 2], ["2026010101", "c", 3]), undefined, "report.json"),
      )
      assert.deepInclude(summary, { records: 3, written: 2, quarantined: 1 })
      const [item, ...more] = yield* Stream.runCollect(Quarantine.list())
      assert.deepStrictEqual(more, [])
      assert.deepInclude(item, { flow: "ga", input: "report.json", position: "document 1, row 2", reason: "WrongType" })
      const shown = yield* Quarantine.show(item!.id)
      assert.deepStrictEqual(JSON.parse(Buffer.from(shown.bytes).toString()), {
        dimensions: ["(other)", "b"],
        metrics: [{ values: ["2"] }],
      })
      const missing = yield* Effect.flip(Quarantine.show(`${item!.id}0`))
      assert.strictEqual(missing._tag, "NoSuchItem")
    }).pipe(Effect.provide(layer)),
  )

  it.effect("quarantines a compressed input that is cut or corrupt whole, and writes nothing of it", () =>
    Effect.gen(function* () {
      const rows = Array.from(
        { length: 500 },
        (_, i) => `{"dateHour":"2026010${1 + (i % 9)}00","deviceCategory":"d${i}","users":${i}}\n`,
      )
      const whole = gzipSync(rows.join(""))
      const corrupt = Uint8Array.from(whole, (byte, i) => (i === 200 ? byte ^ 0xff : byte))
      const cut = whole.subarray(0, whole.length - 5)
      const summary = yield* ingest(
        "ga",
        bytesOf(cut, undefined, "cut.gz"),
        bytesOf(corrupt, undefined, "corrupt.gz"),
        bytesOf(whole, undefined, "whole.gz"),
      )
      assert.deepInclude(summary, { inputs: 3, records: 502, written: 500, quarantined: 2 })
      const items = yield* Stream.runCollect(Quarantine.list())
      assert.deepStrictEqual(
        items.map(({ input, reason }) => [input, reason]),
        [
          ["cut.gz", "Truncated"],
          ["corrupt.gz", "BadEncoding"],
        ],
      )
      assert.deepStrictEqual((yield* Quarantine.show(items[0]!.id)).bytes, Uint8Array.from(cut))
      assert.strictEqual((yield* visible(ga)).length, 500)
      const store = yield* ObjectStore
      const files = yield* Stream.runCollect(store.list("lake", "appflow_data/"))
      assert.strictEqual(files.length, 9)
    }).pipe(Effect.provide(layer)),
  )

  it.effect("recognises log events delivered again in other payloads", () =>
    Effect.gen(function* () {
      const summary = yield* ingest(
        "logs",
        bytesOf(payload(["1", "2", "2"])),
        bytesOf(payload(["2", "3"])),
        bytesOf(payload(["4"], () => "broken")),
        bytesOf(payload(["4", "5"])),
      )
      assert.deepStrictEqual(summary, {
        ...Ledger.empty,
        inputs: 4,
        duplicateInputs: 0,
        records: 8,
        written: 4,
        duplicate: 3,
        quarantined: 1,
      })
      assert.deepStrictEqual((yield* visible(logs)).map((row) => row.split(" ")[4] ?? "").toSorted(), [
        "1",
        "2",
        "3",
        "5",
      ])
    }).pipe(Effect.provide(layer)),
  )

  it.effect("gives an empty input no records", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* ingest("ga", bytesOf("")), { ...Ledger.empty, inputs: 1, duplicateInputs: 0 })
      assert.deepStrictEqual(yield* visible(ga), [])
      assert.isTrue((yield* ledger).balanced)
    }).pipe(Effect.provide(layer)),
  )

  it.effect("names a flow that there is not", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(ingest("gaa", bytesOf("")))
      assert.match(error.message, /there is no flow gaa; the configuration has ga, logs/)
    }).pipe(Effect.provide(layer)),
  )

  it.effect("gives the same keys and the same bytes for the same input", () =>
    Effect.gen(function* () {
      const rows = Array.from(
        { length: 3000 },
        (_, i) => `{"dateHour":"2026010${1 + (i % 9)}0${i % 10}","deviceCategory":"d${i % 50}","users":${i}}\n`,
      ).join("")
      const small = {
        ...config,
        batching: { ...config.batching, rowsPerGroup: 37, rowsPerFile: 100, bufferBytes: 4000 },
      }
      const run = Effect.gen(function* () {
        yield* IngestCall.run(small, "ga", Stream.succeed(bytesOf(rows)))
        const store = yield* ObjectStore
        const infos = yield* Stream.runCollect(store.list("lake", "appflow_data/"))
        return yield* Effect.forEach(infos, ({ key }) =>
          Effect.map(
            Stream.runCollect(store.get({ bucket: "lake", key })),
            (pieces) => [key, Buffer.concat(pieces).toString("hex")] as const,
          ),
        )
      })
      const [one, two] = [yield* run.pipe(Effect.provide(layer)), yield* run.pipe(Effect.provide(layer))]
      assert.deepStrictEqual(one, two)
      assert.isAbove(one.length, 20)
    }),
  )

  it.effect("sends a flow's rows to the warehouse under the keys of its events", () =>
    Effect.gen(function* () {
      const warehouse = { ...config, flows: { logs: { ...config.flows["logs"]!, sink: "warehouse" as const } } }
      const carry = (ids: ReadonlyArray<string>) =>
        IngestCall.run(warehouse, "logs", Stream.succeed(bytesOf(payload(ids))))
      assert.deepInclude(yield* carry(["1", "2"]), { records: 2, written: 2 })
      assert.deepInclude(yield* carry(["2", "3"]), { records: 2, written: 1, duplicate: 1 })
      assert.isTrue((yield* ledger).balanced)
      assert.deepStrictEqual(yield* visible(logs), [])
    }).pipe(Effect.provide(layer)),
  )

  it.effect("quarantines the rows that the warehouse refuses, with their own bytes", () =>
    Effect.gen(function* () {
      const warehouse = { ...config, flows: { logs: { ...config.flows["logs"]!, sink: "warehouse" as const } } }
      const summary = yield* IngestCall.run(warehouse, "logs", Stream.succeed(bytesOf(payload(["1", "bad", "3"]))))
      assert.deepInclude(summary, { records: 3, written: 2, quarantined: 1 })
      const [item] = yield* Stream.runCollect(Quarantine.list())
      assert.deepInclude(item, { reason: "RejectedBySink", position: "document 1, event 2" })
      assert.match(Buffer.from((yield* Quarantine.show(item!.id)).bytes).toString(), /"id":"bad"/)
      assert.isTrue((yield* ledger).balanced)
    }).pipe(
      Effect.provide(
        Layer.merge(
          layer,
          RowSinkMemory.layerWith({ reject: ({ cells }) => (cells.includes("bad") ? "no" : undefined) }),
        ),
      ),
    ),
  )

  it.effect("keeps no content in the journal, and no event over 64 KiB", () =>
    Effect.gen(function* () {
      const ids = Array.from({ length: 9000 }, (_, i) => `id${i}`)
      yield* ingest(
        "logs",
        bytesOf(payload(ids, () => '{"action":"secret"}')),
        bytesOf(payload([...ids, "new"], () => '{"action":"secret"}')),
      )
      const journal = yield* JournalStore
      const events = yield* Stream.runCollect(journal.readAll())
      assert.isTrue(events.every(({ data }) => data.length < 64 * 1024 && !data.includes("secret")))
      assert.deepInclude((yield* ledger).flows["logs"], { records: 18001, written: 9001, duplicate: 9000 })
    }).pipe(Effect.provide(layer)),
  )
})

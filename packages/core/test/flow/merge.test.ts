import { defineConfig } from "@tributary/core/Config"
import type { Delivery } from "@tributary/core/Delivery"
import * as IngestCall from "@tributary/core/flow/IngestCall"
import * as LakeProjection from "@tributary/core/flow/LakeProjection"
import * as Publication from "@tributary/core/flow/Publication"
import * as Quarantine from "@tributary/core/flow/Quarantine"
import * as Retry from "@tributary/core/flow/Retry"
import * as Verify from "@tributary/core/flow/Verify"
import type { ReportFlow } from "@tributary/core/Flow"
import { gaFlow } from "@tributary/core/GaFlow"
import * as Journal from "@tributary/core/journal/Journal"
import * as LakeState from "@tributary/core/journal/LakeState"
import * as Ledger from "@tributary/core/journal/Ledger"
import { JournalStore, maxEventBytes } from "@tributary/core/JournalStore"
import { ObjectStore } from "@tributary/core/ObjectStore"
import { TableCatalog } from "@tributary/core/TableCatalog"
import * as TableSchema from "@tributary/core/TableSchema"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Layer, Schema, Stream } from "effect"
import { bytesOf, ingest, ingestMerging, layer, ledger, merging, page, visible } from "./world.ts"

const ga = "appflow_data.ga_sample"
const [x, y, z] = [
  { id: "x", at: 1 },
  { id: "y", at: 2 },
  { id: "z", at: 3 },
]

const permutations = <A>(items: ReadonlyArray<A>): ReadonlyArray<ReadonlyArray<A>> =>
  items.length < 2
    ? [items]
    : items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest]))

const locations = Effect.gen(function* () {
  const catalog = yield* TableCatalog
  const found = yield* Stream.runCollect(catalog.partitions("appflow_data", "ga_sample"))
  return found.map(({ location }) => location).toSorted()
})

describe("merge", () => {
  it.effect("shows the newest row of each key, whatever the order of arrival", () =>
    Effect.gen(function* () {
      const extracts = [
        bytesOf(page(["2026010100", "a", 1], ["2026010100", "b", 1], ["2026010200", "a", 1]), x),
        bytesOf(page(["2026010100", "b", 2], ["2026010101", "b", 2]), y),
        bytesOf(page(["2026010101", "b", 3], ["2026010300", "a", 3]), z),
      ]
      const seen = new Set<string>()
      for (const order of permutations(extracts)) {
        yield* Effect.gen(function* () {
          for (const extract of order) yield* ingestMerging(extract)
          yield* ingestMerging(...order)
          assert.deepStrictEqual(yield* visible(ga), [
            "2026-01-01 0 a 1",
            "2026-01-01 0 b 2",
            "2026-01-01 1 b 3",
            "2026-01-02 0 a 1",
            "2026-01-03 0 a 3",
          ])
          const { balanced, flows } = yield* ledger
          assert.deepStrictEqual(
            [balanced, flows["ga"]],
            [true, { ...Ledger.empty, records: 7, written: 5, superseded: 2 }],
          )
          assert.deepStrictEqual((yield* Verify.run(merging)).problems, [])
          seen.add((yield* locations).join())
        }).pipe(Effect.provide(layer))
      }
      assert.strictEqual(seen.size, 1)
    }),
  )

  it.effect("lets the later row of an input win, and a late file of an extract", () =>
    Effect.gen(function* () {
      yield* ingestMerging(bytesOf(page(["2026010100", "a", 1], ["2026010100", "a", 2], ["2026010100", "b", 1]), x))
      yield* ingestMerging(bytesOf(page(["2026010100", "b", 3]), x))
      assert.deepStrictEqual(yield* visible(ga), ["2026-01-01 0 a 2", "2026-01-01 0 b 3"])
      assert.deepStrictEqual((yield* ledger).flows["ga"], { ...Ledger.empty, records: 4, written: 2, superseded: 2 })
      assert.deepStrictEqual((yield* Verify.run(merging)).problems, [])
      yield* LakeProjection.rebuild()
      assert.deepStrictEqual(yield* LakeProjection.read(), yield* LakeState.read())
    }).pipe(Effect.provide(layer)),
  )

  it.effect("tells in its own call what a newer extract has already", () =>
    Effect.gen(function* () {
      yield* ingestMerging(bytesOf(page(["2026010100", "a", 2]), y))
      const late = yield* ingestMerging(bytesOf(page(["2026010100", "a", 1], ["2026010100", "b", 1]), x))
      assert.deepInclude(late, { records: 2, written: 1, superseded: 1 })
    }).pipe(Effect.provide(layer)),
  )

  it.effect("merges a record that was mended where its extract belongs, and reads files older than a column", () =>
    Effect.gen(function* () {
      const line = (device: string, users: number, more = "") =>
        `{"dateHour":"2026010100","deviceCategory":"${device}","users":${users}${more}}\n`
      yield* ingestMerging(bytesOf(line("a", 1) + line("a", 9, ',"country":"CH"') + line("b", 9, ',"country":"CH"'), x))
      yield* ingestMerging(bytesOf(line("b", 2), y))
      const mended = defineConfig({
        flows: {
          ga: {
            ...(merging.flows["ga"] as ReportFlow),
            table: TableSchema.make({
              ...gaFlow.table,
              version: 2,
              columns: [...gaFlow.table.columns, { name: "country", type: { kind: "string" }, required: false }],
            }),
            fields: [
              ...gaFlow.fields,
              { names: ["country"], role: "metric", reading: { as: "string", column: "country" }, ifMissing: null },
            ],
          },
        },
      })
      const items = yield* Stream.runCollect(Quarantine.list())
      const retried = yield* Retry.run(
        mended,
        items.map(({ id }) => id),
      )
      assert.deepInclude(retried, { retried: 2, written: 1, superseded: 1 })
      assert.deepStrictEqual(yield* visible(ga), ["2026-01-01 0 a 9 CH", "2026-01-01 0 b 2 "])
      assert.deepStrictEqual((yield* ledger).flows["ga"], { ...Ledger.empty, records: 4, written: 2, superseded: 2 })
    }).pipe(Effect.provide(layer)),
  )

  it.effect("goes on from a table that was replaced, and refuses the way back", () =>
    Effect.gen(function* () {
      yield* ingest("ga", bytesOf(page(["2026010100", "a", 1], ["2026010100", "b", 1]), x))
      yield* ingestMerging(bytesOf(page(["2026010100", "b", 2]), y))
      assert.deepStrictEqual(yield* visible(ga), ["2026-01-01 0 a 1", "2026-01-01 0 b 2"])
      const refused = yield* Effect.flip(ingest("ga", bytesOf(page(["2026010100", "b", 3]), z)))
      assert.match(refused.message, /the partition was merged/)
    }).pipe(Effect.provide(layer)),
  )

  it.effect("refuses a date of another flow", () =>
    Effect.gen(function* () {
      yield* ingestMerging(bytesOf(page(["2026010100", "a", 1]), x))
      const other = defineConfig({ flows: { other: merging.flows["ga"]! } })
      const deliveries = Stream.make(bytesOf(page(["2026010100", "a", 2]), y))
      assert.match((yield* Effect.flip(IngestCall.run(other, "other", deliveries))).message, /belongs to the flow ga/)
    }).pipe(Effect.provide(layer)),
  )

  it.effect("cuts files and row groups by the inputs' plan", () =>
    Effect.gen(function* () {
      const small = { ...merging, batching: { ...merging.batching, rowsPerGroup: 2, rowsPerFile: 4 } }
      const rows = Array.from({ length: 9 }, (_, i) => ["2026010100", `d${i}`, i] as const)
      yield* IngestCall.run(small, "ga", Stream.make(bytesOf(page(...rows), x)))
      const files = LakeState.visibleFiles(yield* LakeState.read(), ga)
      assert.deepStrictEqual(
        files.map(({ rows }) => rows),
        [4, 4, 1],
      )
      assert.strictEqual((yield* visible(ga)).length, 9)
      assert.deepStrictEqual((yield* Verify.run(small)).problems, [])
    }).pipe(Effect.provide(layer)),
  )

  it.effect("keeps the events of many extracts under 64 KiB, and reads them as one", () =>
    Effect.gen(function* () {
      const name = "n".repeat(128)
      const location = `${name}/${name}/year=2026/month=12/day=31/merged/${"0".repeat(32)}/`
      const of = <A>(make: (i: number) => A) => Array.from({ length: 130 }, (_, i) => make(i))
      const sha256 = "0".repeat(64)
      const merge = {
        flow: "f".repeat(63),
        location,
        rows: Number.MAX_SAFE_INTEGER,
        members: of((i) => ({
          extract: `${i}`.padStart(128, "e"),
          extractAt: Number.MAX_SAFE_INTEGER,
          generation: 999_999,
        })),
        files: of((i) => ({
          path: `${location}${"0".repeat(32)}-${i}.parquet`,
          rows: 5_000_000,
          bytes: Number.MAX_SAFE_INTEGER,
          sha256,
        })),
        survivors: of((i) => ({ input: `${i}`.padStart(32, "0"), rows: Number.MAX_SAFE_INTEGER })),
      }
      const command = { _tag: "Merge", over: undefined, ...merge } as const
      const { events, state } = yield* Journal.decide(Journal.partitions, "partition/a.b/2026-12-31", command)
      assert.deepStrictEqual(
        events.map(({ _tag }) => _tag),
        ["MergedPart", "MergedPart", "Merged"],
      )
      for (const event of events) assert.isBelow(JSON.stringify(event).length, maxEventBytes)
      assert.deepStrictEqual(state.head, { _tag: "Merged", ...merge })
      const known = (yield* LakeState.read()).partitions.get("a.b/2026-12-31")
      assert.deepStrictEqual(known?.merges, [{ _tag: "Merged", ...merge }])
      assert.deepStrictEqual(known?.parts, [])
    }).pipe(Effect.provide(layer)),
  )

  it.effect("computes anew where another extract was faster, and its own files are no problem", () =>
    Effect.gen(function* () {
      const journal = yield* JournalStore
      let raced = false
      const racing = Layer.succeed(JournalStore, {
        ...journal,
        append: (append) =>
          Effect.gen(function* () {
            if (!raced && append.stream.startsWith("partition/")) {
              raced = true
              yield* Effect.orDie(ingestMerging(bytesOf(page(["2026010100", "b", 2]), y)).pipe(Effect.provide(faster)))
            }
            return yield* journal.append(append)
          }),
      })
      const faster = Layer.succeedContext(yield* Effect.context<Layer.Success<typeof layer>>())
      yield* ingestMerging(bytesOf(page(["2026010100", "a", 1], ["2026010100", "b", 1]), x)).pipe(
        Effect.provide(racing),
      )
      assert.isTrue(raced)
      assert.deepStrictEqual(yield* visible(ga), ["2026-01-01 0 a 1", "2026-01-01 0 b 2"])
      const store = yield* ObjectStore
      const merges = (yield* Stream.runCollect(store.list("lake", "appflow_data/"))).filter(({ key }) =>
        key.includes("/merged/"),
      )
      assert.strictEqual(merges.length, 3)
      assert.deepStrictEqual((yield* Verify.run(merging)).problems, [])
      // In a folder that is shown, what the journal does not know is a problem.
      const [shown] = LakeState.visibleFiles(yield* LakeState.read(), ga)
      yield* store.put({ bucket: "lake", key: shown!.path.replace("-1.", "-2.") }, Uint8Array.of(1), "absent")
      assert.match((yield* Verify.run(merging)).problems[0]?.problem ?? "", /knows nothing of this file/)
    }).pipe(Effect.provide(layer)),
  )

  it.effect("shows all dates of an extract or none, and ends what another began", () =>
    Effect.gen(function* () {
      const catalog = yield* TableCatalog
      const dying = Layer.succeed(TableCatalog, { ...catalog, pointPartitions: () => Effect.die("crash") })
      const older = bytesOf(page(["2026010100", "a", 1], ["2026010200", "a", 1]), x)
      const died = yield* Effect.exit(ingestMerging(older).pipe(Effect.provide(dying)))
      assert.isTrue(Exit.isFailure(died))
      assert.deepStrictEqual(yield* visible(ga), [])
      assert.deepStrictEqual((yield* ledger).flows["ga"], { ...Ledger.empty, records: 2, pending: 2 })
      yield* ingestMerging(bytesOf(page(["2026010100", "b", 2]), y))
      assert.deepStrictEqual(yield* visible(ga), ["2026-01-01 0 a 1", "2026-01-01 0 b 2", "2026-01-02 0 a 1"])
      assert.strictEqual((yield* locations).length, 2)
      assert.deepStrictEqual((yield* Verify.run(merging)).problems, [])
    }).pipe(Effect.provide(layer)),
  )

  it.effect("fails where a file that is to be merged was changed", () =>
    Effect.gen(function* () {
      yield* ingestMerging(bytesOf(page(["2026010100", "a", 1]), x))
      const store = yield* ObjectStore
      const [file] = yield* Stream.runCollect(store.list("lake", "appflow_data/ga_sample/year=2026/month=1/day=1/x/"))
      yield* store.put({ bucket: "lake", key: file!.key }, Uint8Array.of(1), "any")
      const failed = yield* Effect.flip(ingestMerging(bytesOf(page(["2026010100", "b", 1]), y)))
      assert.match(failed.message, /read lake.*other bytes than expected/)
    }).pipe(Effect.provide(layer)),
  )

  it.effect("answers what is there when it is asked again", () =>
    Effect.gen(function* () {
      yield* ingestMerging(bytesOf(page(["2026010100", "a", 1]), x))
      const { published } = yield* Publication.advance("ga", merging.flows["ga"] as ReportFlow, "x")
      assert.strictEqual(published, 1)
    }).pipe(Effect.provide(layer)),
  )

  const Row = Schema.Tuple([
    Schema.Literals(["2026010100", "2026010101", "2026010200"]),
    Schema.Literals(["a", "b"]),
    Schema.Literals([1, 2, 3, 4]),
  ])
  const Extract = Schema.Struct({ at: Schema.Literals([1, 2]), rows: Schema.Array(Row), turn: Schema.Finite })
  it.effect.prop(
    "is the fold of all rows by time and id",
    [Schema.Array(Extract)],
    ([found]) =>
      Effect.gen(function* () {
        const extracts = found
          .slice(0, 6)
          .map(({ at, rows, turn }, i) => ({ id: `e${(i * 5) % 7}`, at, rows: rows.slice(0, 6), turn }))
        const wanted = new Map<string, string>()
        for (const { rows } of extracts.toSorted((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))) {
          for (const [hour, device, users] of rows) {
            const key = `2026-01-0${hour[7]} ${Number(hour.slice(8))} ${device}`
            wanted.set(key, `${key} ${users}`)
          }
        }
        const deliveries = extracts
          .toSorted((a, b) => a.turn - b.turn)
          .map(({ at, id, rows }): Delivery => bytesOf(page(...rows), { id, at }))
        for (const delivery of deliveries) yield* ingestMerging(delivery)
        for (const delivery of deliveries.slice(0, 2)) yield* ingestMerging(delivery)
        assert.deepStrictEqual(yield* visible(ga), Array.from(wanted.values()).toSorted())
        const { balanced, flows } = yield* ledger
        const records = extracts.reduce((sum, { rows }) => sum + rows.length, 0)
        assert.deepStrictEqual(
          [balanced, flows["ga"]],
          [true, { ...Ledger.empty, records, written: wanted.size, superseded: records - wanted.size }],
        )
      }).pipe(Effect.provide(layer)),
    { arbitrary: { runs: 30 } },
  )
})

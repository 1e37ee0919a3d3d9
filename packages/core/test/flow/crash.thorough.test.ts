import { JournalStore } from "@tributary/core/JournalStore"
import { ObjectStore, type Upload } from "@tributary/core/ObjectStore"
import * as Verify from "@tributary/core/flow/Verify"
import { SeenKeys } from "@tributary/core/SeenKeys"
import { TableCatalog } from "@tributary/core/TableCatalog"
import { assert, describe, it } from "@effect/vitest"
import { Cause, Context, Effect, Exit, Layer, Stream } from "effect"
import { bytesOf, ingest, ingestMerging, layer, ledger, merging, page, payload, visible } from "./world.ts"

/** Counts calls of the ports, and dies at one of them: before it takes effect, or after it has and before the caller hears of it. */
class Fuse {
  calls = 0
  readonly at: number
  readonly moment: "before" | "after"
  constructor(at: number, moment: "before" | "after") {
    this.at = at
    this.moment = moment
  }
  /** Dying after a read is dying before whatever comes next: it is tried once. */
  read<A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> {
    return this.moment === "before" ? this.around(effect) : effect
  }
  around<A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> {
    return Effect.suspend(() => {
      const blown = ++this.calls === this.at
      if (!blown) return effect
      return this.moment === "before" ? Effect.die("crash") : Effect.andThen(effect, Effect.die("crash"))
    })
  }
}

const fused = (fuse: Fuse) =>
  Layer.effectContext(
    Effect.gen(function* () {
      const store = yield* ObjectStore
      const journal = yield* JournalStore
      const seen = yield* SeenKeys
      const catalog = yield* TableCatalog
      const upload = (inner: Upload): Upload => ({
        write: (bytes) => fuse.around(inner.write(bytes)),
        complete: fuse.around(inner.complete),
      })
      return Context.empty().pipe(
        Context.add(ObjectStore, {
          get: (ref, range) => Stream.unwrap(fuse.read(Effect.sync(() => store.get(ref, range)))),
          head: (ref) => fuse.read(store.head(ref)),
          put: (ref, bytes, condition) => fuse.around(store.put(ref, bytes, condition)),
          upload: (ref, condition) => Effect.map(fuse.around(store.upload(ref, condition)), upload),
          list: store.list,
        }),
        Context.add(JournalStore, {
          append: (append) => fuse.around(journal.append(append)),
          read: (stream, after) => Stream.unwrap(fuse.read(Effect.sync(() => journal.read(stream, after)))),
          readAll: (after) => Stream.unwrap(fuse.read(Effect.sync(() => journal.readAll(after)))),
        }),
        Context.add(SeenKeys, { claim: (claim) => fuse.around(seen.claim(claim)) }),
        Context.add(TableCatalog, {
          ensureTable: (table) => fuse.around(catalog.ensureTable(table)),
          getTable: catalog.getTable,
          addColumns: catalog.addColumns,
          pointPartitions: (table, partitions) => fuse.around(catalog.pointPartitions(table, partitions)),
          partitions: catalog.partitions,
        }),
      )
    }),
  )

const [older, newer] = [
  { id: "x", at: 1 },
  { id: "y", at: 2 },
]

const replaceWork = Effect.gen(function* () {
  yield* ingest(
    "ga",
    bytesOf(page(["2026010100", "a", 1], ["2026010200", "a", 1], ["(other)", "a", 1]), older),
    bytesOf(page(["2026010200", "b", 1]), older),
  )
  yield* ingest("ga", bytesOf(page(["2026010200", "a", 2], ["2026010300", "a", 2]), newer))
  yield* ingest("ga", bytesOf(page(["2026010100", "late", 1]), older))
  yield* ingest("logs", bytesOf(payload(["1", "2"])), bytesOf(payload(["2", "3"])))
})

/** One after the other so that the newest is not the last; the late file makes a generation; a record is in quarantine. */
const mergeWork = Effect.gen(function* () {
  yield* ingestMerging(bytesOf(page(["2026010100", "a", 2], ["2026010200", "b", 2], ["(other)", "a", 1]), newer))
  yield* ingestMerging(bytesOf(page(["2026010100", "a", 1], ["2026010100", "b", 1]), older))
  yield* ingestMerging(bytesOf(page(["2026010200", "late", 1]), older))
  assert.deepStrictEqual((yield* Verify.run(merging)).problems, [])
})

const outcome = Effect.gen(function* () {
  const catalog = yield* TableCatalog
  return {
    ga: yield* visible("appflow_data.ga_sample"),
    logs: yield* visible("logs.events"),
    ledger: yield* ledger,
    partitions: yield* Stream.runCollect(catalog.partitions("appflow_data", "ga_sample")),
  }
})

/** Runs work with a fuse in one lake, then again without: as a person would after a crash. */
const crashed = (fuse: Fuse, work: typeof mergeWork) =>
  Effect.gen(function* () {
    const first = yield* Effect.exit(work.pipe(Effect.provide(fused(fuse))))
    if (Exit.isFailure(first)) assert.isTrue(Cause.hasDies(first.cause), Cause.pretty(first.cause))
    yield* work
    return { died: Exit.isFailure(first), outcome: yield* outcome }
  }).pipe(Effect.provide(layer))

describe.each([
  ["replaces and appends", replaceWork],
  ["merges", mergeWork],
] as const)("a crash at any call of any port, of a flow that %s", (_, work) => {
  for (const moment of ["before", "after"] as const) {
    it.effect(
      `is repaired by running it again: ${moment} the call`,
      () =>
        Effect.gen(function* () {
          const counter = new Fuse(0, moment)
          const undisturbed = yield* crashed(counter, work)
          assert.isAbove(counter.calls, 50)
          assert.isTrue(undisturbed.outcome.ledger.balanced)
          for (let at = 1; at <= counter.calls; at++) {
            const { died, outcome } = yield* crashed(new Fuse(at, moment), work)
            assert.isTrue(died, `call ${at}`)
            assert.deepStrictEqual(outcome, undisturbed.outcome, `call ${at}`)
          }
        }),
      30_000,
    )
  }
})

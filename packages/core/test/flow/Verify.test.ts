import * as Ingest from "@tributary/core/flow/Ingest"
import * as Verify from "@tributary/core/flow/Verify"
import * as PortError from "@tributary/core/PortError"
import { ObjectStore, ObjectStoreError } from "@tributary/core/ObjectStore"
import { TableCatalog } from "@tributary/core/TableCatalog"
import { joinBytes } from "@tributary/core/testing/Contract"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Stream } from "effect"
import { bytesOf, config, ingest, layer, page, payload } from "./world.ts"

const extract = { id: "x", at: 1 }

/** Two generations of one extract, a superseding one, logs, and something in quarantine. */
const filled = Effect.gen(function* () {
  yield* ingest(
    "ga",
    bytesOf(page(["2026010100", "a", 1], ["2026010200", "a", 1], ["(other)", "a", 1]), extract, "one"),
  )
  yield* ingest("ga", bytesOf(page(["2026010100", "late", 1]), extract, "late"))
  yield* ingest("ga", bytesOf(page(["2026010200", "a", 2]), { id: "y", at: 2 }))
  yield* ingest("logs", bytesOf(payload(["1", "2"])), bytesOf("cut", undefined, "broken"))
})

const problems = Effect.map(Verify.run(config), (found) =>
  found.problems.map(({ problem, what }) => `${what}: ${problem}`),
)

/** A store from which one kind of object has gone. */
const without = (pattern: RegExp) =>
  Layer.effect(
    ObjectStore,
    ObjectStore.use((store) => {
      const gone = (key: string) =>
        new ObjectStoreError({ operation: `get ${key}`, reason: new PortError.NotFound({ detail: "it is gone" }) })
      return Effect.succeed(
        ObjectStore.of({
          ...store,
          get: (ref, range) => (pattern.test(ref.key) ? Stream.fail(gone(ref.key)) : store.get(ref, range)),
          head: (ref) => (pattern.test(ref.key) ? Effect.fail(gone(ref.key)) : store.head(ref)),
        }),
      )
    }),
  )

const find = Effect.fnUntraced(function* (pattern: RegExp) {
  const store = yield* ObjectStore
  const keys = yield* Stream.runCollect(store.list("lake", ""))
  const key = keys.map((info) => info.key).find((found) => pattern.test(found))
  return { bucket: "lake", key: key! }
})

describe("verify", () => {
  it.effect("finds nothing wrong with a lake that is right", () =>
    Effect.gen(function* () {
      yield* filled
      assert.deepStrictEqual(yield* Verify.run(config), { files: 6, rows: 7, problems: [] })
    }).pipe(Effect.provide(layer)),
  )

  it.effect("finds nothing in a lake that is empty", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* Verify.run(config), { files: 0, rows: 0, problems: [] })
    }).pipe(Effect.provide(layer)),
  )

  for (const [name, pattern, expected] of [
    ["a missing file", /day=2\/y\/g1/, /y\/g1\/.*-1\.parquet: the file is missing/],
    ["a missing copy of a later generation", /day=1\/x\/g2\/.*-1\.parquet/, /day=1\/x\/g2.*the file is missing/],
    ["a superseded file that has gone", /day=2\/x\/g1/, /day=2\/x\/g1.*the file is missing/],
    ["kept bytes that have gone", /_inputs\//, /one: its kept bytes are missing/],
    ["quarantined records that have gone", /_quarantine\//, /one: 0 quarantined records are kept; there were 1/],
  ] as const) {
    it.effect(`names ${name}`, () =>
      Effect.gen(function* () {
        yield* filled
        const found = yield* problems.pipe(Effect.provide(without(pattern)))
        assert.isTrue(
          found.some((problem) => expected.test(problem)),
          found.join("\n"),
        )
      }).pipe(Effect.provide(layer)),
    )
  }

  it.effect("names a file whose bytes were changed, and one that was cut", () =>
    Effect.gen(function* () {
      yield* filled
      const store = yield* ObjectStore
      const [changed, cut] = [yield* find(/logs\/events/), yield* find(/day=2\/y/)]
      const bytes = joinBytes(yield* Stream.runCollect(store.get(changed)))
      yield* store.put(changed, bytes.with(10, bytes[10]! ^ 1), "any")
      yield* store.put(cut, joinBytes(yield* Stream.runCollect(store.get(cut))).slice(0, -1), "any")
      const found = yield* problems
      assert.deepStrictEqual(found.length, 2)
      assert.match(found.join("\n"), /the SHA-256 differs/)
      assert.match(found.join("\n"), /it has \d+ bytes; \d+ were written/)
    }).pipe(Effect.provide(layer)),
  )

  it.effect("names what the journal knows nothing of", () =>
    Effect.gen(function* () {
      yield* filled
      const store = yield* ObjectStore
      yield* store.put(
        { bucket: "lake", key: "logs/events/year=2026/month=1/day=1/stray.parquet" },
        Uint8Array.of(1),
        "absent",
      )
      assert.deepStrictEqual(yield* problems, [
        "logs/events/year=2026/month=1/day=1/stray.parquet: the journal knows nothing of this file",
      ])
    }).pipe(Effect.provide(layer)),
  )

  it.effect("names a partition that the catalog has elsewhere, or not at all", () =>
    Effect.gen(function* () {
      yield* filled
      const catalog = yield* TableCatalog
      yield* catalog.pointPartitions({ database: "appflow_data", name: "ga_sample" }, [
        { values: ["2026", "1", "2"], location: "mem://lake/elsewhere/" },
      ])
      const [found, ...more] = yield* problems
      assert.deepStrictEqual(more, [])
      assert.match(
        found!,
        /ga_sample 2026-01-02: the partition points at mem:\/\/lake\/elsewhere\/ in the catalog, not at/,
      )
    }).pipe(Effect.provide(layer)),
  )

  it.effect("names an input that was begun and never ended", () =>
    Effect.gen(function* () {
      const failing = Layer.effect(
        ObjectStore,
        ObjectStore.use((store) =>
          Effect.succeed(ObjectStore.of({ ...store, upload: () => Effect.die("the power went") })),
        ),
      )
      const flow = config.flows["ga"]!
      yield* Ingest.carry(config, "ga", flow, bytesOf(page(["2026010100", "a", 1]), extract, "begun")).pipe(
        Effect.provide(failing),
        Effect.exit,
      )
      assert.deepStrictEqual(yield* problems, ["begun: it was begun and never ended: run the same ingest again"])
    }).pipe(Effect.provide(layer)),
  )
})

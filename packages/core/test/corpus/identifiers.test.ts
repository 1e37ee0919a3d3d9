import * as Config from "@tributary/core/Config"
import * as ExtractId from "@tributary/core/ExtractId"
import * as IngestCall from "@tributary/core/flow/IngestCall"
import { gaFlow, gaSample } from "@tributary/core/GaFlow"
import { ObjectStore } from "@tributary/core/ObjectStore"
import * as TableSchema from "@tributary/core/TableSchema"
import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect, Exit, Stream } from "effect"
import { bytesOf, config, layer, page, visible } from "../flow/world.ts"
import { odd } from "./names.ts"

/** Of the odd names these are folders like any other. */
const folders = ["__HIVE_DEFAULT_PARTITION__", "CON", "nul.txt"]

const uuid = "5b0f4c1e-6a0d-4f0e-9a51-0c7d2e8b9f10"

/** Names that are one character away from an identifier. */
const almost = [
  "Events",
  "1events",
  "event-s",
  "event.s",
  "event s",
  "event\n",
  "\nevent",
  "évent",
  "a".repeat(129),
  "select;",
]

describe("identifiers", () => {
  for (const name of [...odd, ...almost, "__proto__", "toString"]) {
    const shown = JSON.stringify(name)
      .slice(0, 40)
      .replaceAll(/[^\x20-\x7e]/g, "·")

    it(`refuses ${shown} as the name of a database, a table, a column, a partition column and a flow`, () => {
      assert.isFalse(TableSchema.isIdentifier(name))
      const column = gaSample.columns[0]!
      for (const table of [
        { ...gaSample, database: name },
        { ...gaSample, name },
        { ...gaSample, columns: [...gaSample.columns, { ...column, name, required: false }] },
        { ...gaSample, partitionColumns: ["year", "month", "day", name] },
      ]) {
        assert.throws(() => TableSchema.make(table), /is no identifier/)
        assert.throws(() => Config.defineConfig({ flows: { ga: { ...gaFlow, table } } }), /is no identifier/)
      }
      if (name === "event-s") return
      const flows = Object.fromEntries([[name, gaFlow]])
      assert.throws(() => Config.defineConfig({ flows }), /a name of lower-case letters/)
    })

    it.effect(`knows no flow ${shown}`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(IngestCall.run(config, name, Stream.empty))
        assert.strictEqual(error._tag, "NoSuchFlow")
      }).pipe(Effect.provide(layer)),
    )
  }

  for (const id of odd.filter((name) => !folders.includes(name))) {
    it.effect(
      `refuses an extract called ${JSON.stringify(id)
        .slice(0, 40)
        .replaceAll(/[^\x20-\x7e]/g, "·")}`,
      () =>
        Effect.gen(function* () {
          const delivery = bytesOf(page(["2026010203", "desktop", 7]), { id, at: 1 })
          const exit = yield* Effect.exit(IngestCall.run(config, "ga", Stream.succeed(delivery)))
          assert.isTrue(Exit.isFailure(exit) && Cause.hasDies(exit.cause))
          const store = yield* ObjectStore
          const written = yield* Stream.runCollect(store.list("lake", ""))
          assert.isTrue(written.every(({ key }) => key.startsWith("_inputs/")))
        }).pipe(Effect.provide(layer)),
    )
  }

  it.effect("writes below the table's folder for every extract that it takes", () =>
    Effect.gen(function* () {
      for (const [at, id] of [
        uuid,
        "at-20260105T000000Z",
        "at-20260105T000000.123Z",
        "a",
        ...folders,
        "x".repeat(128),
      ].entries()) {
        yield* IngestCall.run(
          config,
          "ga",
          Stream.succeed(bytesOf(page([`202601${String(at + 10)}03`, "desktop", at]), { id, at })),
        )
      }
      const store = yield* ObjectStore
      for (const { key } of yield* Stream.runCollect(store.list("lake", "appflow_data/"))) {
        assert.match(
          key,
          /^appflow_data\/ga_sample\/year=2026\/month=1\/day=\d+\/[\w.-]+\/g1\/[0-9a-f]{32}-1\.parquet$/,
        )
      }
      assert.strictEqual((yield* visible("appflow_data.ga_sample")).length, 8)
    }).pipe(Effect.provide(layer)),
  )

  it("takes an extract's id out of a path as it is: a UUID in lower case and nothing else", () => {
    for (const name of odd) {
      assert.isUndefined(ExtractId.fromKey(name))
      assert.strictEqual(ExtractId.fromKey(`${name}/${uuid.toUpperCase()}/${name}`), uuid)
      assert.strictEqual(ExtractId.fromKey(`${name}${uuid}${name}`), uuid)
    }
    for (const broken of [uuid.slice(1), uuid.replace("-", "/"), uuid.replace("5", "g"), uuid.replaceAll("-", "")])
      assert.isUndefined(ExtractId.fromKey(broken))
  })
})

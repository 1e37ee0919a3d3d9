import { assert, describe, it } from "@effect/vitest"
import type { Decider } from "@tributary/core/journal/Decider"
import * as Journal from "@tributary/core/journal/Journal"
import * as LakeState from "@tributary/core/journal/LakeState"
import { JournalStore } from "@tributary/core/JournalStore"
import * as JournalStoreMemory from "@tributary/core/memory/JournalStoreMemory"
import * as Quarantine from "@tributary/core/flow/Quarantine"
import { Effect, Layer, Schema, Stream } from "effect"
import { bytesOf, ingest, layer, ledger, page } from "../flow/world.ts"

/** A journal that a first and a second version of a program share in turn; neither remembers what the other has folded. */
const twoPrograms = Effect.map(JournalStoreMemory.make, (journal) => {
  const program = () => Effect.provide(Layer.succeed(JournalStore, { ...journal }))
  return { journal, older: program(), newer: program(), newest: program() }
})

const folding = <Event extends { readonly _tag: string }>(
  events: (amount: number) => ReadonlyArray<Event>,
): Decider<number, Event, ReadonlyArray<Event>> => ({
  initial: [],
  decide: (_, amount) => events(amount),
  evolve: (state, event) => [...state, event],
})

/** Format 1 counts cents in a string; there is no currency yet. */
const Paid1 = Schema.TaggedUnion({ Paid: { cents: Schema.String }, Closed: {} })
const first: Journal.StreamKind<number, typeof Paid1.Type, ReadonlyArray<typeof Paid1.Type>> = {
  decider: folding((amount) => [{ _tag: "Paid", cents: String(amount) }, { _tag: "Closed" }]),
  schema: Paid1,
  upcasters: {},
}

/** Format 2 counts them in a number. */
const Paid2 = Schema.TaggedUnion({ Paid: { cents: Schema.Int }, Closed: {} })
const toNumber: Journal.Upcaster = ({ cents, ...data }) => ({ ...data, cents: Number(cents) })
const second: Journal.StreamKind<number, typeof Paid2.Type, ReadonlyArray<typeof Paid2.Type>> = {
  decider: folding((cents) => [{ _tag: "Paid", cents }, { _tag: "Closed" }]),
  schema: Paid2,
  upcasters: { Paid: [toNumber] },
}

/** Format 3 has a currency. */
const Paid3 = Schema.TaggedUnion({ Paid: { cents: Schema.Int, currency: Schema.String }, Closed: {} })
const third: Journal.StreamKind<number, typeof Paid3.Type, ReadonlyArray<typeof Paid3.Type>> = {
  decider: folding((cents) => [{ _tag: "Paid", cents, currency: "CHF" }, { _tag: "Closed" }]),
  schema: Paid3,
  upcasters: { Paid: [toNumber, (data) => ({ ...data, currency: "EUR" })] },
}

describe("upcasting", () => {
  it.effect("reads every older format as today's, one step after the other, and writes today's", () =>
    Effect.gen(function* () {
      const { journal, newer, newest, older } = yield* twoPrograms
      yield* older(Journal.decide(first, "s", 1))
      yield* newer(Journal.decide(second, "s", 2))
      yield* newest(Journal.decide(third, "s", 3))
      const stored = yield* Stream.runCollect(journal.read("s"))
      assert.deepStrictEqual(
        stored.map(({ data, type }) => [type, data]),
        [
          ["Paid@1", `{"cents":"1"}`],
          ["Closed@1", "{}"],
          ["Paid@2", `{"cents":2}`],
          ["Closed@1", "{}"],
          ["Paid@3", `{"cents":3,"currency":"CHF"}`],
          ["Closed@1", "{}"],
        ],
      )
      const { state, version } = yield* newest(Journal.load(third, "s"))
      assert.strictEqual(version, 6)
      assert.deepStrictEqual(state, [
        { _tag: "Paid", cents: 1, currency: "EUR" },
        { _tag: "Closed" },
        { _tag: "Paid", cents: 2, currency: "EUR" },
        { _tag: "Closed" },
        { _tag: "Paid", cents: 3, currency: "CHF" },
        { _tag: "Closed" },
      ])
    }),
  )

  it.effect("stops an older version at a newer format, before it decides anything", () =>
    Effect.gen(function* () {
      const { journal, newer, older } = yield* twoPrograms
      yield* newer(Journal.decide(second, "s", 2))
      for (const reading of [Effect.asVoid(Journal.load(first, "s")), Effect.asVoid(Journal.decide(first, "s", 3))]) {
        const error = yield* Effect.flip(older(reading))
        assert.strictEqual(error._tag === "JournalStoreError" && error.reason._tag, "Invalid")
        assert.strictEqual(
          error.message,
          "read event 1 of s: this version cannot read Paid@2 (this version knows Paid up to format 1); nothing was changed: use the version that wrote it, or a newer one",
        )
      }
      assert.strictEqual((yield* Stream.runCollect(journal.read("s"))).length, 2)
    }),
  )
})

/** A lake with an event that this version cannot read. */
const meddled = (stream: string, type: string, data = "{}") =>
  Effect.gen(function* () {
    yield* ingest("ga", bytesOf(page(["2026010100", "mobile", 1])))
    const journal = yield* JournalStore
    const expectedVersion = yield* Stream.runCount(journal.read(stream))
    yield* journal.append({ stream, expectedVersion, commandId: "meddled", events: [{ type, data }] })
  })

describe("an event that this version cannot read", () => {
  const cases = [
    ["input/x", "Replayed@1", "this version knows no event Replayed"],
    ["input/x", "Planned@2", "this version knows Planned up to format 1"],
    ["input/x", "Planned", "this version knows no event Planned"],
    ["input/x", "Planned@0", "this version knows no event Planned@0"],
    ["input/x", "Planned@1x", "this version knows no event Planned@1x"],
    ["input/x", "constructor@1", "this version knows no event constructor"],
    ["input/x", "Switched@1", "this version knows no event Switched"],
    ["extract/ga/x", "Merged@1", "this version knows no event Merged"],
    ["partition/a.b/2026-01-02", "Compacted@1", "this version knows no event Compacted"],
    ["table/a.b", "Switched@1", "this version knows no streams of such a name"],
    ["input", "Received@1", "this version knows no streams of such a name"],
  ] as const
  for (const [stream, type, why] of cases) {
    it.effect(`stops every reader of the journal: ${type} in ${stream}`, () =>
      Effect.gen(function* () {
        yield* meddled(stream, type)
        const readers = [
          Effect.asVoid(LakeState.read()),
          Effect.asVoid(ledger),
          Effect.asVoid(ingest("ga", bytesOf(page(["2026010200", "mobile", 1])))),
        ]
        for (const reader of readers) {
          const { message } = yield* Effect.flip(reader)
          assert.include(message, `of ${stream}: this version cannot read ${type} (${why})`)
          assert.match(message, /nothing was changed: use the version that wrote it, or a newer one$/)
        }
      }).pipe(Effect.provide(layer)),
    )
  }

  it.effect("stops the reader of its stream", () =>
    Effect.gen(function* () {
      yield* meddled("input/x", "Replayed@1")
      const { message } = yield* Effect.flip(Stream.runDrain(Quarantine.list()))
      assert.include(message, "Replayed@1")
    }).pipe(Effect.provide(layer)),
  )

  for (const data of [`{"counts":{}}`, `{"counts"`, `[]`, ""]) {
    it.effect(`is told apart from one whose data are damaged: ${data}`, () =>
      Effect.gen(function* () {
        yield* meddled("input/x", "Settled@1", data)
        const { message } = yield* Effect.flip(LakeState.read())
        assert.strictEqual(
          message,
          "read event 1 of input/x: its data are none of Settled@1: the journal was damaged or changed; restore it",
        )
      }).pipe(Effect.provide(layer)),
    )
  }

  it.effect("is told apart from one on whose data an upcaster stumbles", () =>
    Effect.gen(function* () {
      const stumbling: typeof third = { ...third, upcasters: { Paid: [({ cents }) => (cents as never)["no"]["way"]] } }
      const { journal, newest } = yield* twoPrograms
      yield* journal.append({
        stream: "s",
        expectedVersion: 0,
        commandId: "c",
        events: [{ type: "Paid@1", data: "{}" }],
      })
      const { message } = yield* Effect.flip(newest(Journal.load(stumbling, "s")))
      assert.include(message, "its data are none of Paid@1")
    }),
  )
})

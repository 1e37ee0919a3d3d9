import { type Decider, Refused } from "@tributary/core/journal/Decider"
import * as ExtractDecider from "@tributary/core/journal/ExtractDecider"
import * as InputDecider from "@tributary/core/journal/InputDecider"
import * as PartitionDecider from "@tributary/core/journal/PartitionDecider"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"

/** Given these commands, in this order: the events of the last one. */
const given = <Command, Event, State>(decider: Decider<Command, Event, State>, ...commands: ReadonlyArray<Command>) => {
  let state = decider.initial
  let last: ReadonlyArray<Event> | Refused = []
  for (const command of commands) {
    last = decider.decide(state, command)
    if (!(last instanceof Refused)) state = last.reduce(decider.evolve, state)
  }
  return { state, last }
}

const received = {
  flow: "ga",
  table: "a.b",
  source: "x.json",
  content: { bucket: "lake", key: "_inputs/1", kept: true },
  bytes: 5,
  extract: { id: "e", at: 1 },
}
const plan: InputDecider.Plan = {
  rule: "input-n@1",
  writerVersion: "t",
  schemaVersion: 1,
  generation: 1,
  rowsPerGroup: 1,
  bytesPerGroup: 1,
  bufferBytes: 1,
  rowsPerFile: 1,
  codec: "zstd",
  columns: { names: ["device"] },
  duplicates: { ordinals: [] },
}
const output = { date: "2026-01-02", path: "a/b/x-1.parquet", rows: 2, bytes: 10, sha256: "00" }
const counts = { records: 3, rows: 2, duplicate: 0, filtered: 1, quarantined: 0 }

const receive = { _tag: "Receive", received } as const
const makePlan = { _tag: "Plan", plan } as const
const settle = { _tag: "Settle", outputs: [output], counts } as const
const quarantine = { _tag: "Quarantine", reason: "Truncated", detail: "cut" } as const

describe("InputDecider", () => {
  const { inputDecider, next } = InputDecider

  it("goes from received over planned to settled", () => {
    assert.strictEqual(next(given(inputDecider).state), "receive")
    assert.strictEqual(next(given(inputDecider, receive).state), "plan")
    assert.strictEqual(next(given(inputDecider, receive, makePlan).state), "write")
    const { last, state } = given(inputDecider, receive, makePlan, settle)
    assert.deepStrictEqual(last, [
      { _tag: "OutputWritten", ...output },
      { _tag: "Settled", counts },
    ])
    assert.strictEqual(next(state), "nothing")
    assert.deepInclude(state, { status: "settled", counts })
  })

  it("does nothing twice", () => {
    assert.deepStrictEqual(given(inputDecider, receive, receive).last, [])
    assert.deepStrictEqual(given(inputDecider, receive, makePlan, receive).last, [])
    assert.deepStrictEqual(given(inputDecider, receive, makePlan, makePlan).last, [])
    assert.deepStrictEqual(given(inputDecider, receive, makePlan, settle, settle).last, [])
    assert.deepStrictEqual(given(inputDecider, receive, quarantine, quarantine).last, [])
    assert.deepStrictEqual(given(inputDecider, receive, quarantine, makePlan).last, [])
  })

  it("keeps the first plan: a retry by a newer program follows it", () => {
    const { state } = given(inputDecider, receive, makePlan, {
      _tag: "Plan",
      plan: { ...plan, writerVersion: "newer" },
    })
    assert.strictEqual(state.status === "planned" ? state.plan.writerVersion : "", "t")
  })

  it("refuses what cannot be", () => {
    for (const command of [makePlan, settle, quarantine]) assert.instanceOf(given(inputDecider, command).last, Refused)
    assert.instanceOf(given(inputDecider, receive, settle).last, Refused)
  })

  it("can be quarantined before and after it was planned", () => {
    for (const before of [[receive], [receive, makePlan]]) {
      const { state } = given(inputDecider, ...before, quarantine)
      assert.deepInclude(state, { status: "quarantined", reason: "Truncated" })
    }
  })

  it.prop("reads back every event it writes", [InputDecider.InputEvent], ([event]) => {
    const { _tag, ...data } = event
    const again = Schema.decodeUnknownSync(InputDecider.InputEvent)({ ...JSON.parse(JSON.stringify(data)), _tag })
    assert.isTrue(Schema.toEquivalence(InputDecider.InputEvent)(again, event))
  })
})

const add = (input: string, at = 5) =>
  ({ _tag: "AddInput", flow: "ga", table: "a.b", extract: "e", at, input }) as const
const settled = (input: string) => ({ _tag: "SettleInput", input }) as const
const endRun = { _tag: "EndRun" } as const
const publish = (generation: number, at = 5) => ({ _tag: "Publish", generation, at }) as const

describe("ExtractDecider", () => {
  const { extractDecider, next } = ExtractDecider
  const due = (...commands: ReadonlyArray<ExtractDecider.ExtractCommand>) =>
    next(given(extractDecider, ...commands).state)

  it("is published once its run has ended and every input is settled", () => {
    assert.deepStrictEqual(due(add("1")), { do: "wait" })
    assert.deepStrictEqual(due(add("1"), settled("1")), { do: "wait" })
    assert.deepStrictEqual(due(add("1"), endRun), { do: "wait" })
    assert.deepStrictEqual(due(add("1"), add("2"), settled("1"), endRun), { do: "wait" })
    assert.deepStrictEqual(due(add("1"), add("2"), settled("1"), endRun, settled("2")), {
      do: "publish",
      generation: 1,
      at: 5,
    })
    assert.deepStrictEqual(due(add("1"), settled("1"), endRun, publish(1)), { do: "nothing" })
  })

  it("gives what comes after the end of the run a generation of its own", () => {
    const commands = [add("1"), settled("1"), endRun, publish(1), add("2")]
    assert.strictEqual(given(extractDecider, ...commands).state.inputs.get("2")?.generation, 2)
    assert.deepStrictEqual(due(...commands), { do: "wait" })
    assert.deepStrictEqual(due(...commands, settled("2")), { do: "end" })
    assert.deepStrictEqual(due(...commands, settled("2"), endRun), { do: "publish", generation: 2, at: 5 })
  })

  it("publishes the closed generation while a later one is open", () => {
    assert.deepStrictEqual(due(add("1"), settled("1"), endRun, add("2")), { do: "publish", generation: 1, at: 5 })
  })

  it("shows a generation under the time that it was closed with, though a newer file has come since", () => {
    const closed = [add("1", 5), settled("1"), endRun, add("2", 9), settled("2")]
    assert.deepStrictEqual(due(...closed), { do: "publish", generation: 1, at: 5 })
    assert.strictEqual(given(extractDecider, ...closed, publish(1, 5)).state.publishedAt, 5)
    assert.deepStrictEqual(due(...closed, publish(1, 5), endRun), { do: "publish", generation: 2, at: 9 })
  })

  it("may hear of the end before it hears of any input", () => {
    assert.deepStrictEqual(due(endRun), { do: "nothing" })
    assert.deepStrictEqual(due(endRun, add("1"), settled("1")), { do: "end" })
  })

  it("does nothing twice", () => {
    assert.deepStrictEqual(given(extractDecider, add("1"), add("1")).last, [])
    assert.deepStrictEqual(given(extractDecider, add("1"), settled("1"), settled("1")).last, [])
    assert.deepStrictEqual(given(extractDecider, settled("1")).last, [])
    assert.deepStrictEqual(given(extractDecider, add("1"), endRun, endRun).last, [])
    assert.deepStrictEqual(given(extractDecider, add("1"), settled("1"), endRun, publish(1), publish(1)).last, [])
  })

  it("takes the newest time that its inputs name", () => {
    assert.strictEqual(given(extractDecider, add("1", 5), add("2", 9), add("3", 7)).state.at, 9)
  })
})

const quarantined = (input: string, records: number) => ({ ...settled(input), quarantined: records }) as const
const mends = (input: string, of: string, records: number) =>
  ({ ...settled(input), mends: { input: of, records } }) as const
const release = { _tag: "Release" } as const

describe("ExtractDecider, of an extract that is held back", () => {
  const { extractDecider, next } = ExtractDecider
  const due = (...commands: ReadonlyArray<ExtractDecider.ExtractCommand>) =>
    next(given(extractDecider, ...commands).state)
  const held = [add("1"), quarantined("1", 2), endRun] as const

  it("holds what lacks records, until a person releases it", () => {
    assert.deepStrictEqual(due(...held), { do: "hold", generation: 1 })
    assert.deepStrictEqual(given(extractDecider, ...held, release).last, [{ _tag: "Released", generation: 1 }])
    assert.deepStrictEqual(due(...held, release), { do: "publish", generation: 1, at: 5 })
    assert.deepStrictEqual(given(extractDecider, ...held, release, release).last, [])
    assert.deepStrictEqual(due(...held, release, publish(1)), { do: "nothing" })
  })

  it("is free when all of its records were mended, by one or more", () => {
    assert.deepStrictEqual(due(...held, add("2"), mends("2", "1", 1)), { do: "end" })
    assert.deepStrictEqual(due(...held, add("2"), mends("2", "1", 1), endRun), { do: "hold", generation: 2 })
    const mended = [...held, add("2"), mends("2", "1", 1), add("3"), mends("3", "1", 1), endRun] as const
    assert.deepStrictEqual(due(...mended), { do: "publish", generation: 2, at: 5 })
    assert.deepStrictEqual(due(...mended, publish(2)), { do: "nothing" })
  })

  it("is not freed by a retry whose own records are quarantined, nor by one of another input's", () => {
    const again = { ...mends("2", "1", 2), quarantined: 1 }
    assert.deepStrictEqual(due(...held, add("2"), again, endRun), { do: "hold", generation: 2 })
    assert.deepStrictEqual(due(...held, add("2"), mends("2", "0", 9), endRun), { do: "hold", generation: 2 })
  })

  it("holds what comes behind what was published, and what was released", () => {
    const late = [add("2"), quarantined("2", 1), endRun] as const
    assert.deepStrictEqual(due(add("1"), settled("1"), endRun, publish(1), ...late), { do: "hold", generation: 2 })
    assert.deepStrictEqual(due(...held, release, publish(1), ...late), { do: "hold", generation: 2 })
  })

  it("can be released while a later generation waits for an input", () => {
    assert.deepStrictEqual(due(...held, add("2")), { do: "hold", generation: 1 })
    assert.deepStrictEqual(due(...held, add("2"), endRun), { do: "hold", generation: 1 })
  })

  it("refuses to release what does not wait for a person, and does nothing where it is published", () => {
    assert.instanceOf(given(extractDecider, release).last, Refused)
    assert.instanceOf(given(extractDecider, add("1"), release).last, Refused)
    assert.instanceOf(given(extractDecider, add("1"), quarantined("1", 1), release).last, Refused)
    assert.deepStrictEqual(given(extractDecider, add("1"), settled("1"), endRun, release).last, [])
    assert.deepStrictEqual(given(extractDecider, add("1"), settled("1"), endRun, publish(1), release).last, [])
  })

  it("reads that an input was settled which it was never told of", () => {
    const { evolve, initial } = extractDecider
    const { inputs } = evolve(initial, { _tag: "InputSettled", input: "1" })
    assert.deepStrictEqual(inputs.get("1"), { generation: 1, settled: true })
  })

  it("publishes generation by generation: one that was begun is shown whole, whatever is closed meanwhile", () => {
    const closed = [add("1"), settled("1"), endRun, add("2"), endRun] as const
    assert.deepStrictEqual(due(...closed), { do: "publish", generation: 1, at: 5 })
    assert.deepStrictEqual(due(...closed, publish(1)), { do: "wait" })
    assert.deepStrictEqual(due(...closed, publish(1), settled("2")), { do: "publish", generation: 2, at: 5 })
    assert.deepStrictEqual(due(...closed, quarantined("2", 1)), { do: "publish", generation: 1, at: 5 })
  })
})

const show = (extract: string, extractAt: number, generation = 1, flow = "ga") =>
  ({ _tag: "Show", flow, extract, extractAt, generation, location: `l/${extract}/g${generation}/`, rows: 1 }) as const

describe("PartitionDecider", () => {
  const { partitionDecider } = PartitionDecider

  it("shows the newest extract, whatever the order of arrival", () => {
    const commands = [show("a", 1), show("b", 2), show("c", 3), show("c", 3, 2)]
    for (const order of permutations(commands)) {
      assert.deepInclude(given(partitionDecider, ...order).state.head, { extract: "c", generation: 2 })
    }
  })

  it("settles a tie by the larger id", () => {
    for (const order of permutations([show("a", 1), show("b", 1)])) {
      assert.deepInclude(given(partitionDecider, ...order).state.head, { extract: "b" })
    }
  })

  it("records once that an extract came too late", () => {
    assert.deepStrictEqual(given(partitionDecider, show("b", 2), show("a", 1)).last, [
      { _tag: "Superseded", flow: "ga", extract: "a", extractAt: 1, generation: 1, location: "l/a/g1/", rows: 1 },
    ])
    assert.deepStrictEqual(given(partitionDecider, show("b", 2), show("a", 1), show("a", 1)).last, [])
  })

  it("does nothing where it is shown already", () => {
    assert.deepStrictEqual(given(partitionDecider, show("a", 1), show("a", 1)).last, [])
    assert.deepStrictEqual(given(partitionDecider, show("a", 1), show("a", 1, 2), show("a", 1)).last, [])
  })

  it("records an earlier generation that comes late: until the later one is published, a query shows it", () => {
    const [late] = given(partitionDecider, show("a", 1, 2), show("a", 1)).last as ReadonlyArray<object>
    assert.deepInclude(late, { _tag: "Superseded", generation: 1 })
  })

  it("refuses a second flow", () => {
    assert.instanceOf(given(partitionDecider, show("a", 1), show("b", 2, 1, "other")).last, Refused)
    assert.instanceOf(given(partitionDecider, show("a", 1), merge("m", "l/a/g1/", "other")).last, Refused)
  })

  it("merges over what is shown, and over nothing else", () => {
    const [first, second] = [merge("m1", undefined), merge("m2", "m1")]
    const { last, state } = given(partitionDecider, first, second)
    const { _tag, over: _, ...merged } = second
    assert.deepStrictEqual(last, [{ _tag: "Merged", ...merged }])
    assert.deepStrictEqual(state.head, { _tag: "Merged", ...merged })
    assert.deepStrictEqual(given(partitionDecider, first, merge("m3", undefined)).last, [])
    assert.deepStrictEqual(given(partitionDecider, merge("m3", "m1")).last, [])
    assert.strictEqual(given(partitionDecider, show("a", 1), merge("m1", "l/a/g1/")).state.head?._tag, "Merged")
  })

  it("is not switched once it was merged", () => {
    assert.instanceOf(given(partitionDecider, merge("m1", undefined), show("b", 2)).last, Refused)
  })

  it("tells a long list in parts", () => {
    const long = {
      ...merge("m1", undefined),
      survivors: Array.from({ length: 65 }, (_, i) => ({ input: `${i}`, rows: 1 })),
    }
    const { last, state } = given(partitionDecider, long)
    assert.deepStrictEqual(
      (last as ReadonlyArray<{ _tag: string }>).map(({ _tag }) => _tag),
      ["MergedPart", "Merged"],
    )
    const { _tag, over: _, ...merged } = long
    assert.deepStrictEqual(state.head, { _tag: "Merged", ...merged })
    assert.deepStrictEqual(state.parts, [])
  })

  it("knows who is shown", () => {
    const { membersOf, withMember } = PartitionDecider
    assert.deepStrictEqual(membersOf(undefined), [])
    const [a, b] = [member("a", 1), member("b", 1)]
    assert.deepStrictEqual(membersOf(given(partitionDecider, show("a", 1)).state.head), [a])
    assert.deepStrictEqual(membersOf(given(partitionDecider, merge("m1", undefined)).state.head), [a])
    assert.deepStrictEqual(withMember([b], a), [a, b])
    assert.deepStrictEqual(withMember([a, b], member("a", 2, 2)), [b, member("a", 2, 2)])
  })
})

const member = (extract: string, extractAt: number, generation = 1) => ({ extract, extractAt, generation })
const merge = (location: string, over: string | undefined, flow = "ga") =>
  ({
    _tag: "Merge",
    over,
    flow,
    location,
    rows: 1,
    members: [member("a", 1)],
    files: [{ path: `${location}1.parquet`, rows: 1, bytes: 1, sha256: "00" }],
    survivors: [{ input: "i", rows: 1 }],
  }) as const

const permutations = <A>(items: ReadonlyArray<A>): ReadonlyArray<ReadonlyArray<A>> =>
  items.length < 2
    ? [items]
    : items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest]))

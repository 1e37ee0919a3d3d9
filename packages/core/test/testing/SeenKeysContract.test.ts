import { describe } from "@effect/vitest"
import * as SeenKeysMemory from "@tributary/core/memory/SeenKeysMemory"
import { SeenKeys } from "@tributary/core/SeenKeys"
import * as SeenKeysContract from "@tributary/core/testing/SeenKeysContract"
import { Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { refuses } from "./refuses.ts"

type Seen = SeenKeys["Service"]

const cases = SeenKeysContract.cases({ prefix: "p/", passTime: TestClock.adjust })

/** The adapter in memory with a fault put over it. */
const faulty = (fault: string, by: string, claim: (seen: Seen) => Seen["claim"]) =>
  refuses(
    fault,
    by,
    cases,
    Layer.effect(
      SeenKeys,
      Effect.map(SeenKeysMemory.make, (seen) => ({ claim: claim(seen) })),
    ),
  )

describe("SeenKeysContract", () => {
  faulty("keeps all flows together", "flows are apart", (seen) => (claim) => seen.claim({ ...claim, flow: "all" }))
  faulty(
    "forgets nothing",
    "a key is free again after the window",
    (seen) => (claim) => seen.claim({ ...claim, windowMs: 86_400_000 }),
  )
  faulty("forgets everything", "another input finds the keys taken", () => () => Effect.succeed([]))
  faulty("does not know an input again", "the same input gets the same answer again", (seen) => {
    let call = 0
    return (claim) => seen.claim({ ...claim, inputId: `${claim.inputId}-${call++}` })
  })
  faulty(
    "overlooks keys that stand twice",
    "a key that stands twice in a claim is a duplicate the second time",
    (seen) => (claim) =>
      Effect.map(seen.claim(claim), (positions) =>
        positions.filter((at) => claim.keys.indexOf(claim.keys[at]!) === at),
      ),
  )
  faulty(
    "gives no key where one is taken",
    "answers positions among the keys given, and gives the free ones to the claimer",
    () => {
      const owners = new Map<string, string>()
      return ({ inputId, keys }) =>
        Effect.sync(() => {
          const taken = keys.flatMap((key, at) => ((owners.get(key) ?? inputId) === inputId ? [] : [at]))
          if (taken.length === 0) for (const key of keys) owners.set(key, inputId)
          return taken
        })
    },
  )
  faulty("claims a key at a time, and looks first", "of concurrent claims each key goes to exactly one input", () => {
    const owners = new Map<string, string>()
    return ({ inputId, keys }) =>
      Effect.gen(function* () {
        const positions: Array<number> = []
        for (const [at, key] of keys.entries()) {
          const owner = owners.get(key)
          yield* Effect.yieldNow
          if (owner !== undefined && owner !== inputId) positions.push(at)
          else owners.set(key, inputId)
        }
        return positions
      })
  })
  faulty("takes input and key as one name", "names of inputs and keys do not run into each other", () => {
    const seen = new Set<string>()
    return ({ inputId, keys }) =>
      Effect.sync(() =>
        keys.flatMap((key, at) => {
          if (seen.has(`${inputId}/${key}`)) return [at]
          seen.add(`${inputId}/${key}`)
          return []
        }),
      )
  })
  faulty(
    "takes the first hundred keys only",
    "a claim may have many keys",
    (seen) => (claim) => seen.claim({ ...claim, keys: claim.keys.slice(0, 100) }),
  )
  faulty("keeps the window of the first claim", "the window is the claimer's", (seen) => {
    const windows = new Map<string, number>()
    return (claim) => {
      const windowMs = Math.max(claim.windowMs, ...claim.keys.map((key) => windows.get(key) ?? 0))
      for (const key of claim.keys) windows.set(key, windowMs)
      return seen.claim({ ...claim, windowMs })
    }
  })
})

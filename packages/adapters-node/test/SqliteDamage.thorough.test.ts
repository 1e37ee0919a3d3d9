/**
 * A journal that was cut, or in which a bit has flipped. By default a sample of all places, another one each time; its seed is printed.
 *
 * - `TRIBUTARY_DAMAGE_SEED=N` repeats a sample.
 * - `TRIBUTARY_DAMAGE=all` goes through every byte and every bit of it: some minutes.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Found, keys, makeSample, place, type Sample, use } from "./support/damagedJournal.ts"

const all = process.env["TRIBUTARY_DAMAGE"] === "all"
const seed = Number(process.env["TRIBUTARY_DAMAGE_SEED"] ?? Math.floor(Math.random() * 1e9))
const timeout = all ? 3_600_000 : 30_000

/** Numbers below `below` that are the same for the same seed (xorshift32). */
const numbers = (start: number) => {
  let state = (start * 0x9e3779b1) | 1
  return (below: number): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i)

/** Every number, or all from `from` on and `count` of those before. */
const sampled = (end: number, from: number, count: number): ReadonlyArray<number> => {
  if (all) return upTo(end)
  const next = numbers(seed)
  return [...new Set([...upTo(count).map(() => next(from)), ...upTo(end - from).map((i) => from + i)])]
}

const flipped = (bytes: Uint8Array, bit: number): Uint8Array => {
  const copy = Uint8Array.from(bytes)
  copy[bit >> 3]! ^= 1 << (bit & 7)
  return copy
}

describe(`a damaged journal (seed ${seed})`, () => {
  // In memory where there is such a folder: fsync is most of the time else.
  const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "tributary-damage-"))
  let closed: Sample
  let killed: Sample & { readonly wal: Buffer }
  const pageBytes = 512
  const frameBytes = pageBytes + 24

  beforeAll(() =>
    Effect.runPromise(
      Effect.gen(function* () {
        closed = yield* makeSample(folder, false)
        const { wal, ...sample } = yield* makeSample(folder, true)
        assert.isDefined(wal)
        killed = { ...sample, wal }
      }),
    ),
  )
  afterAll(() => rmSync(folder, { recursive: true }))

  const examine = (main: Uint8Array, wal: Uint8Array | undefined, sample: Sample, what: string) =>
    use(place(folder, main, wal), sample, `${what} (seed ${seed})`)

  const isWhole = ({ duplicates, refused, seen }: Found, sample: Sample): boolean =>
    !refused && seen === sample.events.length && duplicates === keys.length
  /** What was answered is whole, whatever was refused. */
  const mustBeSafe = (found: Found, sample: Sample, what: string): void => {
    assert.include([undefined, sample.events.length], found.seen, `${what}: events`)
    assert.include([undefined, keys.length], found.duplicates, `${what}: keys`)
    assert.isTrue(found.refused || isWhole(found, sample), what)
  }

  it.live("without any damage holds everything", () =>
    Effect.gen(function* () {
      assert.isTrue(isWhole(yield* examine(closed.main, undefined, closed, "closed"), closed))
      assert.isTrue(isWhole(yield* examine(killed.main, killed.wal, killed, "killed"), killed))
    }),
  )

  it.live(
    "that was cut is refused, unless nothing was in the part cut off",
    () =>
      Effect.gen(function* () {
        const { length } = closed.main
        for (const cut of [...sampled(length, length - pageBytes - 2, 200), 0, 1, 99, 100, pageBytes]) {
          const found = yield* examine(closed.main.subarray(0, cut), undefined, closed, `cut at ${cut}`)
          mustBeSafe(found, closed, `cut at ${cut}`)
          // A page may end with free space; but no page is free.
          if (cut <= length - pageBytes) assert.isUndefined(found.seen, `cut at ${cut}`)
        }
      }),
    timeout,
  )

  it.live(
    "with a flipped bit holds everything, or is refused",
    () =>
      Effect.gen(function* () {
        const bits = closed.main.length * 8
        let silent = 0
        const places = all
          ? upTo(bits)
          : [...upTo(100).map((byte) => byte * 8 + (seed % 8)), ...sampled(bits, bits, 600)]
        for (const bit of places) {
          const found = yield* examine(flipped(closed.main, bit), undefined, closed, `bit ${bit} flipped`)
          mustBeSafe(found, closed, `bit ${bit} flipped`)
          if (!found.refused) silent++
        }
        // Much of so small a file is free space.
        assert.isBelow(silent, places.length * 0.8)
      }),
    timeout,
  )

  it.live(
    "whose log was cut holds exactly the appends before the cut",
    () =>
      Effect.gen(function* () {
        const { length } = killed.wal
        for (const cut of [...sampled(length, length - frameBytes, 150), 0, 31, 32, 33]) {
          const found = yield* examine(killed.main, killed.wal.subarray(0, cut), killed, `log cut at ${cut}`)
          const appends = killed.walLengths.filter((end) => end <= cut).length
          const duplicates = killed.claimed <= cut ? keys.length : 0
          const seen = killed.ends[appends - 1] ?? 0
          assert.deepStrictEqual(found, { seen, duplicates, refused: false }, `log cut at ${cut}`)
        }
      }),
    timeout,
  )

  it.live(
    "in whose log a bit has flipped is refused, or lacks the last append at most",
    () =>
      Effect.gen(function* () {
        const bits = killed.wal.length * 8
        const [beforeLast, last] = [killed.walLengths.at(-2)!, killed.walLengths.at(-1)!]
        assert.strictEqual(last, killed.wal.length)
        // One bit of one byte in four of each frame's header.
        const headers = upTo(Math.floor(killed.wal.length / frameBytes)).flatMap((frame) =>
          upTo(6).map((i) => (32 + frame * frameBytes + i * 4 + (seed % 4)) * 8 + (seed % 8)),
        )
        const places = all ? upTo(bits) : [...upTo(32 * 8), ...headers, ...sampled(bits, bits, 300)]
        for (const bit of places) {
          const found = yield* examine(killed.main, flipped(killed.wal, bit), killed, `bit ${bit} of the log flipped`)
          const allowed = bit < beforeLast * 8 ? [undefined] : [undefined, killed.ends.at(-2)]
          assert.include(allowed, found.seen, `bit ${bit} of the log flipped`)
        }
      }),
    timeout,
  )

  it.live(
    "with a flipped bit and a log beside it holds everything, or is refused",
    () =>
      Effect.gen(function* () {
        const bits = killed.main.length * 8
        for (const bit of sampled(bits, bits, 200)) {
          const found = yield* examine(flipped(killed.main, bit), killed.wal, killed, `bit ${bit} flipped`)
          mustBeSafe(found, killed, `bit ${bit} flipped`)
        }
      }),
    timeout,
  )
})

/** Inputs that are small and become large, each through the command line with a heap of 192 MB. Alone: `npm run test:bombs`. */
import { assert, beforeAll, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { closeSync, ftruncateSync, openSync } from "node:fs"
import { join } from "node:path"
import { createGzip } from "node:zlib"
import { ended, folder, type Item, json, run, start, write } from "./support/cli.ts"

const GiB = 1024 ** 3

/** Prints the most memory that the process ever had, in KiB. */
const hook = `import { writeSync } from "node:fs"; process.on("exit", () => writeSync(2, "maxRSS " + process.resourceUsage().maxRSS))`
const node = ["--max-old-space-size=192", "--import", `data:text/javascript,${encodeURIComponent(hook)}`]

const maxRss = 256 * 1000 * 1000

/** One gzip member of so many equal bytes. */
const member = async (bytes: number, byte = 0): Promise<Uint8Array> => {
  const gzip = createGzip({ level: 9 })
  const pieces: Array<Buffer> = []
  gzip.on("data", (piece: Buffer) => pieces.push(piece))
  const block = Buffer.alloc(1024 * 1024, byte)
  for (let left = bytes; left > 0; left -= block.length) {
    if (!gzip.write(left < block.length ? block.subarray(0, left) : block))
      await new Promise((resolve) => gzip.once("drain", resolve))
  }
  gzip.end()
  await new Promise((resolve) => gzip.once("end", resolve))
  return Buffer.concat(pieces)
}

let zeros: Uint8Array = new Uint8Array(0)

/** Ten gigabytes in ten megabytes. */
const bomb = () => Buffer.concat(Array.from({ length: 10 }, () => zeros))

/** Carries one file; answers what was quarantined, how long it took and how much memory. */
const carry = Effect.fnUntraced(function* (flow: string, file: string) {
  const lake = ["--lake", `${file}.lake`]
  const started = performance.now()
  const child = start(["ingest", flow, file, ...lake, "--format", "json"], { node })
  const { code, err, out } = yield* Effect.promise(() => ended(child))
  const seconds = (performance.now() - started) / 1000
  assert.strictEqual(code, 0, err)
  const rss = Number(/maxRSS (\d+)/.exec(err)?.[1]) * 1024
  assert.isBelow(rss, maxRss)
  const { items } = yield* json<{ readonly items: ReadonlyArray<Item> }>(["quarantine", "list", ...lake])
  assert.deepInclude(JSON.parse(out), { inputs: 1, records: items.length, quarantined: items.length })
  assert.isTrue((yield* json<{ readonly balanced: boolean }>(["ledger", ...lake])).balanced)
  return {
    items: items.map(({ position, reason }) => `${position}: ${reason}`),
    seconds,
    rss,
    lake,
    ids: items.map(({ id }) => id),
  }
})

describe("a bomb", { timeout: 60_000 }, () => {
  beforeAll(async () => {
    zeros = await member(GiB)
  }, 60_000)

  it.live("of ten gigabytes is refused whole, within two seconds of the limit of an object", () =>
    Effect.gen(function* () {
      const root = yield* folder
      // Exactly as much as an object may have: read to its end.
      write(root, { limit: Buffer.concat([zeros, zeros, zeros, zeros]), bomb: bomb() })
      const limit = yield* carry("ga", join(root, "limit"))
      assert.deepStrictEqual(limit.items, ["line 1: TooLarge"])
      const refused = yield* carry("ga", join(root, "bomb"))
      assert.deepStrictEqual(refused.items, ["whole input: TooLarge"])
      assert.isBelow(refused.seconds - limit.seconds, 2)
      const shown = yield* run(["quarantine", "show", refused.ids[0]!, ...refused.lake])
      assert.strictEqual(shown.code, 0)
    }),
  )

  it.live("of ten gigabytes is refused as logs too", () =>
    Effect.gen(function* () {
      const root = yield* folder
      write(root, { bomb: bomb() })
      const refused = yield* carry("logs", join(root, "bomb"))
      assert.deepStrictEqual(refused.items, ["whole input: TooLarge"])
    }),
  )

  it.live("of a CloudWatch payload, 700 MB in one of base64, costs itself alone", () =>
    Effect.gen(function* () {
      const root = yield* folder
      const data = Buffer.from(yield* Effect.promise(() => member(700 * 1000 * 1000))).toString("base64")
      assert.isBelow(data.length, 1_000_000)
      write(root, { payload: `${JSON.stringify({ awslogs: { data } })}\n{"hello":1}\n` })
      const { items, seconds } = yield* carry("logs", join(root, "payload"))
      assert.deepStrictEqual(items, ["document 1: TooLarge", "document 2: UnknownShape"])
      assert.isBelow(seconds, 10)
    }),
  )

  for (const [flow, position] of [
    ["ga", "line 1"],
    ["logs", "document 1"],
  ] as const) {
    it.live(`of one line of a gigabyte is refused as ${flow}`, () =>
      Effect.gen(function* () {
        const file = join(yield* folder, "line")
        const handle = openSync(file, "w")
        ftruncateSync(handle, GiB)
        closeSync(handle)
        assert.deepStrictEqual((yield* carry(flow, file)).items, [`${position}: TooLarge`])
      }),
    )

    it.live(`of 200,000 levels is refused as ${flow}, and so is one that never closes`, () =>
      Effect.gen(function* () {
        const root = yield* folder
        const deep = "[".repeat(200_000)
        write(root, { closed: `{"a":${deep}${"]".repeat(200_000)}}`, open: `{"a":${deep}` })
        for (const name of ["closed", "open"])
          assert.deepStrictEqual((yield* carry(flow, join(root, name))).items, [`${position}: TooDeep`])
      }),
    )

    it.live(`of 256 MiB of empty lines has no records as ${flow}`, () =>
      Effect.gen(function* () {
        const root = yield* folder
        write(root, { lines: yield* Effect.promise(() => member(GiB / 4, 0x0a)) })
        assert.deepStrictEqual((yield* carry(flow, join(root, "lines"))).items, [])
      }),
    )
  }
})

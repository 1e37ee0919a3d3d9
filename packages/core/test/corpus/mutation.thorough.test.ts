import type { Compression } from "@tributary/core/Compression"
import type { Digest } from "@tributary/core/Digest"
import * as LogReader from "@tributary/core/flow/LogReader"
import type { RecordReader } from "@tributary/core/flow/RecordReader"
import * as ReportReader from "@tributary/core/flow/ReportReader"
import { gaFlow, gaSample } from "@tributary/core/GaFlow"
import * as Json from "@tributary/core/json/Json"
import { defaultLimits } from "@tributary/core/Limits"
import { logEvents, logsFlow } from "@tributary/core/LogsFlow"
import * as CompressionMemory from "@tributary/core/memory/CompressionMemory"
import * as DigestMemory from "@tributary/core/memory/DigestMemory"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { gunzipSync, gzipSync } from "node:zlib"
import { collect } from "../flow/collect.ts"
import { event, goodEvent, joined, line, payload, runPage, runRow, uaPage, uaRow } from "./Case.ts"

/**
 * Good inputs, changed at random, the same way every time for the same seed. More of them:
 * `CORPUS_MUTATIONS=1000000 CORPUS_SEED=7 npm run test:thorough -- packages/core/test/corpus/mutation.thorough.test.ts`.
 */
const wanted = Number(process.env["CORPUS_MUTATIONS"] ?? 20_000)
const firstSeed = Number(process.env["CORPUS_SEED"] ?? 1)

/** A second for every thousand is plenty, and then some. */
const timeout = 60_000 + wanted * 5

const random = (seed: number) => {
  let state = Math.imul(seed, 0x9e3779b1) | 1
  return (below: number): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}
type Random = ReturnType<typeof random>

/** What breaks readers: brackets, quotes, escapes, digits, marks, bytes that are no UTF-8, names of prototypes. */
const splinters: ReadonlyArray<Uint8Array> = [
  "{",
  "}",
  "[",
  "]",
  '"',
  ",",
  ":",
  "\\",
  "0",
  "-",
  ".",
  "e",
  "E",
  " ",
  "\n",
  "\r",
  "\t",
  "\0",
  "\\u",
  "\\ud800",
  "\\udc00",
  "\\u0000",
  "null",
  "true",
  "NaN",
  "Infinity",
  "1e999",
  "-0",
  "01",
  "0x",
  "[[[[[[[[[[[[[[[[",
  "}}}}",
  '{"a":',
  '""',
  '"__proto__":',
  '"constructor":{},',
  "9223372036854775808",
  "\ufeff",
  "\u2028",
  "😀",
  "reports",
  "logEvents",
  "dateHour",
  "awslogs",
  "\n{",
  "}\n{",
  [0xff],
  [0xc0, 0x80],
  [0xed, 0xa0, 0x80],
  [0x1f, 0x8b],
].map((piece) => Uint8Array.from(Buffer.from(piece as string)))

const mutate = (input: Uint8Array, pick: Random, from = 0): Uint8Array => {
  let bytes = input
  for (let rounds = 1 + pick(3); rounds > 0; rounds--) {
    const room = Math.max(1, bytes.length - from)
    const at = Math.min(bytes.length, from + pick(room))
    const until = Math.min(bytes.length, at + 1 + pick(20))
    const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at)]
    switch (pick(7)) {
      case 0:
        bytes = bytes.map((byte, i) => (i === at ? byte ^ (1 << pick(8)) : byte))
        break
      case 1:
        bytes = bytes.map((byte, i) => (i === at ? pick(256) : byte))
        break
      case 2:
        bytes = head
        break
      case 3:
        bytes = joined(head, bytes.subarray(until))
        break
      case 4:
        bytes = joined(head, splinters[pick(splinters.length)]!, tail)
        break
      case 5:
        bytes = joined(head, splinters[pick(splinters.length)]!, bytes.subarray(until))
        break
      default: {
        const other = from + pick(room)
        bytes = joined(head, bytes.subarray(other, other + pick(60)), tail)
      }
    }
  }
  return bytes
}

const services: { readonly compression: Compression["Service"]; readonly digest: Digest["Service"] } = {
  compression: CompressionMemory.make,
  digest: DigestMemory.make,
}

/** Everything a reader says of some bytes, which come cut at random. */
const read = (flow: "ga" | "logs", bytes: Uint8Array, pick: Random) => {
  const found = collect(flow === "ga" ? gaSample : logEvents)
  const reader: RecordReader =
    flow === "ga"
      ? ReportReader.make(gaFlow, defaultLimits, found.output)
      : LogReader.make(logsFlow, defaultLimits, services, new Set(), found.output)
  for (let at = 0; at < bytes.length;) {
    const until = at + 1 + pick(pick(4) === 0 ? 7 : bytes.length)
    Effect.runSync(reader.push(bytes.slice(at, until)))
    at = until
  }
  Effect.runSync(reader.end)
  return found
}

const fields = (n: number) => ({
  hour: `"20260102${String(n % 24).padStart(2, "0")}"`,
  device: `"d${n}"`,
  users: `"${n}"`,
})
const numbers = Array.from({ length: 6 }, (_, n) => n)
const lines = numbers.map((n) => `${line(fields(n))}\n`).join("")
const seeds: ReadonlyArray<readonly [flow: "ga" | "logs", input: Uint8Array]> = [
  ["ga", Buffer.from(lines)],
  ["ga", Buffer.from(uaPage(...numbers.map((n) => uaRow(fields(n)))))],
  ["ga", Buffer.from(numbers.map((n) => `${uaPage(uaRow(fields(n)))}\n`).join(""))],
  ["ga", Buffer.from(JSON.stringify(JSON.parse(runPage(...numbers.map((n) => runRow(fields(n))))), null, 1))],
  ["logs", Buffer.from(payload(numbers.map((n) => event(goodEvent(n)))))],
  ["logs", Buffer.from(numbers.map((n) => `${payload([event(goodEvent(n))])}\n`).join(""))],
  [
    "logs",
    Buffer.from(
      numbers
        .slice(0, 2)
        .map(
          (n) =>
            `${JSON.stringify({ awslogs: { data: gzipSync(payload([event(goodEvent(n))])).toString("base64") } })}\n`,
        )
        .join(""),
    ),
  ],
].map(([flow, input]) => [flow as "ga" | "logs", Uint8Array.from(input as Uint8Array)])

const own = () =>
  [Object.prototype, Array.prototype, Map.prototype].map((value) => Reflect.ownKeys(value).length).join()

/** How many of `wanted` a test takes, and a failure that says which one it was. */
const each = (share: number, body: (pick: Random, seed: number) => void) => {
  const count = Math.ceil(wanted * share)
  for (let seed = firstSeed; seed < firstSeed + count; seed++) {
    try {
      body(random(seed), seed)
    } catch (cause) {
      throw new Error(`seed ${seed}; again with: CORPUS_MUTATIONS=1 CORPUS_SEED=${seed}`, { cause })
    }
  }
}

const isBlank = (bytes: Uint8Array) =>
  bytes.every((byte) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09)

/** Every byte that is no white space stands in a record's line, so a file that is not blank has records, and each line has its own. */
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
const parsed = (bytes: Uint8Array): { readonly value: unknown } | undefined => {
  try {
    return { value: JSON.parse(strict.decode(bytes)) }
  } catch {
    return undefined
  }
}

describe("mutations of good input", () => {
  it(
    "never throw, and give the same records however the bytes are cut",
    () => {
      const prototypes = own()
      each(0.4, (pick) => {
        const [flow, input] = seeds[pick(seeds.length)]!
        const bytes = mutate(input, pick)
        const found = read(flow, bytes, pick)
        const whole = read(flow, bytes, () => 1e9)
        assert.deepStrictEqual(
          [found.rows, found.rejected, found.bytes, found.counts],
          [whole.rows, whole.rejected, whole.bytes, whole.counts],
        )
        const positions = found.rejected.map(([position]) => position)
        assert.strictEqual(new Set(positions).size, positions.length)
        assert.isTrue(
          isBlank(bytes) ||
            bytes.length < 4 ||
            found.rows.length + positions.length + found.counts.filtered > 0 ||
            parsed(bytes) !== undefined,
        )
      })
      assert.strictEqual(own(), prototypes)
    },
    timeout,
  )

  it(
    "leave the lines before them as they were",
    () => {
      each(0.2, (pick) => {
        const kept = pick(6)
        const from = lines.split("\n").slice(0, kept).join("\n").length + (kept === 0 ? 0 : 1)
        const found = read("ga", mutate(Buffer.from(lines), pick, from), pick)
        const expected = read("ga", Buffer.from(lines.slice(0, from)), pick).rows
        assert.deepStrictEqual(found.rows.slice(0, kept), expected)
      })
    },
    timeout,
  )

  it(
    "become rows where JSON.parse and the table say so, line by line, and are rejected with their bytes elsewhere",
    () => {
      each(0.2, (pick) => {
        // Behind a first line that stays, so that it is lines.
        const head = `${line(fields(0))}\n`
        const text = lines.slice(head.length, head.length + 2 * 75)
        const bytes = joined(head, mutate(Buffer.from(text), pick))
        const found = read("ga", bytes, pick)
        let rows = 0
        const rejected: Array<string> = []
        for (const own of split(bytes)) {
          if (isBlank(own)) continue
          if (severalObjects(own)) return
          const json = parsed(own)
          if (json !== undefined && isRow(json.value)) rows++
          else rejected.push(Buffer.from(own).toString())
        }
        assert.deepStrictEqual([found.rows.length, found.bytes], [rows, rejected])
      })
    },
    timeout,
  )

  it(
    "are JSON where JSON.parse says so, with the same value",
    () => {
      const texts = [
        lines.split("\n")[0]!,
        uaPage(uaRow(fields(1))),
        '{"a":[1.5e-3,-0,0.1,"\\u00e9\\n",true,null,{}],"b":{"c":[]}}',
        '[123,-1E+2,"😀\\ud83d"]',
      ]
      each(0.2, (pick) => {
        const bytes = mutate(Buffer.from(texts[pick(texts.length)]!), pick)
        const text = Buffer.from(bytes).toString()
        const read = Json.parse(text, 100)
        let expected: { readonly value: unknown } | undefined
        try {
          expected = { value: JSON.parse(text) }
        } catch {
          expected = undefined
        }
        if ("failure" in read) assert.isTrue(expected === undefined || read.failure === "TooDeep", text)
        else assert.deepStrictEqual(Json.toUnknown(read.node), expected?.value, text)
      })
    },
    timeout,
  )

  it(
    "of gzip are read or refused as zlib does",
    () => {
      const text = Buffer.from(lines.slice(0, 200))
      const whole = [
        gzipSync(text),
        gzipSync(text, { strategy: 4 }),
        gzipSync(text, { level: 0 }),
        joined(gzipSync(text), gzipSync(text)),
      ]
      each(0.05, (pick) => {
        const bytes = mutate(whole[pick(whole.length)]!, pick)
        // Of a header that is both wrong and cut, zlib says the other thing.
        if (bytes.length < 10) return
        const mine = Effect.runSync(Effect.result(CompressionMemory.make.inflateBytes(bytes, 1e9)))
        const zlibs = gunzip(bytes)
        // Node stops without a word at what stands behind the last member.
        if (mine._tag === "Failure" && mine.failure.reason === "BadEncoding" && zlibs.kind === "read") return
        assert.deepStrictEqual(
          mine._tag === "Success" ? Buffer.from(mine.success).toString("hex") : mine.failure.reason,
          zlibs.kind === "read" ? zlibs.hex : zlibs.reason,
        )
      })
    },
    timeout,
  )
})

function* split(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start <= bytes.length;) {
    const end = bytes.indexOf(0x0a, start)
    yield bytes.subarray(start, end === -1 ? bytes.length : end)
    if (end === -1) return
    start = end + 1
  }
}

/** Objects one behind the other on a line are records of their own: told elsewhere. */
const severalObjects = (bytes: Uint8Array): boolean => /\}[ \t\r]*\{/.test(Buffer.from(bytes).toString())

const names: Readonly<Record<string, "hour" | "device" | "users">> = {
  dateHour: "hour",
  "ga:dateHour": "hour",
  deviceCategory: "device",
  "ga:deviceCategory": "device",
  users: "users",
  "ga:users": "users",
  activeUsers: "users",
  totalUsers: "users",
}

/** What the seed table takes, said once more, in the plainest way. */
const isRow = (value: unknown): boolean => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false
  const cells = new Map<string, unknown>()
  for (const [name, cell] of Object.entries(value)) {
    const column = Object.hasOwn(names, name) ? names[name]! : undefined
    if (column === undefined || cells.has(column)) return false
    cells.set(column, cell)
  }
  const device = cells.get("device")
  return typeof device === "string" && device.isWellFormed() && isHour(cells.get("hour")) && isCount(cells.get("users"))
}

const isHour = (value: unknown): boolean => {
  const text = typeof value === "number" ? String(value) : value
  if (typeof text !== "string" || !/^[0-9]{10}$/.test(text)) return false
  const iso = `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6, 8)}T${text.slice(8)}:00:00.000Z`
  const time = new Date(iso)
  return text >= "0001" && !Number.isNaN(time.getTime()) && time.toISOString() === iso
}

const isCount = (value: unknown): boolean => {
  if (typeof value === "number") return Number.isInteger(value) && Math.abs(value) < 2 ** 63
  return typeof value === "string" && /^-?[0-9]+$/.test(value) && BigInt.asIntN(64, BigInt(value)) === BigInt(value)
}

const gunzip = (bytes: Uint8Array) => {
  try {
    return { kind: "read", hex: gunzipSync(bytes).toString("hex") } as const
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return { kind: "refused", reason: code === "Z_BUF_ERROR" ? "Truncated" : "BadEncoding" } as const
  }
}

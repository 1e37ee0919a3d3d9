/**
 * gzip and zlib: cut at every byte, each field of header and trailer wrong, members, and what stands behind.
 *
 * The bytes are laid down by hand in stored blocks, so that they are the same everywhere and each byte's meaning is known.
 */
import type { QuarantineReason } from "@tributary/core/QuarantineReason"
import { crc32, deflateSync, gzipSync } from "node:zlib"
import {
  after,
  afterFields,
  before,
  type Case,
  event,
  goodEvent,
  goodFields,
  goodLogRow,
  joined,
  line,
  logDocument,
  payload,
  uaPage,
  uaRow,
} from "./Case.ts"

const little = (value: number, bytes: number) => Uint8Array.from({ length: bytes }, (_, i) => (value >>> (8 * i)) & 255)

/** One stored block (RFC 1951, 3.2.4). */
const stored = (content: Uint8Array, last = true): Uint8Array =>
  joined(Uint8Array.of(last ? 1 : 0), little(content.length, 2), little(content.length ^ 0xffff, 2), content)

const gzip = (
  text: string | Uint8Array,
  options: { readonly flags?: number; readonly fields?: Uint8Array } = {},
): Uint8Array => {
  const content = Buffer.from(text)
  const head = Uint8Array.of(0x1f, 0x8b, 8, options.flags ?? 0, 0, 0, 0, 0, 0, 255)
  return joined(head, options.fields ?? "", stored(content), little(crc32(content), 4), little(content.length, 4))
}

const zlibOf = (text: string): Uint8Array => {
  let [a, b] = [1, 0]
  for (const byte of Buffer.from(text)) [a, b] = [(a + byte) % 65521, (b + a + byte) % 65521]
  return joined(Uint8Array.of(0x78, 0x01), stored(Buffer.from(text)), Uint8Array.of(b >> 8, b & 255, a >> 8, a & 255))
}

const withByte = (bytes: Uint8Array, at: number, change: (byte: number) => number): Uint8Array =>
  bytes.map((byte, i) => (i === (at + bytes.length) % bytes.length ? change(byte) : byte))

const text = `${line(goodFields)}\n${line(afterFields)}\n`
const both = [before, after]
const whole = gzip(text)

const good = (name: string, input: Uint8Array, rows: Case["rows"] = both, filtered = 0): Case => ({
  name,
  flow: "ga",
  input: () => input,
  rows,
  rejected: [],
  filtered,
})

/** Nothing of it is written: the input is one record, with all its bytes. */
const refused = (name: string, input: Uint8Array, reason: QuarantineReason, limits?: Case["limits"]): Case => ({
  name,
  flow: "ga",
  input: () => input,
  rows: [],
  rejected: [["whole input", reason, input]],
  ...(limits === undefined ? {} : { limits }),
})

const envelope = (data: Uint8Array | string): string =>
  JSON.stringify({ awslogs: { data: typeof data === "string" ? data : Buffer.from(data).toString("base64") } })
const logText = payload([event(goodEvent(2))])
const logGzip = gzip(logText)
const logZlib = zlibOf(logText)

const optional = {
  FEXTRA: { flags: 4, fields: joined(little(5, 2), "extra") },
  FNAME: { flags: 8, fields: joined("ga/../report.json\0") },
  FCOMMENT: { flags: 16, fields: joined("a comment\0") },
  FTEXT: { flags: 1, fields: new Uint8Array(0) },
}
const headerCrc = (fields: Uint8Array) =>
  little(crc32(joined(Uint8Array.of(0x1f, 0x8b, 8, 2, 0, 0, 0, 0, 0, 255), fields)) & 0xffff, 2)

const bomb = gzipSync(logText + " ".repeat(5000))

const flips = [1, 2, 4, 8, 16, 32, 64, 128]

export const cases: ReadonlyArray<Case> = [
  good("whole", whole),
  ...Array.from({ length: whole.length - 2 }, (_, i) =>
    refused(`cut behind byte ${i + 2}`, whole.slice(0, i + 2), "Truncated"),
  ),
  {
    ...good("cut behind byte 1: no gzip", whole.slice(0, 1), []),
    rejected: [["line 1", "NotJson", whole.slice(0, 1)]],
  },
  good("cut behind nothing", whole.slice(0, 0), []),
  ...Object.entries(optional).flatMap(([name, option]) => {
    const bytes = gzip(text, option)
    return [
      good(`with ${name}`, bytes),
      ...Array.from({ length: option.fields.length }, (_, i) =>
        refused(`with ${name}, cut in the header at ${10 + i}`, bytes.slice(0, 10 + i), "Truncated"),
      ),
    ]
  }),
  good(
    "with all optional fields",
    gzip(text, { flags: 29, fields: joined(optional.FEXTRA.fields, optional.FNAME.fields, optional.FCOMMENT.fields) }),
  ),
  good("with a header CRC", gzip(text, { flags: 2, fields: headerCrc(new Uint8Array(0)) })),
  refused("with a wrong header CRC", gzip(text, { flags: 2, fields: Uint8Array.of(1, 2) }), "BadEncoding"),
  refused("an extra field longer than the file", gzip(text, { flags: 4, fields: little(65535, 2) }), "Truncated"),
  refused(
    "a name without an end",
    joined(whole.slice(0, 3), Uint8Array.of(8), whole.slice(4, 10), "x".repeat(500)),
    "Truncated",
  ),
  ...[0, 1, 7, 9, 15, 255].map((method) =>
    refused(
      `compression method ${method}`,
      withByte(whole, 2, () => method),
      "BadEncoding",
    ),
  ),
  ...[32, 64, 128, 224].map((flags) =>
    refused(
      `reserved flags ${flags}`,
      withByte(whole, 3, () => flags),
      "BadEncoding",
    ),
  ),
  ...[4, 5, 6, 7, 8, 9].map((at) =>
    good(
      `byte ${at} of the header, which says nothing`,
      withByte(whole, at, (byte) => byte ^ 0xff),
    ),
  ),
  refused(
    "block type 3",
    withByte(whole, 10, () => 7),
    "BadEncoding",
  ),
  ...[11, 12, 13, 14].map((at) =>
    refused(
      `length of the block, byte ${at}`,
      withByte(whole, at, (byte) => byte ^ 1),
      "BadEncoding",
    ),
  ),
  ...flips.map((bit) =>
    refused(
      `content, bit ${bit}`,
      withByte(whole, 40, (byte) => byte ^ bit),
      "BadEncoding",
    ),
  ),
  ...[-8, -7, -6, -5].flatMap((at) =>
    flips.map((bit) =>
      refused(
        `CRC, byte ${at + 8}, bit ${bit}`,
        withByte(whole, at, (byte) => byte ^ bit),
        "BadEncoding",
      ),
    ),
  ),
  ...[-4, -3, -2, -1].flatMap((at) =>
    flips.map((bit) =>
      refused(
        `length, byte ${at + 4}, bit ${bit}`,
        withByte(whole, at, (byte) => byte ^ bit),
        "BadEncoding",
      ),
    ),
  ),
  refused("no last block", joined(whole.slice(0, 10), stored(Buffer.from(text), false)), "Truncated"),
  good(
    "two blocks",
    joined(
      whole.slice(0, 10),
      stored(Buffer.from(text.slice(0, 30)), false),
      stored(Buffer.from(text.slice(30))),
      whole.slice(-8),
    ),
  ),
  good(
    "a hundred empty blocks",
    joined(
      whole.slice(0, 10),
      ...Array.from({ length: 100 }, () => stored(new Uint8Array(0), false)),
      stored(Buffer.from(text)),
      whole.slice(-8),
    ),
  ),

  good("nothing in it", gzip(""), []),
  good("white space in it", gzip(" \n\r\n"), []),
  good("a byte order mark in it", gzip(`\ufeff${text}`)),
  good("a page in it", gzip(uaPage(uaRow(goodFields))), [before], 1),
  good("deflated by zlib", gzipSync(text)),
  good(
    "deflated by zlib, level 9",
    gzipSync(text.repeat(500), { level: 9 }),
    Array.from({ length: 500 }, () => both).flat(),
  ),

  good("two members", joined(gzip(`${line(goodFields)}\n`), gzip(line(afterFields)))),
  good("a line over two members", joined(gzip(text.slice(0, 40)), gzip(text.slice(40)))),
  good("a character over two members", joined(gzip(text.slice(0, 40)), gzip(text.slice(40, 41)), gzip(text.slice(41)))),
  good(
    "three hundred members",
    joined(...Array.from({ length: 300 }, (_, i) => gzip(i === 0 ? text.slice(0, -1) : "\n"))),
  ),
  good("empty members between", joined(gzip(""), gzip(text.slice(0, 40)), gzip(""), gzip(text.slice(40)), gzip(""))),
  good("zeros behind it are padding", joined(whole, new Uint8Array(1000))),
  ...[1, 2, 5, 9, 10, 12, 20, 60].map((length) =>
    refused(`a second member cut behind ${length}`, joined(whole, whole.slice(0, length)), "Truncated"),
  ),
  refused(
    "a second member with a wrong CRC",
    joined(
      whole,
      withByte(whole, -8, (byte) => byte ^ 1),
    ),
    "BadEncoding",
  ),
  refused(
    "a second member with a wrong length",
    joined(
      whole,
      withByte(whole, -1, (byte) => byte ^ 1),
    ),
    "BadEncoding",
  ),
  refused(
    "a second member of another method",
    joined(
      whole,
      withByte(whole, 2, () => 9),
    ),
    "BadEncoding",
  ),
  refused(
    "a first member with a wrong CRC",
    joined(
      withByte(whole, -8, (byte) => byte ^ 1),
      whole,
    ),
    "BadEncoding",
  ),
  refused("zlib behind gzip", joined(whole, zlibOf(text)), "BadEncoding"),
  ...["\n", "x", "{}", text, "\u0001", "PK\x03\x04"].map((tail) =>
    refused(`garbage behind it: ${tail.slice(0, 5)}`, joined(whole, tail), "BadEncoding"),
  ),
  refused("zeros and then garbage behind it", joined(whole, new Uint8Array(20), "x"), "BadEncoding"),
  refused("zeros and then a member behind it", joined(whole, new Uint8Array(20), whole), "BadEncoding"),

  {
    ...good("gzip within gzip is read once: lines, of which one happens to be whole", gzip(whole), [after]),
    rejected: [
      ["line 1", "BadEncoding", whole.slice(0, whole.indexOf(10))],
      ["line 3", "BadEncoding", whole.slice(whole.lastIndexOf(10) + 1)],
    ],
  },
  refused("over the limit of an object", gzip(text), "TooLarge", { objectBytes: Buffer.byteLength(text) - 1 }),
  { ...good("just within the limit of an object", whole), limits: { objectBytes: Buffer.byteLength(text) } },
  refused("over the limit in its second member", joined(gzip(text.slice(0, 40)), gzip(text.slice(40))), "TooLarge", {
    objectBytes: 100,
  }),
  refused("plain text over the limit of an object", Buffer.from(text), "TooLarge", {
    objectBytes: Buffer.byteLength(text) - 1,
  }),
  {
    ...good("plain text just within the limit of an object", Buffer.from(text)),
    limits: { objectBytes: Buffer.byteLength(text) },
  },
  refused("a bomb", gzipSync(new Uint8Array(10_000_000)), "TooLarge", { objectBytes: 1_000_000 }),
  {
    ...good("text that begins like zlib is text", Buffer.from(`x^\n${text}`)),
    rejected: [["line 1", "NotJson", "x^"]],
  },
  {
    ...good("zlib is no file", Buffer.from(zlibOf(line(goodFields))), []),
    rejected: [["line 1", "BadEncoding", zlibOf(line(goodFields))]],
  },

  logDocument("gzip", envelope(logGzip), { rows: [goodLogRow(2)] }),
  logDocument("zlib", envelope(logZlib), { rows: [goodLogRow(2)] }),
  logDocument("deflated by zlib", envelope(deflateSync(logText)), { rows: [goodLogRow(2)] }),
  logDocument("two members", envelope(joined(gzip(logText.slice(0, 50)), gzip(logText.slice(50)))), {
    rows: [goodLogRow(2)],
  }),
  logDocument("zeros behind gzip", envelope(joined(logGzip, new Uint8Array(9))), { rows: [goodLogRow(2)] }),
  ...Array.from({ length: 40 }, (_, i) => {
    const length = 2 + Math.floor((i * (logGzip.length - 3)) / 39)
    return logDocument(`gzip cut behind ${length}`, envelope(logGzip.slice(0, length)), "Truncated")
  }),
  ...Array.from({ length: 40 }, (_, i) => {
    const length = 2 + Math.floor((i * (logZlib.length - 3)) / 39)
    return logDocument(`zlib cut behind ${length}`, envelope(logZlib.slice(0, length)), "Truncated")
  }),
  ...[0, 1, 2].map((length) =>
    logDocument(`${length} bytes that are no gzip`, envelope(logText.slice(0, length)), "BadEncoding"),
  ),
  ...[-4, -3, -2, -1].map((at) =>
    logDocument(`zlib's checksum, byte ${at + 4}`, envelope(withByte(logZlib, at, (byte) => byte ^ 16)), "BadEncoding"),
  ),
  ...[-8, -5, -4, -1].map((at) =>
    logDocument(`gzip's trailer, byte ${at + 8}`, envelope(withByte(logGzip, at, (byte) => byte ^ 16)), "BadEncoding"),
  ),
  logDocument("zlib with a dictionary", envelope(joined(Uint8Array.of(0x78, 0x20), logZlib.slice(2))), "BadEncoding"),
  logDocument("zlib's header check", envelope(withByte(logZlib, 1, () => 2)), "BadEncoding"),
  logDocument("garbage behind zlib", envelope(joined(logZlib, "x")), "BadEncoding"),
  logDocument("garbage behind gzip", envelope(joined(logGzip, "x")), "BadEncoding"),
  logDocument("the payload as plain base64", envelope(Buffer.from(logText)), "BadEncoding"),
  ...["!!!", "H4sI*", "H4sIAAAAAAAA=A==", "H4s", "====", "H4sIAAAAAAAA\u0000", "%%%", "😀", "__proto__", "-_-_"].map(
    (data) => logDocument(`base64 ${data}`, envelope(data), "BadEncoding"),
  ),
  logDocument("nothing in gzip", envelope(gzip("")), { rejected: [["document 2", "UnknownShape", ""]] }),
  logDocument("text in gzip", envelope(gzip("hello")), { rejected: [["document 2", "NotJson", "hello"]] }),
  logDocument("a cut payload in gzip", envelope(gzip(logText.slice(0, -1))), {
    rejected: [["document 2", "Truncated", logText.slice(0, -1)]],
  }),
  logDocument("bad UTF-8 in gzip", envelope(gzip(Uint8Array.of(0x7b, 0xff))), {
    rejected: [["document 2", "BadEncoding", Uint8Array.of(0x7b, 0xff)]],
  }),
  logDocument("too deep in gzip", envelope(gzip("[".repeat(65) + "]".repeat(65))), {
    rejected: [["document 2", "TooDeep", "[".repeat(65) + "]".repeat(65)]],
  }),
  logDocument("two payloads in gzip", envelope(gzip(logText + payload([event(goodEvent(4))]))), {
    rows: [goodLogRow(2), goodLogRow(4)],
  }),
  logDocument("a payload and junk in gzip", envelope(gzip(`${logText}\n7`)), {
    rows: [goodLogRow(2)],
    rejected: [["document 2, payload 2", "UnknownShape", "7"]],
  }),
  logDocument("an envelope in gzip", envelope(gzip(envelope(logGzip))), {
    rejected: [["document 2", "UnknownShape", envelope(logGzip)]],
  }),
  logDocument("over the limit of a payload", envelope(bomb), {
    rejected: [["document 2", "TooLarge", envelope(bomb)]],
    limits: { payloadBytes: 5000 },
  }),
]

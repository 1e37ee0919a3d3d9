/**
 * Bytes that are no UTF-8, characters at its borders, byte order marks, line ends and NUL.
 */
import {
  after,
  afterFields,
  before,
  type Case,
  event,
  gaBroken,
  gaField,
  gaFormats,
  gives,
  goodEvent,
  goodFields,
  joined,
  goodLogRow,
  line,
  logDocument,
  logMessage,
  payload,
  type Rejected,
  uaPage,
  uaRow,
} from "./Case.ts"

const hex = (digits: string): Uint8Array => Uint8Array.from(Buffer.from(digits, "hex"))

/** RFC 3629, each class of what it forbids. */
const noUtf8: ReadonlyArray<readonly [what: string, bytes: string]> = [
  ["a continuation alone, first", "80"],
  ["a continuation alone, last", "bf"],
  ["two continuations", "8080"],
  ["a surplus continuation", "c3a9a9"],
  ["an overlong slash of two bytes", "c0af"],
  ["an overlong NUL", "c080"],
  ["overlong, last of two bytes", "c1bf"],
  ["an overlong slash of three bytes", "e080af"],
  ["overlong, last of three bytes", "e09fbf"],
  ["an overlong slash of four bytes", "f08080af"],
  ["overlong, last of four bytes", "f08fbfbf"],
  ["the first surrogate", "eda080"],
  ["the last surrogate", "edbfbf"],
  ["a pair of surrogates (CESU-8)", "eda0bdedb880"],
  ["beyond U+10FFFF", "f4908080"],
  ["a lead byte f5", "f5808080"],
  ["five bytes", "f888808080"],
  ["six bytes", "fc8480808080"],
  ["fe", "fe"],
  ["ff", "ff"],
  ["two bytes cut", "c3"],
  ["three bytes cut behind one", "e2"],
  ["three bytes cut behind two", "e282"],
  ["four bytes cut behind one", "f0"],
  ["four bytes cut behind three", "f09f98"],
  ["Latin-1", "e974e9"],
  ["UTF-16 with its mark", "fffe7b00"],
]

const atBorders = [
  "\u007f",
  "\u0080",
  "\u07ff",
  "\u0800",
  "\ud7ff",
  "\ue000",
  "\ufffd",
  "\ufffe",
  "\uffff",
  "\u{10000}",
  "\u{10ffff}",
  "\ufeff",
  "a\ufeffb",
  "e\u0301",
  "\u202e",
  "\u2028",
  "\u2029",
  "\u0085",
  "👩‍👩‍👧‍👦",
]

const mark = "\ufeff"
const [good, other] = [line(goodFields), line(afterFields)]
const page = uaPage(uaRow(goodFields))
const otherPage = uaPage(uaRow(afterFields))
const both = [before, after]

const ga = (
  name: string,
  input: string | Uint8Array,
  rows: Case["rows"],
  rejected: ReadonlyArray<Rejected> = [],
  filtered = 0,
): Case => ({ name, flow: "ga", input: () => input, rows, rejected, filtered })

export const cases: ReadonlyArray<Case> = [
  ...gaFormats.flatMap((format) =>
    noUtf8.flatMap(([what, bytes]) => {
      const [head, tail] = format.record({ ...goodFields, device: '"\u0001"' }).split("\u0001")
      return gaBroken(format, `${what} in a value`, joined(head!, hex(bytes), tail!), "BadEncoding")
    }),
  ),
  ...noUtf8.flatMap(([what, bytes]) => [
    gaBroken(gaFormats[0]!, `${what} in a key`, joined('{"', hex(bytes), '":1}'), "BadEncoding"),
    gaBroken(gaFormats[0]!, `${what} outside of strings`, joined(good, hex(bytes)), "BadEncoding"),
    logDocument(
      `${what} in a message`,
      joined(
        ...payload([event({ ...goodEvent(2), message: '"\u0001"' })])
          .split("\u0001")
          .flatMap((part, i) => (i === 0 ? [part] : [hex(bytes), part])),
      ),
      "BadEncoding",
    ),
  ]),
  ...gaFormats.flatMap((format) =>
    atBorders.map((text) => gaField(format, "device", JSON.stringify(text), gives(text))),
  ),
  ...atBorders.flatMap((text) => [
    logMessage(JSON.stringify({ action: text }), ["0", text, null]),
    logMessage(`{"params":"${text}"}`, ["0", null, `"${text}"`]),
  ]),

  ga("a byte order mark before lines", `${mark}${good}\n${other}`, both),
  ga("a byte order mark before a page", `${mark}${page}`, [before], [], 1),
  ga("a byte order mark and a line end before a page", `${mark}\r\n${page}`, [before], [], 1),
  ga("a byte order mark alone", mark, []),
  ga("a byte order mark and white space", `${mark}\n \r\n`, []),
  ga("two byte order marks", `${mark}${mark}${good}\n${other}`, [after], [["line 1", "NotJson", mark + good]]),
  ga(
    "a byte order mark before the second line",
    `${good}\n${mark}${other}\n`,
    [before],
    [["line 2", "NotJson", mark + other]],
  ),
  ga("a byte order mark behind a line", `${good}${mark}\n${other}`, [after], [["line 1", "NotJson", good + mark]]),
  ga("a byte order mark as a line", `${good}\n${mark}\n${other}`, both, [["line 2", "NotJson", mark]]),
  ga("a byte order mark at the end", `${good}\n${other}\n${mark}`, both, [["line 3", "NotJson", mark]]),
  ga(
    "a byte order mark between pages",
    `${page}\n${mark}${otherPage}\n${page}`,
    [before, before],
    [["document 2", "NotJson", mark + otherPage]],
    2,
  ),
  ga(
    "a part of a byte order mark",
    joined(hex("efbb"), good, "\n", other),
    [after],
    [["line 1", "BadEncoding", joined(hex("efbb"), good)]],
  ),
  ga(
    "UTF-16, little end first",
    Buffer.from(`${mark}${good}`, "utf16le"),
    [],
    [["line 1", "BadEncoding", Buffer.from(`${mark}${good}`, "utf16le")]],
  ),
  ga("UTF-16 without a mark", Buffer.from(good, "utf16le"), [], [["line 1", "NotJson", Buffer.from(good, "utf16le")]]),

  ga("CR LF", `${good}\r\n${other}\r\n`, both),
  ga("CR LF and a broken line", `${good}\r\nx\r\n${other}\r\n`, both, [["line 2", "NotJson", "x\r"]]),
  ga("LF CR", `${good}\n\r${other}\n\r`, both),
  ga("CR alone: one line of two objects", `${good}\r${other}`, both),
  ga("CR CR LF", `${good}\r\r\n${other}\r\r\n`, both),
  ga("empty lines", `\n\n${good}\n\n\n${other}\n\n`, both),
  ga("white space around lines", `  ${good}\t\n\t ${other}  `, both),
  ga("a form feed is no white space", `${good}\n\f\n${other}`, both, [["line 2", "NotJson", "\f"]]),
  ga("a vertical tab is no white space", `${good}\n\v${other}\n${other}`, both, [["line 2", "NotJson", `\v${other}`]]),
  ga("a no-break space is no white space", `${good}\n\u00a0\n${other}`, both, [["line 2", "NotJson", "\u00a0"]]),
  ga(
    "U+2028 ends no line",
    `${good}\u2028${other}\n${other}`,
    [after],
    [["line 1", "NotJson", `${good}\u2028${other}`]],
  ),
  ga("U+0085 ends no line", `${good}\u0085\n${other}`, [after], [["line 1", "NotJson", `${good}\u0085`]]),
  ga("a NUL", `${good}\n\0\n${other}`, both, [["line 2", "NotJson", "\0"]]),
  ga("a NUL behind a line", `${good}\0\n${other}`, [after], [["line 1", "NotJson", `${good}\0`]]),
  ga("a NUL before everything", `\0${good}\n${other}`, [after], [["line 1", "NotJson", `\0${good}`]]),
  ga("a megabyte of NUL at the end", joined(good, "\n", other, "\n", new Uint8Array(1_000_000)), both, [
    ["line 3", "NotJson", new Uint8Array(1_000_000)],
  ]),
  ga(
    "a record separator (RFC 7464)",
    `\x1e${good}\n\x1e${other}\n`,
    [],
    [
      ["line 1", "NotJson", `\x1e${good}`],
      ["line 2", "NotJson", `\x1e${other}`],
    ],
  ),
  ga("control-Z at the end", `${good}\n${other}\n\x1a`, both, [["line 3", "NotJson", "\x1a"]]),
  ...Array.from({ length: 32 }, (_, code) => String.fromCharCode(code))
    .filter((control) => !"\t\n\r".includes(control))
    .map((control) =>
      gaBroken(
        gaFormats[0]!,
        `control character ${control.charCodeAt(0)} in a string`,
        line({ ...goodFields, device: `"a${control}b"` }),
        "NotJson",
      ),
    ),
  logDocument("a byte order mark before it", mark + payload([event(goodEvent(2))]), "NotJson"),
  {
    name: "logs: a byte order mark before all",
    flow: "logs",
    input: () => mark + payload([event(goodEvent(2))]),
    rows: [goodLogRow(2)],
    rejected: [],
  },
  {
    name: "logs: CR LF between payloads",
    flow: "logs",
    input: () => `${payload([event(goodEvent(2))])}\r\n${payload([event(goodEvent(3))])}\r\n`,
    rows: [goodLogRow(2), goodLogRow(3)],
    rejected: [],
  },
]

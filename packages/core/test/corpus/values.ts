/**
 * One JSON value in every column of every format.
 */
import {
  type Case,
  type Fields,
  fails,
  gaBroken,
  gaField,
  gaFormats,
  gives,
  goodFields,
  line,
  logMessage,
  nested,
  type Outcome,
} from "./Case.ts"

const WT = fails("WrongType")
const MR = fails("MissingRequired")
const OOR = fails("OutOfRange")
const BE = fails("BadEncoding")

/** What a value is as date and hour, as a device, as a count. */
const values: ReadonlyArray<readonly [json: string, hour: Outcome, device: Outcome, users: Outcome]> = [
  ["null", MR, MR, MR],
  ["true", WT, WT, WT],
  ["false", WT, WT, WT],
  ["[]", WT, WT, WT],
  ["{}", WT, WT, WT],
  ["[1]", WT, WT, WT],
  ['["2026010203"]', WT, WT, WT],
  ['{"value":"7"}', WT, WT, WT],
  ['{"__proto__":7}', WT, WT, WT],
  ["0", OOR, WT, gives("0")],
  ["-0", WT, WT, gives("0")],
  ["7", OOR, WT, gives("7")],
  ["-7", WT, WT, gives("-7")],
  ["7.0", WT, WT, gives("7")],
  ["-0.0", WT, WT, gives("0")],
  ["1.5", WT, WT, WT],
  ["1e2", WT, WT, gives("100")],
  ["1E+2", WT, WT, gives("100")],
  ["1.50e1", WT, WT, gives("15")],
  ["120e-1", WT, WT, gives("12")],
  ["1e-1", WT, WT, WT],
  ["0e999999999999", WT, WT, gives("0")],
  ["0.000e-99999999999999999999", WT, WT, gives("0")],
  ["1e999999999999999999999999", WT, WT, OOR],
  ["1e-999999999999999999999999", WT, WT, WT],
  ["9007199254740993", OOR, WT, gives("9007199254740993")],
  ["9223372036854775807", OOR, WT, gives("9223372036854775807")],
  ["9223372036854775808", OOR, WT, OOR],
  ["-9223372036854775808", WT, WT, gives("-9223372036854775808")],
  ["-9223372036854775809", WT, WT, OOR],
  ["922337203685477580.7e1", WT, WT, gives("9223372036854775807")],
  ["922337203685477580.8e1", WT, WT, OOR],
  ["1e18", WT, WT, gives("1000000000000000000")],
  ["1e19", WT, WT, OOR],
  ["1e400", WT, WT, OOR],
  ["-1e400", WT, WT, OOR],
  ["9".repeat(400), OOR, WT, OOR],
  [`0.${"0".repeat(400)}1`, WT, WT, WT],
  [`1.${"0".repeat(400)}`, WT, WT, gives("1")],
  ['"0"', OOR, gives("0"), gives("0")],
  ['"-0"', WT, gives("-0"), gives("0")],
  ['"007"', OOR, gives("007"), gives("7")],
  ['"-7"', WT, gives("-7"), gives("-7")],
  ['""', WT, gives(""), WT],
  ['" "', WT, gives(" "), WT],
  ['" 7"', WT, gives(" 7"), WT],
  ['"7 "', WT, gives("7 "), WT],
  ['"7\\n"', WT, gives("7\n"), WT],
  ['"+7"', WT, gives("+7"), WT],
  ['"7.0"', WT, gives("7.0"), WT],
  ['"1e2"', WT, gives("1e2"), WT],
  ['"0x10"', WT, gives("0x10"), WT],
  ['"1_000"', WT, gives("1_000"), WT],
  ['"1,000"', WT, gives("1,000"), WT],
  ['"-"', WT, gives("-"), WT],
  ['"--7"', WT, gives("--7"), WT],
  ['"٣"', WT, gives("٣"), WT],
  ['"７"', WT, gives("７"), WT],
  ['"²"', WT, gives("²"), WT],
  ['"7\\u0000"', WT, gives("7\u0000"), WT],
  ['"\\u0037"', OOR, gives("7"), gives("7")],
  ['"NaN"', WT, gives("NaN"), WT],
  ['"Infinity"', WT, gives("Infinity"), WT],
  ['"-Infinity"', WT, gives("-Infinity"), WT],
  ['"null"', WT, gives("null"), WT],
  ['"true"', WT, gives("true"), WT],
  ['"(other)"', WT, gives("(other)"), WT],
  ['"(not set)"', WT, gives("(not set)"), WT],
  ['"__proto__"', WT, gives("__proto__"), WT],
  ['"constructor"', WT, gives("constructor"), WT],
  ['"toString"', WT, gives("toString"), WT],
  ['"[object Object]"', WT, gives("[object Object]"), WT],
  ['"9223372036854775807"', OOR, gives("9223372036854775807"), gives("9223372036854775807")],
  ['"9223372036854775808"', OOR, gives("9223372036854775808"), OOR],
  ['"-9223372036854775809"', WT, gives("-9223372036854775809"), OOR],
  [`"${"0".repeat(400)}7"`, OOR, gives(`${"0".repeat(400)}7`), gives("7")],
  [`"${"9".repeat(400)}"`, OOR, gives("9".repeat(400)), OOR],
  // Half of a surrogate pair: no UTF-8, so no cell; not a number or a date either.
  ['"\\ud800"', WT, BE, WT],
  ['"\\udc00"', WT, BE, WT],
  ['"\\udc00\\ud800"', WT, BE, WT],
  ['"a\\ud83d"', WT, BE, WT],
  ['"\\ude00b"', WT, BE, WT],
  ['"\\ud83d\\ud83d\\ude00"', WT, BE, WT],
  ['"\\uD83D\\uDE00"', WT, gives("😀"), WT],
  ['"\\ud83d\\\\ude00"', WT, BE, WT],
]

/** Hours: what names one, what is only digits, what is something else. */
const hours: ReadonlyArray<readonly [json: string, outcome: Outcome]> = [
  ['"2026010203"', gives("2026-01-02", "3")],
  ["2026010203", gives("2026-01-02", "3")],
  ['"2026\\u003010203"', gives("2026-01-02", "3")],
  ['"2024022900"', gives("2024-02-29", "0")],
  ['"2000022923"', gives("2000-02-29", "23")],
  ['"0001010100"', gives("0001-01-01", "0")],
  ['"9999123123"', gives("9999-12-31", "23")],
  ...[
    "2026022900",
    "1900022900",
    "2100022900",
    "2026023000",
    "2026043100",
    "2026063100",
    "2026093100",
    "2026113100",
    "2026013200",
    "2026010000",
    "2026000100",
    "2026130100",
    "2026010124",
    "2026010160",
    "2026010199",
    "0000010100",
    "0000000000",
    "9999999999",
    "20260102",
    "202601020",
    "20260102030",
    "202601020304",
    "2",
  ].map((digits) => [`"${digits}"`, OOR] as const),
  ["20260102", OOR],
  ["2026022900", OOR],
  ...[
    "2026-01-02",
    "2026-01-02T03",
    "2026/01/02 03",
    "2026010203 ",
    " 2026010203",
    "+2026010203",
    "-2026010203",
    "2026010203Z",
    "20260102O3",
    "2026010203\\n",
    "２０２６010203",
    "٢٠٢٦٠١٠٢٠٣",
    "today",
    "NaN",
    "../../2026",
    "2026/../03",
    "year=2026",
    "2026010203'--",
  ].map((text) => [`"${text}"`, WT] as const),
  ["2026010203.0", WT],
  ["2.026010203e9", WT],
  ["-2026010203", WT],
]

/** Text that is no JSON value. It leaves brackets and quotes even, so that a page around it ends where it ends. */
const noValues = [
  "",
  "NaN",
  "Infinity",
  "-Infinity",
  "undefined",
  "None",
  "True",
  "nul",
  "tru",
  "nulll",
  "01",
  "00",
  "-01",
  "-",
  "--1",
  "+1",
  "1.",
  ".5",
  "-.5",
  "1.e2",
  "1e",
  "1e+",
  "1e1.5",
  "0x10",
  "0b1",
  "0o7",
  "1_000",
  "1n",
  "7f",
  "1 2",
  "'a'",
  "`a`",
  "a",
  "[1,]",
  "[,]",
  "[,1]",
  "[1 2]",
  '{"a"}',
  '{"a":}',
  '{"a":1,}',
  "{,}",
  "{a:1}",
  "{'a':1}",
  "{1:2}",
  '{"a":1 "b":2}',
  '{"a"::1}',
  '"a" "b"',
  '"a"b',
  '"\\x41"',
  '"\\u12"',
  '"\\u12G4"',
  '"\\u{41}"',
  '"\\0"',
  '"\\\'"',
  '"\t"',
  '"\u0000"',
  '"\u001f"',
  "\u0000",
  "\u00a07",
  "\ufeff7",
  "/* */7",
  "7//",
  "#7",
  "<7>",
  "=7",
  "⁷",
]

/** The same, with brackets or quotes that are not even: a line is still a line. */
const uneven = ['"a', '"\\"', "[", "]", "{", "}", "[}", "{]", '{"a":[}]', '"a\\', '["a]', ")", '"""']

const columns: ReadonlyArray<keyof Fields> = ["hour", "device", "users"]

/** Messages: session_id of the values; action; params as they are written. */
const sessions = values.flatMap(([json, , device, users]): ReadonlyArray<Case> => {
  // Whether 7.0 and 1e2 are session ids, the design does not say: not held here.
  const isUndecided = /^-?\d/.test(json) && /[.e]/i.test(json)
  const action = "cells" in device ? device.cells[0]! : null
  return [
    ...(isUndecided
      ? []
      : [
          logMessage(
            `{"session_id":${json}}`,
            json === "null" ? ["0", null, null] : "reason" in users ? users.reason : [users.cells[0]!, null, null],
          ),
        ]),
    logMessage(
      `{"action":${json}}`,
      json === "null" ? ["0", null, null] : "reason" in device ? device.reason : ["0", action, null],
    ),
    logMessage(`{"params":${json}}`, ["0", null, json === "null" ? null : json]),
  ]
})

const depths = gaFormats.flatMap((format) =>
  columns.flatMap((column) =>
    [-1, 0, 1, 2].map((more) => {
      const json = nested(64 - format.depth[column] + more)
      return more > 0
        ? gaBroken(format, `${column} ${64 + more} deep`, format.record({ ...goodFields, [column]: json }), "TooDeep")
        : gaField(format, column, json, WT)
    }),
  ),
)

export const cases: ReadonlyArray<Case> = [
  ...gaFormats.flatMap((format) => [
    ...values.flatMap(([json, ...outcomes]) => columns.map((column, i) => gaField(format, column, json, outcomes[i]!))),
    ...hours.map(([json, outcome]) => gaField(format, "hour", json, outcome)),
    ...noValues.map((text, i) => {
      const column = columns[i % 3]!
      return gaBroken(format, `${column} ${text}`, format.record({ ...goodFields, [column]: text }), "NotJson")
    }),
  ]),
  ...uneven.map((text, i) =>
    gaBroken(gaFormats[0]!, `uneven ${text}`, line({ ...goodFields, [columns[i % 3]!]: text }), "NotJson"),
  ),
  ...depths,
  ...sessions,
  ...[...noValues, ...uneven].map((text) => logMessage(`{"params":${text}}`, "NotJson")),
  ...[-1, 0, 1, 2].map((more) => {
    const json = nested(63 + more)
    return logMessage(`{"params":${json}}`, more > 0 ? "TooDeep" : ["0", null, json])
  }),
  logMessage(`{"other":${nested(64)}}`, "TooDeep"),
  logMessage(nested(64), "UnknownShape"),
  logMessage(nested(65), "TooDeep"),
]

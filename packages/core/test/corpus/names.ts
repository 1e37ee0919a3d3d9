/**
 * Names and identifiers that mean something elsewhere: in paths, SQL, prototypes, terminals. They come back as they are, or are refused.
 */
import {
  after,
  before,
  type Case,
  event,
  gaField,
  gaFormats,
  gives,
  goodEvent,
  goodFields,
  goodLogRow,
  line,
  logDocument,
  logMessage,
  logRow,
  payload,
  recordId,
  afterFields,
  uaPage,
  uaReport,
  uaRow,
  runRow,
  group,
  owner,
  stream,
} from "./Case.ts"

/** Of the prototypes of JavaScript. */
const inherited = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "valueOf",
  "hasOwnProperty",
  "isPrototypeOf",
  "__defineGetter__",
  "__lookupSetter__",
  "toJSON",
  "then",
  "length",
]

/** Of paths, SQL, shells, spreadsheets, terminals and Unicode. None of them is an identifier. */
export const odd: ReadonlyArray<string> = [
  "",
  " ",
  ".",
  "..",
  "/",
  "//",
  "a/b",
  "../../etc/passwd",
  "a/../../b",
  "..\\..\\b",
  "C:\\windows",
  "~",
  "$HOME",
  "%2e%2e%2f",
  "year=2026",
  "year=2026/month=1/day=2",
  "a=b",
  "__HIVE_DEFAULT_PARTITION__",
  "_inputs/x",
  ".tmp",
  "CON",
  "nul.txt",
  "'",
  '"',
  "`",
  "''",
  "\\",
  "'; DROP TABLE events; --",
  '"; DROP TABLE events; --',
  "a' OR '1'='1",
  "a -- b",
  "a /* b */",
  "{{7*7}}",
  "${7*7}",
  "=1+1",
  "@SUM(A1)",
  "<script>alert(1)</script>",
  "&amp;",
  "a\u0000b",
  "\u0000",
  "a\nb",
  "a\r\nb",
  "a\tb",
  "\u0007",
  "\u001b[31mred\u001b[0m",
  "\u009b31m",
  "\u2028",
  "\u202egnp.exe",
  "\ufeff",
  "\u200b",
  "a\u0301",
  "á",
  "ﬁ",
  "I\u0307",
  "ß",
  "😀",
  "👩‍👩‍👧‍👦",
  "名前",
  "مرحبا",
  "x".repeat(256),
  "é".repeat(5000),
  "/".repeat(1025),
]

const json = (text: string): string => JSON.stringify(text)

const named = [...inherited, ...odd]

/** A member more, with such a name. */
const keys = inherited.flatMap((name): ReadonlyArray<Case> => {
  const more = `{${json(name)}:{"x":1},${line(goodFields).slice(1)}`
  const dimension = uaReport([uaRow(goodFields)], `"ga:dateHour",${json(name)}`)
  const run = `{"dimensionHeaders":[{"name":"dateHour"},{"name":${json(name)}}],"metricHeaders":[{"name":"users"}],"rows":[${runRow(goodFields)}]}`
  return [
    {
      name: `a field ${name} in a line`,
      flow: "ga",
      input: () => `${line(goodFields)}\n${more}\n${line(afterFields)}`,
      rows: [before, after],
      rejected: [["line 2", "UnknownShape", more]],
    },
    {
      name: `a dimension ${name}`,
      flow: "ga",
      input: () => `{"reports":[${uaReport([uaRow(goodFields)])},${dimension},${uaReport([uaRow(afterFields)])}]}`,
      rows: [before, after],
      rejected: [["document 1, report 2", "UnknownShape", dimension]],
      filtered: 2,
    },
    {
      name: `a runReport dimension ${name}`,
      flow: "ga",
      input: () => `${run}\n${uaPage(uaRow(afterFields))}`,
      rows: [after],
      rejected: [["document 1", "UnknownShape", run]],
      filtered: 1,
    },
    {
      name: `a member ${name} in a row and in its page`,
      flow: "ga",
      input: () =>
        uaPage(`{${json(name)}:1,${uaRow(goodFields).slice(1)}`, uaRow(afterFields)).replace("{", `{${json(name)}:[],`),
      rows: [before, after],
      rejected: [],
      filtered: 1,
    },
    {
      name: `a page below ${name}`,
      flow: "ga",
      input: () => `{${json(name)}:${uaPage(uaRow(goodFields))}}\n${line(afterFields)}`,
      rows: [after],
      rejected: [["line 1", "UnknownShape", `{${json(name)}:${uaPage(uaRow(goodFields))}}`]],
    },
    logMessage(`{${json(name)}:{"action":"x"},"action":"y"}`, ["0", "y", null]),
    logMessage(`{"params":{${json(name)}:{"a":1},"b":[{${json(name)}:2}]}}`, [
      "0",
      null,
      `{${json(name)}:{"a":1},"b":[{${json(name)}:2}]}`,
    ]),
    logMessage(`{${json(name)}:{"session_id":7,"action":"x","params":1}}`, ["0", null, null]),
    logDocument(
      `${name} beside the events`,
      payload([event(goodEvent(2))]).replace("{", `{${json(name)}:{"logEvents":7},`),
      {
        rows: [goodLogRow(2)],
      },
    ),
    logDocument(`${name} in an event`, payload([event(goodEvent(2)).replace("{", `{${json(name)}:{"id":"x"},`)]), {
      rows: [goodLogRow(2)],
    }),
    logDocument(`a payload below ${name}`, `{${json(name)}:${payload([event(goodEvent(2))])}}`, "UnknownShape"),
    logDocument(`awslogs below ${name}`, `{"awslogs":{${json(name)}:{"data":"H4sI"}}}`, "UnknownShape"),
  ]
})

const devices = gaFormats.flatMap((format) => named.map((name) => gaField(format, "device", json(name), gives(name))))

/** The names of an event's source go into its key, each in its own place. */
const sources = named.flatMap((name, i): ReadonlyArray<Case> => {
  const places = ["owner", "logGroup", "logStream"] as const
  const place = places[i % 3]!
  const names = [owner, group, stream].map((usual, n) => (n === i % 3 ? name : usual)) as [string, string, string]
  return [
    logDocument(`${place} ${name}`, payload([event(goodEvent(2))], { [place]: json(name) }), {
      rows: [goodLogRow(2, names)],
    }),
    {
      name: `event ids: ${name}, and the same with a space behind`,
      flow: "logs",
      input: () => payload([name, `${name} `, name].map((id, n) => event({ ...goodEvent(n), id: json(id) }))),
      rows: [name, `${name} `].map((id, n) =>
        logRow(recordId(id), 1767225600000 + n, String(n), `a${n}`, `{"n":${n}}`),
      ),
      rejected: [],
      duplicate: 1,
    },
    logMessage(JSON.stringify({ action: name, params: name }), ["0", name, JSON.stringify(name)]),
  ]
})

/** Halves of surrogate pairs cannot be written down, but they do tell two ids apart. */
const halves: ReadonlyArray<Case> = [
  {
    name: "event ids of lone surrogates, and what they become in UTF-8",
    flow: "logs",
    input: () =>
      payload(
        ['"\\ud800"', '"\\ud801"', '"\\udfff"', '"\\ufffd"', '"\\ud800"'].map((id, n) =>
          event({ ...goodEvent(n), id }),
        ),
      ),
    rows: ["\ud800", "\ud801", "\udfff", "\ufffd"].map((id, n) =>
      logRow(recordId(id), 1767225600000 + n, String(n), `a${n}`, `{"n":${n}}`),
    ),
    rejected: [],
    duplicate: 1,
  },
  {
    name: "log groups of lone surrogates",
    flow: "logs",
    input: () => ['"\\ud800"', '"\\udc00"'].map((logGroup) => payload([event(goodEvent(2))], { logGroup })).join("\n"),
    rows: ["\ud800", "\udc00"].map((logGroup) => goodLogRow(2, [owner, logGroup, stream])),
    rejected: [],
  },
  {
    name: "a key that is a lone surrogate, in a line",
    flow: "ga",
    input: () => `{"\\ud800":1}\n${line(afterFields)}`,
    rows: [after],
    rejected: [["line 1", "UnknownShape", '{"\\ud800":1}']],
  },
  logMessage('{"\\ud800":1,"action":"x"}', ["0", "x", null]),
  logMessage('{"params":{"\\ud800":"\\udc00"}}', ["0", null, '{"\\ud800":"\\udc00"}']),
  logMessage('{"params":{"a":"\ud800"}}', "BadEncoding"),
  logMessage('{"action":"\ud800"}', "BadEncoding"),
  logMessage('{"other":"\ud800","action":"x"}', ["0", "x", null]),
  logMessage("\ud800", "NotJson"),
]

/** What an input is called: it stands in the journal and in every item of the quarantine. */
const called = [...named.filter((name) => name.length < 5000), "\ud800", "é".repeat(500)].map((source): Case => ({
  name: `an input called ${source.slice(0, 40)}`,
  flow: "ga",
  input: () => `${line(goodFields)}\nx\n`,
  source,
  rows: [before],
  rejected: [["line 2", "NotJson", "x"]],
}))

export const cases: ReadonlyArray<Case> = [...keys, ...devices, ...sources, ...halves, ...called]

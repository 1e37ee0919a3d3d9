/**
 * JSON that is whole and still not what it should be; documents mixed, empty, twice, cut, and too large.
 */
import type { QuarantineReason } from "@tributary/core/QuarantineReason"
import {
  after,
  afterFields,
  before,
  type Case,
  event,
  goodEvent,
  goodFields,
  goodLogRow,
  line,
  logDocument,
  logEvent,
  logMessage,
  logRow,
  nested,
  payload,
  recordId,
  type Rejected,
  type Row,
  runPage,
  runRow,
  uaPage,
  uaReport,
  uaRow,
} from "./Case.ts"

const [good, other] = [line(goodFields), line(afterFields)]
const [row, otherRow] = [uaRow(goodFields), uaRow(afterFields)]
const both = [before, after]

const ga = (
  name: string,
  input: string,
  rows: ReadonlyArray<Row>,
  rejected: ReadonlyArray<Rejected> = [],
  more: Partial<Case> = {},
): Case => ({ name, flow: "ga", input: () => input, rows, rejected, ...more })

/** A line between two good ones. */
const inLine = (text: string, reason: QuarantineReason, more: Partial<Case> = {}): Case =>
  ga(`line ${text.slice(0, 80)}`, `${good}\n${text}\n${other}\n`, both, [["line 2", reason, text]], more)

/** A page between two good ones. */
const inPage = (text: string, reason: QuarantineReason, position = "document 2", bytes = text): Case =>
  ga(`page ${text.slice(0, 80)}`, `${uaPage(row)}\n${text}\n${uaPage(otherRow)}`, both, [[position, reason, bytes]], {
    filtered: 2,
  })

/** A report between two good ones of its page. */
const inReport = (name: string, text: string, reason: QuarantineReason): Case =>
  ga(
    `report ${name}`,
    `{"reports":[${uaReport([row])},${text},${uaReport([otherRow])}]}`,
    both,
    [["document 1, report 2", reason, text]],
    { filtered: 2 },
  )

/** A row between two good ones of its page. */
const inRow = (text: string, reason: QuarantineReason): Case =>
  ga(`row ${text.slice(0, 80)}`, uaPage(row, text, otherRow), both, [["document 1, row 2", reason, text]], {
    filtered: 1,
  })

const inRunRow = (text: string, reason: QuarantineReason): Case =>
  ga(
    `runReport row ${text.slice(0, 80)}`,
    runPage(runRow(goodFields), text, runRow(afterFields)),
    both,
    [["document 1, row 2", reason, text]],
    { filtered: 1 },
  )

const noDocuments = ["[]", "[[]]", "null", "true", "false", "7", '"text"', `[${good}]`, `[${uaPage(row)}]`]

const lines: ReadonlyArray<Case> = [
  ...noDocuments.map((text) => inLine(text, "UnknownShape")),
  inLine("{}", "MissingRequired"),
  inLine("{ }", "MissingRequired"),
  inLine('{"":1}', "UnknownShape"),
  inLine('{"reports ":[]}', "UnknownShape"),
  inLine('{"awslogs":{"data":"H4sI"}}', "UnknownShape"),
  inLine('{"error":{"code":403,"message":"no"}}', "UnknownShape"),
  inLine('{"dateHour":"2026010203"}', "MissingRequired"),
  inLine('{"deviceCategory":"a","users":1}', "MissingRequired"),
  inLine('{"dateHour":"2026010203","deviceCategory":"a","users":1,"country":"CH"}', "UnknownShape"),
  inLine('{"dateHour":"2026010203","deviceCategory":"a","users":1,"country":null}', "UnknownShape"),
  inLine('{"DateHour":"2026010203","deviceCategory":"a","users":1}', "UnknownShape"),
  inLine('{"dateHour ":"2026010203","deviceCategory":"a","users":1}', "UnknownShape"),
  inLine('{"dateHour\\u0000":"2026010203","deviceCategory":"a","users":1}', "UnknownShape"),
  inLine('{"dateHour":"2026010203","ga:dateHour":"2026010203","deviceCategory":"a","users":1}', "UnknownShape"),
  inLine('{"dateHour":"2026010203","deviceCategory":"a","users":1,"activeUsers":1}', "UnknownShape"),
  inLine('{"dateHour":"2026010203","deviceCategory":"a","users":1,"totalUsers":null}', "UnknownShape"),
  inLine('{"dateHour":{"value":"2026010203"},"deviceCategory":"a","users":1}', "WrongType"),
  inLine("nonsense", "NotJson"),
  inLine("{", "NotJson"),
  inLine("[", "NotJson"),
  inLine('"', "NotJson"),
  inLine(good.slice(0, 30), "NotJson"),
  inLine(`${good},`, "NotJson"),
  inLine(`${good} x`, "NotJson"),
  inLine(`${good}[]`, "NotJson"),
  inLine(`,${good}`, "NotJson"),
  inLine("dateHour,deviceCategory,users", "NotJson"),
  inLine("<html><body>502 Bad Gateway</body></html>", "NotJson"),
  inLine("[".repeat(200_000), "TooDeep"),
  inLine(nested(200_000), "TooDeep"),
  inLine('{"a":'.repeat(200_000), "TooDeep"),
  inLine(nested(65), "TooDeep"),
  inLine(nested(64), "UnknownShape"),
  ga("two objects on a line, the second broken", `${good}{"a\n${other}`, both, [["line 1, value 2", "NotJson", '{"a']]),
  ga("three objects on a line, the second without its fields", `${good} {} ${other}`, both, [
    ["line 1, value 2", "MissingRequired", "{} "],
  ]),
  ga(
    "three hundred empty objects on a line",
    "{}".repeat(300) + good,
    [before],
    Array.from({ length: 300 }, (_, i) => [`line 1, value ${i + 1}`, "MissingRequired", "{}"] as const),
  ),
  ga(
    "the last of two equal keys",
    `{"dateHour":7,"dateHour":"2026010203","deviceCategory":[],"users":"x","deviceCategory":"desktop","users":7}`,
    [before],
  ),
  ga(
    "equal keys, one written in escapes",
    `{"dateHour":7,"deviceCategory":"desktop","users":7,"\\u0064ateHour":"2026010203"}`,
    [before],
  ),
  inLine('{"dateHour":"2026010203","deviceCategory":"a","users":1,"dateHour":null}', "MissingRequired"),
  ga(
    "a last line that ends early",
    `${good}\n${other.slice(0, -1)}`,
    [before],
    [["line 2", "Truncated", other.slice(0, -1)]],
  ),
  ...[1, 5, 12, 13, 20, 30, 60].map((length) =>
    ga(
      `a last line cut behind ${length}`,
      `${good}\n${other.slice(0, length)}`,
      [before],
      [["line 2", "Truncated", other.slice(0, length)]],
    ),
  ),
  ga("a last line that is wrong, not cut", `${good}\n{"a":x`, [before], [["line 2", "NotJson", '{"a":x']]),
  ga(
    "a first line that ends early",
    `${good.slice(0, 40)}\n${other}`,
    [after],
    [["line 1", "NotJson", good.slice(0, 40)]],
  ),
  ga("headings", `dateHour,device\n${good}`, [before], [["line 1", "NotJson", "dateHour,device"]]),
  ga("a comment first", `// report\n${good}`, [before], [["line 1", "NotJson", "// report"]]),
]

const empty: ReadonlyArray<Case> = [
  ...["", " ", "\n", "\r\n", "\t \n \r\n\n"].map((text) => ga(`nothing but ${JSON.stringify(text)}`, text, [])),
  ...[
    '{"reports":[]}',
    '{"dimensionHeaders":[{"name":"dateHour"},{"name":"deviceCategory"}],"metricHeaders":[{"name":"users"}]}',
  ].map((text) => ga(`no rows: ${text}`, text, [])),
  ga("no rows in a page", uaPage(), [], [], { filtered: 1 }),
  ga(
    "no data in a report",
    `{"reports":[{"columnHeader":{"dimensions":["ga:dateHour","ga:deviceCategory"],"metricHeader":{"metricHeaderEntries":[{"name":"ga:users"}]}}}]}`,
    [],
  ),
  ga(
    "empty data in a report",
    `{"reports":[{"columnHeader":{"dimensions":["ga:dateHour","ga:deviceCategory"],"metricHeader":{"metricHeaderEntries":[{"name":"ga:users"}]}},"data":{}}]}`,
    [],
  ),
  ga("an empty object", "{}", [], [["line 1", "MissingRequired", "{}"]]),
  ga("an empty array", "[]", [], [["line 1", "UnknownShape", "[]"]]),
  ga(
    "an array over lines is one document",
    `[\n${good},\n${other}\n]`,
    [],
    [["document 1", "UnknownShape", `[\n${good},\n${other}\n]`]],
  ),
]

const pages: ReadonlyArray<Case> = [
  inPage("[]", "UnknownShape"),
  inPage("null", "UnknownShape"),
  inPage("7", "UnknownShape"),
  inPage('"text"', "UnknownShape"),
  inPage("{}", "MissingRequired"),
  inPage('{"reports":{}}', "UnknownShape"),
  inPage('{"reports":null}', "UnknownShape"),
  inPage('{"reports":7}', "UnknownShape"),
  inPage('{"reports":"x"}', "UnknownShape"),
  ...[
    "null",
    "7",
    "[]",
    "{}",
    '"x"',
    '{"columnHeader":{}}',
    '{"columnHeader":[]}',
    '{"data":{"rows":[]}}',
    '{"columnHeader":{"dimensions":"ga:dateHour"}}',
    '{"columnHeader":{"dimensions":[7]}}',
    '{"columnHeader":null,"data":null}',
  ].map((text) =>
    inReport(
      text,
      text,
      text.startsWith('{"columnHeader":{}') ||
        text.startsWith('{"columnHeader":[]') ||
        text.startsWith('{"columnHeader":null')
        ? "MissingRequired"
        : "UnknownShape",
    ),
  ),
  inReport("rows: null", uaReport([]).replace('"rows":[]', '"rows":null'), "UnknownShape"),
  inReport("rows: an object", uaReport([]).replace('"rows":[]', '"rows":{}'), "UnknownShape"),
  inReport("no dimensions", uaReport([]).replace('"ga:dateHour","ga:deviceCategory"', ""), "MissingRequired"),
  inReport("no device", uaReport([]).replace(',"ga:deviceCategory"', ""), "MissingRequired"),
  inReport("no metric", uaReport([]).replace('{"name":"ga:users","type":"INTEGER"}', ""), "MissingRequired"),
  inReport("a metric without a name", uaReport([]).replace('"name":"ga:users",', ""), "UnknownShape"),
  inReport("a metric whose name is a number", uaReport([]).replace('"ga:users"', "7"), "UnknownShape"),
  inReport("an unknown dimension", uaReport([row], '"ga:dateHour","ga:deviceCategory","ga:country"'), "UnknownShape"),
  inReport("an unknown metric", uaReport([]).replace("ga:users", "ga:sessions"), "UnknownShape"),
  inReport("a dimension twice", uaReport([row], '"ga:dateHour","ga:dateHour","ga:deviceCategory"'), "UnknownShape"),
  inReport("two names of a dimension", uaReport([row], '"ga:dateHour","dateHour","ga:deviceCategory"'), "UnknownShape"),
  inReport("a metric as a dimension", uaReport([row], '"ga:dateHour","ga:deviceCategory","ga:users"'), "UnknownShape"),
  inReport("a dimension as a metric", uaReport([]).replace('"ga:users"', '"ga:dateHour"'), "UnknownShape"),
  inReport(
    "pivots",
    uaReport([]).replace('"metricHeaderEntries"', '"pivotHeaders":[{}],"metricHeaderEntries"'),
    "UnknownShape",
  ),
  inReport(
    "a report's rows 64 deep and one",
    uaReport([`{"dimensions":[${nested(1)}]}`])
      .replace(nested(1), nested(1))
      .replace("ga:users", "x"),
    "UnknownShape",
  ),
  ga(
    "columns in another order",
    `{"reports":[${uaReport([`{"dimensions":["desktop","2026010203"],"metrics":[{"values":["7"]}]}`], '"ga:deviceCategory","ga:dateHour"')}]}`,
    [before],
    [],
    { filtered: 1 },
  ),
  ...["null", "7", '"x"'].map((text) => inRow(text, "MissingRequired")),
  inRow("[]", "MissingRequired"),
  inRow("{}", "MissingRequired"),
  inRow('{"dimensions":["2026010203","desktop"]}', "MissingRequired"),
  inRow('{"metrics":[{"values":["7"]}]}', "MissingRequired"),
  inRow('{"dimensions":["2026010203"],"metrics":[{"values":["7"]}]}', "MissingRequired"),
  inRow('{"dimensions":["2026010203","desktop","CH"],"metrics":[{"values":["7"]}]}', "UnknownShape"),
  inRow('{"dimensions":["2026010203","desktop"],"metrics":[{"values":["7","8"]}]}', "UnknownShape"),
  inRow('{"dimensions":["2026010203","desktop","CH"],"metrics":[]}', "UnknownShape"),
  inRow('{"dimensions":["2026010203","desktop"],"metrics":[{"values":[]}]}', "MissingRequired"),
  inRow('{"dimensions":["2026010203","desktop"],"metrics":[{}]}', "MissingRequired"),
  inRow('{"dimensions":["2026010203","desktop"],"metrics":[]}', "MissingRequired"),
  inRow('{"dimensions":["2026010203","desktop"],"metrics":{"values":["7"]}}', "MissingRequired"),
  inRow('{"dimensions":{"0":"2026010203","1":"desktop"},"metrics":[{"values":["7"]}]}', "MissingRequired"),
  inRow('{"dimensions":["2026010203","desktop"],"metrics":[{"values":["7"]},{"values":["8"]}]}', "UnknownShape"),
  inRow('{"dimensions":["2026010203","desktop"],"metrics":[{"values":["0"]},{"values":[""]}]}', "WrongType"),
  inRow('{"dimensions":["2026010203","desktop"],"metrics":[{"values":["x"]},{"values":["0"]}]}', "WrongType"),
  inRow('{"dimensions":["2026010203","desktop"],"metrics":[{"values":["0x0"]},{"values":["0"]}]}', "WrongType"),
  ...[
    '"7"},{"values":["0"',
    '"0"},{"values":["7"',
    '"7"},{"values":["7"',
    '"07"},{"values":["7"',
    '7},{"values":[0',
    '"7"},{"values":["-0"',
  ].map((ranges) => {
    const text = `{"dimensions":["2026010203","desktop"],"metrics":[{"values":[${ranges.replace("},", "]},")}]}]}`
    return ga(`two date ranges: ${text}`, uaPage(text), [before], [], { filtered: 1 })
  }),
  ...["null", "7", "[]", "{}"].map((text) => inRunRow(text, "MissingRequired")),
  inRunRow('{"dimensionValues":[{"value":"2026010203"},{"value":"a"}],"metricValues":[{}]}', "MissingRequired"),
  inRunRow('{"dimensionValues":[{"value":"2026010203"},{"value":"a"}],"metricValues":["7"]}', "MissingRequired"),
  inRunRow('{"dimensionValues":["2026010203","a"],"metricValues":[{"value":"7"}]}', "MissingRequired"),
  inRunRow(
    '{"dimensionValues":[{"value":"2026010203"},{"value":"a"},{"value":"b"}],"metricValues":[{"value":"7"}]}',
    "UnknownShape",
  ),
  inPage('{"dimensionHeaders":7,"metricHeaders":[],"rows":[]}', "UnknownShape"),
  inPage('{"dimensionHeaders":[7],"metricHeaders":[],"rows":[]}', "UnknownShape"),
  inPage('{"dimensionHeaders":[],"metricHeaders":[],"rows":[]}', "MissingRequired"),
  inPage(
    '{"dimensionHeaders":[{"name":"dateHour"},{"name":"deviceCategory"}],"metricHeaders":[{"name":"users"}],"rows":{}}',
    "UnknownShape",
  ),
  inPage('{"metricHeaders":[{"name":"users"}],"rows":[]}', "MissingRequired"),
]

const mixed: ReadonlyArray<Case> = [
  ga(
    "pages and lines",
    `${uaPage(row)}\n${other}\n${runPage(runRow(goodFields))}\n${other}`,
    [before, after, before, after],
    [],
    { filtered: 2 },
  ),
  ga(
    "lines first, then pages",
    `${other}\n${uaPage(row)}\n${runPage(runRow(goodFields))}`,
    [after, before, before],
    [],
    { filtered: 2 },
  ),
  ga(
    "pages joined by nothing",
    uaPage(row) + uaPage(otherRow) + runPage(runRow(goodFields)),
    [before, after, before],
    [],
    { filtered: 3 },
  ),
  ga(
    "a payload of the other flow between pages",
    `${uaPage(row)}\n${payload([])}\n${uaPage(otherRow)}`,
    both,
    [["document 2", "UnknownShape", payload([])]],
    { filtered: 2 },
  ),
  ga(
    "a page cut before a good one",
    `${uaPage(row).slice(0, -5)}\n${uaPage(otherRow)}`,
    [after],
    [["document 1", "NotJson", uaPage(row).slice(0, -5)]],
    { filtered: 1 },
  ),
  ga(
    "a page cut at the end",
    `${uaPage(row)}\n${uaPage(otherRow).slice(0, -5)}`,
    [before],
    [["document 2", "Truncated", uaPage(otherRow).slice(0, -5)]],
    { filtered: 1 },
  ),
  ga(
    "two hundred cut pages before a good one",
    `${`${uaPage(row).slice(0, -5)}\n`.repeat(200)}${uaPage(otherRow)}`,
    [after],
    [["document 1", "NotJson", `${uaPage(row).slice(0, -5)}\n`.repeat(200).trim()]],
    { filtered: 1 },
  ),
  ga(
    "cut and good pages in turn",
    `${uaPage(row).slice(0, -5)}\n${uaPage(otherRow)}\n`.repeat(200),
    Array.from({ length: 200 }, () => after),
    Array.from({ length: 200 }, (_, i) => [`document ${2 * i + 1}`, "NotJson", uaPage(row).slice(0, -5)] as const),
    { filtered: 200 },
  ),
  ga(
    "a page nested too deep and never closed, before a good one",
    `{"reports":${"[".repeat(100)}\n${uaPage(otherRow)}`,
    [after],
    [["document 1", "TooDeep", `{"reports":${"[".repeat(100)}`]],
    { filtered: 1 },
  ),
  ga(
    "a page nested too deep, before a good one",
    `{"reports":${nested(100)}}\n${uaPage(otherRow)}`,
    [after],
    [["document 1", "TooDeep", `{"reports":${nested(100)}}`]],
    { filtered: 1 },
  ),
  ga(
    "a page 200,000 deep, before a good one",
    `{"reports":${nested(200_000)}}${uaPage(otherRow)}`,
    [after],
    [["document 1", "TooDeep", `{"reports":${nested(200_000)}}`]],
    { filtered: 1 },
  ),
  ga(
    "a page with a bracket too many, before a good one",
    `${uaPage(row)}}\n${uaPage(otherRow)}`,
    both,
    [["document 2", "NotJson", "}"]],
    { filtered: 2 },
  ),
  logDocument("a page of the other flow", uaPage(row), "UnknownShape"),
  logDocument("a line of the other flow", good, "UnknownShape"),
  ...noDocuments.map((text) => logDocument(text, text, "UnknownShape")),
  logDocument("{}", "{}", "UnknownShape"),
  logDocument("nonsense", "nonsense", "NotJson"),
  logDocument("a log line that is no payload", "2026-01-01T00:00:00Z ERROR it broke", "NotJson"),
  logDocument("cut behind a colon", '{"awslogs":', "NotJson"),
  logDocument("cut within a string", '{"awslogs":{"data":"H4s', "NotJson"),
  logDocument("cut payload", payload([event(goodEvent(2))]).slice(0, -2), "NotJson"),
  logDocument(
    "a pretty payload that is cut",
    JSON.stringify(JSON.parse(payload([event(goodEvent(2))])), null, 2).slice(0, 120),
    "NotJson",
  ),
  logDocument("200,000 deep", nested(200_000), "TooDeep"),
  logDocument("200,000 deep and never closed", "[".repeat(200_000), "TooDeep"),
  logDocument("objects 200,000 deep and never closed", '{"a":'.repeat(200_000), "TooDeep"),
  logDocument("65 deep", nested(65), "TooDeep"),
  logDocument("64 deep", nested(64), "UnknownShape"),
  {
    name: "logs: 300 cut documents and good ones in turn",
    flow: "logs",
    input: () => Array.from({ length: 300 }, (_, i) => `{"a":{\n${payload([event(goodEvent(i))])}\n`).join(""),
    rows: Array.from({ length: 300 }, (_, i) => goodLogRow(i)),
    rejected: Array.from({ length: 300 }, (_, i) => [`document ${2 * i + 1}`, "NotJson", '{"a":{'] as const),
  },
  {
    name: "logs: payloads joined by nothing",
    flow: "logs",
    input: () => [2, 3, 4].map((n) => payload([event(goodEvent(n))])).join(""),
    rows: [2, 3, 4].map((n) => goodLogRow(n)),
    rejected: [],
  },
  {
    name: "logs: cut at the end",
    flow: "logs",
    input: () => `${payload([event(goodEvent(2))])}\n{"messageType`,
    rows: [goodLogRow(2)],
    rejected: [["document 2", "Truncated", '{"messageType']],
  },
  { name: "logs: nothing", flow: "logs", input: () => "", rows: [], rejected: [] },
  { name: "logs: white space", flow: "logs", input: () => " \r\n", rows: [], rejected: [] },
]

const payloads: ReadonlyArray<Case> = [
  ...(["owner", "logGroup", "logStream"] as const).flatMap((name) =>
    ["null", "7", "true", "[]", "{}"].map((text) =>
      logDocument(`${name} ${text}`, payload([event(goodEvent(2))], { [name]: text }), "UnknownShape"),
    ),
  ),
  ...["null", "7", '""', '"OTHER"', '"data_message"', '"DATA_MESSAGE "', '["DATA_MESSAGE"]', '"__proto__"'].map(
    (messageType) =>
      logDocument(`messageType ${messageType}`, payload([event(goodEvent(2))], { messageType }), "UnknownShape"),
  ),
  ...["null", "7", '"x"', "{}", "true"].map((events) =>
    logDocument(`logEvents ${events}`, payload([]).replace("[]}", `${events}}`), "UnknownShape"),
  ),
  logDocument("no logEvents", payload([]).replace(',"logEvents":[]', ""), "UnknownShape"),
  logDocument(
    "no messageType",
    payload([event(goodEvent(2))]).replace('"messageType":"DATA_MESSAGE",', ""),
    "UnknownShape",
  ),
  logDocument("no events", payload([]), {}),
  ...[0, 1, 3].map((count) =>
    logDocument(
      `a control message of ${count}`,
      payload(
        Array.from({ length: count }, () => '{"id":"","timestamp":0,"message":"CWL CONTROL MESSAGE"}'),
        { messageType: '"CONTROL_MESSAGE"' },
      ),
      { filtered: count },
    ),
  ),
  logDocument(
    "a control message of anything",
    payload(["7", "null", event(goodEvent(2))], { messageType: '"CONTROL_MESSAGE"', owner: "null" }),
    { filtered: 3 },
  ),
  logDocument(
    "logEvents twice, the last one counts",
    payload([event(goodEvent(2))]).replace('"logEvents"', '"logEvents":7,"logEvents"'),
    { rows: [goodLogRow(2)] },
  ),
  logDocument(
    "messageType twice, the last one counts",
    payload([event(goodEvent(2))]).replace("{", '{"messageType":"CONTROL_MESSAGE",'),
    { rows: [goodLogRow(2)] },
  ),
  ...["{}", '{"data":7}', '{"data":null}', '{"data":["H4sI"]}', "null", "[]", '"H4sI"', '{"Data":"H4sI"}'].map((text) =>
    logDocument(`awslogs ${text}`, `{"awslogs":${text}}`, "UnknownShape"),
  ),
  logDocument("Kinesis without records", '{"Records":[]}', "UnknownShape"),
  logDocument("a notification of S3", '{"Records":[{"eventSource":"aws:s3","s3":{}}]}', "UnknownShape"),
  logDocument("Firehose without records", '{"invocationId":"i","deliveryStreamArn":"a","records":[]}', "UnknownShape"),
  logDocument(
    "Kinesis with a bad record",
    '{"Records":[{"eventSource":"aws:kinesis","eventID":"1","kinesis":{"data":"!"}},{"eventSource":"aws:kinesis","eventID":"2","kinesis":{"data":"?"}}]}',
    {
      rejected: [
        ["document 2, record 1", "BadEncoding", "!"],
        ["document 2, record 2", "BadEncoding", "?"],
      ],
    },
  ),
]

const wholeMs = (name: string, text: string, ms: number): Case =>
  logEvent(name, { timestamp: text }, { row: logRow(recordId("e2"), ms, "2", "a2", '{"n":2}') })

const events: ReadonlyArray<Case> = [
  ...[0, 1, -1, 999, -999, 1767225600123, -62135596800000, 253402300799999, 951782400000, -1].map((ms) =>
    wholeMs(`timestamp ${ms}`, String(ms), ms),
  ),
  wholeMs("timestamp -0", "-0", 0),
  ...[
    "-62135596800001",
    "253402300800000",
    "9007199254740993",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775809",
    "9".repeat(31),
    "9".repeat(100_000),
    `-${"9".repeat(400)}`,
  ].map((text) => logEvent(`timestamp ${text}`, { timestamp: text }, { reason: "OutOfRange" })),
  ...[
    "1.5",
    "1767225600000.0",
    "1.767e12",
    "1e12",
    "1e400",
    '"1767225600000"',
    '"2026-01-01T00:00:00Z"',
    "true",
    "[]",
    "{}",
    "null",
  ].map((text) => logEvent(`timestamp ${text}`, { timestamp: text }, { reason: "WrongType" })),
  ...["7", "null", "true", "[]", "{}", '["e"]'].flatMap((text) => [
    logEvent(`id ${text}`, { id: text }, { reason: "WrongType" }),
    logEvent(`message ${text} that is no string`, { message: text }, { reason: "WrongType" }),
  ]),
  ...["null", "7", '"x"', "[]", "true"].map((text): Case => ({
    name: `an event that is ${text}`,
    flow: "logs",
    input: () => payload([event(goodEvent(1)), text, event(goodEvent(3))]),
    rows: [goodLogRow(1), goodLogRow(3)],
    rejected: [["document 1, event 2", "UnknownShape", text]],
  })),
  ...[
    "{}",
    '{"id":"a"}',
    '{"id":"a","timestamp":1}',
    '{"timestamp":1,"message":"{}"}',
    '{"id":"a","message":"{}"}',
    '{"ID":"a","timestamp":1,"message":"{}"}',
  ].map((text): Case => ({
    name: `an event ${text}`,
    flow: "logs",
    input: () => payload([event(goodEvent(1)), text, event(goodEvent(3))]),
    rows: [goodLogRow(1), goodLogRow(3)],
    rejected: [["document 1, event 2", "MissingRequired", text]],
  })),
  logEvent(
    "members twice, the last ones count",
    { message: '7,"id":7,"id":"e2","message":"{}"' },
    { row: logRow(recordId("e2"), 1767225600002, "0", null, null) },
  ),
  logEvent(
    "a member more",
    { message: '"{}","ingestionTime":1,"__proto__":null' },
    { row: logRow(recordId("e2"), 1767225600002, "0", null, null) },
  ),
  ...[
    "",
    " ",
    "\n",
    "\u0000",
    "text",
    "{",
    "[",
    '"',
    "{}{}",
    "{} x",
    "{}\u0000",
    "\ufeff{}",
    "nul",
    "NaN",
    "Task timed out after 3.00 seconds",
    "START",
    "START of the sale",
    " START RequestId: 1",
    "start RequestId: 1",
    "REPORT",
    "INIT_START",
  ].map((text) => logMessage(text, "NotJson")),
  ...["null", "7", '"text"', "[]", "[{}]", "true", "-0"].map((text) => logMessage(text, "UnknownShape")),
  ...[
    "START RequestId: ",
    "START RequestId: 1 Version: 2\n",
    "END RequestId: 1",
    "REPORT RequestId: {}",
    "INIT_START Runtime",
    '{"type":"platform.start","record":{}}',
    '{"type":"platform.","record":null}',
    '{"type":"platform.x"}',
    '{"type":"x","type":"platform.report"}',
    "START RequestId: \u0000\ud800",
  ].map((text) => logMessage(text, "filtered")),
  ...[
    '{"type":"platform"}',
    '{"type":"Platform.start"}',
    '{"type":["platform.start"]}',
    '{"type":{"platform.":1}}',
    '{"kind":"platform.start"}',
    '{"type":"platform.start","type":7}',
  ].map((text) => logMessage(text, ["0", null, null])),
  logMessage('{"action":"x","action":"y"}', ["0", "y", null]),
  logMessage('{"session_id":"x","session_id":7}', ["7", null, null]),
  logMessage('{"session_id":7,"session_id":"x"}', "WrongType"),
  logMessage('{"params":1,"p\\u0061rams":2}', ["0", null, "2"]),
  logMessage('{"params": { "b" : 1.10 , "a":\t[ ] } }', ["0", null, '{ "b" : 1.10 , "a":\t[ ] }']),
  logMessage('{"timestamp":"x","_record_id":"x","year":1,"day":99}', ["0", null, null]),
]

const limits: ReadonlyArray<Case> = [
  ga(
    "more white space before and between pages than a page may have",
    `${" ".repeat(3000)}${uaPage(row)}${"\n".repeat(3000)}${uaPage(otherRow)}${"\n\t ".repeat(1000)}`,
    both,
    [],
    { limits: { documentBytes: 500 }, filtered: 2 },
  ),
  {
    name: "logs: white space over the limit of a payload",
    flow: "logs",
    input: () => "\r\n".repeat(5000),
    rows: [],
    rejected: [],
    limits: { payloadBytes: 1000 },
  },
  ga(
    "a line over its limit",
    `${good}\n${"x".repeat(1000)}\n${other}`,
    both,
    [["line 2", "TooLarge", "x".repeat(500)]],
    { limits: { lineBytes: 500 } },
  ),
  ga("a line at its limit", `${good}\n${"x".repeat(500)}\n${other}`, both, [["line 2", "NotJson", "x".repeat(500)]], {
    limits: { lineBytes: 500 },
  }),
  ga(
    "a line one byte over its limit",
    `${good}\n${"x".repeat(501)}\n${other}`,
    both,
    [["line 2", "TooLarge", "x".repeat(500)]],
    { limits: { lineBytes: 500 } },
  ),
  ga(
    "the first line over its limit",
    `${"x".repeat(1000)}\n${other}`,
    [after],
    [["line 1", "TooLarge", "x".repeat(500)]],
    { limits: { lineBytes: 500 } },
  ),
  ga(
    "the last line over its limit",
    `${good}\n${"x".repeat(1000)}`,
    [before],
    [["line 2", "TooLarge", "x".repeat(500)]],
    { limits: { lineBytes: 500 } },
  ),
  ga(
    "white space over the limit of a line",
    `${good}\n${" ".repeat(1000)}\n${other}`,
    both,
    [["line 2", "TooLarge", " ".repeat(500)]],
    { limits: { lineBytes: 500 } },
  ),
  ga(
    "a line of 300,000 bytes, of which 65,536 are kept",
    `${good}\n${"x".repeat(300_000)}\n${other}`,
    both,
    [["line 2", "TooLarge", "x".repeat(65_536)]],
    { limits: { lineBytes: 100_000 } },
  ),
  ga(
    "a page over its limit",
    `${uaPage(row)}\n{"reports":["${"x".repeat(1000)}"]}\n${uaPage(otherRow)}`,
    both,
    [["document 2", "TooLarge", `{"reports":["${"x".repeat(487)}`]],
    { limits: { documentBytes: 500 }, filtered: 2 },
  ),
  ga(
    "a page over its limit without an end",
    `${uaPage(row)}\n${"[".repeat(1000)}`,
    [before],
    [["document 2", "TooLarge", "[".repeat(500)]],
    { limits: { documentBytes: 500 }, filtered: 1 },
  ),
  ga(
    "a cut page, and more behind it than a page may have",
    `${uaPage(row)}\n{"reports":[\n${`${uaPage(otherRow)}\n`.repeat(5)}`,
    [before, after, after, after, after, after],
    [["document 2", "NotJson", '{"reports":[']],
    { limits: { documentBytes: 500 }, filtered: 6 },
  ),
  ga("a field of a megabyte", `${good}\n${line({ ...goodFields, device: `"${"x".repeat(1_000_000)}"` })}\n${other}`, [
    ...both,
    ["2026-01-02", "3", "x".repeat(1_000_000), "7"],
  ]),
  ga("a key of a megabyte", `${good}\n{"${"k".repeat(1_000_000)}":1}\n${other}`, both, [
    ["line 2", "UnknownShape", `{"${"k".repeat(1_000_000)}":1}`],
  ]),
  ga("a million digits", `${good}\n${line({ ...goodFields, users: "9".repeat(1_000_000) })}\n${other}`, both, [
    ["line 2", "OutOfRange", line({ ...goodFields, users: "9".repeat(1_000_000) })],
  ]),
  ga("a million zeros before a digit", line({ ...goodFields, users: `"${"0".repeat(1_000_000)}7"` }), [before]),
  ga(
    "a million digits for an hour",
    line({ ...goodFields, hour: `"${"2".repeat(1_000_000)}"` }),
    [],
    [["line 1", "OutOfRange", line({ ...goodFields, hour: `"${"2".repeat(1_000_000)}"` })]],
  ),
  ga("a million escapes", line({ ...goodFields, device: `"${"\\n".repeat(1_000_000)}"` }), [
    ["2026-01-02", "3", "\n".repeat(1_000_000), "7"],
  ]),
  ga(
    "a hundred thousand members",
    `${good}\n{${Array.from({ length: 100_000 }, (_, i) => `"k${i}":0`).join()}}\n${other}`,
    both,
    [["line 2", "UnknownShape", `{${Array.from({ length: 100_000 }, (_, i) => `"k${i}":0`).join()}}`]],
  ),
  ga(
    "a hundred thousand equal members",
    line(goodFields)
      .replace("{", `{${'"users":0,'.repeat(100_000)}`)
      .replace("activeUsers", "users"),
    [before],
  ),
  ga(
    "three hundred reports that are none",
    `{"reports":[${"7,".repeat(299)}7]}`,
    [],
    Array.from({ length: 300 }, (_, i) => [`document 1, report ${i + 1}`, "UnknownShape", "7"] as const),
  ),
  ga("an array of a million zeros", `${good}\n[${"0,".repeat(1_000_000)}0]\n${other}`, both, [
    ["line 2", "UnknownShape", `[${"0,".repeat(1_000_000)}0]`],
  ]),
  logDocument("over the limit of a payload, decoded", `{"a":"${"x".repeat(3000)}"}`, {
    rejected: [["document 2", "TooLarge", `{"a":"${"x".repeat(994)}`]],
    limits: { payloadBytes: 1000 },
  }),
  logMessage(JSON.stringify({ action: "x".repeat(1_000_000) }), ["0", "x".repeat(1_000_000), null]),
  logMessage(`{"params":${"9".repeat(1_000_000)}}`, ["0", null, "9".repeat(1_000_000)]),
]

export const cases = { lines, empty, pages, mixed, payloads, events, limits }

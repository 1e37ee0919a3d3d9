import * as ReportReader from "@tributary/core/flow/ReportReader"
import { gaFlow, gaSample } from "@tributary/core/GaFlow"
import { defaultLimits } from "@tributary/core/Limits"
import * as Utf8 from "@tributary/core/Utf8"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { collect } from "./collect.ts"

const read = (text: string) => {
  const found = collect(gaSample)
  const reader = ReportReader.make(gaFlow, defaultLimits, found.output)
  Effect.runSync(Effect.andThen(reader.push(Utf8.encode(text)), reader.end))
  return found
}

const row = (dateHour: string, device: string, ...users: ReadonlyArray<string>) => ({
  dimensions: [dateHour, device],
  metrics: users.map((value) => ({ values: [value] })),
})

const report = (
  rows: ReadonlyArray<unknown> | undefined,
  options: {
    readonly dimensions?: ReadonlyArray<string>
    readonly metrics?: ReadonlyArray<string>
    readonly totals?: number
  } = {},
) => ({
  columnHeader: {
    dimensions: options.dimensions ?? ["ga:dateHour", "ga:deviceCategory"],
    metricHeader: { metricHeaderEntries: (options.metrics ?? ["ga:users"]).map((name) => ({ name, type: "INTEGER" })) },
  },
  data: {
    ...(rows === undefined ? {} : { rows }),
    totals: Array.from({ length: options.totals ?? 0 }, () => ({ values: ["9"] })),
  },
})

const page = (...reports: ReadonlyArray<unknown>) => JSON.stringify({ reports })

const expected = (hour: number, device: string, users: bigint) => ({
  year: 2026,
  month: 1,
  day: 2,
  hour: BigInt(hour),
  device,
  user_count: users,
})

describe("ReportReader", () => {
  it("reads a Universal Analytics page, its totals filtered", () => {
    const found = read(
      page(
        report([row("2026010203", "desktop", "7"), row("2026010223", "mobile", "9223372036854775807")], { totals: 2 }),
      ),
    )
    assert.deepStrictEqual(found.rows, [expected(3, "desktop", 7n), expected(23, "mobile", 9223372036854775807n)])
    assert.deepStrictEqual(found.rejected, [])
    assert.strictEqual(found.counts.filtered, 2)
  })

  it("reads several reports and several documents, some without rows", () => {
    const found = read(
      `${page(report([row("2026010203", "desktop", "1")]), report(undefined))}${page(report([row("2026010204", "tablet", "2")]))}\n${page(report([]))}`,
    )
    assert.deepStrictEqual(found.rows, [expected(3, "desktop", 1n), expected(4, "tablet", 2n)])
  })

  it("takes columns in any order", () => {
    const found = read(
      page(
        report([{ dimensions: ["desktop", "2026010203"], metrics: [{ values: ["5"] }] }], {
          dimensions: ["ga:deviceCategory", "ga:dateHour"],
        }),
      ),
    )
    assert.deepStrictEqual(found.rows, [expected(3, "desktop", 5n)])
  })

  it("quarantines a row alone, with its own bytes", () => {
    const bad = [
      row("(other)", "desktop", "1"),
      row("2026013200", "desktop", "1"),
      row("2026010224", "desktop", "1"),
      row("20260102", "desktop", "1"),
      row("2026010203", "desktop", "x"),
      row("2026010203", "desktop", "9223372036854775808"),
      { dimensions: ["2026010203"], metrics: [{ values: ["1"] }] },
      { dimensions: ["2026010203", "a", "b"], metrics: [{ values: ["1"] }] },
      7,
    ]
    const found = read(page(report([row("2026010203", "desktop", "1"), ...bad, row("2026010204", "desktop", "2")])))
    assert.deepStrictEqual(found.rows, [expected(3, "desktop", 1n), expected(4, "desktop", 2n)])
    assert.deepStrictEqual(
      found.rejected.map(([, reason]) => reason),
      [
        "WrongType",
        "OutOfRange",
        "OutOfRange",
        "OutOfRange",
        "WrongType",
        "OutOfRange",
        "MissingRequired",
        "UnknownShape",
        "MissingRequired",
      ],
    )
    assert.deepStrictEqual(found.rejected[0], ["document 1, row 2", "WrongType"])
    assert.deepStrictEqual(
      found.bytes.map((text) => JSON.parse(text)),
      bad,
    )
  })

  for (const [name, options, reason] of [
    [
      "a dimension that the table does not declare",
      { dimensions: ["ga:dateHour", "ga:deviceCategory", "ga:country"] },
      "UnknownShape",
    ],
    ["a metric that the table does not declare", { metrics: ["ga:users", "ga:sessions"] }, "UnknownShape"],
    [
      "a metric where a dimension belongs",
      { dimensions: ["ga:dateHour", "ga:deviceCategory", "ga:users"] },
      "UnknownShape",
    ],
    ["two names for one column", { metrics: ["ga:users", "users"] }, "UnknownShape"],
    ["a dimension missing", { dimensions: ["ga:dateHour"] }, "MissingRequired"],
    ["a metric missing", { metrics: [] }, "MissingRequired"],
  ] as const) {
    it(`refuses a page whole that has ${name}, and keeps the page beside it`, () => {
      const found = read(
        page(
          report([row("2026010203", "desktop", "1")], { ...options, totals: 1 }),
          report([row("2026010204", "desktop", "2")]),
        ),
      )
      assert.deepStrictEqual(found.rejected, [["document 1, report 1", reason]])
      assert.deepStrictEqual(found.rows, [expected(4, "desktop", 2n)])
      assert.strictEqual(found.counts.filtered, 0)
    })
  }

  it("refuses pivots, and what only looks like a page", () => {
    const pivot = report([]) as { columnHeader: { metricHeader: object } }
    const found = read(
      [
        page({
          ...pivot,
          columnHeader: { ...pivot.columnHeader, metricHeader: { metricHeaderEntries: [], pivotHeaders: [{}] } },
        }),
        page({}),
        '{"reports":1}',
        "[1]",
        "5",
      ].join("\n"),
    )
    assert.deepStrictEqual(
      found.rejected.map(([, reason]) => reason),
      ["UnknownShape", "UnknownShape", "UnknownShape", "UnknownShape", "UnknownShape"],
    )
  })

  it("joins two date ranges where their figures agree, and quarantines the row where they do not", () => {
    const found = read(
      page(
        report(
          [
            row("2026010203", "desktop", "7", "0"),
            row("2026010204", "desktop", "0", "8"),
            row("2026010205", "desktop", "9", "9"),
            row("2026010206", "desktop", "0", "0"),
            row("2026010207", "desktop", "1", "2"),
          ],
          { totals: 2 },
        ),
      ),
    )
    assert.deepStrictEqual(found.rows, [
      expected(3, "desktop", 7n),
      expected(4, "desktop", 8n),
      expected(5, "desktop", 9n),
      expected(6, "desktop", 0n),
    ])
    assert.deepStrictEqual(found.rejected, [["document 1, row 5", "UnknownShape"]])
  })

  it("reads a runReport response", () => {
    const found = read(
      JSON.stringify(
        {
          dimensionHeaders: [{ name: "dateHour" }, { name: "deviceCategory" }],
          metricHeaders: [{ name: "activeUsers", type: "TYPE_INTEGER" }],
          rows: [
            { dimensionValues: [{ value: "2026010203" }, { value: "desktop" }], metricValues: [{ value: "4" }] },
            { dimensionValues: [{ value: "2026010203" }], metricValues: [{ value: "4" }] },
          ],
          totals: [{ dimensionValues: [], metricValues: [{ value: "4" }] }],
          rowCount: 2,
          kind: "analyticsData#runReport",
        },
        null,
        2,
      ),
    )
    assert.deepStrictEqual(found.rows, [expected(3, "desktop", 4n)])
    assert.deepStrictEqual(found.rejected, [["document 1, row 2", "MissingRequired"]])
    assert.strictEqual(found.counts.filtered, 1)
  })

  it("reads GA4 JSON Lines, strings or numbers", () => {
    const lines: ReadonlyArray<readonly [line: string, reason?: string]> = [
      ['{"dateHour":"2026010203","deviceCategory":"desktop","activeUsers":"7"}'],
      ['{"deviceCategory":"Fernseher \\u00e9","totalUsers":8.0e0,"dateHour":2026010204}'],
      ['{"dateHour":"2026010203","deviceCategory":"desktop","activeUsers":"7","country":"CH"}', "UnknownShape"],
      ['{"dateHour":"2026010203","deviceCategory":"desktop","activeUsers":"7","totalUsers":"7"}', "UnknownShape"],
      ['{"dateHour":"2026010203","deviceCategory":"desktop"}', "MissingRequired"],
      ['{"dateHour":"2026010203","deviceCategory":null,"users":1}', "MissingRequired"],
      ['{"dateHour":"2026010203","deviceCategory":3,"users":1}', "WrongType"],
      ['{"dateHour":"2026010203","deviceCategory":"\\ud800","users":1}', "BadEncoding"],
      ['{"dateHour":"2026010203","deviceCategory":"a","users":1.5}', "WrongType"],
      ['{"dateHour":"2026010203","deviceCategory":"a","users":"1.0"}', "WrongType"],
      ['{"dateHour":"2026010203","deviceCategory":"a","users":""}', "WrongType"],
      ['{"dateHour":"2026010203","deviceCategory":"a","users":1e30}', "OutOfRange"],
      ['{"dateHour":"2026010203","deviceCategory":"a","users":{}}', "WrongType"],
      ['{"dateHour":true,"deviceCategory":"a","users":1}', "WrongType"],
      ["{}", "MissingRequired"],
      ["[]", "UnknownShape"],
      ["nonsense", "NotJson"],
      [`{"dateHour":${"[".repeat(70)}${"]".repeat(70)}}`, "TooDeep"],
    ]
    const found = read(lines.map(([line]) => line).join("\n"))
    assert.deepStrictEqual(found.rows, [expected(3, "desktop", 7n), expected(4, "Fernseher é", 8n)])
    assert.deepStrictEqual(
      found.rejected,
      lines.flatMap(([, reason], i) => (reason === undefined ? [] : [[`line ${i + 1}`, reason] as const])),
    )
  })
})

import * as JsonDocuments from "@tributary/core/json/JsonDocuments"
import { defaultLimits } from "@tributary/core/Limits"
import * as Utf8 from "@tributary/core/Utf8"
import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"

const read = (
  text: string | Uint8Array,
  options: {
    readonly piece?: number
    readonly framing?: "sniff" | "documents"
    readonly lineBytes?: number
    readonly documentBytes?: number
  } = {},
) => {
  const bytes = typeof text === "string" ? Utf8.encode(text) : text
  const documents = JsonDocuments.make({
    limits: { ...defaultLimits, lineBytes: options.lineBytes ?? 1000, documentBytes: options.documentBytes ?? 100_000 },
    framing: options.framing ?? "sniff",
    pageKeys: new Set(["reports"]),
    isKnown: (node) => node.kind === "object" && (node.members.has("reports") || node.members.has("a")),
  })
  const found: Array<JsonDocuments.JsonDocument> = []
  const piece = options.piece ?? bytes.length
  for (let at = 0; at < bytes.length; at += piece) found.push(...documents.push(bytes.slice(at, at + piece)))
  found.push(...documents.end())
  return found.map(({ bytes: own, content, position }) => [
    position,
    "reason" in content ? content.reason : Utf8.decodeUnsafe(own).trim(),
  ])
}

const page = (n: number, indent?: number) => JSON.stringify({ kind: "x", reports: [{ n, text: '}{"[' }] }, null, indent)

describe("JsonDocuments", () => {
  const cases: Record<string, readonly [text: string, expected: ReadonlyArray<readonly [string, string]>]> = {
    lines: [
      '{"a":1}\n{"a":2}\n',
      [
        ["line 1", '{"a":1}'],
        ["line 2", '{"a":2}'],
      ],
    ],
    "lines without a last newline": [
      '{"a":1}\n{"a":2}',
      [
        ["line 1", '{"a":1}'],
        ["line 2", '{"a":2}'],
      ],
    ],
    "lines that end in CR LF, and blank ones": [
      '{"a":1}\r\n\r\n  \n{"a":2}\r\n',
      [
        ["line 1", '{"a":1}'],
        ["line 4", '{"a":2}'],
      ],
    ],
    "two values on one line": [
      '{"a":1}{"a":2}\n',
      [
        ["line 1, value 1", '{"a":1}'],
        ["line 1, value 2", '{"a":2}'],
      ],
    ],
    "a broken line among good ones": [
      '{"a":1}\n{"a":\n{"a":3}\nnope\n{"a":5}\n',
      [
        ["line 1", '{"a":1}'],
        ["line 2", "NotJson"],
        ["line 3", '{"a":3}'],
        ["line 4", "NotJson"],
        ["line 5", '{"a":5}'],
      ],
    ],
    "a broken first line": [
      '{"a":\n{"a":2}\n',
      [
        ["line 1", "NotJson"],
        ["line 2", '{"a":2}'],
      ],
    ],
    "a first line cut within a string": [
      '{"a":"x\n{"a":2}\n',
      [
        ["line 1", "NotJson"],
        ["line 2", '{"a":2}'],
      ],
    ],
    "a last line that ends early": [
      '{"a":1}\n{"a":2',
      [
        ["line 1", '{"a":1}'],
        ["line 2", "Truncated"],
      ],
    ],
    "a file that begins with something else": [
      'hello\n{"a":2}\n',
      [
        ["line 1", "NotJson"],
        ["line 2", '{"a":2}'],
      ],
    ],
    "one compact page": [page(1), [["document 1", page(1)]]],
    "pages joined by newlines": [
      `${page(1)}\n${page(2)}\n`,
      [
        ["document 1", page(1)],
        ["document 2", page(2)],
      ],
    ],
    "pages joined by nothing": [
      page(1) + page(2) + page(3),
      [
        ["document 1", page(1)],
        ["document 2", page(2)],
        ["document 3", page(3)],
      ],
    ],
    "pretty pages": [
      `${page(1, 2)}\n${page(2, 2)}`,
      [
        ["document 1", page(1, 2)],
        ["document 2", page(2, 2)],
      ],
    ],
    "a page that is cut before a good one": [
      `${page(1).slice(0, -4)}\n${page(2)}\n`,
      [
        ["document 1", "NotJson"],
        ["document 2", page(2)],
      ],
    ],
    "a pretty page that is cut before good ones": [
      `${page(1)}\n${page(2, 2).slice(0, 40)}\n${page(3, 2)}\n${page(4)}`,
      [
        ["document 1", page(1)],
        ["document 2", "NotJson"],
        ["document 3", page(3, 2)],
        ["document 4", page(4)],
      ],
    ],
    "a last page that is cut": [
      `${page(1)}\n${page(2).slice(0, -3)}`,
      [
        ["document 1", page(1)],
        ["document 2", "Truncated"],
      ],
    ],
    nothing: ["", []],
    "only white space": [" \n\t\r\n", []],
  }
  for (const [name, [text, expected]] of Object.entries(cases)) {
    it(`reads ${name}`, () =>
      assert.deepStrictEqual(
        read(text),
        expected.map((pair) => [...pair]),
      ))
    it(`reads ${name} the same however it is cut`, () => {
      for (const piece of [1, 2, 3, 7]) assert.deepStrictEqual(read(text, { piece }), read(text), `pieces of ${piece}`)
    })
    it(`reads ${name} behind a byte order mark`, () =>
      assert.deepStrictEqual(read(`\ufeff${text}`, { piece: 2 }), read(text)))
  }

  it("reads documents whatever the first line says where it is told to", () => {
    assert.deepStrictEqual(read('{"a":\n1}\n{"a":2}', { framing: "documents" }), [
      ["document 1", '{"a":\n1}'],
      ["document 2", '{"a":2}'],
    ])
  })

  it("finds bytes that are no UTF-8, and reads on", () => {
    const bytes = Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d, 0x0a, ...Utf8.encode('{"a":2}\n'))
    assert.deepStrictEqual(read(bytes), [
      ["line 1", "BadEncoding"],
      ["line 2", '{"a":2}'],
    ])
  })

  it("gives a line that is too long up, and keeps its neighbours", () => {
    const text = `{"a":1}\n{"a":"${"x".repeat(5000)}"}\n{"a":3}\n`
    for (const piece of [10, 100, 10_000]) {
      assert.deepStrictEqual(read(text, { piece, lineBytes: 100 }), [
        ["line 1", '{"a":1}'],
        ["line 2", "TooLarge"],
        ["line 3", '{"a":3}'],
      ])
    }
  })

  it("gives a document that is too large up, and goes on at the next", () => {
    const text = `${page(1)}\n{"reports":["${"x".repeat(5000)}"]}\n${page(3)}\n`
    for (const piece of [10, 100, 1000]) {
      assert.deepStrictEqual(read(text, { piece, documentBytes: 200 }), [
        ["document 1", page(1)],
        ["document 2", "TooLarge"],
        ["document 3", page(3)],
      ])
    }
  })

  it.prop(
    "finds as many values as were joined",
    [Schema.Array(Schema.Record(Schema.String, Schema.Json)), Schema.Int],
    ([values, seed]) => {
      const pages = values.map((value) => ({ reports: [value] }))
      const joined = pages
        .map((value, i) => JSON.stringify(value, null, (seed + i) % 3) + ["", "\n", " \r\n"][Math.abs(seed + i) % 3])
        .join("")
      const found = read(joined, { piece: 1 + (Math.abs(seed) % 50), documentBytes: 1_000_000 })
      assert.deepStrictEqual(
        found.map(([, text]) => JSON.parse(text!)),
        JSON.parse(JSON.stringify(pages)),
      )
    },
  )
})

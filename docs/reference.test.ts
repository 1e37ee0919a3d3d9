import { assert, describe, it } from "@effect/vitest"
import { defineConfig } from "@tributary/core/Config"
import { gaFlow, gaSample } from "@tributary/core/GaFlow"
import { ExtractEvent } from "@tributary/core/journal/ExtractDecider"
import { InputEvent } from "@tributary/core/journal/InputDecider"
import { PartitionEvent } from "@tributary/core/journal/PartitionDecider"
import { logEvents, logsFlow } from "@tributary/core/LogsFlow"
import * as memory from "@tributary/core/memory"
import { Reason } from "@tributary/core/PortError"
import { QuarantineReason } from "@tributary/core/QuarantineReason"
import { globSync } from "node:fs"
import * as Pages from "./check/Pages.ts"

/** The first cells of the rows of a page's tables, and the rows. */
const rows = (page: string): ReadonlyMap<string, string> =>
  new Map(
    Array.from(Pages.read(`docs/reference/${page}.md`).matchAll(/^\| (.*?) \|.*$/gm)).flatMap(([row, cell = ""]) =>
      Array.from(cell.matchAll(/`([^`]+)`/g), ([, name = ""]) => [name, row] as const),
    ),
  )

const hasRows = (page: string, names: ReadonlyArray<string>): void => {
  const found = rows(page)
  assert.deepStrictEqual(
    names.filter((name) => !found.has(name)),
    [],
    `docs/reference/${page}.md`,
  )
}

describe("the reference is whole", () => {
  it("events of the journal and what they hold", () => {
    const found = rows("lake")
    for (const { cases } of [InputEvent, ExtractEvent, PartitionEvent]) {
      for (const [event, { fields }] of Object.entries(cases)) {
        const row = found.get(event) ?? ""
        const missing = Object.keys(fields).filter((field) => field !== "_tag" && !row.includes(`\`${field}\``))
        assert.deepStrictEqual([row === "" ? "no row" : "", missing], ["", []], event)
      }
    }
  })

  it("reasons of quarantine", () => hasRows("quarantine", QuarantineReason.literals))

  it("ports, their reasons and their adapters", () => {
    hasRows(
      "ports",
      Object.keys(memory).flatMap((name) => (name.endsWith("Memory") ? [name.slice(0, -"Memory".length)] : [])),
    )
    hasRows(
      "ports",
      Reason.members.map((reason) => reason.identifier),
    )
    const page = Pages.read("docs/reference/ports.md")
    const named = globSync("packages/adapters-*/src/*.ts", { cwd: Pages.root })
      .map((path) => path.split(/[/\\]/).at(-1)!.replace(/\.ts$/, ""))
      .filter((name) =>
        Object.keys(memory).some((port) => name.endsWith(port.replace(/Memory$/, "")) && port.endsWith("Memory")),
      )
    assert.isAbove(named.length, 10)
    assert.deepStrictEqual(
      named.filter((name) => !page.includes(`\`${name}\``)),
      [],
    )
  })

  it("configuration", () => {
    const config = defineConfig()
    hasRows("config", [
      ...Object.keys(config),
      ...Object.keys(config.limits),
      ...Object.keys(config.batching),
      ...Object.keys(gaFlow),
      ...Object.keys(logsFlow),
    ])
    const size = (bytes: number) => (bytes < 1024 ** 3 ? `${bytes / 1024 ** 2} MiB` : `${bytes / 1024 ** 3} GiB`)
    const defaults: ReadonlyArray<readonly [string, number]> = [
      ...Object.entries(config.limits),
      ...Object.entries(config.batching),
    ]
    for (const [name, value] of defaults) {
      const shown = /bytes/i.test(name) ? size(value) : value.toLocaleString("en")
      assert.include(rows("config").get(name), `| ${shown} |`, name)
    }
  })

  it("columns of the seed's tables", () =>
    hasRows(
      "types",
      [gaSample, logEvents].flatMap((table) => [...table.partitionColumns, ...table.columns.map(({ name }) => name)]),
    ))
})

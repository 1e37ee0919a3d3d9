import { assert, describe, it } from "@effect/vitest"
import { beforeAll } from "vitest"
import * as Commands from "./check/Commands.ts"
import * as Markdown from "./check/Markdown.ts"
import * as Pages from "./check/Pages.ts"

let commands: ReadonlyArray<Commands.Command>
beforeAll(() => {
  commands = Commands.all()
}, 60_000)

describe("calls of tributary on the pages", () => {
  for (const page of Pages.ours) {
    it(page, () => {
      const found = Markdown.commandLines(Pages.read(page)).flatMap(({ line, text }) =>
        Commands.wrong(commands, text).map((what) => `${page}:${line}: ${what}`),
      )
      assert.deepStrictEqual(found, [])
    })
  }

  it("the reference has every command and flag", () => {
    const page = Pages.read("docs/reference/cli.md")
    const missing = commands.flatMap(({ flags, path }) => [
      ...(page.includes(`\`${path}`) ? [] : [path]),
      ...[...flags.keys()].filter((flag) => !page.includes(`\`${flag}`)),
    ])
    assert.deepStrictEqual(missing, [])
  })
})

describe("the check", () => {
  it("knows the help", () => {
    assert.includeMembers(
      commands.map(({ path }) => path),
      ["tributary", "tributary ingest", "tributary quarantine show"],
    )
    const { flags } = commands.find(({ path }) => path === "tributary ingest")!
    assert.deepStrictEqual(
      ["--strict", "--lake", "-h", "--completions"].map((flag) => flags.get(flag)),
      [false, true, false, true],
    )
  })

  it("finds what there is not", () => {
    assert.deepStrictEqual(
      Commands.wrong(commands, 'npx tributary query "SELECT --x" --format json | head --lines 1'),
      [],
    )
    assert.deepStrictEqual(Commands.wrong(commands, "tributary ledger --extracted-at 2026-01-01"), [
      "tributary ledger has no flag --extracted-at",
    ])
    assert.deepStrictEqual(Commands.wrong(commands, "tributary quarantine retrieve ID"), [
      "tributary quarantine has no command retrieve",
    ])
    assert.deepStrictEqual(Commands.wrong(commands, 'eval "$(tributary --completions bash)"'), [])
    assert.deepStrictEqual(Commands.wrong(commands, "@tributary/core cannot --be called"), [])
  })
})

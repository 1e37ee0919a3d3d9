import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { run } from "./support/cli.ts"

const commands = ["ingest", "query", "ledger", "quarantine", "verify", "journal"]

describe("help", () => {
  it.live("is what a newcomer gets who types nothing", () =>
    Effect.gen(function* () {
      const { code, err, out } = yield* run([])
      assert.deepStrictEqual([code, err], [0, ""])
      for (const command of commands) assert.include(out, `  ${command} `)
      assert.include(out, "Exit codes: 0 done;")
      assert.include(out, "\n\nEXAMPLES\n")
      assert.notInclude(out, "\u001b")
      assert.deepStrictEqual(yield* run(["--help"]), { code, err, out })
    }),
  )

  it.live("is there for every command, with examples where there is something to show", () =>
    Effect.gen(function* () {
      for (const command of commands) {
        const { code, err, out } = yield* run([command, "--help"])
        assert.deepStrictEqual([code, err], [0, ""], command)
        assert.include(out, `tributary ${command}`)
        assert.include(out, "EXAMPLES")
        for (const flag of ["--lake DIR", "--format text|json", "--config FILE"]) assert.include(out, flag, command)
      }
      assert.include((yield* run(["ingest", "ga", "x", "-h"])).out, "--extracted-at TIME")
    }),
  )

  it.live("is pointed to where a command lacks its own", () =>
    Effect.gen(function* () {
      const { code, err, out } = yield* run(["quarantine"])
      assert.deepStrictEqual([code, out], [2, ""])
      assert.strictEqual(
        err,
        "tributary: quarantine needs one of its commands: list, show, retry, drop; see: tributary quarantine --help\n",
      )
    }),
  )
})

it.live("--version is the package's", () =>
  Effect.gen(function* () {
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "../package.json"), "utf8")) as {
      version: string
    }
    assert.strictEqual((yield* run(["--version"])).out, `tributary ${version}\n`)
  }),
)

it.live.each<readonly [string, RegExp]>([
  ["frobnicate", /^tributary: there is no command frobnicate; see: tributary --help\n$/],
  ["ledgr", /^tributary: there is no command ledgr \(did you mean ledger\?\); see: tributary --help\n$/],
  ["ledger extra", /^tributary: "extra" was not expected; .*see: tributary ledger --help\n$/],
  ["ledger --format xml", /^tributary: --format cannot be "xml": text or json; see: tributary ledger --help\n$/],
  ["ledger --format", /^tributary: --format needs a value: text or json; see: /],
  ["ledger --lake a --lake b", /^tributary: --lake stands more than once; see: /],
  ["--nope", /^tributary: there is no flag --nope; see: tributary --help\n$/],
  ["quarantine mend x", /^tributary: there is no command mend; see: tributary quarantine --help\n$/],
  ["quarantine drop x", /^tributary: --reason is missing; see: tributary quarantine drop --help\n$/],
  ["quarantine show", /^tributary: ID is missing; see: tributary quarantine show --help\n$/],
])("%j is a wrong call", ([args, sentence]) =>
  Effect.gen(function* () {
    const { code, err, out } = yield* run(args.split(" "))
    assert.deepStrictEqual([code, out], [2, ""])
    assert.match(err, sentence)
  }),
)

describe("--completions", () => {
  it.live("completes commands, flags, flows and paths in bash", () =>
    Effect.gen(function* () {
      const { out } = yield* run(["--completions", "bash"])
      // What bash would offer for the last word.
      const offers = (...words: ReadonlyArray<string>) =>
        execFileSync(
          "bash",
          [
            "-c",
            `${out}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=\${#COMP_LINE}; COMP_TYPE=9\n${call} && printf '%s\\n' "\${COMPREPLY[@]}"`,
            "bash",
            "tributary",
            ...words,
          ],
          { encoding: "utf8", cwd: join(import.meta.dirname, "..") },
        ).split("\n")
      const call = `$(complete -p tributary | sed 's/.*-F \\([^ ]*\\).*/\\1/') tributary "\${COMP_WORDS[COMP_CWORD]}"`
      assert.includeMembers(offers(""), commands)
      assert.includeMembers(offers("ingest", ""), ["ga", "logs"])
      assert.includeMembers(offers("ingest", "ga", "--ext"), ["--extracted-at"])
      assert.includeMembers(offers("ingest", "ga", "s"), ["src"])
      assert.includeMembers(offers("ledger", "--lake", "t"), ["test"])
      assert.includeMembers(offers("ledger", "--format", ""), ["text", "json"])
      assert.includeMembers(offers("quarantine", ""), ["list", "show", "retry", "drop"])
      assert.includeMembers(offers("quarantine", "retry", "--flow", ""), ["ga", "logs"])
      assert.includeMembers(offers("quarantine", "drop", "--"), ["--reason", "--all", "--flow"])
      assert.includeMembers(offers("query", "--"), ["--as-of", "--extract"])
      assert.includeMembers(offers("verify", "--"), ["--strict"])
    }),
  )

  it.live.each(["zsh", "fish", "powershell"])("has a script for %s", (shell) =>
    Effect.map(run(["--completions", shell]), ({ code, out }) => {
      assert.strictEqual(code, 0)
      assert.include(out, "extracted-at")
    }),
  )
})

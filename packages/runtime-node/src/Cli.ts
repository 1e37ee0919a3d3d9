/**
 * The command line `tributary`.
 *
 * @since 0.1.0
 */
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as CliConfig from "effect/cli/CliConfig"
import * as Command from "effect/cli/Command"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import { readFileSync } from "node:fs"
import { ingest } from "./commands/IngestCommand.ts"
import { journal } from "./commands/JournalCommand.ts"
import { ledger } from "./commands/LedgerCommand.ts"
import { quarantine } from "./commands/QuarantineCommand.ts"
import { query } from "./commands/QueryCommand.ts"
import { verify } from "./commands/VerifyCommand.ts"
import * as Completions from "./Completions.ts"
import * as ExitCode from "./ExitCode.ts"
import * as Presenter from "./output/Presenter.ts"
import { Streams } from "./output/Streams.ts"
import { root } from "./Root.ts"

const command = root.pipe(
  Command.withDescription(
    [
      "Carries records into a data lake, and proves afterwards where each one went.",
      "",
      "  A lake is a folder: Parquet files, a journal of everything that was decided, and what was quarantined.",
      '  Start with:  tributary ingest ga FILES   then   tributary query "SELECT …"   and   tributary ledger',
      "",
      "  Exit codes: 0 done; 1 done, but something was quarantined (with --strict); 2 the call or its input is wrong;",
      "  3 an outside system failed, such as a full disk.",
    ].join("\n"),
  ),
  Command.withExamples([
    {
      command: "tributary ingest ga exports/ --extracted-at 2026-01-05",
      description: "Carry Google Analytics files into ./lake",
    },
    {
      command: 'tributary query "SELECT device, sum(user_count) AS users FROM appflow_data.ga_sample GROUP BY device"',
      description: "Ask",
    },
    { command: "tributary ledger", description: "See what became of every record" },
    { command: "tributary quarantine list", description: "See what was rejected, and why" },
    { command: "tributary verify", description: "Hold every file against the journal" },
    {
      command: 'eval "$(tributary --completions bash)"',
      description: "Let the shell complete commands, flags and paths",
    },
  ]),
  Command.withSubcommands([ingest, query, ledger, quarantine, verify, journal]),
)

/** The package's own version. */
const version: string = (
  JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { readonly version: string }
).version

/**
 * Runs the command line with these arguments and answers the exit code. Failures that were foreseen are told in one sentence on standard error; a bug
 * dies.
 *
 * @category running
 * @since 0.1.0
 */
export const run = Effect.fn("Cli.run")(function* (args: ReadonlyArray<string>) {
  const { stderr, stdout } = yield* Streams
  const builtIns = [GlobalFlag.Help, GlobalFlag.Version, Completions.flag(stdout)]
  const ending = yield* Command.runWith(command, { version })(args).pipe(
    Effect.provide(Presenter.layer),
    Effect.provide(NodeServices.layer),
    Effect.provideService(CliConfig.CliConfig, CliConfig.make({ builtIns })),
    Effect.provideService(Logger.LogToStderr, true),
    Effect.as<ExitCode.Ending>({ code: 0 }),
    Effect.catch((error) => {
      const ending = ExitCode.ofFailure(error)
      return ending === undefined ? Effect.die(error) : Effect.succeed(ending)
    }),
    Effect.onInterrupt(() => stderr.write("tributary: stopped; the same command goes on from here\n")),
  )
  if (ending.sentence !== undefined) yield* stderr.write(`tributary: ${ending.sentence}\n`)
  return ending.code
})

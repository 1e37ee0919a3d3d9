/**
 * What `tributary` starts.
 *
 * @since 0.1.0
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Streams from "./output/Streams.ts"
import { silenceSqliteWarning } from "./SqliteWarning.ts"

/** As BSD's sysexits.h has it: an error within the program. */
const bug = 70

/** 128 and SIGINT. */
const interrupted = 130

// The warning is made when SQLite is loaded.
silenceSqliteWarning()
const { run } = await import("./Cli.ts")

const program = run(process.argv.slice(2)).pipe(Effect.provide(Streams.layer))

NodeRuntime.runMain(program, {
  disableErrorReporting: true,
  teardown: (exit, onExit) => {
    if (Exit.isSuccess(exit)) return onExit(typeof exit.value === "number" ? exit.value : 0)
    if (Cause.hasInterruptsOnly(exit.cause)) return onExit(interrupted)
    console.error(`tributary: this is a bug, please report it\n${Cause.pretty(exit.cause)}`)
    onExit(bug)
  },
})

/**
 * `tributary --completions SHELL`: a script that completes commands, flags, flows and paths.
 *
 * @since 0.1.0
 */
import * as Completions from "effect/cli/Completions"
import type * as Command from "effect/cli/Command"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Output } from "./output/Streams.ts"

/**
 * The flag, in place of the one of effect/cli: that one takes a path for any text.
 *
 * @category flags
 * @since 0.1.0
 */
export const flag = (stdout: Output<unknown>): GlobalFlag.Action<Option.Option<Completions.Shell>> =>
  GlobalFlag.Action({
    flag: GlobalFlag.Completions.flag,
    run: (shell, { command }) =>
      Option.match(shell, {
        onNone: () => Effect.void,
        onSome: (shell) => Effect.ignore(stdout.write(`${scriptOf(command, shell)}\n`)),
      }),
  })

const scriptOf = (command: Command.Command.Any, shell: Completions.Shell): string =>
  Completions.generate(command.name, shell, withPaths(Completions.fromCommand(command)))

/** What our arguments and flags really are. */
const types: Readonly<Record<string, Completions.ArgumentType>> = {
  PATH: { _tag: "Path", pathType: "either" },
  FLOW: { _tag: "Choice", values: ["ga", "logs"] },
  flow: { _tag: "Choice", values: ["ga", "logs"] },
  lake: { _tag: "Path", pathType: "directory" },
  config: { _tag: "Path", pathType: "file" },
}

const withPaths = (command: Completions.CommandDescriptor): Completions.CommandDescriptor => ({
  ...command,
  flags: command.flags.map((one) => ({ ...one, type: types[one.name] ?? one.type })),
  arguments: command.arguments.map((one) => ({ ...one, type: types[one.name] ?? one.type })),
  subcommands: command.subcommands.map(withPaths),
})

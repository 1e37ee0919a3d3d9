/**
 * How help, version and wrong calls are shown: what was asked for on standard output, what is wrong in one sentence on standard error.
 *
 * @since 0.1.0
 */
import type * as CliError from "effect/cli/CliError"
import * as CliOutput from "effect/cli/CliOutput"
import type { HelpDoc } from "effect/cli/HelpDoc"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Streams } from "./Streams.ts"

/**
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<never, never, Streams> = Layer.effect(
  CliOutput.Presenter,
  Effect.map(Streams, ({ stderr, stdout }): CliOutput.Presenter => {
    // effect/cli leaves out the empty line before the examples where subcommands stand above them.
    const help = (doc: HelpDoc, colors: boolean) =>
      `${CliOutput.defaultFormatter({ colors }).formatHelpDoc(doc)}\n`.replace(/([^\n])\n(?=\S*EXAMPLES)/, "$1\n\n")
    return {
      present: (event) => {
        switch (event._tag) {
          case "Version":
            return Effect.ignore(stdout.write(`${event.name} ${event.version}\n`))
          case "Help":
            // Help that nobody asked for: a command without its subcommand.
            return event.reason === "Requested" || event.commandPath.length === 1
              ? Effect.ignore(stdout.write(help(event.helpDoc, stdout.colors)))
              : stderr.write(
                  wrong(
                    [`${event.commandPath.at(-1)} needs one of its commands: ${subcommands(event.helpDoc)}`],
                    event,
                  ),
                )
          case "InvalidInvocation":
            return stderr.write(wrong(event.errors.map(sentence), event))
        }
      },
    }
  }),
)

const wrong = (
  sentences: ReadonlyArray<string>,
  { commandPath }: { readonly commandPath: ReadonlyArray<string> },
): string => `tributary: ${sentences.join("; ")}; see: ${commandPath.join(" ")} --help\n`

const subcommands = (doc: HelpDoc): string =>
  (doc.subcommands ?? []).flatMap(({ commands }) => commands.map(({ name }) => name)).join(", ")

/**
 * What is wrong with a call, without capital and full stop.
 *
 * @category formatting
 * @since 0.1.0
 */
export const sentence = (error: CliError.NonShowHelpErrors): string => {
  switch (error._tag) {
    case "UnrecognizedOption":
      return `there is no flag ${error.option}${meant(error.suggestions)}`
    case "UnknownSubcommand":
      return `there is no command ${error.subcommand}${meant(error.suggestions)}`
    case "MissingArgument":
      return `${error.argument} is missing`
    case "MissingOption":
      return `--${error.option} is missing`
    case "UnexpectedArgument":
      return `${error.arguments.map((argument) => JSON.stringify(argument)).join(", ")} was not expected; words that belong together stand in quotes`
    case "InvalidValue": {
      const what = error.kind === "flag" ? `--${error.option}` : error.option
      if (/^\d+ occurrences$/.test(error.value)) return `${what} stands more than once`
      const expected = error.expected
        .replace(/^Expected:? /, "")
        .replaceAll('"', "")
        .replaceAll(" | ", " or ")
      return error.value === ""
        ? `${what} needs a value: ${expected}`
        : `${what} cannot be ${JSON.stringify(error.value)}: ${expected}`
    }
    default:
      return error.message
  }
}

const meant = (suggestions: ReadonlyArray<string>): string =>
  suggestions.length === 0 ? "" : ` (did you mean ${suggestions.join(" or ")}?)`

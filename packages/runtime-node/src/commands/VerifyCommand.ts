/**
 * `tributary verify`: reads every file back and holds it against the journal.
 *
 * @since 0.1.0
 */
import * as Verify from "@tributary/core/flow/Verify"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as ConfigFile from "../ConfigFile.ts"
import { NotClean } from "../ExitCode.ts"
import * as LakeFolder from "../LakeFolder.ts"
import * as LakeLayer from "../LakeLayer.ts"
import * as Json from "../output/Json.ts"
import { Streams } from "../output/Streams.ts"
import * as Text from "../output/Text.ts"
import { root } from "../Root.ts"

/**
 * @category commands
 * @since 0.1.0
 */
export const verify = Command.make(
  "verify",
  {
    strict: Flag.Boolean("strict").pipe(
      Flag.withDescription("End with exit code 1 if there are problems"),
      Flag.withoutNegation,
      Flag.withDefault(false),
    ),
  },
  Effect.fn("VerifyCommand")(function* ({ strict }) {
    const flags = yield* root
    const config = yield* ConfigFile.load(Option.getOrUndefined(flags.config))
    const folder = yield* LakeFolder.open(flags.lake)
    const { stdout } = yield* Streams
    const found = yield* Verify.run(config).pipe(Effect.provide(LakeLayer.layerVerify(folder)))
    const print = flags.format === "json" ? Json.print(documentOf(found)) : stdout.write(textOf(found))
    // Whether it is clean counts for the exit code, read or not.
    yield* Effect.catchTag(print, "OutputClosed", () => Effect.void)
    if (strict && found.problems.length > 0) {
      return yield* new NotClean({ sentence: Text.counted(found.problems.length, "problem") })
    }
  }),
).pipe(
  Command.withDescription(
    "Reads back every file that the journal speaks of, superseded ones too: size, SHA-256, rows and columns; and looks for files, kept inputs, quarantined records and partitions that are missing or that nobody knows. It changes nothing.",
  ),
  Command.withShortDescription("Hold every file against the journal"),
  Command.withExamples([
    { command: "tributary verify", description: "The files of ./lake" },
    { command: "tributary verify --strict --format json", description: "For a program that shall hear of problems" },
  ]),
)

const documentOf = ({ files, problems, rows }: Verify.Verification) => ({
  files,
  rows,
  problems: problems.map(({ problem, what }) => ({ what, problem })),
})

/** A line when all is well, else each problem below the thing that has it. */
const textOf = ({ files, problems, rows }: Verify.Verification): string => {
  if (problems.length === 0) {
    return `All is as the journal says: ${Text.counted(files, "file")}, ${Text.counted(rows, "row")}.\n`
  }
  const lines = problems.map(({ problem, what }, i) => {
    const heading = what === problems[i - 1]?.what ? "" : `${Text.oneLine(what)}\n`
    return `${heading}  ${Text.oneLine(problem)}\n`
  })
  return `${lines.join("")}\n${Text.counted(problems.length, "problem")}, in a lake of ${Text.counted(files, "file")}.\n`
}

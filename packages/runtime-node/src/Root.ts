/**
 * The command `tributary` and the flags that all of its commands take.
 *
 * @since 0.1.0
 */
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"

const lake = Flag.String("lake").pipe(
  Flag.withMetavar("DIR"),
  Flag.withDescription("The folder of the lake (default ./lake)"),
  Flag.withDefault("./lake"),
)

const format = Flag.Literals("format", ["text", "json"]).pipe(
  Flag.withMetavar("text|json"),
  Flag.withDescription("For people (default), or one JSON document for programs"),
  Flag.withDefault("text" as const),
)

const config = Flag.String("config").pipe(
  Flag.withMetavar("FILE"),
  Flag.withDescription(
    "The configuration (default: the nearest tributary.config.ts, .mjs or .js, here or in a folder above)",
  ),
  Flag.optional,
)

/**
 * A command reads the flags by yielding this one.
 *
 * @category commands
 * @since 0.1.0
 */
export const root = Command.make("tributary").pipe(Command.withSharedFlags({ lake, format, config }))

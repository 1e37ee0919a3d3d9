/** The commands and flags of `tributary`, as `--help` tells them. */
import { spawnSync } from "node:child_process"
import { join } from "node:path"
import { root } from "./Pages.ts"

/** A command and what may stand behind it: all flags that it takes, those of its parents too, and whether a value follows. */
export interface Command {
  readonly path: string
  readonly flags: ReadonlyMap<string, boolean>
  readonly subcommands: ReadonlyArray<string>
}

const help = (path: string): string => {
  const bin = join(root, "packages/runtime-node/bin/tributary.mjs")
  const words = path.split(" ").slice(1)
  const { error, status, stderr, stdout } = spawnSync(process.execPath, [bin, ...words, "--help"], { encoding: "utf8" })
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`${path} --help ended with ${status}: ${stderr}`)
  return stdout
}

/** The lines of a section of the help, without their indent. */
const section = (text: string, title: string): ReadonlyArray<string> => {
  const [, body = ""] = new RegExp(`^${title}\\n((?: .*\\n?)*)`, "m").exec(text) ?? []
  return body.split("\n").map((line) => line.trim())
}

/** `tributary` and every command below it. */
export const all = (path = "tributary"): ReadonlyArray<Command> => {
  const text = help(path)
  const flags = ["FLAGS", "INHERITED FLAGS", "GLOBAL FLAGS"]
    .flatMap((title) => section(text, title))
    .flatMap((line) => {
      const words = line.split(/\s{2,}/)[0]!.split(/[\s,]+/)
      const names = words.filter((word) => word.startsWith("-"))
      return names.map((name) => [name, words.length > names.length] as const)
    })
  const subcommands = section(text, "SUBCOMMANDS").flatMap((line) => (line === "" ? [] : [line.split(/\s/)[0]!]))
  return [{ path, flags: new Map(flags), subcommands }, ...subcommands.flatMap((name) => all(`${path} ${name}`))]
}

/** What is wrong with a line of a shell in which `tributary` is called: a command or a flag that there is not. */
export const wrong = (commands: ReadonlyArray<Command>, line: string): ReadonlyArray<string> =>
  Array.from(line.matchAll(/(?<![\w/.-])tributary((?:\s+(?:"[^"]*"|'[^']*'|[^\s"'|&;<>()]+))+)/g), ([, rest = ""]) =>
    wrongCall(commands, rest.match(/"[^"]*"|'[^']*'|\S+/g) ?? []),
  ).flat()

const wrongCall = (commands: ReadonlyArray<Command>, words: ReadonlyArray<string>): ReadonlyArray<string> => {
  let command = commands[0]!
  let isValue = false
  const problems: Array<string> = []
  for (const word of words) {
    const next = commands.find(({ path }) => path === `${command.path} ${word}`)
    if (isValue) isValue = false
    else if (next !== undefined) command = next
    else if (word.startsWith("-") && word !== "--") {
      const [flag = "", value] = word.split("=")
      const takesValue = command.flags.get(flag)
      if (takesValue === undefined) problems.push(`${command.path} has no flag ${flag}`)
      isValue = takesValue === true && value === undefined
    } else if (command.subcommands.length > 0 && /^[a-z]+$/.test(word)) {
      return [...problems, `${command.path} has no command ${word}`]
    }
  }
  return problems
}

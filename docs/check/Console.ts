/**
 * Console blocks: commands behind `$ ` and what they print, as the reader of a page does and sees them.
 *
 * In what is printed, a line `…` stands for any lines, `…` within a line for anything; times that something took are never the same.
 */
import { spawnSync } from "node:child_process"
import { delimiter, join } from "node:path"
import { root } from "./Pages.ts"

/** A command of a console block. */
export interface Step {
  readonly command: string
  readonly expected: string
}

export const steps = (block: string): ReadonlyArray<Step> => {
  const found: Array<{ command: string; expected: string }> = []
  let isCommand = false
  for (const line of block.split("\n")) {
    const last = found.at(-1)
    if (isCommand && last !== undefined) last.command += `\n${line}`
    else if (line.startsWith("$ ")) found.push({ command: line.slice(2), expected: "" })
    else if (last === undefined) throw new Error("a console block begins with `$ ` and a command")
    else last.expected += `${line}\n`
    isCommand = (isCommand || line.startsWith("$ ")) && line.endsWith("\\")
  }
  return found
}

/**
 * What is left on a terminal: both outputs, without the lines of progress, which are a bar there that goes away. `npx tributary` is called without npx,
 * which takes its time and changes nothing.
 */
export const run = (command: string, cwd: string): string => {
  const path = [join(root, "node_modules/.bin"), process.env["PATH"] ?? ""].join(delimiter)
  const env = { ...process.env, PATH: path, NO_COLOR: "1" }
  const script = `exec 2>&1\n${command.replaceAll(/\bnpx tributary\b/g, "tributary")}`
  const { error, stdout } = spawnSync("bash", ["-c", script], { cwd, env, encoding: "utf8" })
  if (error !== undefined) throw error
  return stdout
    .split("\n")
    .filter((line) => !/^ *\d+\/\d+ {2}.*: (\d+ records?\b|was carried before)/.test(line))
    .map((line) => line.trimEnd())
    .join("\n")
}

const escape = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")

const withoutTimes = (text: string): string => text.replaceAll(/\b\d+(\.\d+)? (ms|s)\b/g, "# s")

export const isAsSaid = (expected: string, actual: string): boolean => {
  const pattern = withoutTimes(expected)
    .split("\n")
    .map((line) => {
      if (line.trim() === "…") return "(?:.*\\n)*?"
      return `${line.split("…").map(escape).join(".*?")}\\n`
    })
  // The text ends with a newline, behind which split finds an empty line.
  return new RegExp(`^${pattern.slice(0, -1).join("")}\\n*$`).test(withoutTimes(actual))
}

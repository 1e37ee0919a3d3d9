/** The Python environments of the emulators: made once under `.cache/clouds`, made anew when their list of packages changes. */
import { execFile } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { delimiter, dirname, join, resolve } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { promisify } from "node:util"

const run = promisify(execFile)
const here = import.meta.dirname

/** Where environments, logs and the servers' scratch files live; ignored by git. */
export const cache = resolve(here, "../../.cache/clouds")

/**
 * The variables that a server or pip starts with: nothing of the caller's AWS or Google set-up, `node` of this run first in PATH (ministack runs
 * Lambda functions with it), and a home of its own, where DuckDB keeps its extensions.
 */
export const variables = (more: Record<string, string> = {}): Record<string, string> => {
  const kept = [
    "PATH",
    "LANG",
    "TMPDIR",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "SSL_CERT_FILE",
  ]
  const env: Record<string, string> = {}
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && (kept.includes(name) || name.startsWith("PIP_"))) env[name] = value
  }
  env["PATH"] = [dirname(process.execPath), env["PATH"] ?? ""].join(delimiter)
  env["HOME"] = join(cache, "home")
  return { ...env, ...more }
}

/** A Python environment: the packages of `<name>.txt`, and a step that completes it. */
export interface Environment {
  readonly name: string
  /** Python statements that run once, after the packages are there. */
  readonly afterwards?: string
}

/** Makes the environment where it is missing, incomplete or of other packages; answers its `bin` folder. */
export const prepare = async ({ name, afterwards = "" }: Environment): Promise<string> => {
  const requirements = join(here, `${name}.txt`)
  const folder = join(cache, name)
  const bin = join(folder, "bin")
  const marker = join(folder, "complete")
  const wanted = createHash("sha256").update(readFileSync(requirements)).update(afterwards).digest("hex")
  const isComplete = () => existsSync(marker) && readFileSync(marker, "utf8") === wanted

  if (isComplete()) return bin
  mkdirSync(variables()["HOME"]!, { recursive: true })
  await withLock(join(cache, `${name}.lock`), async () => {
    if (isComplete()) return
    const started = performance.now()
    console.error(`clouds: making the Python environment of ${name} in ${folder}`)
    rmSync(folder, { recursive: true, force: true })
    // pip's configuration and cache are the caller's: a mirror or a certificate may be named there.
    const pip = { env: { ...variables(), ...(process.env["HOME"] === undefined ? {} : { HOME: process.env["HOME"] }) } }
    await step("python3 -m venv", "python3", ["-c", venv, folder], pip)
    await step(
      "pip install",
      join(bin, "pip"),
      ["install", "--quiet", "--disable-pip-version-check", "--requirement", requirements],
      pip,
    )
    if (afterwards !== "") await step("completing it", join(bin, "python"), ["-c", afterwards], { env: variables() })
    writeFileSync(marker, wanted)
    console.error(`clouds: ${name} is ready after ${((performance.now() - started) / 1000).toFixed(0)} s`)
  })
  return bin
}

/** Makes the environment, or says that this Python is too old for the packages of the lists. */
const venv = `
import sys, venv
if sys.version_info < (3, 11): sys.exit("npm run test:clouds needs Python 3.11 or later, this is " + sys.version)
venv.create(sys.argv[1], with_pip=True)
`

const step = async (
  what: string,
  command: string,
  args: ReadonlyArray<string>,
  options: { env: Record<string, string> },
) => {
  try {
    await run(command, args, { ...options, maxBuffer: 16 * 1024 * 1024 })
  } catch (cause) {
    const { code, stderr } = cause as { code?: unknown; stderr?: string }
    const hint = code === "ENOENT" ? ": Python 3.11 or later with pip and venv is needed for npm run test:clouds" : ""
    throw new Error(`clouds: ${what} failed${hint}\n${stderr ?? ""}`, { cause })
  }
}

/** Two runs at once must not build the same environment; a lock whose owner is gone is taken over. */
const withLock = async (path: string, work: () => Promise<void>): Promise<void> => {
  for (;;) {
    try {
      writeFileSync(path, String(process.pid), { flag: "wx" })
      break
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error
      if (!isOwned(path)) rmSync(path, { force: true })
      else await sleep(500)
    }
  }
  try {
    await work()
  } finally {
    rmSync(path, { force: true })
  }
}

const isOwned = (path: string): boolean => {
  try {
    process.kill(Number(readFileSync(path, "utf8")), 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"
  }
}

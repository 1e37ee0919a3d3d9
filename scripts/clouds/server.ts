/** One emulator as a process: started on free ports of 127.0.0.1, awaited, ended by its own supervisor. */
import { spawn } from "node:child_process"
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { cache, variables } from "./environment.ts"

const supervisor = join(import.meta.dirname, "supervise.ts")

/** How long a server may take until it answers, in ms; they take 0.5 to 2 s on two idle cores. */
const readyWithin = 60_000

/** How to start a server and how to know that it answers. */
export interface Server {
  readonly name: string
  readonly command: (ports: ReadonlyArray<number>) => ReadonlyArray<string>
  readonly env?: (ports: ReadonlyArray<number>) => Record<string, string>
  /** How many ports it needs; its HTTP port is the first. */
  readonly ports: number
  /** The path that answers 200 once it is ready. */
  readonly health: string
}

/** A running server. */
export interface Running {
  readonly ports: ReadonlyArray<number>
  readonly stop: () => Promise<void>
}

/** Starts the server; tries again on other ports where somebody took one in between. */
export const start = async (server: Server): Promise<Running> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(server)
    } catch (error) {
      if (attempt === 3) throw error
    }
  }
}

const startOnce = async (server: Server): Promise<Running> => {
  const ports = await freePorts(server.ports)
  const log = logFile(`${server.name}-${ports[0]}.log`)
  const output = openSync(log, "w")
  const child = spawn(
    process.execPath,
    [supervisor, mkdtempSync(join(tmpdir(), "tributary-clouds-")), ...server.command(ports)],
    {
      env: variables(server.env?.(ports)),
      stdio: ["pipe", output, output],
    },
  )
  closeSync(output)
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()))
  const stop = async () => {
    child.stdin?.end()
    await ended
  }
  let over = false
  void ended.then(() => (over = true))

  const until = performance.now() + readyWithin
  while (!over && performance.now() < until) {
    const answer = await fetch(`http://127.0.0.1:${ports[0]}${server.health}`, {
      signal: AbortSignal.timeout(2000),
    }).catch(() => undefined)
    await answer?.body?.cancel()
    if (answer?.ok === true) return { ports, stop }
    await sleep(50)
  }
  await stop()
  throw new Error(
    `clouds: ${server.name} ${over ? "ended" : "did not answer in 60 s"}; its log ${log}:\n${readFileSync(log, "utf8").slice(-2000)}`,
  )
}

/** A log's path; logs older than a day go. */
const logFile = (name: string): string => {
  const folder = join(cache, "logs")
  mkdirSync(folder, { recursive: true })
  for (const old of readdirSync(folder)) {
    const path = join(folder, old)
    if ((statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) < Date.now() - 24 * 3600 * 1000)
      rmSync(path, { force: true })
  }
  return join(folder, name)
}

/** Ports that nobody listens on now, all held open until all are known, so that they differ. */
const freePorts = async (count: number): Promise<ReadonlyArray<number>> => {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
          const server = createServer().once("error", reject)
          server.listen(0, "127.0.0.1", () => resolve(server))
        }),
    ),
  )
  const ports = servers.map((server) => {
    const address = server.address()
    if (address === null || typeof address === "string") throw new Error("clouds: a TCP server has a port")
    return address.port
  })
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

// Runs one server in a process group of its own, and ends that group when this process's standard input closes or it is told to end. The pipe
// closes with the run that opened it, even where that run was killed, so that no server outlives its tests.
//
// The server's scratch folder, its TMPDIR, goes with it.
//
//   node supervise.ts SCRATCH COMMAND ARGUMENT…
import { spawn } from "node:child_process"
import { rmSync } from "node:fs"

/** How long a server may take to end by itself, in ms. */
const grace = 3000

const [scratch, command, ...args] = process.argv.slice(2)
if (scratch === undefined || command === undefined) throw new Error("supervise.ts needs a folder and a command")
const child = spawn(command, args, {
  detached: true,
  stdio: ["ignore", "inherit", "inherit"],
  env: { ...process.env, TMPDIR: scratch },
})

const signalGroup = (signal: NodeJS.Signals) => {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, signal)
  } catch {
    // The group is gone already.
  }
}

let ending = false
const end = () => {
  if (ending) return
  ending = true
  signalGroup("SIGTERM")
  setTimeout(() => signalGroup("SIGKILL"), grace).unref()
}

process.stdin.on("end", end).on("error", end).resume()
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, end)

child.on("error", (error) => {
  console.error(String(error))
  process.exit(127)
})
child.on("exit", (code) => {
  // Workers that the server started belong to the group, and end with it.
  signalGroup("SIGKILL")
  rmSync(scratch, { recursive: true, force: true })
  process.exit(ending ? 0 : (code ?? 1))
})

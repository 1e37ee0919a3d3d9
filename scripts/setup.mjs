// Installs what package-lock.json names, if node_modules does not hold it already.
// Runs on whatever Node started npm (20 or later) and before node_modules exists, so it has no dependencies.
import { spawnSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"

const root = new URL("..", import.meta.url)
const windows = process.platform === "win32"

/** @param {string} path */
const lockPackages = (path) => JSON.parse(readFileSync(new URL(path, root), "utf8")).packages

// npm writes this copy of the lock last, so that it stands only after a complete install.
const installedLock = "node_modules/.package-lock.json"

const isInstalled = () => {
  if (!existsSync(new URL(installedLock, root))) return false
  const installed = lockPackages(installedLock)
  return Object.entries(lockPackages("package-lock.json")).every(([path, wanted]) => {
    if (!path.includes("node_modules/")) return true
    const found = installed[path]
    // Other platforms' binaries are in the lock and rightly absent here.
    if (found === undefined) return wanted.optional || wanted.devOptional || wanted.peer || false
    return wanted.link ? found.link === true : found.version === wanted.version
  })
}

if (!isInstalled()) {
  console.error("setup: npm ci (the first run takes about a minute)")
  // Errors only: an old Node would else print an EBADENGINE warning per package, though Node 24 comes with the install.
  const args = ["ci", "--include=dev", "--include=optional", "--no-audit", "--no-fund", "--loglevel=error"]
  const { status } = spawnSync("npm", args, { cwd: root, stdio: ["ignore", 2, 2], shell: windows })
  if (status !== 0) process.exit(status ?? 1)
}

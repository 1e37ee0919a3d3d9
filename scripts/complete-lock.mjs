// Adds to package-lock.json the optional packages of other platforms that the registry here does not have.
// npm leaves those out when it writes the lock, and `npm ci` then refuses the lock as incomplete. An added entry has
// a version and the platform that its name tells, but no integrity. Run by `npm run lock`, after every change of a dependency.
import { readFileSync, writeFileSync } from "node:fs"

/**
 * @typedef {{ version?: string, dev?: boolean, optional?: boolean, os?: string[], cpu?: string[], libc?: string[],
 *   optionalDependencies?: Record<string, string> }} Entry
 */

const file = new URL("../package-lock.json", import.meta.url)
const lock = JSON.parse(readFileSync(file, "utf8"))
/** @type {Record<string, Entry>} */
const packages = lock.packages

const systems = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"]
const processors = ["arm", "arm64", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "wasm32", "x64"]
const libraries = new Map([
  ["gnu", "glibc"],
  ["gnueabihf", "glibc"],
  ["musl", "musl"],
  ["musleabihf", "musl"],
])

/**
 * What a name such as `@oxlint/binding-linux-arm64-musl` tells about its platform.
 * @param {string} name
 */
const platformOf = (name) => {
  const words = name.split(/[/-]/)
  return {
    os: systems.filter((system) => words.includes(system)),
    cpu: processors.filter((processor) => words.includes(processor)),
    libc: words.flatMap((word) => libraries.get(word) ?? []),
  }
}

/**
 * The folders in which Node looks for a dependency of the package at `path`, nearest first.
 * @param {string} path
 */
const searchPath = (path) => {
  const folders = []
  for (let at = path; at !== ""; at = at.replace(/(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/, "")) {
    folders.push(`${at}/node_modules/`)
    if (!at.includes("node_modules/")) break
  }
  return [...folders, "node_modules/"]
}

let added = 0
for (const [path, dependent] of Object.entries(packages)) {
  for (const [name, version] of Object.entries(dependent.optionalDependencies ?? {})) {
    const found = searchPath(path).find((folder) => packages[folder + name] !== undefined)
    const isExact = /^\d/.test(version)
    if (found !== undefined && (!isExact || packages[found + name]?.version === version)) continue
    const { os, cpu, libc } = platformOf(name)
    if (!isExact || os.length + cpu.length === 0) {
      console.error(`left out: ${name}@${version}, wanted by ${path || "the root"}`)
      process.exitCode = 1
      continue
    }
    // A root entry of another version belongs to somebody else; this one then goes below its dependent.
    const folder = packages[`node_modules/${name}`] === undefined ? "node_modules/" : `${path}/node_modules/`
    packages[folder + name] = {
      version,
      ...(cpu.length > 0 ? { cpu } : {}),
      ...(dependent.dev ? { dev: true } : {}),
      ...(libc.length > 0 ? { libc } : {}),
      optional: true,
      ...(os.length > 0 ? { os } : {}),
    }
    added += 1
  }
}

// npm's own order, so that its next write shows no moved lines.
lock.packages = Object.fromEntries(Object.entries(packages).toSorted(([a], [b]) => a.localeCompare(b, "en")))
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
console.log(`package-lock.json: ${added} entries of other platforms added`)

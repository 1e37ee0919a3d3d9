/**
 * Files that are replaced in one step and are there after a power cut.
 */
import * as fs from "node:fs"
import * as path from "node:path"

/** Writes beside the file, then renames. Only for the holder of a lock: the name beside it is always the same, so that a crash leaves one at most. */
export const replaceFileSync = (file: string, text: string): void => {
  const temporary = `${file}.tmp`
  const handle = fs.openSync(temporary, "w")
  try {
    fs.writeFileSync(handle, text)
    fs.fsyncSync(handle)
  } finally {
    fs.closeSync(handle)
  }
  fs.renameSync(temporary, file)
  syncFolder(path.dirname(file))
}

/** A name is durable once its folder is. Windows has no fsync of folders. */
export const syncFolder = (name: string): void => {
  if (process.platform !== "win32") syncNamed(name, "r")
}

/** Content that was written under this name is durable once this returns. */
export const syncFile = (name: string): void => syncNamed(name, "r+")

const syncNamed = (name: string, flags: string): void => {
  const handle = fs.openSync(name, flags)
  try {
    fs.fsyncSync(handle)
  } finally {
    fs.closeSync(handle)
  }
}

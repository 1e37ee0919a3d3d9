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
  // Windows has no fsync of folders.
  if (process.platform === "win32") return
  const folder = fs.openSync(path.dirname(file), "r")
  try {
    fs.fsyncSync(folder)
  } finally {
    fs.closeSync(folder)
  }
}

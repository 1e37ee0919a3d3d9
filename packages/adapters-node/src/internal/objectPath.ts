/**
 * Object keys as paths below a folder, and the order in which objects are listed.
 */
import * as path from "node:path"

/** Uploads lie here, below the bucket's folder, until they are complete; no key begins with it. */
export const temporaryFolder = ".tmp"

/** Names of ext4, XFS, APFS and NTFS are at most 255 bytes (or units) long. */
const maxNameBytes = 255

/** The file of a key, or a sentence that says why there can be none: a key never leads out of its folder. */
export const resolveKey = (
  root: string,
  key: string,
  windows = process.platform === "win32",
): { readonly file: string } | { readonly refused: string } => {
  const segments = key.split("/")
  const wrong = segments.find((segment) => refusal(segment, windows) !== undefined)
  if (wrong !== undefined) return { refused: `key "${key}": ${refusal(wrong, windows)!}` }
  if (segments[0] === temporaryFolder)
    return { refused: `key "${key}": the folder ${temporaryFolder} holds unfinished uploads` }
  return { file: path.join(root, ...segments) }
}

/** Whether a name on disk may be a segment of a key: what `list` shows can be asked for. */
export const isSegment = (name: string): boolean => refusal(name, process.platform === "win32") === undefined

const refusal = (segment: string, windows: boolean): string | undefined => {
  if (segment === "") return "empty segments, and a slash at either end, have no file"
  if (segment === "." || segment === "..") return "segments . and .. lead elsewhere"
  if (segment.includes("\0")) return "a file name cannot hold NUL"
  if (!segment.isWellFormed()) return "a lone surrogate has no UTF-8"
  if (windows && /[\\:*?"<>|]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(segment))
    return "Windows cannot name such a file"
  if (Buffer.byteLength(segment) > maxNameBytes) return `a file name has at most ${maxNameBytes} bytes`
  return undefined
}

/** Orders strings by their UTF-8 bytes, which is the order of code points; `<` orders UTF-16 units and differs beyond U+FFFF. */
export const compareUtf8 = (left: string, right: string): number => {
  const length = Math.min(left.length, right.length)
  for (let i = 0; i < length; i++) {
    const a = left.charCodeAt(i)
    const b = right.charCodeAt(i)
    if (a === b) continue
    // A surrogate stands for a code point above every other unit.
    const high = Number(isSurrogate(a)) - Number(isSurrogate(b))
    return high === 0 ? a - b : high
  }
  return left.length - right.length
}

const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff

/**
 * Tells a write-ahead log that was damaged from one whose end was never written.
 *
 * SQLite reads a WAL up to the first frame whose checksum is wrong and takes the rest for the debris of a crash. That is right for the last commit only:
 * with `synchronous=FULL` each commit is on the disk before the next one begins, so a bad frame that a later commit follows was good once.
 *
 * What no look at the log can tell: a bit that flips in its last commit from a write that the power cut off. That append is then gone, and nothing else;
 * so are the last two where the one bit flips that makes the size in the last but one commit's frame 0.
 *
 * The format is that of https://www.sqlite.org/fileformat2.html#walformat.
 */
import { readFileSync } from "node:fs"

const headerBytes = 32
const frameHeaderBytes = 24

/** The two magic numbers differ in the byte order of the checksums. */
const bigEndianChecksums = 0x377f0683
const littleEndianChecksums = 0x377f0682

/**
 * How the log is damaged, as the end of a sentence; nothing where it is not, or not there. Another process may be writing it: damage stays, so it is
 * looked for twice.
 */
export const damage = (file: string): string | undefined => {
  const first = damageNow(file)
  return first === undefined || damageNow(file) !== first ? undefined : first
}

const damageNow = (file: string): string | undefined => {
  try {
    return damageOf(readFileSync(file))
  } catch (error) {
    // The last process that closes a database removes its log.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined
    throw error
  }
}

const damageOf = (bytes: Buffer): string | undefined => {
  if (bytes.length <= headerBytes + frameHeaderBytes) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const magic = view.getUint32(0)
  const pageBytes = view.getUint32(8)
  const little = magic === littleEndianChecksums
  const sum = { a: 0, b: 0 }
  add(sum, view, 0, 24, little)
  if ((!little && magic !== bigEndianChecksums) || sum.a !== view.getUint32(24) || sum.b !== view.getUint32(28)) {
    return "the header of its write-ahead log was changed"
  }
  const frameBytes = frameHeaderBytes + pageBytes
  let bad: number | undefined
  let committed = false
  for (let n = 1, at = headerBytes; at + frameBytes <= bytes.length; n++, at += frameBytes) {
    // Frames of an earlier round of the log, which is written from its beginning again and again, have other salts.
    const ofThisRound = view.getUint32(at + 8) === view.getUint32(16) && view.getUint32(at + 12) === view.getUint32(20)
    if (bad === undefined) {
      add(sum, view, at, 8, little)
      add(sum, view, at + frameHeaderBytes, pageBytes, little)
      if (ofThisRound && sum.a === view.getUint32(at + 16) && sum.b === view.getUint32(at + 20)) continue
      bad = n
    }
    // The size of the database after a commit stands in the commit's last frame, and is 0 in the others.
    if (ofThisRound && committed) return `frame ${bad} of its write-ahead log was changed, and commits follow it`
    committed ||= (ofThisRound || n === bad) && view.getUint32(at + 4) !== 0
  }
  return undefined
}

const add = (sum: { a: number; b: number }, view: DataView, from: number, length: number, little: boolean): void => {
  let { a, b } = sum
  for (let at = from; at < from + length; at += 8) {
    a = (a + view.getUint32(at, little) + b) >>> 0
    b = (b + view.getUint32(at + 4, little) + a) >>> 0
  }
  sum.a = a
  sum.b = b
}

/**
 * How numbers and foreign text are shown to people.
 *
 * @since 0.1.0
 */
import { displayWidth } from "effect/cli/CliOutput"

/**
 * The cells of a terminal that a text takes.
 *
 * @category measuring
 * @since 0.1.0
 */
export const width = (text: string): number => (/^[ -~]*$/.test(text) ? text.length : displayWidth(text))

/**
 * A whole number with thousands separators: `12,345`.
 *
 * @category formatting
 * @since 0.1.0
 */
export const count = (value: number): string => String(value).replaceAll(/\B(?=(\d{3})+$)/g, ",")

/**
 * A number and its noun: `1 row`, `2 rows`.
 *
 * @category formatting
 * @since 0.1.0
 */
export const counted = (value: number, singular: string, plural = `${singular}s`): string =>
  `${count(value)} ${value === 1 ? singular : plural}`

const units = ["kB", "MB", "GB", "TB", "PB"]

/**
 * A number of bytes in powers of ten: `987 B`, `12.3 kB`.
 *
 * @category formatting
 * @since 0.1.0
 */
export const bytes = (value: number): string => {
  if (value < 1000) return `${value} B`
  let scaled = value
  let unit = -1
  do {
    scaled /= 1000
    unit++
    // 999.95 would be shown as 1000.0.
  } while (scaled >= 999.95 && unit < units.length - 1)
  return `${scaled.toFixed(1)} ${units[unit]}`
}

/**
 * A time that something took: `340 ms`, `1.2 s`.
 *
 * @category formatting
 * @since 0.1.0
 */
export const duration = (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`)

const escapes: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" }

const escaped = (control: string): string =>
  escapes[control] ?? `\\x${control.charCodeAt(0).toString(16).padStart(2, "0")}`

/**
 * Foreign text in one line that cannot steer a terminal: control characters are shown as escapes.
 *
 * @category formatting
 * @since 0.1.0
 */
export const oneLine = (text: string): string => text.replaceAll(/\p{Cc}/gu, escaped)

/**
 * The same, with line ends and tabs left as they are.
 *
 * @category formatting
 * @since 0.1.0
 */
export const manyLines = (text: string): string => text.replaceAll(/(?![\n\t])\p{Cc}/gu, escaped)

/**
 * Bytes as people look at them: offset, sixteen bytes in hexadecimal, and what of them is printable ASCII.
 *
 * @category formatting
 * @since 0.1.0
 */
export const hexDump = (data: Uint8Array): string => {
  const lines: Array<string> = []
  for (let at = 0; at < data.length; at += 16) {
    const row = Array.from(data.subarray(at, at + 16))
    const hex = row.map((byte) => byte.toString(16).padStart(2, "0"))
    const left = hex.slice(0, 8).join(" ").padEnd(23)
    const right = hex.slice(8).join(" ").padEnd(23)
    const shown = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")).join("")
    lines.push(`${at.toString(16).padStart(8, "0")}  ${left}  ${right}  ${shown}\n`)
  }
  return lines.join("")
}

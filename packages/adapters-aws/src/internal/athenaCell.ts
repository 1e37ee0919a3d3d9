/**
 * Athena's results come as text with a type name beside each column; here the text becomes a cell.
 */
import type { Cell } from "@tributary/core/QueryEngine"

/**
 * The cell that Athena's text means (Athena User Guide, "Data types in Amazon Athena"). No text is null; an empty string is one. Arrays, maps, rows and
 * binaries stay as Athena writes them.
 */
export const cellOf = (type: string, text: string | undefined): Cell => {
  if (text === undefined) return null
  switch (type.toLowerCase()) {
    case "tinyint":
    case "smallint":
    case "integer":
    case "int":
    case "bigint":
      return BigInt(text)
    case "float":
    case "real":
    case "double":
      return Number(text)
    case "boolean":
      return text === "true"
    case "timestamp":
    case "timestamp with time zone":
      return timestamp(text)
    default:
      return text
  }
}

const written = /^(\d{4,}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d{1,12}))?( UTC|Z|)$/

/** `2026-01-02 03:04:05.678` as ISO 8601 with as many digits as there are: none, 3 or 6. A moment of another zone than UTC stays as it is. */
const timestamp = (text: string): string => {
  const [, day, clock, fraction = ""] = written.exec(text) ?? []
  if (day === undefined || clock === undefined) return text
  const micros = fraction.slice(0, 6).padEnd(6, "0")
  const digits = micros === "000000" ? "" : `.${micros.endsWith("000") ? micros.slice(0, 3) : micros}`
  return `${day}T${clock}${digits}Z`
}

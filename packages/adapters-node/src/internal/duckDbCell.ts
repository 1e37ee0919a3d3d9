/**
 * Values of DuckDB as cells of a result, and its types in this project's words.
 */
import type * as DuckDb from "@duckdb/node-api"
import type { Cell } from "@tributary/core/QueryEngine"
import * as Timestamp from "@tributary/core/Timestamp"

type Module = typeof DuckDb

/** int64, float64, boolean, timestamp, date, decimal(p,s), json and string; DuckDB's own word, in lower case, for anything else. */
export const typeName = ({ DuckDBTypeId: id }: Module, type: DuckDb.DuckDBType): string => {
  switch (type.typeId) {
    case id.TINYINT:
    case id.SMALLINT:
    case id.INTEGER:
    case id.BIGINT:
    case id.UTINYINT:
    case id.USMALLINT:
    case id.UINTEGER:
      return "int64"
    case id.FLOAT:
    case id.DOUBLE:
      return "float64"
    case id.TIMESTAMP:
    case id.TIMESTAMP_S:
    case id.TIMESTAMP_MS:
    case id.TIMESTAMP_NS:
    case id.TIMESTAMP_TZ:
      return "timestamp"
    case id.VARCHAR:
      return type.alias?.toLowerCase() ?? "string"
    default:
      return type.toString().toLowerCase()
  }
}

/**
 * Integers of every width become bigint, decimals and json text; timestamps end with `Z`, those without a zone too, for the session's zone is UTC.
 * Lists, structs and maps become JSON, in which integers and decimals keep their digits and NaN is a string. Anything else is DuckDB's own text.
 */
export const toCell = (duckdb: Module) => {
  const cell = (value: DuckDb.DuckDBValue): Cell => {
    switch (typeof value) {
      case "string":
      case "boolean":
      case "bigint":
      case "number":
        return value
      default:
        return value === null || value === undefined ? null : text(value)
    }
  }
  const text = (value: NonNullable<DuckDb.DuckDBValue>): string => {
    if (value instanceof duckdb.DuckDBTimestampTZValue || value instanceof duckdb.DuckDBTimestampValue)
      return moment(value, value.micros)
    if (value instanceof duckdb.DuckDBTimestampMillisecondsValue) return moment(value, value.millis * 1000n)
    if (value instanceof duckdb.DuckDBTimestampSecondsValue) return moment(value, value.seconds * 1_000_000n)
    if (value instanceof duckdb.DuckDBTimestampNanosecondsValue) return nanos(value)
    if (value instanceof duckdb.DuckDBDateValue) return day(value)
    return isNested(value) ? json(value) : value.toString()
  }
  const isNested = (value: unknown): boolean =>
    [
      duckdb.DuckDBListValue,
      duckdb.DuckDBArrayValue,
      duckdb.DuckDBStructValue,
      duckdb.DuckDBMapValue,
      duckdb.DuckDBUnionValue,
    ].some((kind) => value instanceof kind)
  const json = (value: DuckDb.DuckDBValue): string => {
    if (value instanceof duckdb.DuckDBListValue || value instanceof duckdb.DuckDBArrayValue)
      return `[${value.items.map(json).join(",")}]`
    if (value instanceof duckdb.DuckDBStructValue) return object(Object.entries(value.entries))
    if (value instanceof duckdb.DuckDBMapValue)
      return object(value.entries.map(({ key, value }) => [String(cell(key)), value]))
    if (value instanceof duckdb.DuckDBUnionValue) return json(value.value)
    if (typeof value === "bigint" || value instanceof duckdb.DuckDBDecimalValue) return value.toString()
    const plain = cell(value)
    return JSON.stringify(typeof plain === "number" && !Number.isFinite(plain) ? String(plain) : plain)
  }
  const object = (entries: ReadonlyArray<readonly [string, DuckDb.DuckDBValue]>): string =>
    `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${json(value)}`).join(",")}}`
  /** Years beyond 9999, before 1, and infinity have no ISO form that readers agree on. */
  const moment = (value: NonNullable<DuckDb.DuckDBValue>, micros: bigint): string =>
    micros >= Timestamp.minMicros && micros < Timestamp.endMicros ? Timestamp.formatMicros(micros) : value.toString()
  const nanos = (value: DuckDb.DuckDBTimestampNanosecondsValue): string => {
    const below = ((value.nanos % 1000n) + 1000n) % 1000n
    const micros = (value.nanos - below) / 1000n
    if (below === 0n) return moment(value, micros)
    const fraction = (((micros % 1_000_000n) + 1_000_000n) % 1_000_000n) * 1000n + below
    return Timestamp.formatMicros(micros).replace(/(\.\d+)?Z$/, `.${fraction.toString().padStart(9, "0")}Z`)
  }
  const day = (value: DuckDb.DuckDBDateValue): string => {
    const micros = BigInt(value.days) * 86_400_000_000n
    return micros >= Timestamp.minMicros && micros < Timestamp.endMicros
      ? Timestamp.formatDate(value.days)
      : value.toString()
  }
  return cell
}

/** All integers are bigint, so that a number in a cell is always floating point. */
export const widenIntegers = ({ DuckDBTypeId: id }: Module, type: DuckDb.DuckDBType): boolean =>
  [id.TINYINT, id.SMALLINT, id.INTEGER, id.UTINYINT, id.USMALLINT, id.UINTEGER].includes(type.typeId)

/**
 * How a field's value is read. Coercions are declared here and nowhere else: digits in a string may be an int64, a number is never a string.
 *
 * @since 0.1.0
 */
import type { Value } from "../ColumnBatchBuilder.ts"
import type { JsonNode } from "../json/Json.ts"
import { reject, type Rejection } from "../QuarantineReason.ts"
import * as Timestamp from "../Timestamp.ts"

/**
 * A reading and the column, or columns, that it fills.
 *
 * - `string`: a JSON string. `boolean`: true or false. `json`: any value, as its text.
 * - `int64`: a whole number, or a string of digits; exact up to ±2^63.
 * - `float64`: a number, or a string that is one in JSON's grammar.
 * - `dateHour`: `YYYYMMDDHH`, as Google Analytics writes it, in a string or a number. `date`: `YYYYMMDD`.
 *
 * @category models
 * @since 0.1.0
 */
export type FieldReading =
  | { readonly as: "string" | "boolean" | "json" | "int64" | "float64"; readonly column: string }
  | { readonly as: "dateHour"; readonly columns: readonly [year: string, month: string, day: string, hour: string] }
  | { readonly as: "date"; readonly columns: readonly [year: string, month: string, day: string] }

type Set = (column: number, value: Value) => void
type Read = (node: JsonNode, text: string, set: Set) => Rejection | undefined

/**
 * @category getters
 * @since 0.1.0
 */
export const columnsOf = (reading: FieldReading): ReadonlyArray<string> =>
  "columns" in reading ? reading.columns : [reading.column]

/**
 * @category constructors
 * @since 0.1.0
 */
export const compile = (reading: FieldReading, name: string): Read => {
  switch (reading.as) {
    case "string":
      return (node, _, set) => {
        if (node.kind !== "string") return wrongType(name, "a string", node)
        if (!node.value.isWellFormed()) return reject("BadEncoding", `${name} holds half of a surrogate pair`)
        set(0, node.value)
        return undefined
      }
    case "boolean":
      return (node, _, set) => {
        if (node.kind !== "boolean") return wrongType(name, "true or false", node)
        set(0, node.value)
        return undefined
      }
    case "json":
      return (node, text, set) => {
        const own = text.slice(node.start, node.end)
        if (!own.isWellFormed()) return reject("BadEncoding", `${name} holds half of a surrogate pair`)
        set(0, own)
        return undefined
      }
    case "int64":
      return (node, _, set) => {
        const value = int64Of(node)
        if (value === undefined) return wrongType(name, "a whole number", node)
        if (value < minInt64 || value > maxInt64)
          return reject("OutOfRange", `${name} is beyond int64: ${shorten(digitsOf(node)!)}`)
        set(0, value)
        return undefined
      }
    case "float64":
      return (node, _, set) => {
        const digits = digitsOf(node)
        if (digits === undefined || !decimal.test(digits)) return wrongType(name, "a number", node)
        const value = Number(digits)
        if (!Number.isFinite(value)) return reject("OutOfRange", `${name} is beyond float64: ${shorten(digits)}`)
        set(0, value)
        return undefined
      }
    case "dateHour":
      return calendar(name, 10, "YYYYMMDDHH")
    case "date":
      return calendar(name, 8, "YYYYMMDD")
  }
}

const calendar =
  (name: string, length: number, form: string): Read =>
  (node, _, set) => {
    const digits = digitsOf(node)
    if (digits === undefined || !/^\d+$/.test(digits)) return wrongType(name, form, node)
    const part = (start: number, end: number) => Number(digits.slice(start, end))
    const date = { year: part(0, 4), month: part(4, 6), day: part(6, 8) }
    const hour = part(8, 10)
    if (digits.length !== length || !Timestamp.isDate(date) || hour > 23) {
      return reject("OutOfRange", `${name} ${shorten(digits)} is no ${length === 10 ? "hour" : "day"} (${form})`)
    }
    set(0, BigInt(date.year))
    set(1, BigInt(date.month))
    set(2, BigInt(date.day))
    if (length === 10) set(3, BigInt(hour))
    return undefined
  }

const minInt64 = -(2n ** 63n)
const maxInt64 = 2n ** 63n - 1n
const decimal = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const parts = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/

const digitsOf = (node: JsonNode): string | undefined =>
  node.kind === "number" ? node.digits : node.kind === "string" ? node.value : undefined

/** The exact whole number; undefined where there is none. What is far beyond int64 may come back as any number beyond it. */
const int64Of = (node: JsonNode): bigint | undefined => {
  if (node.kind === "string") return /^-?\d+$/.test(node.value) ? bounded(node.value) : undefined
  if (node.kind !== "number") return undefined
  const [, sign, whole, fraction = "", exponent = "0"] = parts.exec(node.digits)!
  const shift = Number(exponent) - fraction.length
  const digits = (whole! + fraction).replace(/^0+(?=\d)/, "")
  if (digits === "0") return 0n
  if (shift >= 0) return shift > 19 ? beyond(sign!) : bounded(sign! + digits + "0".repeat(shift))
  if (!/^0+$/.test(digits.slice(shift)) || digits.length <= -shift) return undefined
  return bounded(sign! + digits.slice(0, shift))
}

const bounded = (digits: string): bigint => {
  const significant = digits.replace(/^(-?)0+(?=\d)/, "$1")
  return significant.length > 20 ? beyond(significant) : BigInt(significant)
}

const beyond = (sign: string): bigint => (sign.startsWith("-") ? minInt64 - 1n : maxInt64 + 1n)

const wrongType = (name: string, expected: string, node: JsonNode): Rejection => {
  const shown =
    node.kind === "string"
      ? JSON.stringify(shorten(node.value))
      : node.kind === "number"
        ? shorten(node.digits)
        : node.kind
  return reject("WrongType", `${name} must be ${expected}, not ${shown}`)
}

const shorten = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text)

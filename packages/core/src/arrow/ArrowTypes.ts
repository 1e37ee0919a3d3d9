/**
 * The table of types: which Arrow type a column has.
 *
 * @since 0.1.0
 */
import {
  Bool,
  DataType,
  DateDay,
  DateUnit,
  Decimal,
  Dictionary,
  Field,
  Float64,
  Int32,
  Int64,
  Precision,
  Schema,
  TimestampMicrosecond,
  TimeUnit,
  Utf8,
} from "apache-arrow"
import type { Column, ColumnType, TableSchema } from "../TableSchema.ts"

/**
 * How strings and json travel. `dictionary` (the default) shares the batch's arrays; `plain` copies every string out of its dictionary, for
 * readers that take no dictionaries: BigQuery's Storage Write API, whose `ArrowRecordBatch` has no place for one.
 *
 * @category models
 * @since 0.1.0
 */
export interface ArrowOptions {
  readonly strings?: "dictionary" | "plain" | undefined
}

/**
 * The Arrow schema of a table's columns, in their order; partition columns are not among them. A field is nullable where its column is not
 * required. Dictionary ids are the columns' indices, so that the same table always has the same schema.
 *
 * | column | Arrow |
 * |---|---|
 * | string, json | dictionary<int32, utf8>, or utf8 |
 * | int64 | int64 |
 * | float64 | float64 |
 * | boolean | bool |
 * | timestamp | timestamp[µs, UTC] |
 * | date | date32 |
 * | decimal | decimal128 |
 *
 * @category conversions
 * @since 0.1.0
 */
export const arrowSchema = (table: TableSchema, options: ArrowOptions = {}): Schema =>
  new Schema(
    table.columns.map((column, i) => new Field(column.name, arrowType(column.type, i, options), !column.required)),
  )

const arrowType = (type: ColumnType, id: number, { strings = "dictionary" }: ArrowOptions): DataType => {
  switch (type.kind) {
    case "string":
    case "json":
      return strings === "plain" ? new Utf8() : new Dictionary(new Utf8(), new Int32(), id)
    case "int64":
      return new Int64()
    case "float64":
      return new Float64()
    case "boolean":
      return new Bool()
    case "timestamp":
      return new TimestampMicrosecond("UTC")
    case "date":
      return new DateDay()
    case "decimal":
      return new Decimal(type.scale, type.precision, decimalBits)
  }
}

const decimalBits = 128

/**
 * Whether values of the Arrow type can be read as the column's. Any zone will do for a timestamp, since its values count from 1970 UTC whatever
 * zone they are shown in; none will not.
 *
 * @category guards
 * @since 0.1.0
 */
export const isReadableAs = ({ type }: Column, found: DataType): boolean => {
  switch (type.kind) {
    case "string":
    case "json":
      return (
        DataType.isUtf8(found) ||
        (DataType.isDictionary(found) && DataType.isUtf8(found.dictionary) && isInt(found.indices, 32))
      )
    case "int64":
      return isInt(found, 64)
    case "float64":
      return DataType.isFloat(found) && found.precision === Precision.DOUBLE
    case "boolean":
      return DataType.isBool(found)
    case "timestamp":
      return DataType.isTimestamp(found) && found.unit === TimeUnit.MICROSECOND && typeof found.timezone === "string"
    case "date":
      return DataType.isDate(found) && found.unit === DateUnit.DAY
    case "decimal":
      return (
        DataType.isDecimal(found) &&
        found.bitWidth === decimalBits &&
        found.scale === type.scale &&
        found.precision <= type.precision
      )
  }
}

const isInt = (found: DataType, bits: number): boolean =>
  DataType.isInt(found) && found.isSigned && found.bitWidth === bits

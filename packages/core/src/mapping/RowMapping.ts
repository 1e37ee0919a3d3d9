/**
 * How fields become columns, as data: which names a field goes by, how its value is read, which columns it fills.
 *
 * @since 0.1.0
 */
import type { JsonNode } from "../json/Json.ts"
import { reject, type Rejection } from "../QuarantineReason.ts"
import { qualifiedName, type TableSchema } from "../TableSchema.ts"
import type { Value } from "../ColumnBatchBuilder.ts"
import * as FieldReading from "./FieldReading.ts"

/**
 * One field. The first of `names` is the one that messages use; no two of them may occur in one record.
 *
 * @category models
 * @since 0.1.0
 */
export interface FieldMapping {
  readonly names: readonly [string, ...ReadonlyArray<string>]
  /** What a report calls it; a log message has only fields. */
  readonly role?: "dimension" | "metric"
  readonly reading: FieldReading.FieldReading
  /** What stands in the column where the field is missing or null; without it such a record is quarantined. */
  readonly ifMissing?: Value
}

/**
 * Where the values of a row go: a column of the file, or a partition column.
 *
 * @category models
 * @since 0.1.0
 */
export interface RowTarget {
  readonly setColumn: (column: number, value: Value) => void
  readonly setPartition: (column: number, value: number) => void
}

/**
 * A mapping made ready: names resolved to positions once.
 *
 * @category models
 * @since 0.1.0
 */
export interface CompiledMapping {
  readonly table: TableSchema
  readonly fields: ReadonlyArray<CompiledField>
  /** The field that goes by a name, as a position in `fields`. */
  readonly fieldNamed: ReadonlyMap<string, number>
}

/**
 * @category models
 * @since 0.1.0
 */
export interface CompiledField {
  readonly mapping: FieldMapping
  /** Reads the value into the row, or says why it cannot be. `text` is what the node's offsets point into. */
  readonly write: (node: JsonNode | undefined, text: string, target: RowTarget) => Rejection | undefined
}

/**
 * Resolves a mapping against its table; throws where it names a column that the table lacks, or fills one twice: a bug of the program.
 *
 * @category constructors
 * @since 0.1.0
 */
export const compile = (table: TableSchema, fields: ReadonlyArray<FieldMapping>): CompiledMapping => {
  const fieldNamed = new Map<string, number>()
  const filled = new Set<string>()
  fields.forEach((field, i) => {
    for (const name of field.names) {
      if (fieldNamed.has(name)) throw new Error(`mapping of ${qualifiedName(table)}: "${name}" stands for two fields`)
      fieldNamed.set(name, i)
    }
    for (const column of FieldReading.columnsOf(field.reading)) {
      if (filled.has(column)) throw new Error(`mapping of ${qualifiedName(table)}: column "${column}" is filled twice`)
      filled.add(column)
    }
  })
  return { table, fields: fields.map((field) => compileField(table, field)), fieldNamed }
}

const compileField = (table: TableSchema, mapping: FieldMapping): CompiledField => {
  const setters = FieldReading.columnsOf(mapping.reading).map((name) => setterOf(table, name))
  const read = FieldReading.compile(mapping.reading, mapping.names[0])
  const { ifMissing } = mapping
  return {
    mapping,
    write: (node, text, target) => {
      if (node === undefined || node.kind === "null") {
        if (ifMissing === undefined) return reject("MissingRequired", `no value for ${mapping.names[0]}`)
        setters[0]!(target, ifMissing)
        return undefined
      }
      return read(node, text, (i, value) => setters[i]!(target, value))
    },
  }
}

const setterOf = (table: TableSchema, name: string): ((target: RowTarget, value: Value) => void) => {
  const partition = table.partitionColumns.indexOf(name)
  if (partition !== -1) return (target, value) => target.setPartition(partition, Number(value))
  const column = table.columns.findIndex((other) => other.name === name)
  if (column === -1) throw new Error(`mapping of ${qualifiedName(table)}: there is no column "${name}"`)
  return (target, value) => target.setColumn(column, value)
}

/**
 * What is carried, how it is mapped and where it goes: declared in code.
 *
 * @since 0.1.0
 */
import { type Limits, defaultLimits } from "./Limits.ts"
import type { PageCodec } from "./Compression.ts"
import type { Flow } from "./Flow.ts"
import * as MappingProblems from "./mapping/MappingProblems.ts"
import { compile } from "./mapping/RowMapping.ts"
import { qualifiedName } from "./TableSchema.ts"
import * as TableSchema from "./TableSchema.ts"
import { gaFlow } from "./GaFlow.ts"
import { logsFlow } from "./LogsFlow.ts"

/**
 * When a batch of rows is written: at so many rows, or bytes of columns, of one partition; `bufferBytes` bounds all partitions together.
 *
 * @category models
 * @since 0.1.0
 */
export interface BatchLimits {
  readonly rowsPerGroup: number
  readonly bytesPerGroup: number
  readonly bufferBytes: number
  readonly rowsPerFile: number
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Config {
  readonly flows: Readonly<Record<string, Flow>>
  readonly limits: Limits
  readonly batching: BatchLimits
  readonly codec: PageCodec
}

/**
 * @category constants
 * @since 0.1.0
 */
export const defaultBatching: BatchLimits = {
  rowsPerGroup: 100_000,
  bytesPerGroup: 32 * 1024 * 1024,
  bufferBytes: 64 * 1024 * 1024,
  rowsPerFile: 5_000_000,
}

/**
 * The configuration of a project; without options, the two seed flows `ga` and `logs`. Throws with the path of what is wrong.
 *
 * @example
 * ```ts
 * import { defineConfig } from "@tributary/core/Config"
 *
 * const config = defineConfig()
 * Object.keys(config.flows) // => ["ga", "logs"]
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const defineConfig = (
  options: Partial<Omit<Config, "limits" | "batching">> & {
    readonly limits?: Partial<Limits>
    readonly batching?: Partial<BatchLimits>
  } = {},
): Config => {
  const config: Config = {
    flows: options.flows ?? { ga: gaFlow, logs: logsFlow },
    limits: { ...defaultLimits, ...options.limits },
    batching: { ...defaultBatching, ...options.batching },
    codec: options.codec ?? "zstd",
  }
  const problems = [
    ...numberProblems("limits", config.limits),
    ...numberProblems("batching", config.batching),
    ...flowProblems(config.flows),
  ]
  if (problems.length > 0)
    throw new Error(`the configuration cannot be used:\n${problems.map((problem) => `- ${problem}`).join("\n")}`)
  return config
}

const numberProblems = (path: string, values: Limits | BatchLimits): ReadonlyArray<string> =>
  Object.entries(values)
    .filter(([, value]) => !Number.isSafeInteger(value) || value < 1)
    .map(([name, value]) => `${path}.${name}: a whole number from 1 was expected, not ${String(value)}`)

const flowName = /^[a-z][a-z0-9_-]{0,62}$/

const flowProblems = (flows: Config["flows"]): ReadonlyArray<string> => {
  const owners = new Map<string, string>()
  return Object.entries(flows).flatMap(([name, flow]) => {
    const path = `flows.${name}`
    const problems: Array<string> = []
    if (!flowName.test(name)) problems.push(`${path}: a name of lower-case letters, digits, - and _ was expected`)
    const owner = owners.get(qualifiedName(flow.table))
    if (owner !== undefined)
      problems.push(
        `${path}.table: ${qualifiedName(flow.table)} belongs to flows.${owner} already; a table has one flow`,
      )
    owners.set(qualifiedName(flow.table), name)
    const unnameable = tableProblem(flow.table)
    if (unnameable !== undefined) problems.push(`${path}.table: ${unnameable}`)
    if (flow.table.partitionColumns.join() !== "year,month,day") {
      problems.push(
        `${path}.table.partitionColumns: year, month, day were expected, not ${flow.table.partitionColumns.join(", ")}`,
      )
    }
    return [...problems, ...mappingProblems(path, flow), ...modeProblems(path, flow)]
  })
}

/** A table may have been put together by hand, its name changed in a copy of another. */
const tableProblem = (table: TableSchema.TableSchema): string | undefined => {
  try {
    TableSchema.make(table)
    return undefined
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause)
  }
}

const modeProblems = (path: string, flow: Flow): ReadonlyArray<string> => {
  if (flow.kind === "logs") return []
  if (flow.mode === "append")
    return flow.onIncomplete === undefined
      ? []
      : [`${path}.onIncomplete: a table that is appended to has no extracts to hold back`]
  if (flow.mode !== "merge") return []
  const without = flow.fields.filter(({ role }) => role === undefined)
  return [
    ...(flow.fields.some(({ role }) => role === "dimension")
      ? []
      : [`${path}.fields: a merge needs a dimension; there is none`]),
    ...without.map(
      ({ names }) => `${path}.fields: ${names[0]} has no role, which a merge needs to know its rows apart`,
    ),
  ]
}

const mappingProblems = (path: string, flow: Flow): ReadonlyArray<string> => {
  try {
    compile(flow.table, flow.fields)
  } catch (cause) {
    return [`${path}.fields: ${cause instanceof Error ? cause.message : String(cause)}`]
  }
  const own = flow.kind === "logs" ? [flow.timestampColumn, flow.keyColumn] : []
  const required = flow.table.columns.filter((column) => column.required).map((column) => column.name)
  const wanted = flow.kind === "report" ? [...required, ...flow.table.partitionColumns] : required
  return MappingProblems.find(flow.table, flow.fields, own, wanted).map((problem) => `${path}.fields: ${problem}`)
}

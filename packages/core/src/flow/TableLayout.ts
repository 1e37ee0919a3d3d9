/**
 * Where the files of a table lie in the lake.
 *
 * @since 0.1.0
 */
import { dateFolder } from "../Lake.ts"
import type { TableSchema } from "../TableSchema.ts"
import type { CivilDate } from "../Timestamp.ts"

/**
 * The folder of a table: `appflow_data/ga_sample/`.
 *
 * @category paths
 * @since 0.1.0
 */
export const tableFolder = (table: TableSchema): string => `${table.database}/${table.name}/`

/**
 * Where the files of one generation of an extract lie: `…/year=2026/month=1/day=2/<extract>/g1/`. Once published, nothing is added to it.
 *
 * @category paths
 * @since 0.1.0
 */
export const generationFolder = (table: TableSchema, date: CivilDate, extract: string, generation: number): string =>
  `${tableFolder(table)}${dateFolder(date)}/${extract}/g${generation}/`

/**
 * Where the files of a merge lie: `…/year=2026/month=1/day=2/merged/<digest>/`. No extract's folder is like it: below those lie generations.
 *
 * @category paths
 * @since 0.1.0
 */
export const mergedFolder = (table: TableSchema, date: CivilDate, digest: string): string =>
  `${tableFolder(table)}${dateFolder(date)}/merged/${digest}/`

/**
 * The folder of a merge that a file lies in; undefined where it lies in none.
 *
 * @category paths
 * @since 0.1.0
 */
export const mergedFolderOf = (path: string): string | undefined => /^.*\/merged\/[0-9a-f]{32}\//.exec(path)?.[0]

/**
 * Where the files of a table in append mode lie: `…/year=2026/month=1/day=2/`.
 *
 * @category paths
 * @since 0.1.0
 */
export const appendFolder = (table: TableSchema, date: CivilDate): string => `${tableFolder(table)}${dateFolder(date)}/`

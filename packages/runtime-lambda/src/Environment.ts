/**
 * What the environment of a function says: where things are, never how they are mapped.
 *
 * | variable | says | example |
 * |---|---|---|
 * | `TRIBUTARY_LAKE` | bucket and folder of the lake | `s3://shop-lake/lake` |
 * | `TRIBUTARY_JOURNAL` | the SQLite file of journal and seen keys | `/tmp/tributary/journal.sqlite` |
 * | `BIGQUERY_TABLE_ID` | the table that log events go to, for a flow with the sink `warehouse` | `shop.logs.events` |
 *
 * Beside them count the standard variables of AWS and Google, which their SDKs read.
 *
 * @since 0.1.0
 */
import * as BigQueryTableId from "@tributary/adapters-gcp/BigQueryTableId"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

/**
 * A variable: its name, how its text is read, and in words what it should be. `parse` answers undefined to what it cannot use.
 *
 * @category models
 * @since 0.1.0
 */
export interface Variable<A> {
  readonly name: string
  readonly expected: string
  readonly parse: (text: string) => A | undefined
}

/**
 * Variables that are missing or wrong: all of them at once, one problem each.
 *
 * @category errors
 * @since 0.1.0
 */
export class EnvironmentError extends Schema.TaggedError<EnvironmentError>()("EnvironmentError", {
  problems: Schema.Array(Schema.String),
}) {
  override get message(): string {
    return `the function's environment cannot be used:\n${this.problems.map((problem) => `- ${problem}`).join("\n")}`
  }
}

/**
 * Where a lake lies on S3. `prefix` is empty or ends with a slash.
 *
 * @category models
 * @since 0.1.0
 */
export interface LakeAddress {
  readonly bucket: string
  readonly prefix: string
}

/**
 * `TRIBUTARY_LAKE`.
 *
 * @category variables
 * @since 0.1.0
 */
export const lake: Variable<LakeAddress> = {
  name: "TRIBUTARY_LAKE",
  expected: "the address of a bucket, or of a folder in one, such as s3://my-bucket/lake",
  parse: (text) => {
    // Amazon S3 User Guide, "General purpose bucket naming rules".
    const [, bucket, folder = ""] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(text) ?? []
    if (bucket === undefined || folder.startsWith("/")) return undefined
    return { bucket, prefix: folder === "" || folder.endsWith("/") ? folder : `${folder}/` }
  },
}

/**
 * `TRIBUTARY_JOURNAL`.
 *
 * @category variables
 * @since 0.1.0
 */
export const journal: Variable<string> = {
  name: "TRIBUTARY_JOURNAL",
  expected: "the absolute path of the journal's file, such as /tmp/tributary/journal.sqlite",
  parse: (text) => (/^\/.*[^/]$/.test(text) ? text : undefined),
}

/**
 * `BIGQUERY_TABLE_ID`.
 *
 * @category variables
 * @since 0.1.0
 */
export const bigQueryTable: Variable<BigQueryTableId.BigQueryTableId> = {
  name: "BIGQUERY_TABLE_ID",
  expected: "the address of a table, project.dataset.table or dataset.table",
  parse: BigQueryTableId.parse,
}

/**
 * Reads variables; one error names every one that is missing or wrong.
 *
 * @example
 * ```ts
 * import * as Environment from "@tributary/runtime-lambda/Environment"
 * import { ConfigProvider, Effect } from "effect"
 *
 * const { journal, lake } = Environment
 * const env = { TRIBUTARY_LAKE: "s3://shop-lake/lake", TRIBUTARY_JOURNAL: "/tmp/journal.sqlite" }
 * const found = Environment.read({ lake, journal }).pipe(
 *   Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromUnknown(env)),
 * )
 * Effect.runSync(found).lake // => { bucket: "shop-lake", prefix: "lake/" }
 * ```
 *
 * @category reading
 * @since 0.1.0
 */
export const read = Effect.fnUntraced(function* <A extends Readonly<Record<string, unknown>>>(variables: {
  readonly [K in keyof A]: Variable<A[K]>
}) {
  const found: Partial<A> = {}
  const problems: Array<string> = []
  for (const key in variables) {
    const { expected, name, parse } = variables[key]
    const text = yield* Effect.result(Config.option(Config.String(name)))
    const said = Result.isSuccess(text) ? Option.getOrElse(text.success, () => "") : ""
    const value = said === "" ? undefined : parse(said)
    if (value !== undefined) found[key] = value
    else problems.push(`${name} ${said === "" ? "is not set" : `is ${JSON.stringify(said)}`}; expected is ${expected}`)
  }
  if (problems.length > 0) return yield* new EnvironmentError({ problems })
  return found as A
})

/**
 * `tributary query SQL`: asks the lake.
 *
 * @since 0.1.0
 */
import { type Cell, QueryEngine, type QueryResult } from "@tributary/core/QueryEngine"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as ConfigFile from "../ConfigFile.ts"
import * as ExtractTime from "../ExtractTime.ts"
import * as LakeFolder from "../LakeFolder.ts"
import * as LakeLayer from "../LakeLayer.ts"
import * as LakeQuery from "../LakeQuery.ts"
import * as Json from "../output/Json.ts"
import { Streams } from "../output/Streams.ts"
import * as Table from "../output/Table.ts"
import * as Text from "../output/Text.ts"
import { root } from "../Root.ts"
import { WrongCall } from "../WrongCall.ts"

/** A person reads no more; a program asks for JSON. */
const maxRowsShown = 10_000

/**
 * @category commands
 * @since 0.1.0
 */
export const query = Command.make(
  "query",
  {
    sql: Argument.String("SQL").pipe(Argument.withDescription("One SELECT, in quotes")),
    asOf: Flag.String("as-of").pipe(
      Flag.withMetavar("TIME"),
      Flag.withDescription("Answer as this query would have at that time, in ISO 8601"),
      Flag.optional,
    ),
    extract: Flag.String("extract").pipe(
      Flag.withMetavar("ID"),
      Flag.withDescription("Ask the rows of this extract alone, superseded or not; the beginning of its id will do"),
      Flag.optional,
    ),
  },
  Effect.fn("QueryCommand")(function* ({ asOf, extract, sql }) {
    const flags = yield* root
    const config = yield* ConfigFile.load(Option.getOrUndefined(flags.config))
    const folder = yield* LakeFolder.open(flags.lake)
    if (sql.trim() === "") return yield* new WrongCall({ sentence: "the SQL is empty" })
    const view = yield* viewOf(asOf, extract)
    const started = yield* Clock.currentTimeMillis
    const answer = Effect.gen(function* () {
      const engine = yield* QueryEngine
      const result = yield* engine
        .query(sql)
        .pipe(
          Effect.catchReason("QueryEngineError", "Invalid", ({ detail }) =>
            Effect.fail(new WrongCall({ sentence: `the query was refused: ${detail}` })),
          ),
        )
      if (flags.format === "json") yield* printJson(result)
      else yield* printTable(result, started)
    })
    yield* answer.pipe(
      Effect.provide(LakeQuery.layer(config, folder, view)),
      Effect.provide(LakeLayer.layerRead(folder)),
    )
  }),
).pipe(
  Command.withDescription(
    "Ask the lake in SQL. Tables: appflow_data.ga_sample and logs.events, or those of the configuration.",
  ),
  Command.withShortDescription("Ask the lake in SQL"),
  Command.withExamples([
    {
      command: 'tributary query "SELECT device, sum(user_count) AS users FROM appflow_data.ga_sample GROUP BY device"',
      description: "Users by device",
    },
    {
      command: 'tributary query "SELECT * FROM logs.events ORDER BY timestamp LIMIT 20"',
      description: "The first log events",
    },
    {
      command: 'tributary query "SELECT sum(user_count) FROM appflow_data.ga_sample" --as-of 2026-01-05T12:00:00Z',
      description: "What that query answered then",
    },
    { command: 'tributary query "SHOW ALL TABLES"', description: "What there is to ask" },
  ]),
)

/** Which rows are asked. */
const viewOf = Effect.fnUntraced(function* (asOf: Option.Option<string>, extract: Option.Option<string>) {
  if (Option.isSome(asOf) && Option.isSome(extract)) {
    return yield* new WrongCall({
      sentence: "--as-of and --extract do not go together: name one of them",
    })
  }
  if (Option.isSome(extract)) return { extract: extract.value }
  return Option.isNone(asOf) ? {} : { asOf: yield* ExtractTime.ofFlag("--as-of", asOf.value) }
})

const printJson = ({ bytesScanned, columns, rows }: QueryResult) =>
  Json.printArray(
    `{"columns":${JSON.stringify(columns.map(({ name }) => name))},"rows":[`,
    Stream.map(rows, (row) => `[${row.map(Json.cell).join(",")}]`),
    `],"bytesScanned":${bytesScanned}}`,
  )

const printTable = Effect.fnUntraced(function* ({ bytesScanned, columns, rows }: QueryResult, started: number) {
  const { stdout } = yield* Streams
  const shown: Array<ReadonlyArray<Cell>> = []
  let count = 0
  yield* Stream.runForEach(rows, (row) =>
    Effect.sync(() => {
      count++
      if (shown.length < maxRowsShown) shown.push(row)
    }),
  )
  const isNumeric = (i: number) => shown.some((row) => typeof row[i] === "bigint" || typeof row[i] === "number")
  const table = Table.render(
    columns.map(({ name }, i) => ({ name, align: isNumeric(i) ? "right" : "left" })),
    shown.map((row) => row.map((cell) => (cell === null ? "NULL" : String(cell)))),
    stdout.columns,
  )
  const tookMs = (yield* Clock.currentTimeMillis) - started
  const more =
    count > shown.length ? ` (the first ${Text.count(shown.length)} are shown; --format json prints all)` : ""
  yield* stdout.write(
    `${table}\n${Text.counted(count, "row")}${more}, ${Text.bytes(bytesScanned)} read, ${Text.duration(tookMs)}\n`,
  )
})

/** A sink of one's own: rows as lines of JSON in a file, `[key, cells]` each. */
// #region code
import { toRows } from "@tributary/core/ColumnBatch"
import * as PortError from "@tributary/core/PortError"
import { RowSink, RowSinkError } from "@tributary/core/RowSink"
import { Effect, Layer } from "effect"
import * as fs from "node:fs/promises"

const failed = (cause: unknown) =>
  new RowSinkError({ operation: "append", reason: new PortError.Unavailable({ detail: String(cause), cause }) })

const attempt = <A>(run: () => Promise<A>) => Effect.tryPromise({ try: run, catch: failed })

const keysIn = (file: string) =>
  attempt(async () => {
    const lines = (await fs.readFile(file, "utf8")).split("\n").slice(0, -1)
    return new Set(lines.map((line) => (JSON.parse(line) as readonly [string])[0]))
  })

/** For one process; a file that does not exist yet must be made empty first. */
export const layer = (file: string): Layer.Layer<RowSink> =>
  Layer.succeed(RowSink, {
    append: Effect.fn("JsonLinesSink.append")(function* (batch, keys) {
      const known = yield* keysIn(file)
      const lines = toRows(batch).flatMap((cells, i) => {
        const key = keys[i]!
        if (known.has(key)) return []
        known.add(key)
        const values = cells.map((cell) => (typeof cell === "bigint" ? String(cell) : cell))
        return [`${JSON.stringify([key, values])}\n`]
      })
      yield* attempt(() => fs.appendFile(file, lines.join("")))
      return { rejected: [] }
    }),
  })
// #endregion code

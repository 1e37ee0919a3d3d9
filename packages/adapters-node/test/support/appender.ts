/** A process that appends to a stream that others append to as well: `node appender.ts FILE NAME COUNT`. */
import * as SqliteJournalStore from "@tributary/adapters-node/SqliteJournalStore"
import { JournalStore } from "@tributary/core/JournalStore"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

const [file, name, count] = process.argv.slice(2)

const program = Effect.gen(function* () {
  const store = yield* JournalStore
  for (let i = 0; i < Number(count); i++) {
    const commandId = `${name}-${i}`
    const attempt = Effect.gen(function* () {
      const version = (yield* Stream.runCollect(store.read("shared"))).length
      return yield* store.append({
        stream: "shared",
        expectedVersion: version,
        commandId,
        events: [{ type: "T@1", data: `"${commandId}"` }],
      })
    })
    yield* Effect.retry(attempt, { while: ({ reason }) => reason._tag === "Conflict" })
  }
})

await Effect.runPromise(Effect.provide(program, SqliteJournalStore.layer({ file: file! })))

import { describe } from "@effect/vitest"
import type { Append, JournalStoreError } from "@tributary/core/JournalStore"
import { Clock, Effect } from "effect"
import { change, conflict, faulty, type Store, versionOf } from "./journalFaults.ts"

describe("JournalCommandCases", () => {
  let command = 0
  faulty(
    "does not know a command again",
    "the same command with the same events is answered with the first result",
    (store) => ({
      append: (append) => store.append({ ...append, commandId: `${append.commandId}-${command++}` }),
    }),
  )
  faulty("knows a command again whatever its events", "the same command with other events is Conflict", (store) => {
    const results = new Map<string, { readonly version: number }>()
    return {
      append: (append) => {
        const before = results.get(append.stream + append.commandId)
        if (before !== undefined) return Effect.succeed(before)
        return Effect.tap(store.append(append), (result) =>
          Effect.sync(() => results.set(append.stream + append.commandId, result)),
        )
      },
    }
  })
  faulty(
    "knows a command again while it is the last only",
    "the first result is answered after the stream has moved on, too",
    (store) => {
      const last = new Map<string, string>()
      return {
        append: (append) => {
          const known = last.get(append.stream) === append.commandId
          if (!known) command++
          last.set(append.stream, append.commandId)
          return store.append({ ...append, commandId: `${append.commandId}-${command}` })
        },
      }
    },
  )
  faulty("remembers a command that was refused", "a command that was refused may be tried again", (store) => {
    const refused = new Map<string, JournalStoreError>()
    return {
      append: (append) => {
        const before = refused.get(append.stream + append.commandId)
        if (before !== undefined) return Effect.fail(before)
        return Effect.tapError(store.append(append), (error) =>
          Effect.sync(() => refused.set(append.stream + append.commandId, error)),
        )
      },
    }
  })
  faulty(
    "takes commands of other streams for the same",
    "the same command on another stream is an append of its own",
    (store) => {
      const seen = new Set<string>()
      return {
        append: (append) => {
          if (seen.has(append.commandId)) return store.append({ ...append, expectedVersion: -1 })
          return Effect.tap(store.append(append), () => Effect.sync(() => seen.add(append.commandId)))
        },
      }
    },
  )
  /** Forgets finished commands: an append under an id that is not known is a new one. */
  const forgetful = (knows: (seen: ReadonlyArray<string>, id: string) => boolean) => (store: Store) => {
    const seen: Array<string> = []
    return {
      append: (append: Append) => {
        const id = `${append.stream} ${append.commandId}`
        const round = knows(seen, id) ? seen.filter((other) => other === id).length - 1 : seen.length
        seen.push(id)
        return store.append({ ...append, commandId: `${append.commandId} ${Math.max(round, 0)}` })
      },
    }
  }
  faulty(
    "knows the last of its commands only",
    "a command is known again however many came after it",
    forgetful((seen, id) => seen.slice(-100).includes(id)),
  )
  faulty(
    "answers with the version of now",
    "each of many commands is answered with its own result, in any order",
    (store) => ({
      append: (append) =>
        Effect.flatMap(store.append(append), () =>
          Effect.map(versionOf(store, append.stream), (version) => ({ version })),
        ),
    }),
  )
  faulty(
    "looks at the expected version first",
    "the first result is answered whatever version is expected now",
    (store) => {
      const first = new Map<string, number>()
      return {
        append: (append) => {
          const id = `${append.stream} ${append.commandId}`
          const expected = first.get(id) ?? append.expectedVersion
          first.set(id, expected)
          return expected === append.expectedVersion ? store.append(append) : conflict(expected)
        },
      }
    },
  )
  faulty(
    "forgets a stream's commands with a conflict",
    "the first result is answered after a refused append, too",
    (store) => {
      const forgotten = new Map<string, number>()
      return {
        append: (append) =>
          Effect.tapError(
            store.append({ ...append, commandId: `${append.commandId} ${forgotten.get(append.stream) ?? 0}` }),
            () => Effect.sync(() => forgotten.set(append.stream, (forgotten.get(append.stream) ?? 0) + 1)),
          ),
      }
    },
  )
  faulty("renews the times of a repeated append", "a repeated append changes nothing that is read", (store) => {
    const renewed = new Map<string, number>()
    return {
      append: (append) =>
        Effect.tap(store.append(append), () =>
          Effect.map(Clock.currentTimeMillis, (now) => renewed.set(append.stream, now)),
        ),
      ...change((event) => ({ ...event, at: renewed.get(event.stream) ?? event.at }))(store),
    }
  })
  faulty("compares JSON, not text", "the same JSON in another spelling is other events", (store) => {
    const sorted = (data: string) =>
      JSON.stringify(Object.entries(JSON.parse(data)).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    const kept = new Map<string, { readonly data: string; readonly result: { readonly version: number } }>()
    return {
      append: (append) => {
        const id = `${append.stream} ${append.commandId}`
        const before = kept.get(id)
        const [{ data }] = append.events
        if (before !== undefined && sorted(before.data) === sorted(data)) return Effect.succeed(before.result)
        return Effect.tap(store.append(append), (result) => Effect.sync(() => kept.set(id, { data, result })))
      },
    }
  })
  faulty(
    "remembers a command that was too large",
    "a command that was refused for its size may be tried again",
    (store) => {
      const refused = new Map<string, JournalStoreError>()
      return {
        append: (append) => {
          const before = refused.get(append.stream + append.commandId)
          if (before !== undefined) return Effect.fail(before)
          return Effect.tapError(store.append(append), (error) =>
            Effect.sync(() => error.reason._tag === "Invalid" && refused.set(append.stream + append.commandId, error)),
          )
        },
      }
    },
  )
  faulty("knows events again, not commands", "other commands may append the same events", (store) => ({
    append: (append) => store.append({ ...append, commandId: append.events.map(({ data }) => data).join() }),
  }))
  faulty(
    "takes a command for new while it is under way",
    "the same command at the same time is written once",
    (store) => {
      const done = new Map<string, { readonly version: number }>()
      return {
        append: (append) =>
          Effect.gen(function* () {
            const before = done.get(append.commandId)
            if (before !== undefined) return before
            yield* Effect.yieldNow
            const expectedVersion = yield* versionOf(store, append.stream)
            const result = yield* store.append({
              ...append,
              expectedVersion,
              commandId: `${append.commandId} ${fresh++}`,
            })
            done.set(append.commandId, result)
            return result
          }),
      }
    },
  )
  let fresh = 0
  const idsAs =
    (idOf: (id: string) => string) =>
    (store: Store): Partial<Store> => ({
      append: (append) => store.append({ ...append, commandId: idOf(append.commandId) }),
    })
  for (const [what, idOf] of [
    ["in lower case", (id: string) => id.toLowerCase()],
    ["without spaces around them", (id: string) => id.trim()],
    ["in one normal form", (id: string) => id.normalize()],
    ["by their beginnings", (id: string) => id.slice(0, -1)],
  ] as const) {
    faulty(`compares command ids ${what}`, "command ids are compared character by character", idsAs(idOf))
  }
  faulty(
    "keeps letters and digits of a command id only",
    "command ids may be any text",
    idsAs((id) => id.replace(/[^a-z0-9]/g, "_")),
  )
  faulty("keeps a command id's first 255 characters", "command ids may be any text", (store) => ({
    append: (append) =>
      append.commandId.length > 255 ? Effect.flatMap(versionOf(store, append.stream), conflict) : store.append(append),
  }))
})

/** A wrong program that names its files by chance: two ports are wrapped, for the journal has to tell the same names. */
import { JournalStore } from "@tributary/core/JournalStore"
import { ObjectStore } from "@tributary/core/ObjectStore"
import { Context, Effect } from "effect"
import type { Variant } from "../Process.ts"

const mark = "~"

export const randomNames: Variant = {
  name: "files have names of chance",
  ports: (ports, random) => {
    const store = Context.get(ports, ObjectStore)
    const journal = Context.get(ports, JournalStore)
    const names = new Map<string, string>()
    return ports.pipe(
      Context.add(ObjectStore, {
        ...store,
        upload: (ref, condition) => {
          if (!ref.key.endsWith(".parquet") || ref.key.includes(mark)) return store.upload(ref, condition)
          const key = ref.key.replace(/\.parquet$/, `${mark}${random.between(0, 1_000_000)}.parquet`)
          names.set(ref.key, key)
          return store.upload({ ...ref, key }, condition)
        },
      }),
      Context.add(JournalStore, {
        ...journal,
        append: (append) => {
          const renamed = (data: string) =>
            Array.from(names).reduce((text, [from, to]) => text.replaceAll(`"${from}"`, `"${to}"`), data)
          const [first, ...rest] = append.events
          return Effect.suspend(() =>
            journal.append({
              ...append,
              events: [
                { ...first, data: renamed(first.data) },
                ...rest.map((event) => ({ ...event, data: renamed(event.data) })),
              ],
            }),
          )
        },
      }),
    )
  },
}

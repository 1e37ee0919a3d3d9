/**
 * `tributary journal`: what was decided and done.
 *
 * @since 0.1.0
 */
import { JournalStore, type StoredEvent } from "@tributary/core/JournalStore"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as LakeFolder from "../LakeFolder.ts"
import * as LakeLayer from "../LakeLayer.ts"
import * as Json from "../output/Json.ts"
import { Streams } from "../output/Streams.ts"
import * as Table from "../output/Table.ts"
import * as Text from "../output/Text.ts"
import { root } from "../Root.ts"

/**
 * @category commands
 * @since 0.1.0
 */
export const journal = Command.make(
  "journal",
  {
    stream: Flag.String("stream").pipe(
      Flag.withMetavar("S"),
      Flag.withDescription("Only the events of this stream"),
      Flag.optional,
    ),
  },
  Effect.fn("JournalCommand")(function* ({ stream }) {
    const flags = yield* root
    const folder = yield* LakeFolder.open(flags.lake)
    const events = Stream.unwrap(
      Effect.map(JournalStore, (store) =>
        Option.match(stream, { onNone: () => store.readAll(), onSome: (name) => store.read(name) }),
      ),
    )
    const print =
      flags.format === "json"
        ? Json.printArray(
            '{"events":[',
            Stream.map(events, (event) => JSON.stringify(documentOf(event))),
            "]}",
          )
        : Effect.flatMap(Stream.runCollect(events), printTable)
    yield* Effect.provide(print, LakeLayer.layerRead(folder))
  }),
).pipe(
  Command.withDescription(
    "What was decided and done, oldest first. Streams are named input/ID, extract/FLOW/ID and partition/TABLE/DATE; nothing else is decided anywhere.",
  ),
  Command.withShortDescription("What was decided and done"),
  Command.withExamples([
    { command: "tributary journal", description: "Everything" },
    {
      command: "tributary journal --stream partition/appflow_data.ga_sample/2026-01-02",
      description: "Which extract a date has shown, and since when",
    },
  ]),
)

const documentOf = ({ at, data, stream, type, version }: StoredEvent) => ({
  stream,
  version,
  type: nameOf(type),
  at: timeOf(at),
  data: JSON.parse(data) as unknown,
})

/** The type without its format version. */
const nameOf = (type: string): string => type.replace(/@\d+$/, "")

const timeOf = (at: number): string => new Date(at).toISOString()

const printTable = Effect.fnUntraced(function* (events: ReadonlyArray<StoredEvent>) {
  const { stdout } = yield* Streams
  if (events.length === 0) return yield* stdout.write("There are no such events.\n")
  const table = Table.render(
    [
      { name: "at", align: "left", whole: true },
      { name: "stream", align: "left", whole: true },
      { name: "version", align: "right" },
      { name: "type", align: "left", whole: true },
      { name: "data", align: "left" },
    ],
    events.map(({ at, data, stream, type, version }) => [timeOf(at), stream, String(version), nameOf(type), data]),
    stdout.columns,
  )
  yield* stdout.write(`${table}\n${Text.counted(events.length, "event")}\n`)
})

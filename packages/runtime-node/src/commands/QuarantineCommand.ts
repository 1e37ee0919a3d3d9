/**
 * `tributary quarantine`: rejected records and why, and what a person does with them.
 *
 * @since 0.1.0
 */
import * as Quarantine from "@tributary/core/flow/Quarantine"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as LakeFolder from "../LakeFolder.ts"
import * as LakeLayer from "../LakeLayer.ts"
import * as Json from "../output/Json.ts"
import { Streams } from "../output/Streams.ts"
import * as Text from "../output/Text.ts"
import { root } from "../Root.ts"
import { drop } from "./QuarantineDropCommand.ts"
import { retry } from "./QuarantineRetryCommand.ts"

const list = Command.make(
  "list",
  {},
  Effect.fn("QuarantineCommand.list")(function* () {
    const flags = yield* root
    const folder = yield* LakeFolder.open(flags.lake)
    const items = Quarantine.list()
    const print =
      flags.format === "json"
        ? Json.printArray(
            '{"items":[',
            Stream.map(items, (item) => JSON.stringify(documentOf(item))),
            "]}",
          )
        : Effect.flatMap(Stream.runCollect(items), printList)
    yield* Effect.provide(print, LakeLayer.layerRead(folder))
  }),
).pipe(
  Command.withDescription(
    "The quarantined records that wait for somebody: where each came from, and why it was rejected",
  ),
)

const show = Command.make(
  "show",
  { id: Argument.String("ID").pipe(Argument.withDescription("As the list names it")) },
  Effect.fn("QuarantineCommand.show")(function* ({ id }) {
    const flags = yield* root
    const folder = yield* LakeFolder.open(flags.lake)
    const { bytes, item } = yield* Effect.provide(Quarantine.show(id), LakeLayer.layerRead(folder))
    if (flags.format === "json") {
      yield* Json.print({ item: documentOf(item), bytes: Buffer.from(bytes).toString("base64") })
    } else yield* printItem(item, bytes)
  }),
).pipe(
  Command.withDescription(
    "One quarantined record with its original bytes: as text where they are UTF-8, in hexadecimal otherwise",
  ),
)

/**
 * @category commands
 * @since 0.1.0
 */
export const quarantine = Command.make("quarantine").pipe(
  Command.withDescription("Records that could not be read, with their reason, position and original bytes"),
  Command.withExamples([
    { command: "tributary quarantine list", description: "All of them" },
    { command: "tributary quarantine show 0f3a…-1", description: "One of them, with its bytes" },
    { command: "tributary quarantine retry --all", description: "Try them again, once a mapping was mended" },
    { command: 'tributary quarantine drop 0f3a…-1 --reason "a test of ours"', description: "Give one up" },
  ]),
  Command.withSubcommands([list, show, retry, drop]),
)

const documentOf = ({ detail, flow, id, input, position, reason }: Quarantine.QuarantineItem) => ({
  id,
  flow,
  input,
  position,
  reason,
  detail,
})

/** By input, two lines each: nothing is cut, however narrow the terminal is. */
const printList = Effect.fnUntraced(function* (items: ReadonlyArray<Quarantine.QuarantineItem>) {
  const { stdout } = yield* Streams
  if (items.length === 0) return yield* stdout.write("Nothing is quarantined.\n")
  const widthOf = (name: "reason" | "position") => items.reduce((width, item) => Math.max(width, item[name].length), 0)
  const [reasonWidth, positionWidth] = [widthOf("reason"), widthOf("position")]
  const text = items.map(({ detail, flow, id, input, position, reason }, i) => {
    const before = items[i - 1]
    const isFirst = input !== before?.input || flow !== before.flow
    const heading = isFirst ? `${Text.oneLine(input)} (${flow})\n` : ""
    const space = isFirst && i > 0 ? "\n" : ""
    return `${space}${heading}  ${reason.padEnd(reasonWidth)}  ${position.padEnd(positionWidth)}  ${id}\n      ${Text.oneLine(detail)}\n`
  })
  yield* stdout.write(
    `${text.join("")}\n${Text.counted(items.length, "record")}. One with its bytes: tributary quarantine show ID\n`,
  )
})

/** Enough to see what is wrong; the whole is in the JSON form. */
const maxBytesShown = 8 * 1024

const printItem = Effect.fnUntraced(function* (item: Quarantine.QuarantineItem, bytes: Uint8Array) {
  const { stdout } = yield* Streams
  const facts = Object.entries(documentOf(item)).map(([name, value]) => `${name.padEnd(10)}${Text.oneLine(value)}\n`)
  const shown = bytes.subarray(0, maxBytesShown)
  const text = textOf(shown, shown.length < bytes.length)
  const end =
    shown.length < bytes.length ? `… the first ${Text.bytes(shown.length)} of it; --format json has all\n` : ""
  const body = text === undefined ? Text.hexDump(shown) : Text.manyLines(text)
  yield* stdout.write(
    `${facts.join("")}${"bytes".padEnd(10)}${Text.count(bytes.length)}\n\n${body}${body.endsWith("\n") || body === "" ? "" : "\n"}${end}`,
  )
})

/** The bytes as text where they are UTF-8; a piece may end within a character. */
const textOf = (bytes: Uint8Array, isPiece: boolean): string | undefined => {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
  try {
    return decoder.decode(bytes, { stream: isPiece })
  } catch {
    return undefined
  }
}

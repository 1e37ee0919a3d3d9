/**
 * The rules of {@link ParquetReader}, held with a file whose content is known.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { type ParquetMetadata, ParquetReader, type RandomAccess } from "../ParquetReader.ts"
import * as PortError from "../PortError.ts"
import type { Cell } from "../QueryEngine.ts"
import * as Utf8 from "../Utf8.ts"
import { type Case, mustEqual, mustFail, rulesOf } from "./Contract.ts"

/**
 * What the cases need to know of a reader.
 *
 * @category models
 * @since 0.1.0
 */
export interface Fixture {
  /** A file that the reader reads. */
  readonly file: Effect.Effect<Uint8Array, unknown>
  /** Its footer, as far as it matters: further key-values are allowed. */
  readonly metadata: ParquetMetadata
  readonly rows: ReadonlyArray<ReadonlyArray<Cell>>
}

/**
 * A file in memory.
 *
 * @category test data
 * @since 0.1.0
 */
export const randomAccess = (bytes: Uint8Array): RandomAccess => ({
  size: bytes.length,
  slice: (start, end) => Effect.sync(() => bytes.slice(start, end)),
})

/**
 * The cases of the contract.
 *
 * @category contract
 * @since 0.1.0
 */
export const cases = ({ file, metadata, rows }: Fixture): ReadonlyArray<Case<ParquetReader>> => {
  const rule = rulesOf(ParquetReader)

  const mustBeInvalid = Effect.fnUntraced(function* (
    reader: ParquetReader["Service"],
    bytes: Uint8Array,
    what: string,
  ) {
    yield* mustFail(reader.metadata(randomAccess(bytes)), "Invalid", `metadata of ${what}`)
    yield* mustFail(reader.rows(randomAccess(bytes)), "Invalid", `rows of ${what}`)
  })

  return [
    rule("reads the footer", function* (reader) {
      const got = yield* reader.metadata(randomAccess(yield* file))
      yield* mustEqual(got.rows, metadata.rows, "rows")
      yield* mustEqual(got.columns, metadata.columns, "columns")
      for (const [key, value] of Object.entries(metadata.keyValues)) yield* mustEqual(got.keyValues[key], value, key)
    }),
    rule("reads the rows", function* (reader) {
      const got = yield* reader.rows(randomAccess(yield* file))
      yield* mustEqual(got.length, rows.length, "number of rows")
      for (const [i, row] of got.entries()) yield* mustEqual(row, rows[i]!, `row ${i}`)
    }),
    rule("a file that is cut is Invalid", function* (reader) {
      const bytes = yield* file
      const lengths = [0, 1, 4, 8, 12, bytes.length >> 1, bytes.length - 8, bytes.length - 4, bytes.length - 1]
      for (const length of lengths) yield* mustBeInvalid(reader, bytes.slice(0, length), `its first ${length} bytes`)
    }),
    rule("a file that lacks its beginning is Invalid", function* (reader) {
      const bytes = yield* file
      yield* mustFail(reader.rows(randomAccess(bytes.slice(bytes.length >> 1))), "Invalid", "rows of its second half")
    }),
    rule("a file of another kind is Invalid", function* (reader) {
      yield* mustBeInvalid(reader, Utf8.encode(`{"records":[]}\n`.repeat(10)), "JSON")
      yield* mustBeInvalid(reader, new Uint8Array(1_000), "zeros")
      yield* mustBeInvalid(
        reader,
        Uint8Array.from({ length: 1_000 }, (_, i) => i * 31),
        "bytes of any kind",
      )
    }),
    ...[
      new PortError.Unavailable({ detail: "the connection was reset" }),
      new PortError.Denied({ detail: "no rights" }),
      new PortError.NotFound({ detail: "gone" }),
    ].map((reason) =>
      rule(`a range that fails with ${reason._tag} fails the reading with it`, function* (reader) {
        const broken: RandomAccess = { size: (yield* file).length, slice: () => Effect.fail(reason) }
        yield* mustFail(reader.metadata(broken), reason._tag, "metadata")
        yield* mustFail(reader.rows(broken), reason._tag, "rows")
      }),
    ),
  ]
}

/**
 * {@link ParquetReader} for the files of {@link ParquetEncoderMemory}, and for no others: real Parquet is `Invalid` here.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { type ParquetMetadata, ParquetReader, ParquetReaderError, type RandomAccess } from "../ParquetReader.ts"
import * as PortError from "../PortError.ts"
import type { Cell } from "../QueryEngine.ts"
import * as Utf8 from "../Utf8.ts"
import { format } from "./ParquetEncoderMemory.ts"

const Header = Schema.fromJsonString(
  Schema.Struct({
    format: Schema.Literal(format),
    codec: Schema.String,
    columns: Schema.Array(Schema.Struct({ name: Schema.String, type: Schema.String, required: Schema.Boolean })),
  }),
)
const JsonCell = Schema.Union([Schema.Null, Schema.Boolean, Schema.Number, Schema.String])
const Rows = Schema.fromJsonString(Schema.Array(Schema.Array(JsonCell)))
const Footer = Schema.fromJsonString(
  Schema.Struct({ rows: Schema.Number, metadata: Schema.Array(Schema.Tuple([Schema.String, Schema.String])) }),
)

const decodeHeader = Schema.decodeUnknownEffect(Header)
const decodeRows = Schema.decodeUnknownEffect(Rows)
const decodeFooter = Schema.decodeUnknownEffect(Footer)

/**
 * The reader.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make: ParquetReader["Service"] = ParquetReader.of({
  metadata: Effect.fn("ParquetReaderMemory.metadata")((file: RandomAccess) =>
    Effect.map(parse("metadata", file), ({ metadata }) => metadata),
  ),
  rows: Effect.fn("ParquetReaderMemory.rows")((file: RandomAccess) =>
    Effect.map(parse("rows", file), ({ rows }) => rows),
  ),
})

/**
 * The reader as a layer.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<ParquetReader> = Layer.succeed(ParquetReader, make)

const parse = Effect.fnUntraced(function* (operation: string, file: RandomAccess) {
  const failWith = (reason: PortError.Reason) => new ParquetReaderError({ operation, reason })
  const invalid = (detail: string) => failWith(new PortError.Invalid({ detail }))
  const bytes = yield* Effect.mapError(file.slice(0, file.size), failWith)
  const decoded = Utf8.decode(bytes)
  if (!("text" in decoded) || !decoded.text.endsWith("\n")) return yield* invalid(`no ${format}, or cut`)
  const lines = decoded.text.split("\n").slice(0, -1)

  const { header, footer, rows } = yield* Effect.all({
    header: decodeHeader(lines[0]),
    footer: decodeFooter(lines.at(-1)),
    rows: Effect.forEach(lines.slice(1, -1), (line) => decodeRows(line)),
  }).pipe(Effect.mapError((error) => invalid(`no ${format}, or cut: ${error.message}`)))

  const cells = rows.flat().map((row) => row.map((cell, i) => toCell(header.columns[i]?.type, cell)))
  if (footer.rows !== cells.length)
    return yield* invalid(`the footer counts ${footer.rows} rows, the file has ${cells.length}`)
  const metadata: ParquetMetadata = {
    rows: footer.rows,
    columns: header.columns,
    keyValues: Object.fromEntries(footer.metadata),
  }
  return { metadata, rows: cells }
})

const toCell = (type: string | undefined, cell: typeof JsonCell.Type): Cell => {
  if (typeof cell !== "string") return cell
  if (type === "int64") return BigInt(cell)
  return type === "float64" ? Number(cell) : cell
}

import { assert, describe, it } from "@effect/vitest"
import * as Progress from "@tributary/runtime-node/output/Progress"
import { Streams } from "@tributary/runtime-node/output/Streams"
import { Effect } from "effect"
import { TestClock } from "effect/testing"

/** What is written over `total` inputs of 10 records, one each `everyMs`. */
const written = (total: number, everyMs: number, shows: { readonly isTerminal: boolean; readonly columns: number }) =>
  Effect.gen(function* () {
    const pieces: Array<string> = []
    const output = { ...shows, colors: false, write: (text: string) => Effect.sync(() => void pieces.push(text)) }
    const progress = yield* Effect.provideService(Progress.make(total), Streams, { stdout: output, stderr: output })
    for (let i = 1; i <= total; i++) {
      yield* progress.starting(`a/rather/long/path/of/an/input/${i}.json`)
      yield* TestClock.adjust(everyMs)
      yield* progress.carried({
        source: `${i}.json`,
        duplicate: i === 2,
        records: i === 2 ? 0 : 10,
        quarantined: i === 3 ? 1 : 0,
      })
    }
    yield* progress.end
    return pieces
  })

const pipe = { isTerminal: false, columns: Infinity }

describe("elsewhere than on a terminal", () => {
  it.effect("few inputs have a line each", () =>
    Effect.map(written(10, 1, pipe), (pieces) => {
      assert.deepStrictEqual(pieces.slice(0, 3), [
        " 1/10  1.json: 10 records\n",
        " 2/10  2.json: was carried before\n",
        " 3/10  3.json: 10 records, 1 quarantined\n",
      ])
      assert.lengthOf(pieces, 10)
    }),
  )

  it.effect("many have a line each five seconds, and one at the end", () =>
    Effect.map(written(2000, 10, pipe), (pieces) => {
      assert.lengthOf(pieces, 4)
      assert.strictEqual(pieces[0], "501 of 2,000 inputs, 5,000 records\n")
      assert.strictEqual(pieces[3], "2,000 of 2,000 inputs, 19,990 records\n")
    }),
  )
})

describe("on a terminal", () => {
  it.effect("a bar is drawn over itself, within the line, not too often, and removed", () =>
    Effect.map(written(100, 10, { isTerminal: true, columns: 70 }), (pieces) => {
      assert.isBelow(pieces.length, 20)
      assert.strictEqual(pieces.at(-1), "\r\u001b[K")
      for (const piece of pieces.slice(0, -1)) {
        assert.isTrue(piece.startsWith("\r\u001b[K"))
        assert.isAtMost(piece.length - 4, 69)
        assert.match(piece, / \d+\/100 inputs {2}\d+ records {2}….*\.json$/)
      }
    }),
  )

  it.effect("a narrow one has the bar alone", () =>
    Effect.map(written(1, 0, { isTerminal: true, columns: 30 }), ([first]) => {
      assert.strictEqual(first, `\r\u001b[K${"░".repeat(24)}`)
    }),
  )
})

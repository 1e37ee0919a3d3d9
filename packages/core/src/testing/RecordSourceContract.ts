/**
 * The rules of {@link RecordSource}: everything is listed, with what it takes to carry it.
 *
 * @since 0.1.0
 */
import * as Stream from "effect/Stream"
import { RecordSource } from "../RecordSource.ts"
import { type Case, must, mustEqual, rulesOf } from "./Contract.ts"

/**
 * What the cases need to know of a source.
 *
 * @category models
 * @since 0.1.0
 */
export interface Fixture {
  /** The `source` of everything that is there to list; the order does not matter. */
  readonly sources: ReadonlyArray<string>
}

/**
 * The cases of the contract.
 *
 * @category contract
 * @since 0.1.0
 */
export const cases = ({ sources }: Fixture): ReadonlyArray<Case<RecordSource>> => {
  const rule = rulesOf(RecordSource)

  return [
    rule("lists everything that is there", function* ({ deliveries }) {
      const listed = yield* Stream.runCollect(deliveries)
      yield* mustEqual([...new Set(listed.map(({ source }) => source))].toSorted(), sources.toSorted(), "sources")
    }),
    rule("lists the same things again with the same identity", function* ({ deliveries }) {
      const identity = Stream.map(deliveries, ({ source, content, identity, qualifier }) => [
        source,
        "object" in content ? JSON.stringify(content.object) : content.bytes.join(),
        identity,
        qualifier ?? "",
      ])
      const [first, second] = [yield* Stream.runCollect(identity), yield* Stream.runCollect(identity)]
      yield* mustEqual(
        [...new Set(second.map((parts) => parts.join(" ")))].toSorted(),
        [...new Set(first.map((parts) => parts.join(" ")))].toSorted(),
        "deliveries",
      )
    }),
    rule("an object that its version identifies has one", function* ({ deliveries }) {
      for (const { source, identity, content } of yield* Stream.runCollect(deliveries)) {
        const versioned = "object" in content && content.object.version !== undefined
        yield* must(identity === "digest" || versioned, `${source} has the identity of a version, and no version`)
      }
    }),
    rule("everything has a time", function* ({ deliveries }) {
      for (const { source, modifiedAt, extract } of yield* Stream.runCollect(deliveries)) {
        yield* must(Number.isSafeInteger(modifiedAt) && modifiedAt >= 0, `modifiedAt of ${source} is ${modifiedAt}`)
        yield* must(
          extract === undefined || Number.isSafeInteger(extract.at),
          `the extract of ${source} has the time ${extract?.at}`,
        )
      }
    }),
    rule("a listing may end early", function* ({ deliveries }) {
      const first = yield* Stream.runCollect(Stream.take(deliveries, 1))
      yield* mustEqual(first.length, Math.min(1, sources.length), "number of deliveries taken")
    }),
  ]
}

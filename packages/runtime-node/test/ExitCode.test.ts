import { assert, it } from "@effect/vitest"
import * as ObjectStore from "@tributary/core/ObjectStore"
import * as PortError from "@tributary/core/PortError"
import { RecordSourceError } from "@tributary/core/RecordSource"
import * as ExitCode from "@tributary/runtime-node/ExitCode"
import { OutputClosed } from "@tributary/runtime-node/output/Streams"

const detail = "lake/x: ENOSPC"
const reasons: ReadonlyArray<readonly [PortError.Reason, 2 | 3]> = [
  [new PortError.Full({ detail }), 3],
  [new PortError.Denied({ detail }), 3],
  [new PortError.Unavailable({ detail }), 3],
  [new PortError.Throttled({ detail }), 3],
  [new PortError.Conflict({ detail }), 3],
  [new PortError.NotFound({ detail }), 3],
  [new PortError.Invalid({ detail }), 2],
]

it.each(reasons)("a port's $_tag", (reason, code) => {
  const error = new ObjectStore.ObjectStoreError({ operation: "FileObjectStore.put", reason })
  const ending = ExitCode.ofFailure(error)
  assert.strictEqual(ending?.code, code)
  assert.include(ending?.sentence, detail)
  const carrying = ExitCode.ofFailure(new ExitCode.WhileCarrying({ source: "in/a.json", cause: error }))
  assert.strictEqual(carrying?.code, code)
  assert.match(carrying?.sentence ?? "", /^in\/a\.json was not carried to its end: /)
})

it("what happened after the last input is told from what happened to one", () => {
  const reason = new PortError.Unavailable({ detail: "a changed; run the same command again" })
  const cause = new ObjectStore.ObjectStoreError({ operation: "FileObjectStore.get", reason })
  assert.deepStrictEqual(ExitCode.ofFailure(new ExitCode.WhileCarrying({ source: undefined, cause })), {
    code: 3,
    sentence: "not everything was published: a changed; run the same command again",
  })
})

it("inputs that cannot be read are a wrong call, whatever the reason", () => {
  const error = new RecordSourceError({
    operation: "find",
    reason: new PortError.Denied({ detail: "a may not be read" }),
  })
  assert.deepStrictEqual(ExitCode.ofFailure(error), { code: 2, sentence: "a may not be read" })
})

it("a reader that has gone is no failure", () => {
  assert.deepStrictEqual(ExitCode.ofFailure(new OutputClosed()), { code: 0 })
})

it("anything else was not foreseen", () => {
  assert.isUndefined(ExitCode.ofFailure(new TypeError("x is not a function")))
  assert.isUndefined(ExitCode.ofFailure({ _tag: "Other", message: "other" }))
})

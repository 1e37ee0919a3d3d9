import { assert, describe, it } from "@effect/vitest"
import { RecordSource } from "@tributary/core/RecordSource"
import * as FileSource from "@tributary/runtime-node/FileSource"
import { Effect, Stream } from "effect"
import { execFileSync } from "node:child_process"
import { chmodSync, mkdirSync, symlinkSync, utimesSync } from "node:fs"
import { join } from "node:path"
import { folder, write } from "./support/cli.ts"

const one = "5b0f4c1e-6a0d-4f0e-9a51-0c7d2e8b9f10"
const two = "C2A7E9D4-31B8-4D6C-8E2F-77F1A5B3D086"

/** Runs in a folder with these files, as its working directory stands in no path of the tests. */
const withFiles = (files: Readonly<Record<string, string>>, body: (root: string) => Effect.Effect<void, unknown>) =>
  Effect.scoped(
    Effect.flatMap(folder, (root) => {
      write(root, files)
      return body(root)
    }),
  )

const sources = (options: FileSource.Options) =>
  Effect.map(FileSource.find(options), (deliveries) => deliveries.map(({ source }) => source))

const refused = (options: FileSource.Options) =>
  Effect.map(Effect.flip(FileSource.find(options)), ({ reason }) => reason)

describe("what is found", () => {
  it.live("files in the order given, folders sorted by path, hidden names left out", () =>
    withFiles(
      { "in/b": "", "in/a/z": "", "in/a-b": "", "in/.hidden": "", "in/.git/x": "", "in/_SUCCESS": "", "x.json": "" },
      (root) =>
        Effect.gen(function* () {
          const at = (path: string) => join(root, path)
          assert.deepStrictEqual(
            yield* sources({ paths: [at("x.json"), `${at("in")}/`, at("x.json"), at("in/.hidden")] }),
            [at("x.json"), at("in/_SUCCESS"), at("in/a-b"), at("in/a/z"), at("in/b"), at("x.json"), at("in/.hidden")],
          )
        }),
    ),
  )

  it.live("is delivered with the file's place, and its time in whole milliseconds", () =>
    withFiles({ "in/a+b %20.json": "{}" }, (root) =>
      Effect.gen(function* () {
        utimesSync(join(root, "in/a+b %20.json"), 1, 1767571200.0017)
        const [delivery] = yield* FileSource.find({ paths: [join(root, "in")] })
        assert.deepStrictEqual(delivery, {
          source: join(root, "in/a+b %20.json"),
          content: { object: { bucket: "", key: join(root, "in/a+b %20.json").slice(1) } },
          identity: "digest",
          qualifier: undefined,
          extract: undefined,
          modifiedAt: 1767571200001,
        })
      }),
    ),
  )

  it.live("is a record source", () =>
    withFiles({ a: "", b: "" }, (root) =>
      Effect.gen(function* () {
        const { deliveries } = yield* RecordSource
        assert.lengthOf(yield* Stream.runCollect(deliveries), 2)
      }).pipe(Effect.provide(FileSource.layer({ paths: [root] }))),
    ),
  )
})

describe("links", () => {
  it.live("to files and folders are followed, and loops end", () =>
    withFiles({ "in/a/x": "", "elsewhere/y": "", z: "" }, (root) =>
      Effect.gen(function* () {
        symlinkSync("..", join(root, "in/a/up"))
        symlinkSync(".", join(root, "in/self"))
        symlinkSync("../elsewhere", join(root, "in/elsewhere"))
        symlinkSync("../z", join(root, "in/z"))
        symlinkSync("in", join(root, "link"))
        const names = (yield* sources({ paths: [join(root, "link")] })).map((source) => source.slice(root.length))
        assert.deepStrictEqual(names, ["/link/a/x", "/link/elsewhere/y", "/link/z"])
      }),
    ),
  )

  it.live("that lead nowhere are missing", () =>
    withFiles({ "in/a": "" }, (root) =>
      Effect.gen(function* () {
        symlinkSync("nowhere", join(root, "in/b"))
        const reason = yield* refused({ paths: [join(root, "in")] })
        assert.strictEqual(reason._tag, "NotFound")
        assert.strictEqual(reason.detail, `there is no file or folder ${join(root, "in/b")}`)
      }),
    ),
  )
})

describe("what is refused", () => {
  it.live("what is missing, empty, neither file nor folder, or the lake itself", () =>
    withFiles({ "in/a": "", "lake/x": "", "empty/a/.hidden": "" }, (root) =>
      Effect.gen(function* () {
        execFileSync("bash", ["-c", `mkfifo "$0"`, join(root, "pipe")])
        symlinkSync("lake/x", join(root, "link"))
        const why = (path: string) =>
          Effect.map(
            refused({ paths: [join(root, "in"), path === "" ? "" : join(root, path)], lake: join(root, "lake") }),
            ({ _tag, detail }) => [_tag, detail.replace(`${root}/`, "")],
          )
        assert.deepStrictEqual(yield* why("nix"), ["NotFound", "there is no file or folder nix"])
        assert.deepStrictEqual(yield* why("in/a/b"), ["NotFound", "there is no file or folder in/a/b"])
        assert.deepStrictEqual(yield* why("empty"), ["Invalid", "the folder empty has no files"])
        assert.deepStrictEqual(yield* why("pipe"), ["Invalid", "pipe is neither a file nor a folder"])
        assert.deepStrictEqual(yield* why(""), ["Invalid", "a path is empty"])
        for (const path of ["lake", "lake/x", "link"])
          assert.match((yield* why(path))[1]!, /belongs to the lake itself/)
        const remote = yield* refused({ paths: ["s3://bucket/key"] })
        assert.include(remote.detail, "s3://bucket/key cannot be read yet")
      }),
    ),
  )

  it.live("but a folder may hold the lake beside its files", () =>
    withFiles({ a: "", "lake/x": "" }, (root) =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* sources({ paths: [root], lake: join(root, "lake") }), [join(root, "a")])
      }),
    ),
  )

  it.live("what may not be read", () =>
    withFiles({ "in/a": "" }, (root) =>
      Effect.gen(function* () {
        chmodSync(root, 0o755)
        mkdirSync(join(root, "in/closed"), { mode: 0 })
        const reason = yield* asNobody(refused({ paths: [join(root, "in")] }))
        assert.strictEqual(reason._tag, "Denied")
        assert.strictEqual(reason.detail, `${join(root, "in/closed")} may not be read`)
      }),
    ),
  )
})

/** Root may read everything. */
const asNobody = <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  process.geteuid?.() === 0
    ? Effect.acquireUseRelease(
        Effect.sync(() => process.seteuid?.(65534)),
        () => effect,
        () => Effect.sync(() => process.seteuid?.(0)),
      )
    : effect

describe("extracts", () => {
  it.live("are named by the first UUID of the path, of the time of their newest file", () =>
    withFiles({ [`in/${one}/a`]: "", [`in/${one}/b-${two}`]: "", [`in/c/${two}.json`]: "", "in/d": "" }, (root) =>
      Effect.gen(function* () {
        utimesSync(join(root, `in/${one}/a`), 1, 2000)
        utimesSync(join(root, `in/${one}/b-${two}`), 1, 1000)
        utimesSync(join(root, `in/c/${two}.json`), 1, 3000)
        const deliveries = yield* FileSource.find({ paths: [join(root, "in")] })
        assert.deepStrictEqual(
          deliveries.map(({ extract }) => extract),
          [{ id: one, at: 2_000_000 }, { id: one, at: 2_000_000 }, { id: two.toLowerCase(), at: 3_000_000 }, undefined],
        )
      }),
    ),
  )

  it.live("are one where a time is given", () =>
    withFiles({ [`in/${one}/a`]: "", "in/b": "" }, (root) =>
      Effect.gen(function* () {
        const at = Date.UTC(2026, 0, 5, 6)
        const deliveries = yield* FileSource.find({ paths: [join(root, "in")], extractedAt: at })
        for (const { extract, qualifier } of deliveries) {
          assert.deepStrictEqual(extract, { id: "at-20260105T060000Z", at })
          assert.strictEqual(qualifier, "2026-01-05T06:00:00.000Z")
        }
      }),
    ),
  )
})

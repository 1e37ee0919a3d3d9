import { assert, describe, it } from "@effect/vitest"
import * as FileObjectStore from "@tributary/adapters-node/FileObjectStore"
import type { ObjectStore } from "@tributary/core/ObjectStore"
import * as ObjectStoreContract from "@tributary/core/testing/ObjectStoreContract"
import { Effect, Layer, Stream } from "effect"
import { TestClock } from "effect/testing"
import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { folder } from "./support/temporary.ts"

const layer = Layer.unwrap(
  Effect.map(folder, (path) => FileObjectStore.layer({ buckets: { lake: join(path, "lake") } })),
)

describe("contract", () => {
  for (const { name, run } of ObjectStoreContract.cases({ bucket: "lake", prefix: "" })) {
    it.effect(name, () => Effect.provide(run, Layer.fresh(layer)))
  }
})

const withStore = <A, E>(body: (store: ObjectStore["Service"], root: string) => Effect.Effect<A, E>) =>
  Effect.scoped(Effect.flatMap(folder, (path) => body(FileObjectStore.make({ buckets: { lake: path } }), path)))

const bytes = (text: string) => new TextEncoder().encode(text)
const text = <E>(stream: Stream.Stream<Uint8Array, E>) =>
  Stream.runCollect(stream).pipe(Effect.map((chunks) => Buffer.concat(chunks).toString()))
const at = (key: string) => ({ bucket: "lake", key })
const reasonOf = <A, R>(effect: Effect.Effect<A, { readonly reason: { readonly _tag: string } }, R>) =>
  Effect.map(Effect.flip(effect), ({ reason }) => reason._tag)
const listed = (store: ObjectStore["Service"], prefix: string) =>
  Stream.runCollect(store.list("lake", prefix)).pipe(Effect.map((infos) => infos.map(({ key }) => key)))

it.effect.each([
  "",
  "/etc/passwd",
  "a//b",
  "a/",
  "../x",
  "a/../../x",
  "a/./b",
  "nul\0byte",
  "lone\ud800",
  "x".repeat(256),
  ".tmp/x",
])("key %j is Invalid, whatever is asked", (key) =>
  withStore((store, root) =>
    Effect.gen(function* () {
      assert.strictEqual(yield* reasonOf(store.put(at(key), bytes("x"), "any")), "Invalid")
      assert.strictEqual(yield* reasonOf(store.head(at(key))), "Invalid")
      assert.strictEqual(yield* reasonOf(text(store.get(at(key)))), "Invalid")
      assert.strictEqual(yield* reasonOf(Effect.scoped(store.upload(at(key), "absent"))), "Invalid")
      assert.deepStrictEqual(fs.readdirSync(root), [])
    }),
  ),
)

it.effect("an unknown bucket is NotFound", () =>
  withStore((store) =>
    Effect.gen(function* () {
      const ref = { bucket: "constructor", key: "a" }
      assert.strictEqual(yield* reasonOf(store.put(ref, bytes("x"), "any")), "NotFound")
      assert.strictEqual(yield* reasonOf(store.head(ref)), "NotFound")
      assert.strictEqual(yield* reasonOf(Stream.runDrain(store.list("other", ""))), "NotFound")
    }),
  ),
)

it.effect("a key below an object, and an object over a folder, are Invalid", () =>
  withStore((store) =>
    Effect.gen(function* () {
      yield* store.put(at("a/b"), bytes("x"), "any")
      for (const condition of ["absent", "any"] as const) {
        assert.strictEqual(yield* reasonOf(store.put(at("a/b/c"), bytes("x"), condition)), "Invalid")
        assert.strictEqual(yield* reasonOf(store.put(at("a"), bytes("x"), condition)), "Invalid")
      }
      assert.strictEqual(yield* reasonOf(store.head(at("a/b/c"))), "NotFound")
    }),
  ),
)

it.effect("what a crash left behind is not seen, and goes after a day", () =>
  withStore((store, root) =>
    Effect.gen(function* () {
      fs.mkdirSync(join(root, ".tmp"))
      fs.writeFileSync(join(root, ".tmp", "old"), "half")
      fs.utimesSync(join(root, ".tmp", "old"), 1_000_000, 1_000_000)
      fs.writeFileSync(join(root, ".tmp", "young"), "half")
      fs.utimesSync(join(root, ".tmp", "young"), 1_086_399, 1_086_399)
      yield* TestClock.setTime((1_000_000 + 86_401) * 1000)
      assert.deepStrictEqual(yield* listed(store, ""), [])
      yield* store.put(at("a"), bytes("x"), "any")
      assert.deepStrictEqual(yield* listed(store, ""), ["a"])
      assert.deepStrictEqual(fs.readdirSync(join(root, ".tmp")), ["young"])
    }),
  ),
)

it.effect("quick writes of one size have versions of their own", () =>
  withStore((store) =>
    Effect.gen(function* () {
      const versions = new Set<string>()
      for (let i = 0; i < 50; i++) versions.add((yield* store.put(at("a"), bytes(String(i % 10)), "any")).version)
      assert.strictEqual(versions.size, 50)
    }),
  ),
)

it.effect("a file that is written into while it is read by version fails, instead of mixing", () =>
  withStore((store, root) =>
    Effect.gen(function* () {
      const { version } = yield* store.put(at("a"), new Uint8Array(2_000_000), "any")
      const read = store.get({ ...at("a"), version }).pipe(
        Stream.tap(() => Effect.sync(() => fs.appendFileSync(join(root, "a"), "more"))),
        Stream.runDrain,
      )
      assert.strictEqual(yield* reasonOf(read), "NotFound")
    }),
  ),
)

it.effect("folders, pipes and links to nowhere are no objects; links to files are", () =>
  withStore((store, root) =>
    Effect.gen(function* () {
      fs.mkdirSync(join(root, "folder/deep"), { recursive: true })
      execFileSync("bash", ["-c", `mkfifo "$0"`, join(root, "pipe")])
      fs.symlinkSync(join(root, "nowhere"), join(root, "dangling"))
      fs.symlinkSync(root, join(root, "loop"))
      yield* store.put(at("real"), bytes("content"), "any")
      fs.symlinkSync(join(root, "real"), join(root, "linked"))
      assert.deepStrictEqual(yield* listed(store, ""), ["linked", "real"])
      assert.strictEqual(yield* text(store.get(at("linked"))), "content")
      assert.strictEqual(yield* reasonOf(store.head(at("pipe"))), "NotFound")
      assert.strictEqual(yield* reasonOf(text(store.get(at("pipe")))), "NotFound")
      assert.strictEqual(yield* reasonOf(store.head(at("dangling"))), "NotFound")
    }),
  ),
)

it.effect("prefixes that lead elsewhere list nothing", () =>
  withStore((store) =>
    Effect.gen(function* () {
      yield* store.put(at("a/b"), bytes("x"), "any")
      for (const prefix of ["../", "/", "a//", "a/../", "./", "a/b/", ".tmp/"]) {
        assert.deepStrictEqual(yield* listed(store, prefix), [], prefix)
      }
    }),
  ),
)

it.effect("a reader that stops early closes its file", () =>
  withStore((store) =>
    Effect.gen(function* () {
      yield* store.put(at("a"), new Uint8Array(5_000_000), "any")
      const open = () => fs.readdirSync("/proc/self/fd").length
      const before = open()
      for (let i = 0; i < 20; i++) yield* Stream.runDrain(Stream.take(store.get(at("a")), 1))
      assert.isAtMost(open(), before + 1)
    }),
  ),
)

it.effect("nothing can be written after complete", () =>
  withStore((store) =>
    Effect.scoped(
      Effect.gen(function* () {
        const upload = yield* store.upload(at("a"), "absent")
        yield* upload.write(bytes("one"))
        yield* upload.complete
        assert.strictEqual(yield* reasonOf(upload.write(bytes("two"))), "Invalid")
        assert.strictEqual(yield* reasonOf(upload.complete), "Invalid")
        assert.strictEqual(yield* text(store.get(at("a"))), "one")
      }),
    ),
  ),
)

it.live("a disk that is full is Full; the upload is spoilt for good, and its file is removed", () =>
  Effect.gen(function* () {
    const root = yield* folder
    const script = fileURLToPath(new URL("./support/fillDisk.ts", import.meta.url))
    // Files may have 100 KiB in this process: the kernel answers EFBIG behind that.
    const node = `ulimit -f 100; exec "$0" --conditions=@tributary/source "$1" "$2"`
    const said = execFileSync("bash", ["-c", node, process.execPath, script, root], { encoding: "utf8" })
    assert.deepStrictEqual(JSON.parse(said), ["Full", "Full", "Full", "done"])
    assert.deepStrictEqual(fs.readdirSync(root).toSorted(), [".tmp", "small"])
    assert.deepStrictEqual(fs.readdirSync(join(root, ".tmp")), [])
  }),
)

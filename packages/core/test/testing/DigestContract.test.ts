import { describe } from "@effect/vitest"
import { Digest } from "@tributary/core/Digest"
import * as DigestMemory from "@tributary/core/memory/DigestMemory"
import { joinBytes } from "@tributary/core/testing/Contract"
import * as DigestContract from "@tributary/core/testing/DigestContract"
import { Layer, Redacted } from "effect"
import { refuses } from "./refuses.ts"

const cases = DigestContract.cases()
const right = DigestMemory.make

/** The adapter in memory with a fault put over it. */
const faulty = (fault: string, by: string, change: Partial<Digest["Service"]>) =>
  refuses(fault, by, cases, Layer.succeed(Digest, { ...right, ...change }))

describe("DigestContract", () => {
  faulty("keeps pieces by reference", "a piece may be overwritten after update", {
    hasher: () => {
      const pieces: Array<Uint8Array> = []
      return { update: (bytes) => void pieces.push(bytes), digest: () => right.sha256(joinBytes(pieces)) }
    },
  })
  const shared: Array<Uint8Array> = []
  faulty("shares a hasher", "hashers do not disturb each other", {
    hasher: () => ({
      update: (bytes) => void shared.push(bytes.slice()),
      digest: () => right.sha256(joinBytes(shared)),
    }),
  })
  faulty("hashes the whole buffer of a view", "a piece may be a view into a larger array", {
    sha256: (bytes) => right.sha256(new Uint8Array(bytes.buffer)),
  })
  faulty("cuts a long key", "HMAC-SHA-256, vector 4 of RFC 4231", {
    hmacSha256: (key, bytes) => right.hmacSha256(Redacted.make(Redacted.value(key).slice(0, 64)), bytes),
  })
  const reused = new Uint8Array(32)
  faulty("answers the same array each time", "the bytes hashed and digests answered before stay as they are", {
    sha256: (bytes) => {
      reused.set(right.sha256(bytes))
      return reused
    },
  })
  faulty("forgets a piece of a whole block", "pieces make no difference", {
    hasher: () => {
      const hasher = right.hasher()
      return { update: (bytes) => (bytes.length === 64 ? undefined : hasher.update(bytes)), digest: hasher.digest }
    },
  })
})

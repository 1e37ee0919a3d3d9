/**
 * {@link Digest} in plain TypeScript: SHA-256 (FIPS 180-4) and HMAC-SHA-256 (RFC 2104). Right, and some ten times slower than the platform's.
 *
 * @since 0.1.0
 */
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { Digest, type Hasher } from "../Digest.ts"

const blockBytes = 64

/**
 * The digests.
 *
 * @example
 * ```ts
 * import * as DigestMemory from "@tributary/core/memory/DigestMemory"
 *
 * DigestMemory.make.sha256(new Uint8Array(0)).slice(0, 4) // => Uint8Array.of(0xe3, 0xb0, 0xc4, 0x42)
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const make: Digest["Service"] = Digest.of({
  sha256: (bytes) => sha256(bytes),
  hasher: () => hasher(),
  hmacSha256: (key, bytes) => {
    const secret = Redacted.value(key)
    const block = new Uint8Array(blockBytes)
    block.set(secret.length > blockBytes ? sha256(secret) : secret)
    const inner = sha256(
      block.map((byte) => byte ^ 0x36),
      bytes,
    )
    return sha256(
      block.map((byte) => byte ^ 0x5c),
      inner,
    )
  },
})

/**
 * The digests as a layer.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<Digest> = Layer.succeed(Digest, make)

const sha256 = (...pieces: ReadonlyArray<Uint8Array>): Uint8Array => {
  const running = hasher()
  for (const piece of pieces) running.update(piece)
  return running.digest()
}

const hasher = (): Hasher => {
  const state = Int32Array.from(initialState)
  const schedule = new Int32Array(64)
  const block = new Uint8Array(blockBytes)
  let used = 0
  let length = 0

  const take = (bytes: Uint8Array): void => {
    let at = 0
    while (at < bytes.length) {
      const count = Math.min(blockBytes - used, bytes.length - at)
      block.set(bytes.subarray(at, at + count), used)
      used += count
      at += count
      if (used === blockBytes) {
        compress(state, schedule, block)
        used = 0
      }
    }
  }

  return {
    update: (bytes) => {
      length += bytes.length
      take(bytes)
    },
    digest: () => {
      // A one bit, zeros up to eight bytes before the end of a block, and the length in bits.
      const padding = new Uint8Array((used < 56 ? 56 : 120) - used + 8)
      padding[0] = 0x80
      new DataView(padding.buffer).setBigUint64(padding.length - 8, BigInt(length) * 8n)
      take(padding)
      const digest = new DataView(new ArrayBuffer(32))
      state.forEach((word, i) => digest.setInt32(i * 4, word))
      return new Uint8Array(digest.buffer)
    },
  }
}

const compress = (state: Int32Array, schedule: Int32Array, block: Uint8Array): void => {
  for (let i = 0; i < 16; i++) {
    const at = i * 4
    schedule[i] = (block[at]! << 24) | (block[at + 1]! << 16) | (block[at + 2]! << 8) | block[at + 3]!
  }
  for (let i = 16; i < 64; i++) {
    const w15 = schedule[i - 15]!
    const w2 = schedule[i - 2]!
    const s0 = rotate(w15, 7) ^ rotate(w15, 18) ^ (w15 >>> 3)
    const s1 = rotate(w2, 17) ^ rotate(w2, 19) ^ (w2 >>> 10)
    schedule[i] = schedule[i - 16]! + s0 + schedule[i - 7]! + s1
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state
  for (let i = 0; i < 64; i++) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + constants[i]! + schedule[i]!) | 0
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + t2) | 0
  }
  for (const [i, word] of [a, b, c, d, e, f, g, h].entries()) state[i] = state[i]! + word
}

const rotate = (word: number, bits: number): number => (word >>> bits) | (word << (32 - bits))

const words = (hex: string): Int32Array => Int32Array.from(hex.trim().split(/\s+/), (word) => Number.parseInt(word, 16))

/** FIPS 180-4, 4.2.2 and 5.3.3: the first bits of the fractions of the first primes' cube and square roots. */
const constants = words(`
  428a2f98 71374491 b5c0fbcf e9b5dba5 3956c25b 59f111f1 923f82a4 ab1c5ed5
  d807aa98 12835b01 243185be 550c7dc3 72be5d74 80deb1fe 9bdc06a7 c19bf174
  e49b69c1 efbe4786 0fc19dc6 240ca1cc 2de92c6f 4a7484aa 5cb0a9dc 76f988da
  983e5152 a831c66d b00327c8 bf597fc7 c6e00bf3 d5a79147 06ca6351 14292967
  27b70a85 2e1b2138 4d2c6dfc 53380d13 650a7354 766a0abb 81c2c92e 92722c85
  a2bfe8a1 a81a664b c24b8b70 c76c51a3 d192e819 d6990624 f40e3585 106aa070
  19a4c116 1e376c08 2748774c 34b0bcb5 391c0cb3 4ed8aa4a 5b9cca4f 682e6ff3
  748f82ee 78a5636f 84c87814 8cc70208 90befffa a4506ceb bef9a3f7 c67178f2
`)
const initialState = words("6a09e667 bb67ae85 3c6ef372 a54ff53a 510e527f 9b05688c 1f83d9ab 5be0cd19")

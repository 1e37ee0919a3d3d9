/**
 * The rules of {@link Digest}: the published test vectors, and that pieces make no difference.
 *
 * @since 0.1.0
 */
import * as Redacted from "effect/Redacted"
import { Digest } from "../Digest.ts"
import * as Utf8 from "../Utf8.ts"
import { type Case, mustBeBytes, mustEqual, rulesOf, someBytes, toHex } from "./Contract.ts"

/** FIPS 180-2, appendix B, and the empty message. */
const sha256Vectors = [
  ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  [
    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
  ],
  ["a".repeat(1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"],
] as const

/** RFC 4231, test cases 1, 2, 3, 6 and 7: a short key, a key shorter than the digest, and keys longer than a block. */
const hmacVectors = [
  [
    new Uint8Array(20).fill(0x0b),
    Utf8.encode("Hi There"),
    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
  ],
  [
    Utf8.encode("Jefe"),
    Utf8.encode("what do ya want for nothing?"),
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
  ],
  [
    new Uint8Array(20).fill(0xaa),
    new Uint8Array(50).fill(0xdd),
    "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
  ],
  [
    new Uint8Array(131).fill(0xaa),
    Utf8.encode("Test Using Larger Than Block-Size Key - Hash Key First"),
    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
  ],
  [
    new Uint8Array(131).fill(0xaa),
    Utf8.encode(
      "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.",
    ),
    "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
  ],
] as const

/** Lengths about the border of a block and of its padding. */
const borders = [0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 129, 1_000]

/**
 * The cases of the contract. A digest needs no fixture.
 *
 * @category contract
 * @since 0.1.0
 */
export const cases = (): ReadonlyArray<Case<Digest>> => {
  const rule = rulesOf(Digest)

  return [
    ...sha256Vectors.map(([text, expected]) =>
      rule(`SHA-256 of ${text.length > 60 ? `${text.length} letters` : `"${text}"`}`, function* (digest) {
        yield* mustEqual(toHex(digest.sha256(Utf8.encode(text))), expected, "digest")
      }),
    ),
    ...hmacVectors.map(([key, bytes, expected], i) =>
      rule(`HMAC-SHA-256, vector ${i + 1} of RFC 4231`, function* (digest) {
        yield* mustEqual(toHex(digest.hmacSha256(Redacted.make(key), bytes)), expected, "code")
      }),
    ),
    rule("an empty message has an HMAC too", function* (digest) {
      const expected = "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"
      yield* mustEqual(toHex(digest.hmacSha256(Redacted.make(new Uint8Array(0)), new Uint8Array(0))), expected, "code")
    }),
    rule("a hasher that was given nothing answers the digest of nothing", function* (digest) {
      yield* mustEqual(toHex(digest.hasher().digest()), sha256Vectors[0][1], "digest")
    }),
    rule("pieces make no difference", function* (digest) {
      for (const length of borders) {
        const bytes = someBytes(length, length)
        for (const size of [1, 7, 63, 64, 65, 200]) {
          const hasher = digest.hasher()
          for (let at = 0; at < length; at += size) hasher.update(bytes.subarray(at, at + size))
          yield* mustBeBytes(hasher.digest(), digest.sha256(bytes), `${length} bytes in pieces of ${size}`)
        }
      }
    }),
    rule("empty pieces make no difference", function* (digest) {
      const hasher = digest.hasher()
      hasher.update(new Uint8Array(0))
      hasher.update(Utf8.encode("abc"))
      hasher.update(new Uint8Array(0))
      yield* mustEqual(toHex(hasher.digest()), sha256Vectors[1][1], "digest")
    }),
    rule("a piece may be overwritten after update", function* (digest) {
      const hasher = digest.hasher()
      const piece = Utf8.encode("abc")
      hasher.update(piece)
      piece.fill(0)
      yield* mustEqual(toHex(hasher.digest()), sha256Vectors[1][1], "digest")
    }),
    rule("a piece may be a view into a larger array", function* (digest) {
      yield* mustEqual(toHex(digest.sha256(Utf8.encode("xxabcxx").subarray(2, 5))), sha256Vectors[1][1], "digest")
    }),
    rule("hashers do not disturb each other", function* (digest) {
      const [first, second] = [digest.hasher(), digest.hasher()]
      first.update(Utf8.encode("a"))
      second.update(Utf8.encode("x"))
      first.update(Utf8.encode("bc"))
      yield* mustEqual(toHex(first.digest()), sha256Vectors[1][1], "digest of the first")
      yield* mustBeBytes(second.digest(), digest.sha256(Utf8.encode("x")), "digest of the second")
    }),
    rule("the bytes hashed and digests answered before stay as they are", function* (digest) {
      const bytes = someBytes(200)
      const first = digest.sha256(bytes)
      const copy = first.slice()
      digest.sha256(Utf8.encode("other"))
      yield* mustBeBytes(bytes, someBytes(200), "bytes")
      yield* mustBeBytes(first, copy, "first digest")
    }),
  ]
}

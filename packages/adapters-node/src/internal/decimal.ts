/**
 * Decimals as Parquet keeps them.
 */

/** A signed integer of any width, highest byte first: how Parquet keeps decimals in byte arrays. */
export const fromTwosComplement = (bytes: Uint8Array): bigint =>
  BigInt.asIntN(
    bytes.length * 8,
    bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n),
  )

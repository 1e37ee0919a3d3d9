/**
 * Bytes that arrive in pieces and leave from the front.
 *
 * @since 0.1.0
 */

/** From here on it grows by half: what is not filled still counts as memory. */
const large = 16 * 1024 * 1024

/**
 * Grows by doubling, so that appending piece by piece costs one copy or two in all. What it grew out of is let go at once: a collector that finds it later
 * has two or three times a large document to hold.
 *
 * @category models
 * @since 0.1.0
 */
export class ByteBuffer {
  private bytes = new Uint8Array(0)
  private start = 0
  private end = 0

  get length(): number {
    return this.end - this.start
  }

  append(piece: Uint8Array): void {
    if (this.end + piece.length > this.bytes.length) {
      const needed = this.length + piece.length
      this.bytes.copyWithin(0, this.start, this.end)
      this.end = this.length
      this.start = 0
      if (needed * 2 > this.bytes.length) {
        const roomy = Math.ceil(needed * (needed < large ? 2 : 1.5))
        this.bytes = new Uint8Array(this.bytes.buffer.transfer(Math.max(roomy, 4096)))
      }
    }
    this.bytes.set(piece, this.end)
    this.end += piece.length
  }

  /** The bytes held: a view, good until the next `append`. */
  view(): Uint8Array {
    return this.bytes.subarray(this.start, this.end)
  }

  /** Lets the first `count` bytes go. */
  drop(count: number): void {
    this.start += count
    if (this.start === this.end) this.start = this.end = 0
  }

  /** Keeps the first `count` bytes only. */
  keep(count: number): void {
    this.end = Math.min(this.end, this.start + count)
  }
}

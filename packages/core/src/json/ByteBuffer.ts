/**
 * Bytes that arrive in pieces and leave from the front.
 *
 * @since 0.1.0
 */

/**
 * Grows by doubling, so that appending piece by piece costs one copy or two in all.
 *
 * @category models
 * @since 0.1.0
 */
export class ByteBuffer {
  private bytes: Uint8Array = new Uint8Array(0)
  private start = 0
  private end = 0

  get length(): number {
    return this.end - this.start
  }

  append(piece: Uint8Array): void {
    if (this.end + piece.length > this.bytes.length) {
      const roomy = new Uint8Array(Math.max((this.length + piece.length) * 2, 4096))
      roomy.set(this.view())
      this.end = this.length
      this.start = 0
      this.bytes = roomy
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

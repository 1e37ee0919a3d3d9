/**
 * Bytes that arrive in pieces and leave from the front, in blocks: nothing is copied to make room, however much there is.
 *
 * @since 0.1.0
 */

const smallBlock = 64 * 1024
const blockBytes = 1024 * 1024

/**
 * What is dropped is let go at once: a collector that finds it later has a large document to hold until then.
 *
 * @category models
 * @since 0.1.0
 */
export class ByteBlocks {
  /** The bytes held are all of these from `start`, the last one up to `end`. */
  private blocks: Array<Uint8Array<ArrayBuffer>> = []
  private start = 0
  private end = 0
  length = 0

  append(bytes: Uint8Array): void {
    this.length += bytes.length
    for (let at = 0; at < bytes.length;) {
      let last = this.blocks.at(-1)
      if (last === undefined || this.end === last.length) {
        last = new Uint8Array(Math.min(blockBytes, Math.max(smallBlock, bytes.length - at, this.length)))
        this.blocks.push(last)
        this.end = 0
      }
      const part = bytes.subarray(at, at + last.length - this.end)
      last.set(part, this.end)
      this.end += part.length
      at += part.length
    }
  }

  /** As many of the bytes from `from` to `to` as lie together: a view, good until the next `append` or `drop`. */
  view(from: number, to: number): Uint8Array {
    let at = this.start + from
    for (const block of this.blocks) {
      if (at < block.length) return block.subarray(at, Math.min(at + to - from, block.length))
      at -= block.length
    }
    return new Uint8Array(0)
  }

  /** The first `count` bytes: a view where they lie together, else a copy. */
  first(count: number): Uint8Array {
    const head = this.view(0, count)
    if (head.length === count) return head
    const joined = new Uint8Array(count)
    for (let at = 0; at < count;) {
      const part = this.view(at, count)
      joined.set(part, at)
      at += part.length
    }
    return joined
  }

  /** Lets the first `count` bytes go. */
  drop(count: number): void {
    this.length -= count
    this.start += count
    while (this.blocks.length > 0 && this.start >= this.blocks[0]!.length) {
      const block = this.blocks.shift()!
      this.start -= block.length
      block.buffer.transfer(0)
    }
    if (this.length === 0 && this.blocks.length === 1) this.start = this.end = 0
  }
}

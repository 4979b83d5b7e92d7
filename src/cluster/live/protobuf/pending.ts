/**
 * The bytes of a message whose end has not come, in one piece of memory that is used again: megabytes pass here, and what is
 * allocated for each piece of them would lie around until the next collection.
 */
export class Pending {
  #memory = Buffer.alloc(0)
  #length = 0

  get length(): number {
    return this.#length
  }

  /** What is there, and these behind it; good until the next call. */
  with(chunk: Uint8Array): Buffer {
    const length = this.#length + chunk.length
    if (length > this.#memory.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.#memory.length, length, 64 * 1024))
      this.#memory.copy(larger, 0, 0, this.#length)
      this.#memory = larger
    }
    this.#memory.set(chunk, this.#length)
    this.#length = length
    return this.#memory.subarray(0, length)
  }

  /** Lets go of so many bytes from the beginning. */
  take(count: number): void {
    this.#memory.copyWithin(0, count, this.#length)
    this.#length -= count
  }
}

import { isUtf8 } from 'node:buffer'

/** A text is no list that can be read item by item: whoever hears it reads the whole. */
export class NotPlain extends Error {}

/** More than this is never held to find the end of an item, or of what stands around the items. */
const longest = 4 << 20

/** How many bytes at the end belong to a character that has not come as a whole. */
function incomplete(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte < 0x80) return 0
    if (byte >= 0xc0) return back < (byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4) ? back : 0
  }
  return 0
}

/** A text while it arrives: what has come of it and was not taken yet, in whole characters of valid UTF-8. */
export class Incoming {
  private readonly pieces: AsyncIterator<Uint8Array>
  private buffer = Buffer.alloc(0)
  private start = 0
  private end = 0
  private filled = 0
  ended = false
  private mark = Buffer.alloc(0)
  private searched = 0

  /** @param pieces Each is read before the next is asked for, and no more then. */
  constructor(pieces: AsyncIterator<Uint8Array>) {
    this.pieces = pieces
  }

  /** Valid until more comes. */
  get bytes(): Buffer {
    return this.buffer.subarray(this.start, this.end)
  }

  /** Waits for the next piece. False: there is none, the text ends here. @throws NotPlain for what is no UTF-8 */
  async more(): Promise<boolean> {
    if (this.ended) return false
    const { done, value } = await this.pieces.next()
    if (done) this.ended = true
    else this.append(value)
    const come = this.buffer.subarray(this.end, this.filled)
    const whole = done ? come : come.subarray(0, come.length - incomplete(come))
    if (!isUtf8(whole)) throw new NotPlain()
    this.end += whole.length
    return !done
  }

  /** Waits until so many bytes are there, or all. */
  async atLeast(count: number): Promise<void> {
    while (this.end - this.start < count && (await this.more()));
  }

  /** All of the rest, which has to be short. */
  async rest(): Promise<Buffer> {
    await this.atLeast(longest)
    if (await this.more()) throw new NotPlain()
    return this.bytes
  }

  drop(count: number): void {
    this.start += count
    this.searched = Math.max(0, this.searched - count)
  }

  /** What `nextMark` looks for from now on. */
  lookFor(mark: Buffer): void {
    this.mark = Buffer.from(mark)
    this.searched = 0
  }

  /**
   * Where the mark stands next; -1: not in what has come. The same bytes are searched once.
   *
   * @param from Not before this one of the bytes
   */
  nextMark(from: number): number {
    const at = this.bytes.indexOf(this.mark, Math.max(from, this.searched))
    this.searched = at < 0 ? Math.max(0, this.end - this.start - this.mark.length + 1) : at
    return at
  }

  /** As {@link nextMark}, waiting for what is to come. -1: there is none up to the end, or within what an item can be. */
  async waitForMark(from: number): Promise<number> {
    for (;;) {
      const at = this.nextMark(from)
      if (at >= 0 || this.end - this.start > longest || !(await this.more())) return at
    }
  }

  private append(piece: Uint8Array): void {
    const held = this.filled - this.start
    if (this.filled + piece.length > this.buffer.length) {
      const room = held + piece.length
      const next = room <= this.buffer.length ? this.buffer : Buffer.allocUnsafe(2 * room)
      this.buffer.copy(next, 0, this.start, this.filled)
      this.buffer = next
      this.end -= this.start
      this.filled = held
      this.start = 0
    }
    this.buffer.set(piece, this.filled)
    this.filled += piece.length
  }
}

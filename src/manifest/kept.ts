import { once } from 'node:events'
import type { DeflateRaw } from 'node:zlib'

/** A text of fewer bytes is kept as it comes. */
const few = 1 << 20

/** Bytes that come only once, for whoever asks for them again. Of many the rest is packed, by a thread beside: a tenth of the room. */
export class Kept {
  size = 0
  private readonly come: Uint8Array[] = []
  private readonly packed: Uint8Array[] = []
  private deflate: DeflateRaw | undefined
  private writing: Promise<unknown> | undefined
  private ended: Promise<unknown> | undefined
  private unpack: (packed: Uint8Array) => Uint8Array = (packed) => packed

  /** Waits for the piece before, not for this one. */
  async add(piece: Uint8Array): Promise<void> {
    this.size += piece.length
    if (this.size < few) {
      this.come.push(piece)
      return
    }
    this.deflate ??= await this.packer()
    const { deflate } = this
    await this.writing
    this.writing = new Promise((resolve) => deflate.write(piece, resolve))
  }

  /** After the last piece; whoever asks for all of it after that ends it once more. */
  async end(): Promise<void> {
    if (this.deflate) this.ended ??= once(this.deflate.end(), 'end')
    await this.ended
  }

  all(): Buffer {
    return Buffer.concat([...this.come, this.unpack(Buffer.concat(this.packed))])
  }

  private async packer(): Promise<DeflateRaw> {
    const { createDeflateRaw, inflateRawSync } = await import('node:zlib')
    this.unpack = (packed) => inflateRawSync(packed)
    return createDeflateRaw({ level: 1 }).on('data', (piece: Buffer) => this.packed.push(piece))
  }
}

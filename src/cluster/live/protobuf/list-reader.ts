import type { JsonObject } from '#base/json.ts'
import { type Message, messageOf } from './fields.ts'
import { Pending } from './pending.ts'
import { Reader } from './reader.ts'

export const protobufType = 'application/vnd.kubernetes.protobuf'

export const magic = Buffer.from('k8s\0')
/** A tag and a length take no more bytes than these. */
const longestHead = 15

/** What an answer says that it is. */
export interface Head {
  readonly apiVersion: string
  readonly kind: string
}

interface Listener {
  /** A list begins; its metadata are told before its items. */
  readonly listed: (head: Head, metadata: JsonObject) => void
  readonly found: (item: JsonObject) => void
}

/**
 * Reads an answer in protobuf as it comes: four bytes, then `runtime.Unknown` with the type (1) and the bytes (2) of a list,
 * which holds metadata (1) and items (2). An item is handed over as soon as its last byte is there, so that no more than one
 * waits in memory. What is no list is read as a Status.
 */
export class ListReader {
  readonly #item: Message
  readonly #type: Head
  readonly #listener: Listener
  readonly #pending = new Pending()
  #stage: 'magic' | 'envelope' | 'list' | 'other' = 'magic'
  /** How much of the list has not come yet. */
  #left = 0
  #head: Head = { apiVersion: '', kind: '' }
  #isList = false
  #other: Buffer[] = []

  /** @param type Items say on the wire neither what they are nor of which version. */
  constructor(item: Message, type: Head, listener: Listener) {
    this.#item = item
    this.#type = type
    this.#listener = listener
  }

  /** @throws Error for bytes that are no such message */
  push(chunk: Uint8Array): void {
    this.#pending.take(this.#take(this.#pending.with(chunk)))
  }

  /** The answer is over. What came instead of a list is answered. @throws Error when it broke off */
  end(): JsonObject | undefined {
    if (this.#pending.length > 0 || this.#left > 0 || this.#stage === 'magic')
      throw new Error('the protobuf message breaks off')
    if (this.#isList) return undefined
    const bytes = Buffer.concat(this.#other)
    return { ...new Reader(bytes).message(messageOf('Status'), bytes.length), ...this.#head }
  }

  /** How many of the bytes were read: all but the beginning of a field that has not come as a whole. */
  #take(bytes: Buffer): number {
    let at = 0
    for (;;) {
      const next =
        this.#stage === 'magic'
          ? this.#readMagic(bytes)
          : this.#stage === 'other'
            ? this.#keep(bytes, at)
            : this.#readField(bytes, at)
      if (next === undefined) return at
      at = next
    }
  }

  #readMagic(bytes: Buffer): number | undefined {
    if (bytes.length < magic.length) return undefined
    if (!bytes.subarray(0, magic.length).equals(magic)) throw new Error('not the protobuf of Kubernetes')
    this.#stage = 'envelope'
    return magic.length
  }

  #keep(bytes: Buffer, at: number): number | undefined {
    const end = Math.min(bytes.length, at + this.#left)
    this.#other.push(Buffer.from(bytes.subarray(at, end)))
    this.#left -= end - at
    if (this.#left > 0) return end === at ? undefined : end
    this.#stage = 'envelope'
    return end
  }

  /** Where the field ends that begins here; undefined when not all of it has come. */
  #readField(bytes: Buffer, at: number): number | undefined {
    const inList = this.#stage === 'list'
    if (inList && this.#left === 0) {
      this.#stage = 'envelope'
      return at
    }
    if (at >= bytes.length || !hasHead(bytes, at)) return undefined
    const reader = new Reader(bytes, at)
    const tag = reader.varint()
    const length = (tag & 7) === 2 ? reader.varint() : undefined
    const start = reader.at
    if (!inList && tag === 0x12 && length !== undefined) {
      this.#isList = this.#head.kind.endsWith('List')
      this.#stage = this.#isList ? 'list' : 'other'
      this.#left = length
      return start
    }
    const end = length === undefined ? fixedEnd(reader, tag & 7) : start + length
    if (end > bytes.length) return undefined
    if (inList) {
      this.#left -= end - at
      if (this.#left < 0) throw new Error('a field goes on behind its list')
      if (tag === 0x0a) this.#listener.listed(this.#head, reader.message(messageOf('ListMeta'), end))
      else if (tag === 0x12) {
        const { apiVersion, kind } = this.#type
        this.#listener.found(reader.message(this.#item, end, { apiVersion, kind }))
      }
    } else if (tag === 0x0a) this.#head = headOf(reader, end)
    return end
  }
}

/** The type of an object in its envelope. */
export function headOf(reader: Reader, end: number): Head {
  const { apiVersion = '', kind = '' } = reader.message(messageOf('TypeMeta'), end) as Partial<Head>
  return { apiVersion, kind }
}

/** Whether tag and length are there: a byte below 0x80 ends each. */
function hasHead(bytes: Buffer, at: number): boolean {
  if (bytes.length - at >= longestHead) return true
  let i = at
  while (i < bytes.length && (bytes[i] as number) >= 0x80) i++
  if (i === bytes.length) return false
  if (((bytes[at] as number) & 7) === 1 || ((bytes[at] as number) & 7) === 5) return true
  i++
  while (i < bytes.length && (bytes[i] as number) >= 0x80) i++
  return i < bytes.length
}

function fixedEnd(reader: Reader, wire: number): number {
  reader.skip(wire, Number.POSITIVE_INFINITY)
  return reader.at
}

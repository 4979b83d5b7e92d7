import type { JsonObject } from '#base/json.ts'
import { type Message, messageOf } from './fields.ts'
import { headOf, magic } from './list-reader.ts'
import { Pending } from './pending.ts'
import { Reader } from './reader.ts'

/** No event is longer; client-go reads no longer ones either. */
const longest = 16 * 1024 * 1024

/** An event as a line of JSON would tell it. */
interface ToldEvent {
  readonly type: string
  readonly object: JsonObject
  /** Bytes of an object of which only the names were read; they are overwritten by what comes next. */
  readonly unread?: Buffer
}

/** What is read of an object at once, and whether that is all. */
interface Reading {
  readonly item: Message
  readonly late: boolean
}

/**
 * Reads a watch in protobuf as it comes. Each event has its length in front, in four bytes, the highest first (apimachinery's
 * `LengthDelimitedFramer`). It is a bare `WatchEvent` of type (1) and `RawExtension` (2), whose bytes (1) are an object in the
 * envelope of any other answer.
 */
export class WatchReader {
  readonly #reading: Reading
  readonly #pending = new Pending()

  /** @param late Hands the bytes of objects over, too, because `item` is only as much of them as tells what they are. */
  constructor(item: Message, late = false) {
    this.#reading = { item, late }
  }

  /** The events whose last byte has come; undefined for bytes that are none, behind which nothing can be read. */
  *push(chunk: Uint8Array): Generator<ToldEvent | undefined> {
    const bytes = this.#pending.with(chunk)
    let at = 0
    while (bytes.length - at >= 4) {
      const length = bytes.readUInt32BE(at)
      if (length > longest) yield undefined
      if (bytes.length - at - 4 < length) break
      at += 4 + length
      yield this.#event(new Reader(bytes, at - length), at)
    }
    this.#pending.take(at)
  }

  #event(reader: Reader, end: number): ToldEvent | undefined {
    try {
      return eventIn(reader, end, this.#reading)
    } catch {
      return undefined
    }
  }
}

type ToldObject = Pick<ToldEvent, 'object' | 'unread'>

function eventIn(reader: Reader, end: number, reading: Reading): ToldEvent {
  let type = ''
  let told: ToldObject = { object: {} }
  while (reader.at < end) {
    const tag = reader.varint()
    if (tag === 0x0a) type = reader.text(reader.end(end))
    else if (tag === 0x12) told = extensionIn(reader, reader.end(end), reading)
    else reader.skip(tag & 7, end)
  }
  return { type, ...told }
}

function extensionIn(reader: Reader, end: number, reading: Reading): ToldObject {
  let told: ToldObject = { object: {} }
  while (reader.at < end) {
    const tag = reader.varint()
    if (tag === 0x0a) told = objectIn(reader, reader.end(end), reading)
    else reader.skip(tag & 7, end)
  }
  return told
}

function objectIn(reader: Reader, end: number, { item, late }: Reading): ToldObject {
  if (
    end - reader.at < magic.length ||
    magic.compare(reader.bytes, reader.at, reader.at + magic.length) !== 0
  )
    throw new Error('not the protobuf of Kubernetes')
  reader.at += magic.length
  let head = { apiVersion: '', kind: '' }
  let [start, stop] = [end, end]
  while (reader.at < end) {
    const tag = reader.varint()
    if (tag === 0x0a) head = headOf(reader, reader.end(end))
    else if (tag === 0x12) {
      stop = reader.end(end)
      start = reader.at
      reader.at = stop
    } else reader.skip(tag & 7, end)
  }
  reader.at = start
  // Thousands of events come in a minute: none is copied.
  const object = reader.message(head.kind === 'Status' ? messageOf('Status') : item, stop, {
    apiVersion: head.apiVersion,
    kind: head.kind,
  })
  return late ? { object, unread: reader.bytes.subarray(start, stop) } : { object }
}

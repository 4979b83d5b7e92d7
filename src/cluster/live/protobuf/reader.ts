import { type Json, type JsonObject, setKey } from '#base/json.ts'
import type { Field, Message } from './fields.ts'

const broken = () => new Error('no well-formed protobuf message')

/** The texts read last, by a hash of their bytes: labels, reasons and amounts are the same on thousands of nodes. */
const texts: string[] = new Array(8192).fill('')
const longestKept = 96

/** The messages read last of those that are shared, by a hash of their bytes, which lie side by side. */
const shared: { readonly length: number; readonly fields: Message; readonly value: Json }[] = []
const [sharedAtOnce, longestShared] = [1024, 256]
const sharedBytes = new Uint8Array(sharedAtOnce * longestShared)

/**
 * Reads messages field by field into objects as JSON would give them, and steps over what nobody asked for. Whatever is not
 * set stands in protobuf as zero, where JSON has nothing.
 */
export class Reader {
  readonly bytes: Buffer
  at: number

  constructor(bytes: Buffer, at = 0) {
    this.bytes = bytes
    this.at = at
  }

  /** A number as large as an offset may be, or of a field with its wire type. */
  varint(): number {
    const { bytes } = this
    let byte = bytes[this.at++] ?? 0
    if (byte < 0x80) return byte
    let value = byte & 0x7f
    for (let scale = 0x80; scale <= 2 ** 42; scale *= 0x80) {
      byte = bytes[this.at++] ?? 0
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
    }
    throw broken()
  }

  /** A signed integer of 64 bits, rounded as JSON's numbers are. */
  integer(): number {
    let [low, high] = [0, 0]
    for (let bit = 0; bit < 70; bit += 7) {
      const byte = this.bytes[this.at++] ?? 0
      if (bit < 28) low |= (byte & 0x7f) << bit
      else if (bit === 28) {
        low |= (byte & 0x0f) << 28
        high = (byte & 0x70) >> 4
      } else high |= (byte & 0x7f) << (bit - 32)
      if (byte < 0x80) return high * 2 ** 32 + (low >>> 0)
    }
    throw broken()
  }

  /** The end of what has its length in front. */
  end(limit: number): number {
    const length = this.varint()
    const end = this.at + length
    if (end > limit) throw broken()
    return end
  }

  skip(wire: number, limit: number): void {
    if (wire === 0) while ((this.bytes[this.at++] ?? 0) >= 0x80);
    else if (wire === 2) this.at = this.end(limit)
    else if (wire === 1 || wire === 5) this.at += wire === 1 ? 8 : 4
    else throw broken()
    if (this.at > limit) throw broken()
  }

  /**
   * @param object takes the fields
   * @throws Error for bytes that are no such message
   */
  message(fields: Message, end: number, object: JsonObject = {}): JsonObject {
    while (this.at < end) {
      const tag = this.varint()
      const field = fields[tag >>> 3]
      if (field === undefined || (tag & 7) !== field.wire) this.skip(tag & 7, end)
      else if (field.shape === 'map') this.#entry(object, field, end)
      else if (field.only !== undefined && !this.#isOne(field.only)) this.skip(2, end)
      else {
        const value = this.#value(field, end)
        if (field.shape === 'list') {
          const list = object[field.name] as Json[] | undefined
          object[field.name] = list === undefined ? [value] : longer(list, value)
        } else if (field.zero || (value !== '' && value !== 0 && value !== false)) object[field.name] = value
      }
    }
    if (this.at !== end) throw broken()
    return object
  }

  #value({ type, fields }: Field, limit: number): Json {
    if (type === 'b') return this.varint() !== 0
    if (type === 'i') return this.integer()
    const end = this.end(limit)
    if (type === 's') return this.text(end)
    if (type === 'm') return this.message(fields, end)
    if (type === 'a') return this.#shared(fields, end)
    return type === 'q' ? this.#quantity(end) : this.#time(end)
  }

  /** Whether the message that comes has one of these texts as its first field; true for one that begins with another. */
  #isOne(texts: readonly string[]): boolean {
    const { at, bytes } = this
    const end = this.end(bytes.length)
    const isOne = bytes[this.at++] !== 0x0a || texts.includes(this.text(this.end(end)))
    this.at = at
    return isOne
  }

  #shared(fields: Message, end: number): Json {
    const { at, bytes } = this
    const length = end - at
    if (length > longestShared) return this.message(fields, end)
    const slot = hashOf(bytes, at, end) & (sharedAtOnce - 1)
    const start = slot * longestShared
    const known = shared[slot]
    if (known !== undefined && known.fields === fields && known.length === length) {
      let i = 0
      while (i < length && sharedBytes[start + i] === bytes[at + i]) i++
      if (i === length) {
        this.at = end
        return known.value
      }
    }
    const value = this.message(fields, end)
    for (let i = 0; i < length; i++) sharedBytes[start + i] = bytes[at + i] as number
    shared[slot] = { length, fields, value }
    return value
  }

  #entry(object: JsonObject, field: Field, limit: number): void {
    const end = this.end(limit)
    let key = ''
    let value: Json = ''
    while (this.at < end) {
      const tag = this.varint()
      if (tag === 0x0a) key = this.text(this.end(end))
      else if (tag === 0x12) value = this.#value(field, end)
      else this.skip(tag & 7, end)
    }
    object[field.name] ??= {}
    setKey(object[field.name] as JsonObject, key, value)
  }

  #quantity(end: number): string {
    let text = '0'
    while (this.at < end) {
      const tag = this.varint()
      if (tag === 0x0a) text = this.text(this.end(end))
      else this.skip(tag & 7, end)
    }
    return text
  }

  /** In UTC and whole seconds, as JSON shows it; nothing in it is no time. */
  #time(end: number): string | null {
    if (this.at === end) return null
    let seconds = 0
    while (this.at < end) {
      const tag = this.varint()
      if (tag === 0x08) seconds = this.integer()
      else this.skip(tag & 7, end)
    }
    return timeText(seconds)
  }

  text(end: number): string {
    const { at, bytes } = this
    const length = end - at
    this.at = end
    if (length === 0) return ''
    if (length > longestKept) return bytes.toString('utf8', at, end)
    const hash = hashOf(bytes, at, end) & 8191
    const known = texts[hash] as string
    if (known.length === length) {
      let i = 0
      while (i < length && known.charCodeAt(i) === bytes[at + i] && (bytes[at + i] as number) < 0x80) i++
      if (i === length) return known
    }
    const text = bytes.toString('utf8', at, end)
    texts[hash] = text
    return text
  }
}

/** A list with a value more. V8 makes room for sixteen more where something is put behind a list. */
function longer(list: Json[], value: Json): Json[] {
  const [first = null, second = null, third = null] = list
  if (list.length === 1) return [first, value]
  if (list.length === 2) return [first, second, value]
  if (list.length === 3) return [first, second, third, value]
  list.push(value)
  return list
}

function hashOf(bytes: Buffer, at: number, end: number): number {
  let hash = end - at
  for (let i = at; i < end; i++) hash = (Math.imul(hash, 31) + (bytes[i] as number)) | 0
  return hash ^ (hash >>> 13)
}

/** The times told last: thousands of objects share each second of a roll-out. */
const times: { readonly seconds: number; readonly text: string }[] = []

/** In one piece: what is cut and joined would be kept in parts, five times as large. */
function timeText(seconds: number): string {
  const at = ((seconds % 1024) + 1024) % 1024
  const known = times[at]
  if (known?.seconds === seconds) return known.text
  const text = Buffer.from(`${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`).toString('latin1')
  times[at] = { seconds, text }
  return text
}

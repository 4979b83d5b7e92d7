import type { TypeSpec } from '#apiserver/schema/schema.ts'
import { isObject, type Json, type JsonObject } from '#base/json.ts'
import { oncePer } from '#base/once.ts'
import { type Message, magic, messageOf } from './protobuf.ts'

/** Bytes that are written from their end on: a length is known when what it stands before is there. */
class BackwardWriter {
  #bytes = Buffer.allocUnsafe(4096)
  #at = this.#bytes.length

  /** The place of the first byte, counted from the end. */
  get length(): number {
    return this.#bytes.length - this.#at
  }

  /** What was written, as long as nothing more is. */
  get bytes(): Buffer {
    return this.#bytes.subarray(this.#at)
  }

  #room(length: number): number {
    if (length > this.#at) {
      const written = this.bytes
      const larger = Buffer.allocUnsafe(2 * (this.#bytes.length + length))
      this.#at = larger.length - written.copy(larger, larger.length - written.length)
      this.#bytes = larger
    }
    this.#at -= length
    return this.#at
  }

  raw(bytes: Uint8Array): void {
    const at = this.#room(bytes.length)
    this.#bytes.set(bytes, at)
  }

  varint(value: number): void {
    if (value >= 0 && value <= 0x7fffffff) this.#shortVarint(value)
    else this.#longVarint(value)
  }

  #shortVarint(value: number): void {
    let at = this.#room(
      value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x200000 ? 3 : value < 0x10000000 ? 4 : 5,
    )
    let rest = value
    for (; rest > 0x7f; rest >>>= 7) this.#bytes[at++] = (rest & 0x7f) | 0x80
    this.#bytes[at] = rest
  }

  #longVarint(value: number): void {
    const bytes: number[] = []
    let rest = BigInt.asUintN(64, BigInt(value))
    for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
    this.raw(Uint8Array.from([...bytes, Number(rest)]))
  }

  number(field: number, value: number): void {
    this.varint(value)
    this.varint(field << 3)
  }

  text(field: number, value: unknown): void {
    const text = String(value)
    const length = Buffer.byteLength(text)
    const at = this.#room(length)
    this.#bytes.write(text, at)
    this.#head(field, length)
  }

  /** A field around what `write` writes. */
  within(field: number, write: () => void): void {
    const { length } = this
    write()
    this.#head(field, this.length - length)
  }

  #head(field: number, length: number): void {
    this.varint(length)
    this.varint((field << 3) | 2)
  }
}

/** A value that is no list. Like Go's, it writes zeros of what is no pointer: they mean that there is nothing. */
function writeValue(to: BackwardWriter, field: number, type: TypeSpec, value: Json | undefined): void {
  switch (type.kind) {
    case 'struct':
      to.within(field, () => writeStruct(to, messageOf(type.struct), isObject(value) ? value : {}))
      break
    case 'bool':
      to.number(field, value === true ? 1 : 0)
      break
    case 'int32':
    case 'int64':
      to.number(field, Number(value ?? 0))
      break
    case 'quantity':
      to.within(field, () => to.text(1, value ?? '0'))
      break
    case 'intOrString':
      to.within(field, () => {
        const isText = typeof value === 'string'
        to.text(3, isText ? value : '')
        to.number(2, isText ? 0 : Number(value ?? 0))
        to.number(1, isText ? 1 : 0)
      })
      break
    case 'time':
    case 'microTime':
      to.within(field, () => writeTime(to, value))
      break
    case 'raw':
      to.within(field, () => to.text(1, JSON.stringify(value ?? null)))
      break
    case 'bytes':
      to.within(field, () => to.raw(Buffer.from(String(value ?? ''), 'base64')))
      break
    default:
      to.text(field, value ?? '')
  }
}

function writeTime(to: BackwardWriter, value: Json | undefined): void {
  if (typeof value !== 'string') return
  const milliseconds = Date.parse(value)
  to.number(2, (((milliseconds % 1000) + 1000) % 1000) * 1e6)
  to.number(1, Math.floor(milliseconds / 1000))
}

function writeField(to: BackwardWriter, field: number, type: TypeSpec, value: Json | undefined): void {
  const present = value !== undefined && value !== null
  if (type.kind === 'list') {
    const items = present ? (value as Json[]) : []
    for (let at = items.length - 1; at >= 0; at--) writeValue(to, field, type.item, items[at])
  } else if (type.kind === 'map') {
    for (const [key, item] of Object.entries(present ? (value as JsonObject) : {}).reverse())
      to.within(field, () => {
        writeValue(to, 2, type.item, item)
        to.text(1, key)
      })
  } else if (present || !type.pointer) writeValue(to, field, type, value)
}

function writeStruct(to: BackwardWriter, message: Message, object: JsonObject): void {
  for (const [field, of] of lastFirst(message))
    if (of instanceof Map) to.within(field, () => writeStruct(to, of, object))
    else writeField(to, field, of.type, object[of.name])
}

/** Its fields, the highest number first. */
const lastFirst = oncePer((message: Message) => [...message].sort(([one], [other]) => other - one))

/** What is read of an object in this shape: of a partial one its metadata. */
const shapedMessage = (struct: string, { kind }: JsonObject): Message => {
  const whole = messageOf(struct)
  return String(kind).startsWith('PartialObjectMetadata')
    ? new Map([...whole].filter(([of]) => of === 1))
    : whole
}

/** The envelope in which protobuf travels (`runtime.Unknown`), around what `write` writes. */
function writeEnvelope(to: BackwardWriter, { apiVersion, kind }: JsonObject, write: () => void): void {
  to.text(4, '')
  to.text(3, '')
  to.within(2, write)
  to.within(1, () => {
    to.text(2, kind)
    to.text(1, apiVersion)
  })
  to.raw(magic)
}

/** A list, the items of which are of this struct. Of partial objects it has the metadata. */
export function listInProtobuf(struct: string, list: JsonObject): Buffer {
  const { continue: token, remainingItemCount: remaining, resourceVersion } = list.metadata as JsonObject
  const items = list.items as JsonObject[]
  const message = shapedMessage(struct, list)
  const to = new BackwardWriter()
  writeEnvelope(to, list, () => {
    for (let at = items.length - 1; at >= 0; at--)
      to.within(2, () => writeStruct(to, message, items[at] ?? {}))
    to.within(1, () => {
      if (typeof remaining === 'number') to.number(4, remaining)
      to.text(3, token ?? '')
      to.text(2, resourceVersion ?? '')
      to.text(1, '')
    })
  })
  return to.bytes
}

/** Events of a watch of objects of this struct, each with its length in front: a bare `WatchEvent` around an enveloped object. */
export function eventsInProtobuf(
  struct: string,
  events: readonly { readonly type: string; readonly object: JsonObject }[],
): Buffer {
  const to = new BackwardWriter()
  for (const { type, object } of events.toReversed()) {
    const behind = to.length
    to.within(2, () =>
      to.within(1, () =>
        writeEnvelope(to, object, () =>
          object.kind === 'Status'
            ? writeStatus(to, object)
            : writeStruct(to, shapedMessage(struct, object), object),
        ),
      ),
    )
    to.text(1, type)
    const length = Buffer.alloc(4)
    length.writeUInt32BE(to.length - behind)
    to.raw(length)
  }
  return to.bytes
}

function writeStatus(to: BackwardWriter, { code, message, reason, status }: JsonObject): void {
  to.number(6, Number(code ?? 0))
  to.text(4, reason ?? '')
  to.text(3, message ?? '')
  to.text(2, status ?? '')
  to.within(1, () => {})
}

import { decode } from '#apiserver/schema/decode.ts'
import { structSpec, type TypeSpec } from '#apiserver/schema/schema.ts'
import { type Json, type JsonObject, setKey } from '#base/json.ts'
import { structOf } from '../api/resource-type.ts'
import { badRequest } from '../api/status-errors.ts'
import { timestamp } from '../timestamp.ts'
/** Of each struct, the numbers of its fields in their order; `2.1` is field 1 of the embedded struct 2. */
import numbers from './field-numbers.json' with { type: 'json' }

export const protobufType = 'application/vnd.kubernetes.protobuf'
export const magic = Buffer.from('k8s\0')

/** Kinds that can be read and written as protobuf. */
export const readsProtobuf = (kind: string): boolean => Object.hasOwn(numbers, kind)

/** The value of a field as it stands on the wire: a varint, or bytes. */
type WireValue = bigint | Buffer

interface WireField {
  readonly number: number
  readonly value: WireValue
}

const malformed = () => badRequest('the body of the request is no well-formed protobuf message')

function* wireFields(bytes: Buffer): Generator<WireField> {
  let at = 0
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at]
      if (byte === undefined) break
      at += 1
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
    throw malformed()
  }
  while (at < bytes.length) {
    const tag = Number(varint())
    const number = tag >>> 3
    const wire = tag & 7
    if (wire === 0) yield { number, value: varint() }
    else {
      const length = wire === 2 ? Number(varint()) : wire === 1 ? 8 : wire === 5 ? 4 : Number.NaN
      if (!(length <= bytes.length - at)) throw malformed()
      yield { number, value: bytes.subarray(at, at + length) }
      at += length
    }
  }
}

function bytesOf(value: WireValue | undefined): Buffer {
  if (typeof value === 'bigint') throw malformed()
  return value ?? Buffer.alloc(0)
}

const textOf = (value: WireValue | undefined) => bytesOf(value).toString('utf8')
const numberOf = (value: WireValue | undefined) =>
  typeof value === 'bigint' ? Number(BigInt.asIntN(64, value)) : 0

/** The last value of each field of a small message, by its number. */
const parts = (value: WireValue) =>
  new Map([...wireFields(bytesOf(value))].map((field) => [field.number, field.value]))

/** JSON that was sent as bytes (`runtime.RawExtension`, `FieldsV1`). */
function rawJson(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    throw malformed()
  }
}

/** A value that is no list: their elements come one by one. */
function readValue(type: TypeSpec, value: WireValue): Json {
  switch (type.kind) {
    case 'struct':
      return readStruct(type.struct, bytesOf(value))
    case 'bool':
      return value !== 0n
    case 'int32':
    case 'int64':
      return numberOf(value)
    case 'bytes':
      return bytesOf(value).toString('base64')
    case 'quantity':
      return textOf(parts(value).get(1))
    case 'intOrString': {
      const of = parts(value)
      return of.get(1) === 1n ? textOf(of.get(3)) : numberOf(of.get(2))
    }
    case 'time':
    case 'microTime': {
      const of = parts(value)
      if (of.size === 0) return null
      const milliseconds = numberOf(of.get(1)) * 1000 + Math.floor(numberOf(of.get(2)) / 1e6)
      return type.kind === 'time' ? timestamp(milliseconds) : new Date(milliseconds).toISOString()
    }
    case 'raw':
      return rawJson(textOf(parts(value).get(1)))
    default:
      return textOf(value)
  }
}

export interface Field {
  readonly name: string
  readonly type: TypeSpec
}
/** Fields by their numbers; an embedded struct's stand in a message of their own. */
export type Message = Map<number, Field | Message>
const messages = new Map<string, Message>()

export function messageOf(struct: string): Message {
  const known = messages.get(struct)
  if (known) return known
  const message: Message = new Map()
  const places = Object.hasOwn(numbers, struct)
    ? (numbers[struct as keyof typeof numbers] ?? '').split(' ')
    : []
  for (const [at, { name, type }] of [...structSpec(struct).values()].entries()) {
    const path = (places[at] ?? '').split('.').map(Number)
    const number = path.pop() ?? 0
    let into = message
    for (const step of path) {
      const embedded = into.get(step)
      const next: Message = embedded instanceof Map ? embedded : new Map()
      into.set(step, next)
      into = next
    }
    if (number > 0) into.set(number, { name, type })
  }
  messages.set(struct, message)
  return message
}

function readFields(message: Message, bytes: Buffer, into: JsonObject): void {
  for (const { number, value } of wireFields(bytes)) {
    const field = message.get(number)
    if (!field) continue
    if (field instanceof Map) {
      readFields(field, bytesOf(value), into)
      continue
    }
    const { name, type } = field
    if (type.kind === 'list') into[name] = [...((into[name] ?? []) as Json[]), readValue(type.item, value)]
    else if (type.kind === 'map') {
      const entry = parts(value)
      const map = (into[name] ?? {}) as JsonObject
      setKey(map, textOf(entry.get(1)), readValue(type.item, entry.get(2) ?? Buffer.alloc(0)))
      into[name] = map
    } else into[name] = readValue(type, value)
  }
}

function readStruct(struct: string, bytes: Buffer): JsonObject {
  const object: JsonObject = {}
  readFields(messageOf(struct), bytes, object)
  return object
}

/** The object in a protobuf body, in its envelope (`runtime.Unknown`). Throws 400 if it is none. */
export function parseProtobuf(body: Buffer): JsonObject {
  if (!body.subarray(0, magic.length).equals(magic)) throw malformed()
  const envelope = parts(body.subarray(magic.length))
  const typeMeta = parts(envelope.get(1) ?? Buffer.alloc(0))
  const [apiVersion, kind] = [textOf(typeMeta.get(1)), textOf(typeMeta.get(2))]
  const struct = structOf({ group: apiVersion.split('/')[0] ?? '', kind })
  // What is not set stands there as zero; to JSON it is not there.
  const object = decode(readStruct(struct, bytesOf(envelope.get(2))), struct)
  return { ...object, ...(apiVersion ? { apiVersion } : {}), ...(kind ? { kind } : {}) }
}

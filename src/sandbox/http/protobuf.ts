import type { Json, JsonObject } from '#base/json.ts'
import { badRequest } from '../api/status-errors.ts'
import { timestamp } from '../timestamp.ts'
import { bodyMessages, envelope, type FieldType, type Message, time } from './protobuf-messages.ts'

export const protobufType = 'application/vnd.kubernetes.protobuf'
const magic = Buffer.from('k8s\0')

/** Kinds whose bodies can be read as protobuf. */
export const readsProtobuf = (kind: string): boolean => Object.hasOwn(bodyMessages, kind)

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

function bytesOf(value: WireValue): Buffer {
  if (typeof value === 'bigint') throw malformed()
  return value
}

function readValue(type: FieldType, value: WireValue): Json {
  switch (type) {
    case 'bool':
      return value !== 0n
    case 'integer':
      return typeof value === 'bigint' ? Number(BigInt.asIntN(64, value)) : 0
    case 'bytes':
      return bytesOf(value).toString('base64')
    case 'string':
      return bytesOf(value).toString('utf8')
    case 'time': {
      const { seconds } = readMessage(time, bytesOf(value))
      return typeof seconds === 'number' ? timestamp(seconds * 1000) : null
    }
    default:
      return readMessage(type, bytesOf(value))
  }
}

function readEntry(type: FieldType, bytes: Buffer): readonly [string, Json] {
  let key = ''
  let content: Json = ''
  for (const { number, value } of wireFields(bytes))
    if (number === 1) key = bytesOf(value).toString('utf8')
    else if (number === 2) content = readValue(type, value)
  return [key, content]
}

function readMessage(message: Message, bytes: Buffer): JsonObject {
  const fields = new Map<string, Json>()
  const maps = new Map<string, (readonly [string, Json])[]>()
  for (const { number, value } of wireFields(bytes)) {
    const field = message[number]
    if (!field) continue
    const { name, type, shape } = field
    if (shape === 'single') fields.set(name, readValue(type, value))
    else if (shape === 'list') {
      const elements = (fields.get(name) ?? []) as Json[]
      fields.set(name, [...elements, readValue(type, value)])
    } else maps.set(name, [...(maps.get(name) ?? []), readEntry(type, bytesOf(value))])
  }
  for (const [name, entries] of maps) fields.set(name, Object.fromEntries(entries))
  return Object.fromEntries([...fields].filter(([, value]) => value !== ''))
}

/** The object in a protobuf body, in its envelope (`runtime.Unknown`). Throws 400 if it is none. */
export function parseProtobuf(body: Buffer): JsonObject {
  if (!body.subarray(0, magic.length).equals(magic)) throw malformed()
  const { typeMeta, raw } = readMessage(envelope, body.subarray(magic.length)) as {
    typeMeta?: Json
    raw?: Json
  }
  const { apiVersion = '', kind = '' } = (typeMeta ?? {}) as Readonly<Record<string, string>>
  const message = Object.hasOwn(bodyMessages, kind) ? (bodyMessages[kind] ?? {}) : {}
  const object = readMessage(message, Buffer.from(typeof raw === 'string' ? raw : '', 'base64'))
  return { ...object, ...(apiVersion ? { apiVersion } : {}), ...(kind ? { kind } : {}) }
}

import type { TypeSpec } from '#apiserver/schema/schema.ts'
import { isObject, type Json, type JsonObject } from '#base/json.ts'
import { type Message, magic, messageOf } from './protobuf.ts'

function varint(value: number | bigint): Buffer {
  let rest = BigInt.asUintN(64, BigInt(value))
  const bytes: number[] = []
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  return Buffer.from([...bytes, Number(rest)])
}

const number = (field: number, value: number | bigint): Buffer =>
  Buffer.concat([varint(field << 3), varint(value)])

function bytes(field: number, ...parts: readonly Buffer[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  return Buffer.concat([varint((field << 3) | 2), varint(length), ...parts])
}

const text = (field: number, value: unknown) => bytes(field, Buffer.from(String(value)))

/** A value that is no list. Like Go's, it writes zeros of what is no pointer: they mean that there is nothing. */
function encoded(field: number, type: TypeSpec, value: Json | undefined): Buffer {
  switch (type.kind) {
    case 'struct':
      return bytes(field, ...structOf(messageOf(type.struct), isObject(value) ? value : {}))
    case 'bool':
      return number(field, value === true ? 1 : 0)
    case 'int32':
    case 'int64':
      return number(field, BigInt(Number(value ?? 0)))
    case 'quantity':
      return bytes(field, text(1, value ?? '0'))
    case 'intOrString':
      return typeof value === 'string'
        ? bytes(field, number(1, 1), number(2, 0), text(3, value))
        : bytes(field, number(1, 0), number(2, Number(value ?? 0)), text(3, ''))
    case 'time':
    case 'microTime':
      return bytes(field, ...timeOf(value))
    case 'raw':
      return bytes(field, text(1, JSON.stringify(value ?? null)))
    case 'bytes':
      return bytes(field, Buffer.from(String(value ?? ''), 'base64'))
    default:
      return text(field, value ?? '')
  }
}

function timeOf(value: Json | undefined): Buffer[] {
  if (typeof value !== 'string') return []
  const milliseconds = Date.parse(value)
  return [
    number(1, Math.floor(milliseconds / 1000)),
    number(2, (((milliseconds % 1000) + 1000) % 1000) * 1e6),
  ]
}

function fieldOf(field: number, type: TypeSpec, value: Json | undefined): Buffer[] {
  const present = value !== undefined && value !== null
  if (type.kind === 'list')
    return present ? (value as Json[]).map((item) => encoded(field, type.item, item)) : []
  if (type.kind === 'map')
    return Object.entries(present ? (value as JsonObject) : {}).map(([key, item]) =>
      bytes(field, text(1, key), encoded(2, type.item, item)),
    )
  return present || !type.pointer ? [encoded(field, type, value)] : []
}

function structOf(message: Message, object: JsonObject): Buffer[] {
  return [...message]
    .toSorted(([a], [b]) => a - b)
    .flatMap(([field, of]) =>
      of instanceof Map ? [bytes(field, ...structOf(of, object))] : fieldOf(field, of.type, object[of.name]),
    )
}

/**
 * A list, the items of which are of this struct, in the envelope in which protobuf travels (`runtime.Unknown`). Of partial
 * objects it has the metadata.
 */
export function listInProtobuf(struct: string, list: JsonObject): Buffer {
  const { apiVersion, items, kind, metadata } = list
  const { continue: token, remainingItemCount: remaining, resourceVersion } = metadata as JsonObject
  const whole = messageOf(struct)
  const message =
    kind === 'PartialObjectMetadataList' ? new Map([...whole].filter(([of]) => of === 1)) : whole
  const raw = [
    bytes(
      1,
      text(1, ''),
      text(2, resourceVersion ?? ''),
      text(3, token ?? ''),
      ...(typeof remaining === 'number' ? [number(4, remaining)] : []),
    ),
    ...(items as JsonObject[]).map((item) => bytes(2, ...structOf(message, item))),
  ]
  const type = bytes(1, text(1, apiVersion), text(2, kind))
  return Buffer.concat([magic, type, bytes(2, ...raw), text(3, ''), text(4, '')])
}

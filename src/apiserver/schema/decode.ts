/**
 * Reads a document as an API server does: JSON into the Go type and back. What comes out holds exactly what the server
 * would write: unknown fields and empty optional ones are gone, quantities are canonical, `null` is zero. Mirrors
 * sigs.k8s.io/json (names are case-sensitive) and the JSON methods of k8s.io/apimachinery's own types.
 */

import { isObject, type Json, type JsonObject, setKey } from '#base/json.ts'
import { byBytes, goKind } from '#kube/go-text.ts'
import { formatQuantity, parseQuantity } from '#kube/quantity.ts'
import type { FieldPath } from '../validation/types.ts'
import { type ContainerType, structSpec, type TypeSpec } from './schema.ts'

/** Told of everything that does not fit; the decoding goes on with the zero value in its place. */
export interface DecodeListener {
  unknownField(path: FieldPath, struct: string): void
  /** `fatal`: Go's decoder stops here, whatever it had found before. */
  wrongType(path: FieldPath, value: Json, type: TypeSpec, decodeError: string, fatal: boolean): void
}

/** Where the decoder is: a step on the way, from which the path is made only when something is to be told. */
interface Context {
  readonly above: Context | undefined
  readonly segment: string | number
  /** The struct whose field this is, or is in; Go's errors name it. */
  readonly struct: string
  /** The name in Go's errors, where list indexes and map keys have none. */
  readonly goName: string | undefined
  readonly listener: DecodeListener | undefined
}

function pathOf(context: Context): FieldPath {
  const path: (string | number)[] = []
  for (let step: Context | undefined = context; step?.above; step = step.above) path.unshift(step.segment)
  return path
}

function goPathOf(context: Context): string {
  const names: string[] = []
  for (let step: Context | undefined = context; step?.above; step = step.above) {
    if (step.goName !== undefined) names.unshift(step.goName)
  }
  return names.join('.')
}

const inside = (context: Context, segment: string | number): Context => ({
  above: context,
  segment,
  struct: context.struct,
  goName: undefined,
  listener: context.listener,
})

function unmarshalError(value: string, goType: string, context: Context): string {
  const place = context.struct === '' ? '' : ` Go struct field ${context.struct}.${goPathOf(context)}`
  return `json: cannot unmarshal ${value} into${place === '' ? ' Go value' : place} of type ${goType}`
}

function refuse(
  value: Json,
  type: TypeSpec,
  context: Context,
  goType = type.goType,
  fatal = false,
): undefined {
  const shown = goKind(value)
  context.listener?.wrongType(pathOf(context), value, type, unmarshalError(shown, goType, context), fatal)
  return undefined
}

function refuseWith(error: string, value: Json, type: TypeSpec, context: Context): undefined {
  context.listener?.wrongType(pathOf(context), value, type, error, true)
  return undefined
}

function decodeInteger(value: Json, type: TypeSpec, context: Context): number | undefined {
  if (typeof value !== 'number') return refuse(value, type, context)
  const limit = type.kind === 'int32' ? 2 ** 31 : 2 ** 63
  if (Number.isInteger(value) && value < limit && value >= -limit) return value
  const error = unmarshalError(`number ${value}`, type.goType, context)
  context.listener?.wrongType(pathOf(context), value, type, error, false)
  return undefined
}

const rfc3339 = /^\d{4}-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)([.,]\d+)?([Zz]|[+-]\d\d:\d\d)$/

function decodeTime(value: Json, type: TypeSpec, context: Context): string | undefined {
  if (typeof value !== 'string') return refuse(value, type, context, 'string', true)
  const at = rfc3339.test(value) ? Date.parse(value.replace(',', '.')) : Number.NaN
  if (Number.isNaN(at)) {
    const quoted = JSON.stringify(value)
    const layout = type.kind === 'time' ? '2006-01-02T15:04:05Z07:00' : '2006-01-02T15:04:05.000000Z07:00'
    return refuseWith(
      `parsing time ${quoted} as "${layout}": cannot parse ${quoted} as "2006"`,
      value,
      type,
      context,
    )
  }
  const text = new Date(at).toISOString()
  return type.kind === 'time' ? text.replace(/\.\d+Z$/, 'Z') : text.replace(/(\.\d+)Z$/, '$1000Z')
}

/** Where Go's decoder of Base64 stops; undefined where it does not. */
function corruptAt(text: string): number | undefined {
  const bare = text.replace(/[\r\n]/g, '')
  const [good = ''] = /^[A-Za-z0-9+/]*/.exec(bare) ?? []
  const whole = good.length - (good.length % 4)
  const rest = bare.slice(whole)
  if (rest === '' || /^[A-Za-z0-9+/]{2}([A-Za-z0-9+/]=|==)$/.test(rest)) return undefined
  return good.length === bare.length ? whole : good.length
}

function decodeBytes(value: Json, type: TypeSpec, context: Context): string | undefined {
  if (typeof value !== 'string') return refuse(value, type, context)
  const at = corruptAt(value)
  if (at === undefined) return value.replace(/[\r\n]/g, '')
  return refuseWith(`illegal base64 data at input byte ${at}`, value, type, context)
}

function decodeQuantity(value: Json, type: TypeSpec, context: Context): string | undefined {
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  const parsed = parseQuantity(text)
  return parsed.ok ? formatQuantity(parsed.quantity) : refuseWith(parsed.error, value, type, context)
}

function decodeIntOrString(value: Json, type: TypeSpec, context: Context): number | string | undefined {
  if (typeof value === 'string') return value
  const whole = typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 31
  if (whole) return value
  const shown = typeof value === 'number' ? `number ${value}` : goKind(value)
  return refuseWith(unmarshalError(shown, 'int32', context), value, type, context)
}

function decodeList(value: Json, type: ContainerType, context: Context): Json[] | undefined {
  if (!Array.isArray(value)) return refuse(value, type, context)
  const { item } = type
  return value.map((element, index) => decodeValue(element, item, inside(context, index)) ?? zeroOf(item))
}

function decodeMap(value: Json, type: ContainerType, context: Context): JsonObject | undefined {
  if (!isObject(value)) return refuse(value, type, context)
  const { item } = type
  const map: JsonObject = {}
  // Go writes maps in the order of their keys.
  for (const [key, element] of Object.entries(value).sort(([a], [b]) => byBytes(a, b))) {
    setKey(map, key, decodeValue(element, item, inside(context, key)) ?? zeroOf(item))
  }
  return map
}

/** The value as Go holds it, or undefined for null and for what was refused. */
function decodeValue(value: Json, type: TypeSpec, context: Context): Json | undefined {
  if (value === null) return undefined
  switch (type.kind) {
    case 'struct':
      return isObject(value) ? decodeStruct(type.struct, value, context) : refuse(value, type, context)
    case 'list':
      return decodeList(value, type, context)
    case 'map':
      return decodeMap(value, type, context)
    case 'bytes':
      return decodeBytes(value, type, context)
    case 'string':
      return typeof value === 'string' ? value : refuse(value, type, context)
    case 'bool':
      return typeof value === 'boolean' ? value : refuse(value, type, context)
    case 'int32':
    case 'int64':
      return decodeInteger(value, type, context)
    case 'quantity':
      return decodeQuantity(value, type, context)
    case 'intOrString':
      return decodeIntOrString(value, type, context)
    case 'time':
    case 'microTime':
      return decodeTime(value, type, context)
    case 'raw':
      return value
  }
}

/** What Go writes for a value that was never set. */
function zeroOf(type: TypeSpec): Json {
  if (type.pointer) return null
  switch (type.kind) {
    case 'struct':
      return finish({}, type.struct)
    case 'string':
      return ''
    case 'bool':
      return false
    case 'quantity':
      return '0'
    case 'int32':
    case 'int64':
    case 'intOrString':
      return 0
    default:
      return null
  }
}

/** Go's omitempty: false, 0, "", nil, and lists and maps without elements. */
function isEmpty(value: Json, type: TypeSpec): boolean {
  if (type.kind === 'list') return Array.isArray(value) && value.length === 0
  if (type.kind === 'map') return Object.keys(value as JsonObject).length === 0
  if (type.pointer || type.kind === 'struct') return false
  return value === '' || value === 0 || value === false
}

/** Puts the fields into the type's order, adds those that are always written and drops the empty ones. */
function finish(set: JsonObject, struct: string): JsonObject {
  const out: JsonObject = {}
  for (const [name, { type, written }] of structSpec(struct)) {
    const value = set[name]
    if (value === undefined) {
      if (written) out[name] = zeroOf(type)
    } else if (written || !isEmpty(value, type)) out[name] = value
  }
  return out
}

/** Decodes an object as the named struct. */
function decodeStruct(struct: string, value: JsonObject, context: Context): JsonObject {
  const spec = structSpec(struct)
  const set: JsonObject = {}
  const { listener } = context
  for (const [name, element] of Object.entries(value)) {
    const field = spec.get(name)
    if (!field) {
      listener?.unknownField([...pathOf(context), name], struct)
      continue
    }
    const goName = field.within ? `${field.within}.${name}` : name
    const step = { above: context, segment: name, struct, goName, listener }
    const decoded = decodeValue(element, field.type, step)
    if (decoded !== undefined) set[name] = decoded
  }
  return finish(set, struct)
}

/**
 * A document as the server holds it after decoding, before defaulting.
 *
 * @param value the document, of any shape
 * @param struct the type at its root: `DaemonSet`, or any other of the schema, such as `PodSpec`
 * @param listener told of unknown fields and wrong types; without one, they are passed over
 */
export function decode(value: unknown, struct: string, listener?: DecodeListener): JsonObject {
  const context: Context = { above: undefined, segment: '', struct: '', goName: undefined, listener }
  if (isObject(value)) return decodeStruct(struct, value, context)
  if (value !== null && value !== undefined) {
    refuse(value as Json, { kind: 'struct', pointer: false, struct, goType: `v1.${struct}` }, context)
  }
  return finish({}, struct)
}

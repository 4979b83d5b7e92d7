import { isObject, type Json, type JsonObject, setKey } from '#base/json.ts'
import { goKind } from './go-text.ts'

/** A field's type: a scalar, bytes in base64, anything, a list, a map, or a struct with the name that Go's errors call it by. */
export type Shape =
  | 'string'
  | 'bool'
  | 'int'
  | 'int-or-string'
  | 'quantity'
  | 'bytes'
  | 'any'
  | { readonly list: Shape; readonly go?: string }
  | { readonly map: Shape; readonly go: string }
  | Struct

interface Struct {
  readonly struct: string
  readonly fields: Readonly<Record<string, Shape>>
}

export const strings = { list: 'string' } as const

type Words<S extends string> = S extends `${infer First} ${infer Rest}` ? First | Words<Rest> : S

/** Fields of one type, their names in one text. */
export const fieldsOf = <const N extends string, const S extends Shape = 'string'>(
  names: N,
  type?: S,
): Readonly<Record<Words<N>, S>> =>
  Object.fromEntries(names.split(' ').map((name) => [name, type ?? 'string'])) as Record<Words<N>, S>

/** What a value is that has passed as such a shape, which is written `as const` then. */
export type TypeOf<S> = S extends 'string' | 'bytes'
  ? string
  : S extends 'bool'
    ? boolean
    : S extends 'int'
      ? number
      : S extends { readonly list: infer Item }
        ? readonly TypeOf<Item>[]
        : S extends { readonly map: infer Value }
          ? Readonly<Record<string, TypeOf<Value>>>
          : S extends { readonly fields: infer F }
            ? { readonly [K in keyof F]?: TypeOf<F[K]> }
            : Json

/**
 * Refuses what Go could not decode into this shape. As Go does, a null field is an absent one, and a null in a list or map
 * stands for nothing of its type: it is replaced.
 *
 * @throws Error in Go's words
 */
export function checkShape(value: JsonObject, shape: Shape, struct = ''): void {
  check(value, shape, '', struct)
}

function check(value: Json | undefined, shape: Shape, path: string, struct: string): void {
  if (value === null || value === undefined || shape === 'any') return
  if (!fits(value, shape))
    throw new Error(
      `json: cannot unmarshal ${goKind(value)} into Go struct field ${struct}.${path} of type ${goType(shape)}`,
    )
  if (shape === 'bytes') checkBase64(value as string)
  if (typeof shape === 'string') return
  if ('list' in shape) checkList(value as Json[], shape.list, path, struct)
  else if ('map' in shape) {
    for (const [key, item] of Object.entries(value as JsonObject))
      if (item === null) setKey(value as JsonObject, key, zero(shape.map))
      else check(item, shape.map, path, struct)
  } else checkFields(value as JsonObject, shape, path)
}

/** Goes by what the object has, which is a fraction of what it may have: this is done for each of thousands of objects. */
function checkFields(object: JsonObject, { fields, struct }: Struct, path: string): void {
  for (const name in object) {
    const shape = fields[name]
    const value = object[name]
    if (shape === undefined || (shape === 'string' && typeof value === 'string')) continue
    if (Object.hasOwn(fields, name)) check(value, shape, path === '' ? name : `${path}.${name}`, struct)
  }
}

function checkList(list: Json[], shape: Shape, path: string, struct: string): void {
  for (let at = 0; at < list.length; at++)
    if (list[at] === null) list[at] = zero(shape)
    else check(list[at], shape, path, struct)
}

function zero(shape: Shape): Json {
  if (shape === 'any') return null
  if (typeof shape === 'string') return shape === 'bool' ? false : shape === 'int' ? 0 : ''
  return 'list' in shape ? [] : {}
}

function fits(value: Json, shape: Shape): boolean {
  switch (shape) {
    case 'string':
    case 'bytes':
      return typeof value === 'string'
    case 'bool':
      return typeof value === 'boolean'
    case 'int':
      return Number.isSafeInteger(value)
    case 'int-or-string':
      return typeof value === 'string' || Number.isSafeInteger(value)
    case 'quantity':
      return typeof value === 'string' || typeof value === 'number'
  }
  return typeof shape === 'object' && 'list' in shape ? Array.isArray(value) : isObject(value)
}

const goNames: Readonly<Record<string, string>> = {
  bytes: '[]uint8',
  int: 'int64',
  'int-or-string': 'intstr.IntOrString',
  quantity: 'resource.Quantity',
}

function goType(shape: Shape): string {
  if (typeof shape === 'string') return goNames[shape] ?? shape
  if ('list' in shape) return `[]${shape.go ?? goType(shape.list)}`
  return 'map' in shape ? `map[string]${shape.go}` : `v1.${shape.struct}`
}

function checkBase64(text: string): void {
  const byte = corruptByte(text)
  if (byte !== undefined) throw new Error(`illegal base64 data at input byte ${byte}`)
}

/** Where Go's decoder of base64 gives up (`decodeQuantum`); undefined when it does not. It skips line ends. */
function corruptByte(text: string): number | undefined {
  const pastLineEnds = (from: number) => from + text.slice(from).search(/[^\r\n]|$/)
  const at = text.search(/[^A-Za-z0-9+/\r\n]|$/)
  const filled = text.slice(0, at).replace(/[\r\n]/g, '').length % 4
  if (at === text.length) return filled === 0 ? undefined : at - filled
  if (text[at] !== '=' || filled < 2) return at
  const last = filled === 2 ? pastLineEnds(at + 1) : at
  if (text[last] !== '=') return last === text.length ? last : last - 1
  const rest = pastLineEnds(last + 1)
  return rest === text.length ? undefined : rest
}

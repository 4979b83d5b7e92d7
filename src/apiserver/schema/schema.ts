/**
 * The types of a v1.36 server, the DaemonSet's before all, read from `types.json` (written by `scripts/make-schema.mjs`).
 *
 * Each struct maps its fields, in the order of the Go type, to a code: `+` the schema wants it, `!` written even when it
 * is zero, then the type: `*` a pointer (kept when it points to zero), `[` a list of, `[(key,key)` one whose elements merge
 * by their keys and `[()` as a set, `%` a map to, `%!` one that is replaced as a whole, `{Name` a struct, `s` string, `b`
 * bool, `i` int32, `l` int64, `q` quantity, `x` int or string, `t` time, `u` time with microseconds, `y` bytes, `f` any
 * object; a leaf may carry `:v1.Name`, its Go type. A struct with the field `!` is replaced as a whole, and one whose name
 * ends in a group shares it with another group's. The fields after `>Name` come of an embedded struct, those after `>` do not.
 * Codes are parsed struct by struct when first asked for.
 */
import types from './types.json' with { type: 'json' }

export type Leaf =
  | 'string'
  | 'bool'
  | 'int32'
  | 'int64'
  | 'quantity'
  | 'intOrString'
  | 'time'
  | 'microTime'
  | 'bytes'
  | 'raw'

interface AnyType {
  readonly pointer: boolean
  /** As Go's decoder names it in an error: `[]v1.Container`. */
  readonly goType: string
}

interface LeafType extends AnyType {
  readonly kind: Leaf
}

/** One of the schema's structs, by its name. */
interface StructType extends AnyType {
  readonly kind: 'struct'
  readonly struct: string
}

/** A list of items, or a map from strings to items. */
export interface ContainerType extends AnyType {
  readonly kind: 'list' | 'map'
  readonly item: TypeSpec
  /** By which fields the list's elements merge: none, they are a set; without it, the list is replaced as a whole. */
  readonly mergeKeys?: readonly string[]
  /** The map is replaced as a whole. */
  readonly atomic?: boolean
}

export type TypeSpec = LeafType | StructType | ContainerType

export interface FieldSpec {
  readonly name: string
  readonly type: TypeSpec
  readonly required: boolean
  /** Written even when it is zero: no `omitempty`, or a struct that is no pointer. */
  readonly written: boolean
  /** The embedded struct that it comes of, if any; Go's decoder names it in errors. */
  readonly within?: string
}

type StructSpec = ReadonlyMap<string, FieldSpec>

const table: Readonly<Record<string, Readonly<Record<string, string>>>> = types
const parsed = new Map<string, StructSpec>()

const leaves: Readonly<Record<string, readonly [Leaf, string]>> = {
  s: ['string', 'string'],
  b: ['bool', 'bool'],
  i: ['int32', 'int32'],
  l: ['int64', 'int64'],
  q: ['quantity', 'resource.Quantity'],
  x: ['intOrString', 'intstr.IntOrString'],
  t: ['time', 'v1.Time'],
  u: ['microTime', 'v1.MicroTime'],
  y: ['bytes', '[]uint8'],
  f: ['raw', 'v1.FieldsV1'],
}

const namesIn = (list = '') => list.split(',').filter((name) => name !== '')

function parseType(code: string, pointer = false): TypeSpec {
  const rest = code.slice(1)
  switch (code[0]) {
    case '*':
      return parseType(rest, true)
    case '[': {
      const keys = /^\((.*?)\)/.exec(rest)
      const item = parseType(rest.slice(keys?.[0].length ?? 0))
      const goType = `[]${item.pointer ? '*' : ''}${item.goType}`
      return { kind: 'list', pointer, item, goType, ...(keys ? { mergeKeys: namesIn(keys[1]) } : {}) }
    }
    case '%': {
      const atomic = rest.startsWith('!')
      const item = parseType(atomic ? rest.slice(1) : rest)
      const goType = item.kind === 'quantity' ? 'v1.ResourceList' : `map[string]${item.goType}`
      return { kind: 'map', pointer, item, goType, atomic }
    }
    case '{':
      return { kind: 'struct', pointer, struct: rest, goType: `v1.${rest.split('.')[0]}` }
    default: {
      const [kind, goType] = leaves[code[0] ?? ''] ?? ['raw', 'interface {}']
      return { kind, pointer, goType: rest === '' ? goType : rest.slice(1) }
    }
  }
}

function parseField(name: string, code: string, within: string): FieldSpec {
  const marks = /^\+?!?/.exec(code)?.[0] ?? ''
  return {
    name,
    type: parseType(code.slice(marks.length)),
    required: marks.startsWith('+'),
    written: marks.endsWith('!'),
    ...(within ? { within } : {}),
  }
}

/** Whether a struct is replaced as a whole where objects merge (`x-kubernetes-map-type: atomic`). */
export const isAtomicStruct = (name: string): boolean => table[name]?.['!'] !== undefined

/** The fields of a struct such as `PodSpec`; empty for a name that is none. */
export function structSpec(name: string): StructSpec {
  let spec = parsed.get(name)
  if (!spec) {
    const { '!': _atomic, ...fields } = Object.hasOwn(table, name) ? (table[name] ?? {}) : {}
    const found = new Map<string, FieldSpec>()
    let within = ''
    for (const [field, code] of Object.entries(fields)) {
      if (field.startsWith('>')) within = field.slice(1)
      else found.set(field, parseField(field, code, within))
    }
    spec = found
    parsed.set(name, spec)
  }
  return spec
}

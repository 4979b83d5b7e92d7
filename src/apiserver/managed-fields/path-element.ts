/**
 * One step of a path to a field, as FieldsV1 writes it: `f:name` a field of a struct or an entry of a map, `k:{"name":"c"}`
 * an element of a list by its keys, `v:"x"` one of a set by its value, `i:0` one by its index.
 *
 * Mirrors `fieldpath` of sigs.k8s.io/structured-merge-diff.
 */
import { compareText } from '#base/compare.ts'
import { isObject, type Json } from '#base/json.ts'
import { goQuote } from '#kube/go-text.ts'
import type { ContainerType } from '../schema/schema.ts'
import { structSpec } from '../schema/schema.ts'

export type PathElement = string

export const fieldElement = (name: string): PathElement => `f:${name}`

/** A fault of an object that is to be applied, in the server's words, and where it is. */
export class TypedError extends Error {
  readonly path: string

  constructor(message: string, path = '') {
    super(message)
    this.name = 'TypedError'
    this.path = path
  }
}

/** What a key is where an element does not say: `protocol` has a default, the others are zero. */
function keyDefault({ item }: ContainerType, key: string): Json {
  const kind = item.kind === 'struct' ? structSpec(item.struct).get(key)?.type.kind : undefined
  if (key === 'protocol') return 'TCP'
  return kind === 'int32' || kind === 'int64' ? 0 : ''
}

/**
 * By what an element of a merging list is told apart.
 *
 * @param type of a list that is not replaced as a whole
 * @throws TypedError for an element that cannot be told apart
 */
export function listElement(type: ContainerType, element: Json): PathElement {
  const keys = type.mergeKeys ?? []
  if (keys.length === 0) {
    if (element === null)
      throw new TypedError("associative list without keys has an element that's an explicit null")
    if (Array.isArray(element)) throw new TypedError('not supported: associative list with lists as elements')
    if (isObject(element))
      throw new TypedError("associative list without keys has an element that's a map type")
    return `v:${JSON.stringify(element)}`
  }
  if (element === null) throw new TypedError('associative list with keys may not have a null element')
  if (!isObject(element)) throw new TypedError('associative list with keys may not have non-map elements')
  const identity = keys.toSorted().map((key) => [key, element[key] ?? keyDefault(type, key)])
  return `k:${JSON.stringify(Object.fromEntries(identity))}`
}

/** The JSON behind `k:` or `v:`. Throws SyntaxError if it is none. */
const contentOf = (element: PathElement): Json => JSON.parse(element.slice(2)) as Json

const scalarText = (value: Json): string => (typeof value === 'string' ? goQuote(value) : String(value))

/** A step as conflicts name it: `.spec`, `[name="c"]`, `[="x"]`, `[0]`. */
export function elementText(element: PathElement): string {
  if (element.startsWith('f:')) return `.${element.slice(2)}`
  if (element.startsWith('i:')) return `[${element.slice(2)}]`
  const content = contentOf(element)
  if (!isObject(content)) return `[=${scalarText(content)}]`
  const pairs = Object.entries(content).map(([key, value]) => `${key}=${scalarText(value)}`)
  return `[${pairs.join(',')}]`
}

const ranks = 'fkvi'

/** Numbers before texts before truth values, as `value.Compare` has them. */
function compareValues(a: Json, b: Json): number {
  const rank = (value: Json) => ['number', 'string', 'boolean'].indexOf(typeof value)
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b)
  return rank(a) - rank(b) || Number(a) - Number(b)
}

/** The order in which a server writes the fields of a set. */
export function compareElements(a: PathElement, b: PathElement): number {
  const kind = ranks.indexOf(a[0] ?? '') - ranks.indexOf(b[0] ?? '')
  if (kind !== 0) return kind
  if (a.startsWith('f:')) return compareText(a, b)
  if (a.startsWith('i:')) return Number(a.slice(2)) - Number(b.slice(2))
  const [left, right] = [contentOf(a), contentOf(b)]
  if (!isObject(left) || !isObject(right)) return compareValues(left, right)
  const [ours, theirs] = [Object.entries(left), Object.entries(right)]
  for (const [at, [key, value]] of ours.entries()) {
    const other = theirs[at]
    if (!other) return 1
    const order = compareText(key, other[0]) || compareValues(value, other[1])
    if (order !== 0) return order
  }
  return ours.length - theirs.length
}

/**
 * A step in the form in which sets hold it: keys sorted, JSON without spaces. Undefined: of a kind that is passed over.
 *
 * @throws TypedError if it is malformed
 */
export function readElement(text: string): PathElement | undefined {
  if (text.length < 2) throw new TypedError('key must be 2 characters long:')
  if (text[1] !== ':') throw new TypedError(`missing colon: ${text}`)
  if (text.startsWith('f:')) return text
  if (text.startsWith('i:')) {
    if (!/^i:[+-]?\d+$/.test(text)) throw new TypedError(`invalid index: ${text}`)
    return text
  }
  if (!text.startsWith('k:') && !text.startsWith('v:')) return undefined
  let content: Json
  try {
    content = contentOf(text)
  } catch {
    throw new TypedError(`no JSON: ${text}`)
  }
  if (text.startsWith('v:')) return `v:${JSON.stringify(content)}`
  if (!isObject(content)) throw new TypedError(`no keys: ${text}`)
  const sorted = Object.keys(content).sort()
  return `k:${JSON.stringify(Object.fromEntries(sorted.map((key) => [key, content[key] ?? null])))}`
}

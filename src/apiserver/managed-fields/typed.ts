/**
 * JSON objects with their types: which fields one has, how two differ, what becomes of one when another is laid over it, and
 * what is left when fields are taken away. What is not there is undefined; null is a value, as it is on the wire.
 *
 * Mirrors `typed` of sigs.k8s.io/structured-merge-diff.
 */
import { grouped } from '#base/grouped.ts'
import { getKey, isObject, type Json, type JsonObject, sameJson, setKey } from '#base/json.ts'
import { type ContainerType, isAtomicStruct, structSpec, type TypeSpec } from '../schema/schema.ts'
import { emptySet, type FieldSet, has, isEmpty, place, setOf, within, withMembers } from './field-set.ts'
import { fieldElement, listElement, type PathElement } from './path-element.ts'

/** The type at the root of an object of a kind. */
export const rootType = (struct: string): TypeSpec => ({
  kind: 'struct',
  pointer: false,
  struct,
  goType: `v1.${struct}`,
})

/** Whether a value of the type is one field, however much it holds. */
export function isLeaf(type: TypeSpec): boolean {
  if (type.kind === 'struct') return isAtomicStruct(type.struct)
  if (type.kind === 'list') return type.mergeKeys === undefined
  return type.kind === 'map' ? type.atomic === true : true
}

/** A field's type; undefined: the type declares no such field, and is no map. */
export function fieldType(type: TypeSpec, name: string): TypeSpec | undefined {
  if (type.kind === 'struct') return structSpec(type.struct).get(name)?.type
  return type.kind === 'map' ? type.item : undefined
}

const isScalar = ({ kind }: TypeSpec) => kind !== 'struct' && kind !== 'list' && kind !== 'map'

/** The type behind a step of a path. */
function insideOf(type: TypeSpec, element: PathElement): TypeSpec {
  if (element.startsWith('f:')) return fieldType(type, element.slice(2)) ?? anything
  return type.kind === 'list' ? type.item : anything
}

const isDeclared = (type: TypeSpec, name: string) =>
  type.kind === 'struct' && structSpec(type.struct).has(name)

const anything: TypeSpec = { kind: 'raw', pointer: false, goType: 'interface {}' }

const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : [])
const mapOf = (value: Json | undefined): JsonObject => (isObject(value) ? value : {})
const isHollow = (value: Json | undefined) =>
  listOf(value).length === 0 && Object.keys(mapOf(value)).length === 0

/** Whether two values are compared and merged as wholes. Without parts there is nothing to look into. */
const areWholes = (type: TypeSpec, a: Json | undefined, b: Json | undefined) =>
  isLeaf(type) || (isHollow(a) && isHollow(b))

const keysOfBoth = (a: JsonObject, b: JsonObject) => [
  ...Object.keys(a),
  ...Object.keys(b).filter((key) => !Object.hasOwn(a, key)),
]

/** The elements of a merging list by what tells them apart. */
const elementsOf = (type: ContainerType, list: readonly Json[]): Map<PathElement, Json[]> =>
  grouped(list, (item) => listElement(type, item))

/** The fields that an object has. */
export function fieldsOf(value: Json, type: TypeSpec): FieldSet {
  if (isLeaf(type)) return emptySet
  if (type.kind === 'list') {
    const elements = [...elementsOf(type, listOf(value))].map(([element, [item = null, ...more]]) => {
      const inside = more.length > 0 ? emptySet : fieldsOf(item, type.item)
      return [element, place(true, inside)] as const
    })
    return setOf(elements)
  }
  const fields = Object.entries(mapOf(value)).map(([name, part]) => {
    const of = fieldType(type, name) ?? anything
    const empty = part === null || (isObject(part) && Object.keys(part).length === 0)
    const member = isLeaf(of) || empty
    return [fieldElement(name), place(member, fieldsOf(part, of))] as const
  })
  return setOf(fields)
}

/** How one object differs from another. */
export interface Comparison {
  readonly added: FieldSet
  readonly modified: FieldSet
  readonly removed: FieldSet
}

type Difference = keyof Comparison
type Places = Partial<Record<Difference, FieldSet | undefined>>
const differences: readonly Difference[] = ['added', 'modified', 'removed']

function compareAt(old: Json | undefined, next: Json | undefined, type: TypeSpec): Places {
  const whole: Difference = old === undefined ? 'added' : next === undefined ? 'removed' : 'modified'
  if (areWholes(type, old, next))
    return whole === 'modified' && sameJson(old, next) ? {} : { [whole]: emptySet }
  const parts = compare(old, next, type)
  return Object.fromEntries(
    differences.map((kind) => [kind, place(kind === whole && kind !== 'modified', parts[kind])]),
  )
}

function compareGroups(old: readonly Json[], next: readonly Json[], type: TypeSpec): Places {
  if (old.length < 2 && next.length < 2) return compareAt(old[0], next[0], type)
  if (old.length > 1 && next.length > 1) return sameJson([...old], [...next]) ? {} : { modified: emptySet }
  const single = old.length === 1 || next.length === 1
  if (old.length > 1) return { ...(single ? compareAt(undefined, next[0], type) : {}), removed: emptySet }
  return { ...(single ? compareAt(old[0], undefined, type) : {}), added: emptySet }
}

/** The fields in which two objects of a type differ. */
export function compare(old: Json | undefined, next: Json | undefined, type: TypeSpec): Comparison {
  const found: [PathElement, Places][] = []
  if (type.kind === 'list') {
    const [before, after] = [elementsOf(type, listOf(old)), elementsOf(type, listOf(next))]
    for (const element of new Set([...before.keys(), ...after.keys()]))
      found.push([element, compareGroups(before.get(element) ?? [], after.get(element) ?? [], type.item)])
  } else {
    const [before, after] = [mapOf(old), mapOf(next)]
    for (const name of keysOfBoth(before, after)) {
      const [a, b] = [getKey(before, name), getKey(after, name)]
      if (a !== b) found.push([fieldElement(name), compareAt(a, b, fieldType(type, name) ?? anything)])
    }
  }
  const of = (kind: Difference) => setOf(found.map(([element, places]) => [element, places[kind]] as const))
  return { added: of('added'), modified: of('modified'), removed: of('removed') }
}

/**
 * What becomes of an object when another one is laid over it: what the other has is as it says, the rest stays. Elements of
 * merging lists stand in the order of the other, and the rest where it stood.
 *
 * @returns undefined: nothing is left
 */
export function merge(live: Json | undefined, config: Json | undefined, type: TypeSpec): Json | undefined {
  if (areWholes(type, live, config)) return config === undefined ? live : config
  if (type.kind === 'list') {
    const merged = mergeLists(type, listOf(live), listOf(config))
    return merged.length > 0 ? merged : undefined
  }
  const [below, above] = [mapOf(live), mapOf(config)]
  const merged: JsonObject = {}
  for (const name of keysOfBoth(below, above)) {
    const part = merge(getKey(below, name), getKey(above, name), fieldType(type, name) ?? anything)
    if (part !== undefined) setKey(merged, name, part)
  }
  return Object.keys(merged).length > 0 ? merged : undefined
}

function mergeLists(type: ContainerType, live: readonly Json[], config: readonly Json[]): Json[] {
  const [before, after] = [elementsOf(type, live), elementsOf(type, config)]
  const merged: Json[] = []
  const taken = new Set<PathElement>()
  const take = (lower: Json | undefined, upper: Json | undefined) => {
    const item = merge(lower, upper, type.item)
    if (item !== undefined) merged.push(item)
  }
  /** Of elements that stand there twice none can be merged with. */
  const only = (element: PathElement) => {
    const group = before.get(element)
    return group && group.length > 1 ? null : group?.[0]
  }
  const lower = live.map((item) => listElement(type, item))
  const upper = config.map((item) => listElement(type, item))
  const shared = upper.filter((element) => before.has(element))
  let [l, u, next] = [0, 0, 0]
  while (l < lower.length || u < upper.length) {
    const [below, above] = [lower[l], upper[u]]
    if (below !== undefined && above !== undefined) {
      if (below === above) {
        taken.add(above)
        take(only(below), config[u])
        l += 1
        u += 1
        next += 1
        continue
      }
      // It is in both, and its turn has not come: its place is where the applied list has it.
      if (after.has(below) && next < shared.length && shared[next] !== below) {
        l += 1
        continue
      }
    }
    if (below !== undefined && !after.has(below)) {
      take(live[l], undefined)
      l += 1
      continue
    }
    if (below !== undefined && taken.has(below)) l += 1
    if (above !== undefined) {
      taken.add(above)
      take(only(above), config[u])
      u += 1
      if (shared[next] === above) next += 1
    }
  }
  return merged
}

/**
 * The object without the given fields. What everything went from is left empty, not null, as v1.36.2 has it
 * (structured-merge-diff 6.3.2): whoever owns a struct beside its fields still finds it.
 */
export function removeFields(value: Json, fields: FieldSet, type: TypeSpec): Json {
  if (value === null || isEmpty(fields) || isLeaf(type)) return value
  if (type.kind === 'list')
    return listOf(value).flatMap((item) => {
      const element = listElement(type, item)
      return has(fields, element) ? [] : [removeFields(item, within(fields, element), type.item)]
    })
  const left: JsonObject = {}
  for (const [name, part] of Object.entries(mapOf(value))) {
    const element = fieldElement(name)
    if (!has(fields, element))
      setKey(left, name, removeFields(part, within(fields, element), fieldType(type, name) ?? anything))
  }
  return left
}

/** The set with every field of a struct that is on the way to another one: what removes all fields of it removes it, too. */
export function withNamedFields(set: FieldSet, type: TypeSpec): FieldSet {
  return withMembers(
    set,
    (element) => element.startsWith('f:') && isDeclared(type, element.slice(2)),
    (element, below) => withNamedFields(below, insideOf(type, element)),
  )
}

/** The set without what stands below fields that are wholes: such a field is in itself (the type has changed since). */
export function withWholeLeaves(set: FieldSet, type: TypeSpec): FieldSet {
  return withMembers(
    set,
    (element) => isLeaf(insideOf(type, element)) && !isScalar(insideOf(type, element)),
    (element, below) => {
      const inside = insideOf(type, element)
      if (!isLeaf(inside)) return withWholeLeaves(below, inside)
      return isScalar(inside) ? below : emptySet
    },
  )
}

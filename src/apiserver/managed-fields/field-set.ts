/**
 * Sets of fields, in the very form in which `metadata.managedFields` nests them (FieldsV1): `{"f:spec": {"f:replicas":
 * {}}}`. A field that is in the set holds nothing or `.`; one that holds others only is on the way to them. Sets are never
 * changed, and results share parts with what they were made from.
 *
 * Mirrors `fieldpath.Set` of sigs.k8s.io/structured-merge-diff.
 */
import { isObject } from '#base/json.ts'
import { compareElements, elementText, type PathElement, readElement, TypedError } from './path-element.ts'

export interface FieldSet {
  readonly [element: PathElement]: FieldSet
}

const self = '.'
export const emptySet: FieldSet = {}
const leaf: FieldSet = emptySet

export function isEmpty(set: FieldSet): boolean {
  for (const _element in set) return false
  return true
}

/** A place in a set: the field itself, if it is in, and what is in below it. Undefined: nothing of it is in. */
export function place(member: boolean, below: FieldSet): FieldSet | undefined {
  if (isEmpty(below)) return member ? leaf : undefined
  return member ? { [self]: leaf, ...below } : below
}

const isMember = (at: FieldSet | undefined) => at !== undefined && (isEmpty(at) || Object.hasOwn(at, self))

function below(at: FieldSet | undefined): FieldSet {
  if (at === undefined) return emptySet
  if (!Object.hasOwn(at, self)) return at
  const { [self]: _self, ...rest } = at
  return rest
}

/** A set of the given places; those that hold nothing are left out. */
export function setOf(places: Iterable<readonly [PathElement, FieldSet | undefined]>): FieldSet {
  const set: Record<PathElement, FieldSet> = {}
  for (const [element, at] of places) if (at !== undefined) set[element] = at
  return set
}

/** Puts two sets together field by field: `keeps` says whether a field stays that is in the one, the other, or both. */
function combine(a: FieldSet, b: FieldSet, keeps: (inA: boolean, inB: boolean) => boolean): FieldSet {
  const set: Record<PathElement, FieldSet> = {}
  for (const [element, inA] of Object.entries(a)) {
    const inB = b[element]
    if (inB === undefined) {
      if (keeps(true, false)) set[element] = inA
      continue
    }
    const kept = place(keeps(isMember(inA), isMember(inB)), combine(below(inA), below(inB), keeps))
    if (kept) set[element] = kept
  }
  if (keeps(false, true))
    for (const [element, inB] of Object.entries(b)) if (a[element] === undefined) set[element] = inB
  return set
}

export const union = (a: FieldSet, b: FieldSet): FieldSet => combine(a, b, (inA, inB) => inA || inB)
export const intersection = (a: FieldSet, b: FieldSet): FieldSet => combine(a, b, (inA, inB) => inA && inB)
/** The fields of `a` that are not in `b`; what is below a field that goes may stay. */
export const difference = (a: FieldSet, b: FieldSet): FieldSet => combine(a, b, (inA, inB) => inA && !inB)

/** The fields of `a` that are neither in `b` nor below one that is. */
export function without(a: FieldSet, b: FieldSet): FieldSet {
  return setOf(
    Object.entries(a).map(([element, inA]) => {
      const inB = b[element]
      if (inB === undefined) return [element, inA]
      return [element, isMember(inB) ? undefined : place(isMember(inA), without(below(inA), below(inB)))]
    }),
  )
}

/** What is in the set below a field of it. */
export const within = (set: FieldSet, element: PathElement): FieldSet => below(set[element])

export const has = (set: FieldSet, element: PathElement): boolean => isMember(set[element])

/** A copy in which fields below the way that `change` sees are members, too, wherever it says so. */
export function withMembers(
  set: FieldSet,
  isNamed: (element: PathElement) => boolean,
  descend: (element: PathElement, set: FieldSet) => FieldSet,
): FieldSet {
  return setOf(
    Object.entries(set).map(([element, at]) => {
      const inside = below(at)
      const member = isMember(at) || isNamed(element)
      return [element, place(member, descend(element, inside))]
    }),
  )
}

/** The fields of a set as conflicts name them, `.spec.replicas`, in a server's order: what is nearer to the root first. */
export function pathsOf(set: FieldSet, prefix = ''): string[] {
  const elements = Object.keys(set)
    .filter((element) => element !== self)
    .sort(compareElements)
  const members = elements.filter((element) => has(set, element))
  return [
    ...members.map((element) => prefix + elementText(element)),
    ...elements.flatMap((element) => pathsOf(within(set, element), prefix + elementText(element))),
  ]
}

/** The set in the order in which a server writes it. */
export function inWrittenOrder(set: FieldSet): FieldSet {
  const elements = Object.keys(set).sort((a, b) => (a === self ? -1 : b === self ? 1 : compareElements(a, b)))
  return Object.fromEntries(elements.map((element) => [element, inWrittenOrder(set[element] ?? leaf)]))
}

/**
 * A set from what a client sent as `fieldsV1`.
 *
 * @throws TypedError if it is none
 */
export function readSet(value: unknown): FieldSet {
  if (value === null || value === undefined) return emptySet
  if (!isObject(value)) throw new TypedError('fieldsV1 is no object')
  return setOf(
    Object.entries(value).flatMap(([text, inside]) => {
      if (text === self) return [[self, leaf] as const]
      const element = readElement(text)
      return element === undefined ? [] : [[element, readSet(inside)] as const]
    }),
  )
}

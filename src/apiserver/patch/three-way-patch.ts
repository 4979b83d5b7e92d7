import { getKey, isObject, type Json, type JsonObject, sameJson, setKey } from '#base/json.ts'
import { directive, elementOrder, hasDirective, retainKeys } from './directives.ts'
import { checkOrder, elementKind, noMergeKey, orderMerged } from './element-order.ts'
import { type FieldSchema, type PatchSchema, patchSchemaOf } from './merge-keys.ts'
import { haveConflicts } from './patch-conflicts.ts'
import { PatchError } from './patch-error.ts'
import { strategicDiff } from './strategic-diff.ts'

/** The three states of an object that `kubectl apply` reconciles; `original` is what was applied last, `{}` for nothing. */
interface ThreeStates {
  readonly original: JsonObject
  readonly modified: JsonObject
  readonly current: JsonObject
}

/** A patch, or with `overwrite` off the changes that it would undo. */
type ThreeWayPatch =
  | { readonly patch: JsonObject }
  | { readonly conflicting: { readonly patch: JsonObject; readonly changed: JsonObject } }

/**
 * The strategic merge patch that makes `current` what `modified` says: it takes away what `original` had and `modified` has no
 * more, sets whatever differs from `modified`, and leaves alone what neither of them names. Empty: there is nothing to do.
 *
 * Mirrors CreateThreeWayMergePatch of k8s.io/apimachinery/pkg/util/strategicpatch.
 *
 * @throws PatchError where an element of a merging list lacks its merge key, or the elements are of several types.
 */
export function threeWayPatch(states: ThreeStates, kind: string, overwrite = true): ThreeWayPatch {
  const { original, modified, current } = states
  const fields = patchSchemaOf(kind)
  const delta = strategicDiff(current, modified, fields, { additions: true, deletions: false, order: true })
  const gone = strategicDiff(original, modified, fields, { additions: false, deletions: true, order: true })
  const patch = mergePatches(gone, delta, fields)
  if (overwrite) return { patch }
  const changed = strategicDiff(original, current, fields, { additions: true, deletions: true, order: false })
  return haveConflicts(patch, changed, fields) ? { conflicting: { patch, changed } } : { patch }
}

/** Adds a second patch to a first. Unlike a patch that is applied, nulls, orders and deletions stay: they are for the server. */
function mergePatches(first: JsonObject, second: JsonObject, fields: PatchSchema): JsonObject {
  if (hasDirective(second)) return directed(second)
  const result = { ...first }
  const done = new Set<string>()
  const keep = getKey(second, retainKeys)
  if (keep !== undefined) setDirective(result, retainKeys, keep)
  for (const [key, order] of Object.entries(second)) {
    if (!key.startsWith(`${elementOrder}/`) || !Array.isArray(order)) continue
    setDirective(result, key, order)
    const field = key.slice(elementOrder.length + 1)
    const [a, b] = [listAt(first, field), listAt(second, field)]
    if (b) done.add(field)
    if (a || b) result[field] = mergeOrdered(a, b, order, fields[field] ?? {})
  }
  for (const [key, value] of Object.entries(second)) {
    if (key === retainKeys || key.startsWith(elementOrder) || done.has(key)) continue
    const merged = mergeField(getKey(first, key), value, fields[key] ?? {})
    if (merged === undefined) delete result[key]
    else setKey(result, key, merged)
  }
  return result
}

/** A manifest may hold `$patch` itself; it acts on what is put together here. */
function directed({ [directive]: action, ...rest }: JsonObject): JsonObject {
  if (action === 'replace') return rest
  if (action === 'delete') return {}
  throw new PatchError(500, `unknown patch type: ${String(action)}`)
}

/** Both patches come from one manifest, so where both say how to order or what to keep, they say the same. */
function setDirective(result: JsonObject, key: string, value: Json): void {
  const other = getKey(result, key)
  if (other !== undefined && !sameJson(other, value)) throw new PatchError(400, `two values for ${key}`)
  setKey(result, key, value)
}

function listAt(patch: JsonObject, field: string): Json[] | undefined {
  const value = getKey(patch, field)
  return Array.isArray(value) ? value : undefined
}

function mergeOrdered(
  first: Json[] | undefined,
  second: Json[] | undefined,
  order: readonly Json[],
  schema: FieldSchema,
): Json[] {
  const mergeKey = schema.mergeKey ?? ''
  checkOrder(second ?? [], order, mergeKey)
  if (!first) return deletionsLast(orderMerged(unmarked(second ?? []), order, [], mergeKey))
  const merged = second ? mergeLists(first, second, schema) : first
  return deletionsLast(orderMerged(merged, order, first, mergeKey))
}

function mergeField(old: Json | undefined, value: Json, schema: FieldSchema): Json | undefined {
  if (isObject(old) && isObject(value)) return mergePatches(old, value, schema.fields ?? {})
  if (Array.isArray(old) && Array.isArray(value))
    return schema.mergeKey === undefined ? value : deletionsLast(mergeLists(old, value, schema))
  return hasDirective(value) ? undefined : withoutMarked(value)
}

function mergeLists(first: readonly Json[], second: readonly Json[], schema: FieldSchema): Json[] {
  const mergeKey = schema.mergeKey ?? ''
  if (elementKind(first, second) !== 'object') {
    const merged = [...new Set([...first, ...second])]
    return orderMerged(merged, second, first, mergeKey)
  }
  const merged = [...first]
  for (const item of second) {
    if (!isObject(item)) continue
    const key = getKey(item, mergeKey)
    if (key === undefined) throw noMergeKey(item, mergeKey)
    const at = merged.findIndex((old) => isObject(old) && getKey(old, mergeKey) === key)
    const old = merged[at]
    if (isObject(old)) merged[at] = mergePatches(old, item, schema.fields ?? {})
    else merged.push(item)
  }
  return orderMerged(merged, second, first, mergeKey)
}

const isDeletion = (item: Json) => isObject(item) && item[directive] === 'delete'

const deletionsLast = (list: readonly Json[]): Json[] => [
  ...list.filter((item) => !isDeletion(item)),
  ...list.filter(isDeletion),
]

const unmarked = (list: readonly Json[]): Json[] =>
  list.filter((item) => !hasDirective(item)).map(withoutMarked)

/** A value that is new to the patch, without whatever is marked by a `$patch` of the manifest. */
function withoutMarked(value: Json): Json {
  if (Array.isArray(value)) return unmarked(value)
  if (!isObject(value)) return value
  const result: JsonObject = {}
  for (const [key, part] of Object.entries(value))
    if (!hasDirective(part)) setKey(result, key, withoutMarked(part))
  return result
}

import { getKey, isObject, type Json, type JsonObject, sameJson, setKey } from '#base/json.ts'
import { byBytes, goPrint } from '#kube/go-text.ts'
import { deleteFromList, directive, elementOrder, retainKeys } from './directives.ts'
import { elementKind, identity, noMergeKey, requireMergeKeys, sortByRank } from './element-order.ts'
import type { FieldSchema, PatchSchema } from './merge-keys.ts'

/** What a patch is to tell: all that is new or changed, all that is gone, or both. */
export interface DiffOptions {
  readonly additions: boolean
  readonly deletions: boolean
  /** Whether it says how the elements of merging lists follow each other. */
  readonly order: boolean
}

/**
 * The strategic merge patch that leads from `original` to `modified`, as far as `options` ask for it. What is gone is null, an
 * element `$patch: delete`, or in `$deleteFromPrimitiveList`. The arguments are not changed; the result shares parts of both.
 *
 * Mirrors diffMaps of k8s.io/apimachinery/pkg/util/strategicpatch.
 *
 * @throws PatchError where an element of a merging list lacks its merge key, or the elements are of several types.
 */
export function strategicDiff(
  original: JsonObject,
  modified: JsonObject,
  fields: PatchSchema,
  options: DiffOptions,
): JsonObject {
  return diffObjects(original, modified, { fields }, options)
}

function diffObjects(
  original: JsonObject,
  modified: JsonObject,
  schema: FieldSchema,
  options: DiffOptions,
): JsonObject {
  const patch: JsonObject = {}
  for (const [key, value] of Object.entries(modified)) {
    const old = getKey(original, key)
    if (key === directive && typeof old === 'string' && typeof value === 'string') {
      if (old !== value) setKey(patch, key, value)
    } else diffField(patch, key, old, value, schema.fields?.[key] ?? {}, options)
  }
  const isGone = (key: string) => !Object.hasOwn(modified, key)
  if (options.deletions) for (const key of Object.keys(original).filter(isGone)) setKey(patch, key, null)
  if (schema.retainKeys) {
    const kept = Object.keys(modified).filter((key) => modified[key] !== null)
    const more = Object.keys(original).some((key) => original[key] !== null && isGone(key))
    if (kept.length > 0 && (Object.keys(patch).length > 0 || more)) patch[retainKeys] = kept.sort(byBytes)
  }
  return patch
}

function diffField(
  patch: JsonObject,
  key: string,
  old: Json | undefined,
  value: Json,
  schema: FieldSchema,
  options: DiffOptions,
): void {
  if (isObject(old) && isObject(value)) {
    const below = diffObjects(old, value, schema, options)
    if (Object.keys(below).length > 0) setKey(patch, key, below)
  } else if (Array.isArray(old) && Array.isArray(value) && schema.mergeKey !== undefined)
    diffList(patch, key, old, value, schema, options)
  else if (options.additions && !(old !== undefined && sameJson(old, value))) setKey(patch, key, value)
}

function diffList(
  patch: JsonObject,
  key: string,
  original: Json[],
  modified: Json[],
  schema: FieldSchema,
  options: DiffOptions,
): void {
  if (original.length === 0) {
    if (modified.length > 0 && options.additions) setKey(patch, key, modified)
    return
  }
  if (elementKind(original, modified) !== 'object') {
    diffScalars(patch, key, original, modified, options)
    return
  }
  const mergeKey = schema.mergeKey ?? ''
  const { changed, deleted } = diffElements(original, modified, schema, options)
  requireMergeKeys([...changed, ...modified], mergeKey)
  const all = [...sortByRank(changed, modified, mergeKey), ...deleted]
  if (all.length > 0) setKey(patch, key, all)
  const moved =
    original.length !== modified.length ||
    modified.some((item, at) => identity(item, mergeKey) !== identity(original[at], mergeKey))
  const wanted = all.length > 0 || (options.additions && moved)
  if (options.order && wanted && modified.length > 0)
    patch[`${elementOrder}/${key}`] = modified.map((item) => ({
      [mergeKey]: identity(item, mergeKey) ?? null,
    }))
}

/** The elements that are new or changed, and a `$patch: delete` for each that is gone. */
function diffElements(
  original: readonly Json[],
  modified: readonly Json[],
  schema: FieldSchema,
  options: DiffOptions,
): { changed: Json[]; deleted: Json[] } {
  const mergeKey = schema.mergeKey ?? ''
  const [old, now] = [byKey(original, mergeKey), byKey(modified, mergeKey)]
  const changed: Json[] = []
  const deleted: Json[] = []
  for (let i = 0, j = 0; i < old.length || j < now.length; ) {
    const [before, after] = [old[i], now[j]]
    const order = before && after ? byBytes(before.id, after.id) : before ? -1 : 1
    if (order === 0 && before && after) {
      const below = diffObjects(before.element, after.element, schema, options)
      if (Object.keys(below).length > 0) changed.push({ ...below, [mergeKey]: after.key })
    } else if (order > 0 && after) {
      if (options.additions) changed.push(after.element)
    } else if (before && options.deletions) deleted.push({ [mergeKey]: before.key, [directive]: 'delete' })
    if (order <= 0) i++
    if (order >= 0) j++
  }
  return { changed, deleted }
}

interface Keyed {
  readonly element: JsonObject
  readonly key: Json
  /** The key as Go prints it: by this elements are sorted and told apart. */
  readonly id: string
}

/** Sorted by key. Of several with one key the last comes first, as upstream's sort leaves them. */
function byKey(list: readonly Json[], mergeKey: string): Keyed[] {
  return list
    .map((item): Keyed => {
      const element = isObject(item) ? item : {}
      const key = getKey(element, mergeKey)
      if (key === undefined) throw noMergeKey(element, mergeKey)
      return { element, key, id: goPrint(key) }
    })
    .reverse()
    .sort((a, b) => byBytes(a.id, b.id))
}

function diffScalars(
  patch: JsonObject,
  key: string,
  original: readonly Json[],
  modified: readonly Json[],
  { additions, deletions, order }: DiffOptions,
): void {
  const sorted = (list: readonly Json[]) => list.toSorted((a, b) => byBytes(goPrint(a), goPrint(b)))
  const added = additions ? without(modified, original) : []
  const gone = deletions ? [...new Set(sorted(without(original, modified)))] : []
  if (added.length > 0) setKey(patch, key, added)
  if (gone.length > 0) patch[`${deleteFromList}/${key}`] = gone
  // Upstream has sorted one of the two by now: a list that is not sorted is always ordered.
  const ordered = gone.length > 0 || (additions && !sameJson(sorted(original), [...modified]))
  if (order && ordered && modified.length > 0) patch[`${elementOrder}/${key}`] = [...modified]
}

/** What a list holds more of than another, one for one. */
function without(list: readonly Json[], other: readonly Json[]): Json[] {
  const left = [...other]
  return list.filter((item) => {
    const at = left.indexOf(item)
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
}

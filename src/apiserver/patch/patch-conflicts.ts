import { getKey, isObject, type Json, type JsonObject, sameJson } from '#base/json.ts'
import { byBytes, goPrint } from '#kube/go-text.ts'
import { directive, retainKeys } from './directives.ts'
import { elementKind, noMergeKey } from './element-order.ts'
import type { FieldSchema, PatchSchema } from './merge-keys.ts'

/**
 * Whether two strategic merge patches say something different of one field.
 *
 * Mirrors MergingMapsHaveConflicts of k8s.io/apimachinery/pkg/util/strategicpatch.
 *
 * @throws PatchError where an element of a merging list lacks its merge key, or the elements are of several types.
 */
export function haveConflicts(left: JsonObject, right: JsonObject, fields: PatchSchema): boolean {
  return differ(left, right, { fields })
}

function differ(left: Json, right: Json, schema: FieldSchema): boolean {
  if (Array.isArray(left)) return !Array.isArray(right) || listsDiffer(left, right, schema)
  if (!isObject(left)) return !sameJson(left, right)
  if (!isObject(right)) return true
  // A marker acts on the whole of what it stands in.
  if (getKey(left, directive) !== getKey(right, directive)) return true
  return Object.entries(left).some(([key, value]) => {
    const other = getKey(right, key)
    if (key === directive || key === retainKeys || other === undefined) return false
    return differ(value, other, schema.fields?.[key] ?? {})
  })
}

function listsDiffer(left: readonly Json[], right: readonly Json[], schema: FieldSchema): boolean {
  const kind = elementKind(left, right)
  if (schema.mergeKey !== undefined) {
    // Scalars that merge as a set never contradict each other.
    if (kind !== 'object') return false
    const others = keyed(right, schema.mergeKey)
    return [...keyed(left, schema.mergeKey)].some(([key, element]) => {
      const other = others.get(key)
      return other !== undefined && differ(element, other, {})
    })
  }
  if (left.length !== right.length) return true
  const comparable = (list: readonly Json[]) =>
    kind === 'object' ? list : [...new Set(list)].sort((a, b) => byBytes(goPrint(a), goPrint(b)))
  const [mine, theirs] = [comparable(left), comparable(right)]
  return mine.some((item, at) => differ(item, theirs[at] ?? null, {}))
}

function keyed(list: readonly Json[], mergeKey: string): Map<string, Json> {
  return new Map(
    list.map((item) => {
      const key = isObject(item) ? getKey(item, mergeKey) : undefined
      if (key === undefined) throw noMergeKey(item, mergeKey)
      return [goPrint(key), item]
    }),
  )
}

import { getKey, isObject, type Json, type JsonObject, sameJson, setKey } from '#base/json.ts'

/**
 * The document after a JSON merge patch (RFC 7386): objects merge, null deletes, everything else replaces. Neither
 * argument is changed; the result may share parts with both.
 */
export function applyMergePatch(doc: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch
  const result = isObject(doc) ? { ...doc } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else setKey(result, key, applyMergePatch(getKey(result, key), value))
  }
  return result
}

/**
 * The smallest JSON merge patch that turns `before` into `after`; undefined if they are the same. A null inside `after`
 * cannot be expressed by a merge patch and reads as the absence of its key.
 */
export function mergePatchBetween(before: Json | undefined, after: Json): Json | undefined {
  if (sameJson(before, after)) return undefined
  if (!isObject(before) || !isObject(after)) return after
  const patch: JsonObject = {}
  for (const key of Object.keys(before)) if (!Object.hasOwn(after, key)) setKey(patch, key, null)
  for (const [key, value] of Object.entries(after)) {
    const change = mergePatchBetween(getKey(before, key), value)
    if (change !== undefined) setKey(patch, key, change)
  }
  return patch
}

import { getKey, isObject, type Json, setKey } from '#base/json.ts'

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

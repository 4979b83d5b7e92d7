/** A JSON value, as it is parsed from a file or received from a server. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
export type JsonObject = { [key: string]: Json }

/** Whether a value is a JSON object: neither null nor a list. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What a text says in JSON; undefined where it is none. */
export function readJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

/** The own value of a key, never one that every JavaScript object inherits. */
export function getKey(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

/** Sets an own key of an object that nobody else holds yet. `__proto__` is a key like any other. */
export function setKey(object: JsonObject, key: string, value: Json): void {
  if (key === '__proto__')
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true })
  else object[key] = value
}

/** A copy of an object with one key set, also where the key is `__proto__`. */
export function withKey(object: JsonObject, key: string, value: Json): JsonObject {
  const copy = { ...object }
  setKey(copy, key, value)
  return copy
}

/** Whether two JSON values are the same document. The order of an object's keys means nothing, that of a list does. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, at) => sameJson(item, b[at]))
  if (!isObject(a) || !isObject(b)) return false
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]))
  )
}

/** Whether two values are the same JSON to Kubernetes: as {@link sameJson}, and a null or undefined field is an absent one. */
export function sameIgnoringNulls(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (a === null || a === undefined) return b === null || b === undefined
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, at) => sameIgnoringNulls(item, b[at]))
  if (!isObject(a) || !isObject(b)) return false
  return (
    Object.keys(a).every((key) => sameIgnoringNulls(a[key], getKey(b, key))) &&
    Object.keys(b).every((key) => Object.hasOwn(a, key) || sameIgnoringNulls(undefined, b[key]))
  )
}

/** A copy in which every key whose value is null is left out: null and absent mean the same to Kubernetes. */
export function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (!isObject(value)) return value
  const result: JsonObject = {}
  for (const [key, part] of Object.entries(value)) if (part !== null) setKey(result, key, withoutNulls(part))
  return result
}

import { isObject, type JsonObject } from '#base/json.ts'

/** So many values are remembered at a time: those that nothing equals must not pile up. */
const most = 1024

/** One object for what is equal: pods of one template share theirs, and thousands of them fit into memory. */
export function oneOfEquals<T>(): (value: T) => T {
  const known = new Map<string, T>()
  return (value) => {
    const text = JSON.stringify(value)
    if (text === undefined) return value
    const found = known.get(text)
    if (found !== undefined) return found
    if (known.size === most) known.clear()
    known.set(text, value)
    return value
  }
}

/** The same for parts of objects that nobody else holds yet: which fields of metadata, spec and status. */
export function sharedParts(
  parts: Readonly<Record<string, readonly string[]>>,
): (object: JsonObject) => JsonObject {
  const fields = Object.entries(parts).flatMap(([of, names]) =>
    names.map((name) => ({ of, name, shared: oneOfEquals<JsonObject[string]>() })),
  )
  return (object) => {
    for (const { name, of, shared } of fields) {
      const part = object[of]
      if (!isObject(part)) continue
      const value = part[name]
      if (typeof value === 'object' && value !== null) part[name] = shared(value)
    }
    return object
  }
}

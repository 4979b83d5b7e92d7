import { isObject } from './json.ts'

/** As many different values of a field are remembered: objects that come together are alike. */
const remembered = 32

/**
 * Lets many objects have what is equal in them, as labels, owners and states of the same second, as one: thousands of objects take a
 * third of the memory then. What is shared must not be changed.
 *
 * @param paths fields that are worth a look, as `status` and `metadata.labels`
 * @returns what does so to a new object that nobody else holds yet, and answers it
 */
export function sharing(...paths: readonly string[]): <T extends object>(object: T) => T {
  const fields = paths.map((path) => ({ path: path.split('.'), values: new Recent() }))
  return (object) => {
    for (const { path, values } of fields) {
      const [first = '', second] = path
      const parent: unknown = second === undefined ? object : (object as Record<string, unknown>)[first]
      const field = second ?? first
      if (isObject(parent) && parent[field] !== undefined) parent[field] = values.like(parent[field])
    }
    return object
  }
}

/** The values of a field that were seen last. */
class Recent {
  readonly #values: object[] = []
  #next = 0

  /** An equal one that was seen before, else this one. */
  like<T>(value: T): T {
    if (typeof value !== 'object' || value === null) return value
    for (const known of this.#values) if (isSame(known, value)) return known as T
    this.#values[this.#next] = value
    this.#next = (this.#next + 1) % remembered
    return value
  }
}

/** Whether two values that were made alike are equal: their keys come in the same order. Makes no garbage. */
function isSame(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || !one || !other) return one === other
  if (Array.isArray(one)) {
    if (!Array.isArray(other) || one.length !== other.length) return false
    for (let at = 0; at < one.length; at++) if (!isSame(one[at], other[at])) return false
    return true
  }
  let count = 0
  for (const key in one) {
    if (!isSame((one as Record<string, unknown>)[key], (other as Record<string, unknown>)[key])) return false
    count++
  }
  for (const _ in other) count--
  return count === 0
}

/**
 * Reads fields of an object whose shape is known to fit its type, such as one that `schema/decode.ts` made. What is absent
 * reads as Go's zero value, except where the name says `Or`.
 */
import type { Json, JsonObject } from './types.ts'

const own = (object: JsonObject, key: string): Json | undefined =>
  Object.hasOwn(object, key) ? object[key] : undefined

/** A string; `""` when absent. */
export function stringIn(object: JsonObject, key: string): string {
  const value = own(object, key)
  return typeof value === 'string' ? value : ''
}

/** A string behind a pointer; undefined when there is none. */
export function stringOrNone(object: JsonObject, key: string): string | undefined {
  const value = own(object, key)
  return typeof value === 'string' ? value : undefined
}

/** A number; 0 when absent. */
export function numberIn(object: JsonObject, key: string): number {
  const value = own(object, key)
  return typeof value === 'number' ? value : 0
}

/** A number behind a pointer; undefined when there is none. */
export function numberOrNone(object: JsonObject, key: string): number | undefined {
  const value = own(object, key)
  return typeof value === 'number' ? value : undefined
}

/** A truth value; false when absent. */
export function boolIn(object: JsonObject, key: string): boolean {
  return own(object, key) === true
}

/** A truth value behind a pointer; undefined when there is none. */
export function boolOrNone(object: JsonObject, key: string): boolean | undefined {
  const value = own(object, key)
  return typeof value === 'boolean' ? value : undefined
}

/** A struct or map behind a pointer; undefined when there is none. */
export function objectOrNone(object: JsonObject, key: string): JsonObject | undefined {
  const value = own(object, key)
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
}

/** A struct or map; empty when absent. */
export function objectIn(object: JsonObject, key: string): JsonObject {
  return objectOrNone(object, key) ?? {}
}

/** A list of structs; empty when absent. */
export function objectsIn(object: JsonObject, key: string): JsonObject[] {
  const value = own(object, key)
  if (!Array.isArray(value)) return []
  return value.map((item) => (typeof item === 'object' && item !== null && !Array.isArray(item) ? item : {}))
}

/** A list of strings; empty when absent. */
export function stringsIn(object: JsonObject, key: string): string[] {
  const value = own(object, key)
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}

/** The entries of a map of strings, sorted by key: Go has no order, and a stable one reads better. */
export function stringEntries(object: JsonObject, key: string): [string, string][] {
  return Object.entries(objectIn(object, key))
    .filter((entry): entry is [string, string] => typeof entry[1] === 'string')
    .sort(([a], [b]) => (a < b ? -1 : 1))
}

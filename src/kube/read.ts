/**
 * Reads JSON whose shape nothing has made sure of, or that `apiserver/schema` has. A field that is absent, null or of another
 * type reads as Go's zero value by the readers called `…In` ('', 0, false, {}, []) and as undefined, a nil pointer, by those
 * called `…OrNone`. What is no object has no fields. `…Of` reads a value that is at hand.
 */
import { getKey, isObject, type Json, type JsonObject } from '#base/json.ts'
import type { Maybe } from './types.ts'

/** What holds the field: an object, or anything else, which has no fields. */
type Holder = Maybe<Json>

const fieldOf = (holder: Holder, key: string): Json | undefined =>
  isObject(holder) ? getKey(holder, key) : undefined

/** A string; '' when absent. */
export function stringIn(holder: Holder, key: string): string {
  return stringOrNone(holder, key) ?? ''
}

/** A string behind a pointer; undefined when there is none. */
export function stringOrNone(holder: Holder, key: string): string | undefined {
  const value = fieldOf(holder, key)
  return typeof value === 'string' ? value : undefined
}

/** The text of a field: numbers and booleans as they read; '' when absent. */
export function textIn(holder: Holder, key: string): string {
  return textOf(fieldOf(holder, key))
}

/** A value that should be a string, which Kubernetes' decoder would insist on: anything else becomes text, null is ''. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  return value === null || value === undefined ? '' : String(value)
}

/** A number; 0 when absent. */
export function numberIn(holder: Holder, key: string): number {
  return numberOrNone(holder, key) ?? 0
}

/** A number behind a pointer; undefined when there is none. */
export function numberOrNone(holder: Holder, key: string): number | undefined {
  const value = fieldOf(holder, key)
  return typeof value === 'number' ? value : undefined
}

/** A truth value; false when absent. */
export function boolIn(holder: Holder, key: string): boolean {
  return fieldOf(holder, key) === true
}

/** A truth value behind a pointer; undefined when there is none. */
export function boolOrNone(holder: Holder, key: string): boolean | undefined {
  const value = fieldOf(holder, key)
  return typeof value === 'boolean' ? value : undefined
}

/** A struct or map; empty when absent. */
export function objectIn(holder: Holder, key: string): JsonObject {
  return objectOrNone(holder, key) ?? {}
}

/** A struct or map behind a pointer; undefined when there is none. */
export function objectOrNone(holder: Holder, key: string): JsonObject | undefined {
  const value = fieldOf(holder, key)
  return isObject(value) ? value : undefined
}

/** A list of whatever it holds; empty when absent. */
export function listIn(holder: Holder, key: string): readonly Json[] {
  const value = fieldOf(holder, key)
  return Array.isArray(value) ? value : []
}

/** A value that should be a list; anything else counts as an empty one. */
export function listOf<T>(value: Maybe<readonly T[]>): readonly T[] {
  return Array.isArray(value) ? value : []
}

/** A list of structs, of which one that is no struct is empty; empty when absent. */
export function objectsIn(holder: Holder, key: string): JsonObject[] {
  return listIn(holder, key).map((item) => (isObject(item) ? item : {}))
}

/** The strings of a list of strings; empty when absent. */
export function stringsIn(holder: Holder, key: string): string[] {
  return listIn(holder, key).filter((item) => typeof item === 'string')
}

/** The entries of a map of texts, sorted by key: Go has no order, and a stable one reads better. Empty when absent. */
export const entriesIn = (holder: Holder, key: string): [string, string][] => entriesOf(fieldOf(holder, key))

/** The entries of a map of texts that is at hand, as {@link entriesIn} answers them. */
export function entriesOf(map: Holder): [string, string][] {
  return Object.entries(isObject(map) ? map : {})
    .map(([name, value]): [string, string] => [name, textOf(value)])
    .sort(([a], [b]) => (a < b ? -1 : 1))
}

import type { Json, JsonObject } from '#kube/types.ts'
import type { StoredObject } from '../store/objects.ts'

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A field that should hold an object: empty if it holds anything else. */
export const objectAt = (object: JsonObject, field: string): JsonObject => {
  const value = Object.hasOwn(object, field) ? object[field] : undefined
  return isObject(value) ? value : {}
}

/** A field that should hold a string: empty if it holds anything else. */
export const stringAt = (object: JsonObject, field: string): string => {
  const value = Object.hasOwn(object, field) ? object[field] : undefined
  return typeof value === 'string' ? value : ''
}

export const metadataOf = (object: JsonObject): JsonObject => objectAt(object, 'metadata')

/** The object with other metadata, and its kind first, as the server writes it. */
export const withMetadata = (object: JsonObject, metadata: JsonObject): JsonObject => ({
  ...object,
  metadata,
})

/** A stored object as plain JSON; it stays unchanged all the same. */
export const asJson = (object: StoredObject): JsonObject => object as unknown as JsonObject

/** JSON whose metadata has been completed. */
export const asStored = (object: JsonObject): StoredObject => object as unknown as StoredObject

/** The object without the fields that are null, empty maps and empty strings of its metadata: what Go's encoder leaves out. */
export function tidyMetadata(metadata: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(metadata).filter(([, value]) => !isEmpty(value)))
}

const isEmpty = (value: Json | undefined) =>
  value === null ||
  value === undefined ||
  value === '' ||
  (Array.isArray(value) && value.length === 0) ||
  (isObject(value) && Object.keys(value).length === 0)

/** Whether two values are the same JSON; the order of keys means nothing, and a null field is an absent one. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (a === null || a === undefined) return b === null || b === undefined
  if (typeof a !== 'object' || typeof b !== 'object' || b === null) return false
  if (Array.isArray(a) || Array.isArray(b))
    return (
      Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => same(item, b[i]))
    )
  const left = a as JsonObject
  const right = b as JsonObject
  return (
    Object.keys(left).every((key) => same(left[key], Object.hasOwn(right, key) ? right[key] : undefined)) &&
    Object.keys(right).every((key) => Object.hasOwn(left, key) || same(undefined, right[key]))
  )
}

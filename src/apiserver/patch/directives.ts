/** The keys of a strategic merge patch that are none of the object. */
import { isObject, type Json } from '#base/json.ts'

/** What to do with the object or list element that it stands in: `replace`, `delete`, `merge`. */
export const directive = '$patch'
/** The only keys that the object keeps. */
export const retainKeys = '$retainKeys'
/** Before `/FIELD`: what goes from a list of scalars. */
export const deleteFromList = '$deleteFromPrimitiveList'
/** Before `/FIELD`: how the elements of a list follow each other. */
export const elementOrder = '$setElementOrder'

export function isDirective(key: string): boolean {
  return key === retainKeys || key.startsWith(`${elementOrder}/`) || key.startsWith(`${deleteFromList}/`)
}

export function hasDirective(value: Json): boolean {
  return isObject(value) && Object.hasOwn(value, directive)
}

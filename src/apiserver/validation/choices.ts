/** Fields that take one of a few values. */
import { stringIn, stringOrNone } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import type { Place } from './place.ts'

/** A field that must be there; `missing` is said where it is not. `at` is the place of its holder. */
export function checkChoice(
  holder: JsonObject,
  name: string,
  supported: readonly string[],
  at: Place,
  missing?: string,
): void {
  const value = stringIn(holder, name)
  if (value === '') at.child(name).required(missing)
  else at.child(name).oneOf(value, supported)
}

/** A field behind a pointer, which may be absent. */
export function checkOptionalChoice(
  holder: JsonObject,
  name: string,
  supported: readonly string[],
  at: Place,
): void {
  const value = stringOrNone(holder, name)
  if (value !== undefined && !supported.includes(value)) at.child(name).notSupported(value, supported)
}

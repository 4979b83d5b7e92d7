/** Fields that take one of a few values. */
import { stringIn, stringOrNone } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import type { FieldErrors } from './field-errors.ts'
import type { Place } from './place.ts'

/** A field that must be there. `at` is the place of its holder. */
export function checkChoice(
  holder: JsonObject,
  name: string,
  supported: readonly string[],
  at: Place,
  errors: FieldErrors,
): void {
  const value = stringIn(holder, name)
  if (value === '') errors.required(at.child(name))
  else if (!supported.includes(value)) errors.notSupported(at.child(name), value, supported)
}

/** A field behind a pointer, which may be absent. */
export function checkOptionalChoice(
  holder: JsonObject,
  name: string,
  supported: readonly string[],
  at: Place,
  errors: FieldErrors,
): void {
  const value = stringOrNone(holder, name)
  if (value !== undefined && !supported.includes(value)) errors.notSupported(at.child(name), value, supported)
}

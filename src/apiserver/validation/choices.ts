/** Fields that hold a text: any that keeps to a rule, or one of a few. `at` is the place of their holder. */
import { stringIn, stringOrNone } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import type { Place } from './place.ts'

type Rule = (text: string) => readonly string[]

/** A text that must be there and keep to a rule. */
export function checkText(holder: JsonObject, name: string, rule: Rule, at: Place): void {
  const text = stringIn(holder, name)
  if (text === '') at.child(name).required()
  else at.child(name).invalidEach(text, rule(text))
}

/** A text that keeps to a rule if there is any. */
export function checkOptionalText(holder: JsonObject, name: string, rule: Rule, at: Place): void {
  if (stringIn(holder, name) !== '') checkText(holder, name, rule, at)
}

/** Fields that must not be empty, whatever stands there. */
export function checkGiven(holder: JsonObject, names: readonly string[], at: Place): void {
  for (const name of names) if (stringIn(holder, name) === '') at.child(name).required()
}

/** A field that must be there; `missing` is said where it is not. */
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

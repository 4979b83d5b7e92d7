import { getKey, isObject, type Json } from '#base/json.ts'

/** A step of a path: from the values that were found so far to those that it finds in them. */
export type Step = (values: readonly Json[]) => Json[]

const childrenOf = (value: Json): Json[] =>
  Array.isArray(value) ? value : isObject(value) ? Object.values(value) : []

/** `.name` and `['name']`. */
export const field =
  (name: string): Step =>
  (values) =>
    values.flatMap((value) => {
      const found = isObject(value) ? getKey(value, name) : undefined
      return found === undefined ? [] : [found]
    })

/** `[*]` and `.*`. */
export const children: Step = (values) => values.flatMap(childrenOf)

/** `..`: the values themselves and all that is in them. */
export const everything: Step = (values) =>
  values.flatMap((value) => [value, ...everything(childrenOf(value))])

/** `[?(…)]`: the elements for which a condition holds. */
export const elements =
  (holds: (value: Json) => boolean): Step =>
  (values) =>
    values.flatMap((value) => childrenOf(value).filter(holds))

/** `[from:to:by]`, where negative positions count from the end. One element for an undefined end. */
export const slice =
  (from: number, to: number | undefined, by: number): Step =>
  (values) =>
    values.flatMap((value) => {
      if (!Array.isArray(value)) return []
      const start = from < 0 ? from + value.length : from
      const end = to === undefined ? start + 1 : to < 0 ? to + value.length : to
      return value.slice(Math.max(0, start), Math.max(0, end)).filter((_, at) => at % by === 0)
    })

/** `[a,b]`: what each of the steps finds, one after the other. */
export const union =
  (steps: readonly Step[]): Step =>
  (values) =>
    steps.flatMap((step) => step(values))

/** Whether `a operator b` holds in a filter; values of two types differ, and have no order. */
export function compared(a: Json, operator: string, b: Json): boolean {
  if (typeof a !== typeof b) return operator === '!='
  switch (operator) {
    case '==':
      return a === b
    case '!=':
      return a !== b
  }
  if (a === null || b === null || typeof a === 'object' || typeof b === 'object') return false
  if (operator === '<') return a < b
  if (operator === '>') return a > b
  return operator === '<=' ? a <= b : a >= b
}

/**
 * One `key operator values` test of a label: its rules and its meaning, as k8s.io/apimachinery `labels.Requirement` has
 * them. Label selectors, their string form and node affinity are all made of these.
 */
import { aggregate, invalidValue } from './field-error-text.ts'
import { parseInt64 } from './int64.ts'
import { labelValueErrors, qualifiedNameErrors } from './labels.ts'
import type { Maybe, StringMap } from './types.ts'

/** Kubernetes' own names of the operators (`selection.Operator`). */
export type RequirementOperator = 'in' | 'notin' | '=' | '==' | '!=' | 'gt' | 'lt' | 'exists' | '!'

export const binaryOperators: readonly RequirementOperator[] = ['in', 'notin', '=', '==', '!=', 'gt', 'lt']

export interface Requirement {
  readonly key: string
  readonly operator: RequirementOperator
  readonly values: readonly string[]
}

/** A label's value, undefined when there is no such label. A null value is the empty string to Kubernetes' decoder. */
export function labelValue(labels: Maybe<StringMap>, key: string): string | undefined {
  if (labels === null || labels === undefined) return undefined
  const value: unknown = labels[key]
  // Names such as `constructor` lead to functions of the prototype, which are no labels.
  return typeof value === 'string' ? value : value === null ? '' : undefined
}

/** The text of an error about a label key, or undefined when the key is good. */
export function labelKeyError(key: string, path: string): string | undefined {
  const errors = qualifiedNameErrors(key)
  return errors.length === 0 ? undefined : invalidValue(path, key, errors.join('; '))
}

function valueCountErrors(
  operator: RequirementOperator,
  values: Maybe<readonly string[]>,
  path: string,
): string[] {
  const count = values?.length ?? 0
  const wrong = (detail: string) => [invalidValue(path, values ?? null, detail)]
  switch (operator) {
    case 'in':
    case 'notin':
      return count === 0 ? wrong("for 'in', 'notin' operators, values set can't be empty") : []
    case '=':
    case '==':
    case '!=':
      return count === 1 ? [] : wrong('exact-match compatibility requires one single value')
    case 'exists':
    case '!':
      return count === 0 ? [] : wrong('values set must be empty for exists and does not exist')
    case 'gt':
    case 'lt':
      return count === 1 ? [] : wrong("for 'Gt', 'Lt' operators, exactly one value is required")
  }
}

/**
 * What is wrong with a requirement (`labels.NewRequirement`), in Kubernetes' own texts, empty when nothing is. `values` may
 * be null, which the texts tell from an empty list. `path` is the place of the requirement, empty for none.
 */
export function requirementErrors(
  key: string,
  operator: RequirementOperator,
  values: Maybe<readonly string[]>,
  path: string,
): string[] {
  const child = (name: string) => (path === '' ? name : `${path}.${name}`)
  const keyError = labelKeyError(key, child('key'))
  const errors = keyError === undefined ? [] : [keyError]
  const valuesPath = child('values')
  errors.push(...valueCountErrors(operator, values, valuesPath))
  if (operator === 'gt' || operator === 'lt') {
    for (const [i, value] of (values ?? []).entries()) {
      if (parseInt64(value) === undefined) {
        const detail = "for 'Gt', 'Lt' operators, the value must be an integer"
        errors.push(invalidValue(`${valuesPath}[${i}]`, value, detail))
      }
    }
  }
  for (const [i, value] of (values ?? []).entries()) {
    const found = labelValueErrors(value)
    if (found.length > 0) errors.push(invalidValue(`${valuesPath}[${i}][${key}]`, value, found.join('; ')))
  }
  return [...new Set(errors)]
}

/**
 * The test itself: whether a label's value (undefined when the label is absent) meets the requirement. `notin`, `!=` and
 * `!` hold on an absent label; `gt` and `lt` compare 64-bit integers and never hold on a value that is none.
 */
export function requirementTest(
  operator: RequirementOperator,
  values: readonly string[],
): (actual: string | undefined) => boolean {
  const set = new Set<string | undefined>(values)
  switch (operator) {
    case 'in':
    case '=':
    case '==':
      return (actual) => set.has(actual)
    case 'notin':
    case '!=':
      return (actual) => !set.has(actual)
    case 'exists':
      return (actual) => actual !== undefined
    case '!':
      return (actual) => actual === undefined
    case 'gt':
    case 'lt':
      return comparison(operator, values[0] ?? '')
  }
}

function comparison(operator: 'gt' | 'lt', bound: string): (actual: string | undefined) => boolean {
  // NaN is neither smaller nor larger than anything.
  const limit = parseInt64(bound) ?? Number.NaN
  return (actual = '') => {
    const value = parseInt64(actual) ?? Number.NaN
    return operator === 'gt' ? value > limit : value < limit
  }
}

/** A requirement in the form of `kubectl -l`: `a=b`, `zone in (a,b)`, `!gpu`, `cores>8`. Values are sorted. */
export function requirementText({ key, operator, values }: Requirement): string {
  const list = [...values].sort().join(',')
  switch (operator) {
    case 'in':
    case 'notin':
      return `${key} ${operator} (${list})`
    case 'exists':
      return key
    case '!':
      return `!${key}`
    case 'gt':
      return `${key}>${list}`
    case 'lt':
      return `${key}<${list}`
    default:
      return `${key}${operator}${list}`
  }
}

/** The errors of a requirement as one text, or undefined when there are none. */
export function requirementError(
  key: string,
  operator: RequirementOperator,
  values: Maybe<readonly string[]>,
): string | undefined {
  const errors = requirementErrors(key, operator, values, '')
  return errors.length === 0 ? undefined : aggregate(errors)
}

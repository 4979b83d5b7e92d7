/** Field errors as texts: `path: Invalid value: "x": why`. Mirrors k8s.io/apimachinery `util/validation/field`. */
import { goJson, goQuote } from './go-text.ts'

const titles = {
  FieldValueNotFound: 'Not found',
  FieldValueRequired: 'Required value',
  FieldValueDuplicate: 'Duplicate value',
  FieldValueInvalid: 'Invalid value',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueForbidden: 'Forbidden',
  FieldValueTooLong: 'Too long',
  FieldValueTooMany: 'Too many',
  FieldValueTypeInvalid: 'Invalid value',
  InternalError: 'Internal error',
} as const

/** The types of field errors, as they stand in a Status' causes (`reason`). */
export type FieldErrorType = keyof typeof titles

/** What the text of a field error is made of. */
export interface FieldErrorParts {
  readonly type: FieldErrorType
  /** The field as the server names it; not always where it is written (`spec.template.labels`). */
  readonly field: string
  readonly detail: string
  /** The refused value, absent where the server shows none (`Required`, `Forbidden`, `TooLong`). */
  readonly badValue?: unknown
}

function valueText(value: unknown): string {
  if (typeof value === 'string') return goQuote(value)
  return typeof value === 'object' ? goJson(value) : String(value)
}

/** The error without its field, as the message of a cause (`ErrorBody`): `Invalid value: "y": why`. */
export function fieldErrorBody(error: Omit<FieldErrorParts, 'field'>): string {
  const value = error.badValue === undefined ? '' : `: ${valueText(error.badValue)}`
  const detail = error.detail === '' ? '' : `: ${error.detail}`
  return `${titles[error.type]}${value}${detail}`
}

/** The error in the server's words: `spec.x: Invalid value: "y": why`. */
export function fieldErrorText(error: FieldErrorParts): string {
  return `${error.field}: ${fieldErrorBody(error)}`
}

/** `field.Invalid`: a value of the right type that breaks a rule. */
export function invalidValue(field: string, badValue: unknown, detail: string): string {
  return fieldErrorText({ type: 'FieldValueInvalid', field, badValue, detail })
}

/** The detail of `field.NotSupported`; `supported` in the order in which the server lists it. */
export function supportedValues(supported: readonly string[]): string {
  return `supported values: ${supported.map(goQuote).join(', ')}`
}

/** `field.NotSupported`: a value outside an enumeration. */
export function unsupportedValue(field: string, badValue: unknown, supported: readonly string[]): string {
  return fieldErrorText({
    type: 'FieldValueNotSupported',
    field,
    badValue,
    detail: supportedValues(supported),
  })
}

/** Several errors in one text, each once: `[a, b]`, or just `a` (`util/errors.NewAggregate`). */
export function aggregate(errors: readonly string[]): string {
  const distinct = [...new Set(errors)]
  return distinct.length === 1 ? (distinct[0] ?? '') : `[${distinct.join(', ')}]`
}

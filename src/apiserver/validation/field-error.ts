/** Field errors and their text, as k8s.io/apimachinery `util/validation/field` makes them. */
import { goJson, goQuote } from '#kube/field-error.ts'
import type { Place } from './place.ts'
import type { FieldError, FieldErrorType } from './types.ts'

export { fieldText } from './place.ts'

const titles: Readonly<Record<FieldErrorType, string>> = {
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
}

function valueText(value: unknown): string {
  if (typeof value === 'string') return goQuote(value)
  return typeof value === 'object' && value !== null ? goJson(value) : String(value)
}

/** The error in the server's words: `spec.x: Invalid value: "y": why`. */
export function errorText(error: FieldError): string {
  const value = error.badValue === undefined ? '' : `: ${valueText(error.badValue)}`
  const detail = error.detail === '' ? '' : `: ${error.detail}`
  return `${error.field}: ${titles[error.type]}${value}${detail}`
}

/** Collects what the checks find, in the order in which the server would list it. */
export class FieldErrors {
  readonly list: FieldError[] = []

  /** Nothing is where something must be. */
  required(at: Place, detail = ''): void {
    this.list.push({ type: 'FieldValueRequired', field: at.field, detail, path: at.path })
  }

  /** A value that breaks a rule. */
  invalid(at: Place, badValue: unknown, detail: string): void {
    this.list.push({ type: 'FieldValueInvalid', field: at.field, detail, badValue, path: at.path })
  }

  /** One {@link FieldErrors.invalid} for each detail. */
  invalidEach(at: Place, badValue: unknown, details: readonly string[]): void {
    for (const detail of details) this.invalid(at, badValue, detail)
  }

  /** A value outside an enumeration; `supported` in the order in which the server lists it. */
  notSupported(at: Place, badValue: unknown, supported: readonly string[]): void {
    const detail = `supported values: ${supported.map(goQuote).join(', ')}`
    this.list.push({ type: 'FieldValueNotSupported', field: at.field, detail, badValue, path: at.path })
  }

  duplicate(at: Place, badValue: unknown, detail = ''): void {
    this.list.push({ type: 'FieldValueDuplicate', field: at.field, detail, badValue, path: at.path })
  }

  /** A value that would be good elsewhere. */
  forbidden(at: Place, detail: string): void {
    this.list.push({ type: 'FieldValueForbidden', field: at.field, detail, path: at.path })
  }

  /** A reference to something that is not there. */
  notFound(at: Place, badValue: unknown, detail = ''): void {
    this.list.push({ type: 'FieldValueNotFound', field: at.field, detail, badValue, path: at.path })
  }

  /** Text beyond its limit, in bytes. */
  tooLong(at: Place, limit: number): void {
    const detail = `may not be more than ${limit} bytes`
    this.list.push({ type: 'FieldValueTooLong', field: at.field, detail, path: at.path })
  }

  /** A list beyond its limit. */
  tooMany(at: Place, count: number, limit: number): void {
    const detail = `must have at most ${limit} items`
    this.list.push({ type: 'FieldValueTooMany', field: at.field, detail, badValue: count, path: at.path })
  }

  /** `must be greater than or equal to 0`. */
  nonnegative(at: Place, value: number): void {
    if (value < 0) this.invalid(at, value, 'must be greater than or equal to 0')
  }
}

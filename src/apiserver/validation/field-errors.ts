import { supportedValues } from '#kube/field-error-text.ts'
import type { Place } from './place.ts'
import type { FieldError } from './types.ts'

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
    const detail = supportedValues(supported)
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

import { sameIgnoringNulls } from '#base/json.ts'
import { supportedValues } from '#kube/field-error-text.ts'
import { objectsIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import type { AdmissionWarning, FieldError, FieldPath } from './types.ts'

/** What the checks of one object find, in the order in which the server would list it. */
export class Findings {
  readonly errors: FieldError[] = []
  readonly warnings: AdmissionWarning[] = []

  /** The place of a field of the object. */
  at(name: string): Place {
    return new Place(this, undefined, name, [name])
  }
}

/**
 * Where a check stands, and what it finds there: the field as the server names it, and the place in the document, which
 * sometimes differ (upstream names `spec.template.labels` for what is written at `spec.template.metadata.labels`). Mirrors
 * field.Path and field.Error.
 */
export class Place {
  readonly findings: Findings
  readonly #parent: Place | undefined
  readonly #text: string
  readonly #segments: FieldPath

  constructor(findings: Findings, parent: Place | undefined, text: string, segments: FieldPath) {
    this.findings = findings
    this.#parent = parent
    this.#text = text
    this.#segments = segments
  }

  /** A field below this one; `segments` where the document's path differs from the name. */
  child(name: string, segments: FieldPath = [name]): Place {
    return new Place(this.findings, this, `.${name}`, segments)
  }

  index(index: number): Place {
    return new Place(this.findings, this, `[${index}]`, [index])
  }

  /** The items of a list that stands here, each with its place. */
  each<T>(items: readonly T[]): (readonly [T, Place])[] {
    return items.map((item, index) => [item, this.index(index)])
  }

  /** The objects of a list that the holder at this place has. */
  items(holder: JsonObject, name: string): (readonly [JsonObject, Place])[] {
    return this.child(name).each(objectsIn(holder, name))
  }

  key(key: string): Place {
    return new Place(this.findings, this, `[${key}]`, [key])
  }

  /** The same place in the document under a field name that upstream puts at the parent's level. */
  get field(): string {
    return (this.#parent?.field ?? '') + this.#text
  }

  get path(): FieldPath {
    return [...(this.#parent?.path ?? []), ...this.#segments]
  }

  warn(text: string): void {
    this.findings.warnings.push({ message: `${this.field}: ${text}`, field: this.field, path: this.path })
  }

  #add(type: FieldError['type'], detail: string, value?: { readonly badValue: unknown }): void {
    this.findings.errors.push({ type, field: this.field, detail, ...value, path: this.path })
  }

  /** Nothing is where something must be. */
  required(detail = ''): void {
    this.#add('FieldValueRequired', detail)
  }

  /** A value that breaks a rule. */
  invalid(badValue: unknown, detail: string): void {
    this.#add('FieldValueInvalid', detail, { badValue })
  }

  /** One {@link Place.invalid} for each detail. */
  invalidEach(badValue: unknown, details: readonly string[]): void {
    for (const detail of details) this.invalid(badValue, detail)
  }

  /** A value outside an enumeration; `supported` in the order in which the server lists it. */
  notSupported(badValue: unknown, supported: readonly string[]): void {
    this.#add('FieldValueNotSupported', supportedValues(supported), { badValue })
  }

  /** A text that must be one of these. */
  oneOf(value: string, supported: readonly string[]): void {
    if (!supported.includes(value)) this.notSupported(value, supported)
  }

  duplicate(badValue: unknown, detail = ''): void {
    this.#add('FieldValueDuplicate', detail, { badValue })
  }

  /** A value that would be good elsewhere. */
  forbidden(detail: string): void {
    this.#add('FieldValueForbidden', detail)
  }

  /** A reference to something that is not there. */
  notFound(badValue: unknown, detail = ''): void {
    this.#add('FieldValueNotFound', detail, { badValue })
  }

  /** Text beyond its limit, in bytes. */
  tooLong(limit: number): void {
    this.#add('FieldValueTooLong', `may not be more than ${limit} bytes`)
  }

  /** A list beyond its limit. */
  tooMany(count: number, limit: number): void {
    this.#add('FieldValueTooMany', `must have at most ${limit} items`, { badValue: count })
  }

  /** Of an update: a field of the holder at this place must be as it was. */
  immutable(name: string, next: JsonObject, old: JsonObject): void {
    if (!sameIgnoringNulls(next[name], old[name]))
      this.child(name).invalid(next[name] ?? null, 'field is immutable')
  }

  /** `must be greater than or equal to 0`. */
  nonnegative(value: number): void {
    if (value < 0) this.invalid(value, 'must be greater than or equal to 0')
  }
}

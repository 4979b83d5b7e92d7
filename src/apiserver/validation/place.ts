import { getKey, isObject, type Json, type JsonObject, sameIgnoringNulls } from '#base/json.ts'
import { supportedValues } from '#kube/field-error-text.ts'
import { internalForm } from '../schema/internal-form.ts'
import type { AdmissionWarning, FieldError, FieldPath } from './types.ts'

type Value = Json | undefined

/** What stands in a value under a name, or in a list at an index. */
function step(value: Value, segment: string | number): Value {
  if (typeof segment === 'number') return Array.isArray(value) ? value[segment] : undefined
  return isObject(value) ? getKey(value, segment) : undefined
}

/** What is wrong with a text that must keep to a rule; nothing where it does. */
type Rule = (text: string) => readonly string[]

/** What the checks of one object find, in the order in which the server would list it. */
export class Findings {
  readonly errors: FieldError[] = []
  readonly warnings: AdmissionWarning[] = []
  readonly #object: JsonObject

  constructor(object: JsonObject) {
    this.#object = object
  }

  /** A field of the object. */
  at(name: string): Place {
    return new Place(this, undefined, '', name, undefined, step(this.#object, name))
  }
}

/**
 * A field of an object with what stands there, and what a check finds there: the field as the server names it, and the place in
 * the document, which sometimes differ (upstream names `spec.template.labels` for what is written at
 * `spec.template.metadata.labels`). Mirrors field.Path and field.Error. What is absent or of another type reads as Go's zero
 * value, or as undefined where the name says `OrNone`.
 */
export class Place {
  readonly findings: Findings
  readonly value: Value
  readonly #parent: Place | undefined
  readonly #form: '' | '.' | '['
  readonly #name: string | number
  readonly #segments: FieldPath | undefined

  constructor(
    findings: Findings,
    parent: Place | undefined,
    form: '' | '.' | '[',
    name: string | number,
    segments: FieldPath | undefined,
    value: Value,
  ) {
    this.findings = findings
    this.value = value
    this.#parent = parent
    this.#form = form
    this.#name = name
    this.#segments = segments
  }

  /** A field below this one; `segments` where the document's path differs from the name. */
  child(name: string, segments?: FieldPath): Place {
    const value = segments ? segments.reduce(step, this.value) : step(this.value, name)
    return new Place(this.findings, this, '.', name, segments, value)
  }

  index(index: number): Place {
    return new Place(this.findings, this, '[', index, undefined, step(this.value, index))
  }

  key(key: string): Place {
    return new Place(this.findings, this, '[', key, undefined, step(this.value, key))
  }

  /** The items of a list that stands here. */
  each(): Place[] {
    return Array.isArray(this.value) ? this.value.map((_, index) => this.index(index)) : []
  }

  /** The items of a list below this place. */
  items(name: string): Place[] {
    return Array.isArray(step(this.value, name)) ? this.child(name).each() : []
  }

  /** The same place with something else in it: what the server reads out of what is written there. */
  holding(value: Value): Place {
    return new Place(this.findings, this.#parent, this.#form, this.#name, this.#segments, value)
  }

  get text(): string {
    return this.textOrNone ?? ''
  }

  get textOrNone(): string | undefined {
    return typeof this.value === 'string' ? this.value : undefined
  }

  get number(): number {
    return this.numberOrNone ?? 0
  }

  get numberOrNone(): number | undefined {
    return typeof this.value === 'number' ? this.value : undefined
  }

  /** A struct or a map. */
  get object(): JsonObject {
    return isObject(this.value) ? this.value : {}
  }

  /** Is a struct or a map here? */
  get given(): boolean {
    return isObject(this.value)
  }

  /** As the server names it: `spec.containers[0].name`. */
  get field(): string {
    return `${this.#parent?.field ?? ''}${this.#form}${this.#name}${this.#form === '[' ? ']' : ''}`
  }

  /** Where it stands in the document. */
  get path(): FieldPath {
    return [...(this.#parent?.path ?? []), ...(this.#segments ?? [this.#name])]
  }

  warn(text: string): void {
    this.warnPlainly(`${this.field}: ${text}`)
  }

  /** A warning whose text does not begin with the field. */
  warnPlainly(message: string): void {
    this.findings.warnings.push({ message, field: this.field, path: this.path })
  }

  #add(type: FieldError['type'], detail: string, value?: { readonly badValue: unknown }): void {
    this.findings.errors.push({ type, field: this.field, detail, ...value, path: this.path })
  }

  /** Nothing is where something must be. */
  required(detail = ''): void {
    this.#add('FieldValueRequired', detail)
  }

  /** Fields below this one must not be empty. */
  needs(...names: readonly string[]): void {
    for (const name of names) if (this.child(name).text === '') this.child(name).required()
  }

  /** A value that breaks a rule. */
  invalid(badValue: unknown, detail: string): void {
    this.#add('FieldValueInvalid', detail, { badValue })
  }

  /** What stands here breaks a rule. */
  wrong(detail: string): void {
    this.invalid(this.value ?? '', detail)
  }

  /** A struct breaks a rule; the server shows its own form of it. */
  wrongStruct(struct: string, detail: string): void {
    this.invalid(internalForm(this.value, struct), detail)
  }

  /** One {@link Place.invalid} for each detail. Answers whether there is none. */
  invalidEach(badValue: unknown, details: readonly string[]): boolean {
    for (const detail of details) this.invalid(badValue, detail)
    return details.length === 0
  }

  /** The text keeps to a rule, be it empty. Answers whether it does. */
  keeps(rule: Rule): boolean {
    return this.invalidEach(this.text, rule(this.text))
  }

  /** There is a text, and it keeps to a rule. */
  keepsText(rule: Rule): void {
    if (this.text === '') this.required()
    else this.keeps(rule)
  }

  /** A text keeps to a rule if there is any. */
  keepsAny(rule: Rule): void {
    if (this.text !== '') this.keeps(rule)
  }

  /** A value outside an enumeration; `supported` in the order in which the server lists it. */
  notSupported(badValue: unknown, supported: readonly string[]): void {
    this.#add('FieldValueNotSupported', supportedValues(supported), { badValue })
  }

  /** A text that must be one of these. */
  oneOf(supported: readonly string[]): void {
    if (!supported.includes(this.text)) this.notSupported(this.text, supported)
  }

  /** A text that must be there, and be one of these; `missing` is said where it is not there. */
  choice(supported: readonly string[], missing?: string): void {
    if (this.text === '') this.required(missing)
    else this.oneOf(supported)
  }

  /** A text behind a pointer, which may be absent. */
  optionalChoice(supported: readonly string[]): void {
    if (this.textOrNone !== undefined) this.oneOf(supported)
  }

  duplicate(badValue: unknown, detail = ''): void {
    this.#add('FieldValueDuplicate', detail, { badValue })
  }

  /** The text must be none of those `seen`, and is one of them from now on. */
  unique(seen: Set<string>): void {
    if (seen.has(this.text)) this.duplicate(this.text)
    seen.add(this.text)
  }

  /** A value that would be good elsewhere. */
  forbidden(detail: string): void {
    this.#add('FieldValueForbidden', detail)
  }

  /** A reference to something that is not there. */
  notFound(detail = ''): void {
    this.#add('FieldValueNotFound', detail, { badValue: this.text })
  }

  /** Text beyond its limit, in bytes. */
  tooLong(limit: number): void {
    this.#add('FieldValueTooLong', `may not be more than ${limit} bytes`)
  }

  /** A list of no more items than the limit. */
  atMost(limit: number): void {
    const count = this.each().length
    const detail = `must have at most ${limit} items`
    if (count > limit) this.#add('FieldValueTooMany', detail, { badValue: count })
  }

  /** Of an update: what stands here must be as it was in the object that held it. */
  immutable(name: string, old: JsonObject): void {
    const here = this.child(name)
    if (!sameIgnoringNulls(here.value, old[name])) here.invalid(here.value ?? null, 'field is immutable')
  }

  /** `must be greater than or equal to 0`. */
  nonnegative(): void {
    if (this.number < 0) this.invalid(this.number, 'must be greater than or equal to 0')
  }
}

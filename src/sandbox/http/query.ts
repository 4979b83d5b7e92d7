import { KdsError } from '#base/errors.ts'
import {
  type FieldErrorParts,
  type FieldErrorType,
  invalidValue,
  supportedValues,
} from '#kube/field-error-text.ts'
import { goQuote } from '#kube/go-text.ts'
import { utf8Length } from '#kube/labels.ts'
import { parseFieldSelector, parseLabelSelector } from '#kube/selectors.ts'
import type { FieldValidation, ResourceType, WriteOptions } from '../api/resource-type.ts'
import type { SelectableFields } from '../api/selectable-fields.ts'
import { badRequest, invalid, invalidOption, StatusError } from '../api/status-errors.ts'
import type { StoredObject } from '../store/objects.ts'

type Matcher = (object: StoredObject) => boolean

/** Selectors of a list or watch, as one test. `all`: they ask nothing. */
interface Selection {
  readonly matches: Matcher
  readonly all: boolean
}

/** Parses with another room's parser, whose errors become the server's 400. */
function parsed<T>(parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    if (error instanceof KdsError) throw badRequest(error.message)
    throw error
  }
}

function unknownField(type: ResourceType, field: string): Error {
  return badRequest(
    Object.keys(type.fields).length > 0
      ? `field label not supported: ${field}`
      : `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`,
  )
}

const ownFields: SelectableFields = {
  'metadata.name': (object) => object.metadata.name,
  'metadata.namespace': (object) => object.metadata.namespace ?? '',
}

/** What a list or watch asks for, its namespace and name included. Throws 400 for a selector that is none. */
export function selectionOf(
  type: ResourceType,
  query: URLSearchParams,
  place: { readonly namespace: string | undefined; readonly name: string | undefined },
): Selection {
  const labels = parsed(() => parseLabelSelector(query.get('labelSelector') ?? ''))
  const fields = parsed(() => parseFieldSelector(query.get('fieldSelector') ?? ''))
  const known = { ...ownFields, ...type.fields }
  for (const { field } of fields.requirements) if (!known[field]) throw unknownField(type, field)
  const { namespace, name } = place
  return {
    all: labels.empty && fields.requirements.length === 0,
    matches: (object) =>
      (namespace === undefined || object.metadata.namespace === namespace) &&
      (name === undefined || object.metadata.name === name) &&
      labels.matches(object.metadata.labels) &&
      fields.matches((field) => known[field]?.(object) ?? ''),
  }
}

/** A whole number of the query; undefined if it isn't there. Throws 400 for anything else. */
export function integerOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  if (text === null || text === '') return undefined
  if (!/^-?\d{1,15}$/.test(text))
    throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
  return Number(text)
}

/** A resourceVersion of the query; undefined if it isn't there. Throws 400 for what is no number, 500 on a watch. */
export function versionOf(query: URLSearchParams, watch = false): number | undefined {
  const text = query.get('resourceVersion')
  if (text === null || text === '') return undefined
  if (/^\d{1,15}$/.test(text)) return Number(text)
  const detail = `strconv.ParseUint: parsing ${goQuote(text)}: invalid syntax`
  const fault = invalidValue('resourceVersion', text, detail)
  throw watch ? new StatusError(500, '', fault) : badRequest(`invalid resource version: ${fault}`)
}

const [exact, notOlderThan] = ['Exact', 'NotOlderThan']

/** Throws 422 for options of a list or watch that do not go together (ValidateListOptions). */
export function checkListOptions(query: URLSearchParams, watch: boolean): void {
  const field = 'resourceVersionMatch'
  const match = query.get(field) ?? ''
  const version = query.get('resourceVersion') ?? ''
  const [given, initial] = [match !== '', query.has('sendInitialEvents')]
  const continued = (query.get('continue') ?? '') !== ''
  const known = watch ? [notOlderThan] : [exact, notOlderThan]
  const forbidden = (detail: string, at = field): FieldErrorParts => ({
    type: 'FieldValueForbidden',
    field: at,
    detail,
  })
  const unknown: FieldErrorParts = {
    type: 'FieldValueNotSupported',
    field,
    badValue: match,
    detail: supportedValues(watch ? known : [...known, '']),
  }
  const behind = forbidden(`${field} is forbidden when continue is provided`)
  const rules: readonly (readonly [isBroken: boolean, error: FieldErrorParts])[] = watch
    ? [
        [
          initial && match !== notOlderThan,
          forbidden(`sendInitialEvents requires setting ${field} to ${notOlderThan}`),
        ],
        [
          given && !initial,
          forbidden(`${field} is forbidden for watch unless sendInitialEvents is provided`),
        ],
        [given && !known.includes(match), unknown],
        [continued, behind],
      ]
    : [
        [given && version === '', forbidden(`${field} is forbidden unless resourceVersion is provided`)],
        [given && continued, behind],
        [given && !known.includes(match), unknown],
        [
          match === exact && version === '0',
          forbidden(`${field} "exact" is forbidden for resourceVersion "0"`),
        ],
        [initial, forbidden('sendInitialEvents is forbidden for list', 'sendInitialEvents')],
      ]
  const errors = rules.flatMap(([isBroken, error]) => (isBroken ? [error] : []))
  if (errors.length > 0) throw invalid({ kind: 'ListOptions', group: 'meta.k8s.io' }, '', errors)
  integerOf(query, 'timeoutSeconds')
}

const notSupported = (kind: string, field: string, badValue: unknown, supported: readonly string[]) =>
  invalidOption(kind, { type: 'FieldValueNotSupported', field, badValue, detail: supportedValues(supported) })

/** `?dryRun=All`. Throws 422 for any other value. */
export function isDryRun(values: readonly string[], kind: string): boolean {
  const other = values.find((value) => value !== 'All')
  if (other !== undefined) throw notSupported(kind, 'dryRun', values, ['All'])
  return values.length > 0
}

const validations: readonly string[] = ['', 'Ignore', 'Strict', 'Warn']

/** Who writes: the named field manager, else the client program's name, as the server does. */
function managerOf(kind: string, query: URLSearchParams, userAgent: string | undefined): string {
  const named = query.get('fieldManager') ?? ''
  const detail = 'may not be more than 128 bytes'
  if (utf8Length(named) > 128)
    throw invalidOption(kind, { type: 'FieldValueTooLong', field: 'fieldManager', detail })
  return named || (userAgent ?? '').split('/')[0]?.slice(0, 128) || 'unknown'
}

/** The options that all writes share. */
export function writeOptionsOf(
  kind: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions',
  query: URLSearchParams,
  userAgent: string | undefined,
): WriteOptions {
  const validation = query.get('fieldValidation') || 'Warn'
  if (!validations.includes(validation)) throw notSupported(kind, 'fieldValidation', validation, validations)
  return {
    dryRun: isDryRun(query.getAll('dryRun'), kind),
    fieldValidation: validation as FieldValidation,
    manager: managerOf(kind, query, userAgent),
  }
}

/** The options of a patch. Throws 422 for an apply patch that does not say who applies, and for a force that is none. */
export function patchOptionsOf(
  query: URLSearchParams,
  userAgent: string | undefined,
  isApply: boolean,
): WriteOptions & { readonly force: boolean } {
  const options = writeOptionsOf('PatchOptions', query, userAgent)
  const refused = (type: FieldErrorType, field: string, detail: string) =>
    invalidOption('PatchOptions', { type, field, detail })
  if (isApply && !query.get('fieldManager'))
    throw refused('FieldValueRequired', 'fieldManager', 'is required for apply patch')
  if (!isApply && query.has('force'))
    throw refused('FieldValueForbidden', 'force', 'may not be specified for non-apply patch')
  return { ...options, force: ['1', 'true'].includes(query.get('force') ?? '') }
}

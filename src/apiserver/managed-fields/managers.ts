/**
 * `metadata.managedFields` as a table: who manages which fields, and since when.
 *
 * Mirrors `managedfields.go` of k8s.io/apimachinery/pkg/util/managedfields.
 */
import { compareText } from '#base/compare.ts'
import { isObject, type Json, type JsonObject, sameJson } from '#base/json.ts'
import { goQuote } from '#kube/go-text.ts'
import { stringIn } from '#kube/read.ts'
import { type FieldSet, inWrittenOrder, isEmpty, readSet } from './field-set.ts'
import { TypedError } from './path-element.ts'

/** A manager is told from another by its name, what it does, through which subresource, and, if it updates, in which version. */
export interface Manager {
  readonly manager: string
  readonly operation: 'Apply' | 'Update'
  readonly apiVersion: string
  readonly subresource?: string
}

export interface Managed extends Manager {
  readonly fields: FieldSet
  /** RFC 3339, as on the wire. */
  readonly time?: string
}

/** By the manager's identity, as {@link identityOf} gives it. */
export type Managers = ReadonlyMap<string, Managed>

/** What tells managers apart: the JSON that a server makes of one, which also orders them in its messages. */
export const identityOf = ({ manager, operation, apiVersion, subresource }: Manager): string =>
  JSON.stringify({
    ...(manager ? { manager } : {}),
    operation,
    ...(operation === 'Update' ? { apiVersion } : {}),
    ...(subresource ? { subresource } : {}),
  })

function readEntry(entry: Json): Managed {
  if (!isObject(entry)) throw new TypedError('managed fields entry is no object')
  const { operation, time, fieldsV1 } = entry
  const apiVersion = stringIn(entry, 'apiVersion')
  const subresource = stringIn(entry, 'subresource')
  if (operation !== 'Apply' && operation !== 'Update')
    throw new TypedError('operation must be `Apply` or `Update`')
  if (apiVersion === '') throw new TypedError('apiVersion must not be empty')
  if (entry.fieldsType !== 'FieldsV1') throw new TypedError('invalid fieldsType in managed fields entry')
  return {
    manager: stringIn(entry, 'manager'),
    operation,
    apiVersion,
    ...(subresource ? { subresource } : {}),
    ...(typeof time === 'string' ? { time } : {}),
    fields: readSet(fieldsV1),
  }
}

/**
 * The managers that an object names.
 *
 * @returns undefined if the list is malformed: a server then passes over all of it
 */
export function readManagers(entries: Json | undefined): Managers | undefined {
  if (!Array.isArray(entries)) return new Map()
  try {
    return new Map(entries.map(readEntry).map((managed) => [identityOf(managed), managed]))
  } catch (error) {
    if (error instanceof TypedError) return undefined
    throw error
  }
}

/** An empty list, or one empty entry, asks a server to forget all managers. */
export function isReset(entries: Json | undefined): boolean {
  if (!Array.isArray(entries)) return false
  const [only, ...more] = entries
  return only === undefined || (more.length === 0 && isObject(only) && Object.keys(only).length === 0)
}

const seconds = ({ time }: Managed) => (time === undefined ? 0 : Math.floor(Date.parse(time) / 1000))

/** The order of the entries: those that apply first, then the oldest. */
export const compareManaged = (a: Managed, b: Managed): number =>
  compareText(a.operation, b.operation) ||
  seconds(a) - seconds(b) ||
  compareText(a.manager, b.manager) ||
  compareText(a.apiVersion, b.apiVersion) ||
  compareText(a.subresource, b.subresource)

/** The list as it stands in an object's metadata. */
export function writeManagers(managers: Managers): JsonObject[] {
  const entries = [...managers.values()].filter(({ fields }) => !isEmpty(fields)).sort(compareManaged)
  return entries.map(({ manager, operation, apiVersion, time, fields, subresource }) => ({
    ...(manager ? { manager } : {}),
    operation,
    apiVersion,
    ...(time === undefined ? {} : { time }),
    fieldsType: 'FieldsV1',
    fieldsV1: inWrittenOrder(fields) as JsonObject,
    ...(subresource ? { subresource } : {}),
  }))
}

const timeless = (entries: Json | undefined) =>
  Array.isArray(entries) ? entries.map((entry) => (isObject(entry) ? { ...entry, time: null } : entry)) : []

/** Whether two lists differ in times at most: such a change alone is none. */
export const sameButForTimes = (a: Json | undefined, b: Json | undefined): boolean =>
  sameJson(timeless(a), timeless(b))

/** A manager as a conflict names it. */
export function managerText({ manager, operation, apiVersion, subresource }: Manager): string {
  const through = subresource ? ` with subresource ${goQuote(subresource)}` : ''
  return `${goQuote(manager)}${through}${operation === 'Update' ? ` using ${apiVersion}` : ''}`
}

import { KdsError } from '#base/errors.ts'
import { isObject, type JsonObject } from '#base/json.ts'
import { goQuote } from '#kube/go-text.ts'
import type { KubeObject } from '#kube/types.ts'
import { ApiError, errorOfAnswer, type FailedCall } from './api-error.ts'
import { checkObject } from './object-shapes.ts'
import type { ServerVersion } from './port.ts'
import type { Resource } from './resources.ts'

/*
 * An answer is what it says, not what was asked for: a proxy, a login page or a broken server may say anything with 200.
 * What cannot be an answer to the call is an error; a write that got one may have been carried out.
 */

/**
 * The object of an answer.
 *
 * @param typed Its fields are known to be of their types.
 * @throws ApiError when it is a failure, another object, or none.
 */
export function objectOf<T extends KubeObject>(
  resource: Resource<T>,
  value: unknown,
  call: FailedCall,
  typed = false,
): T {
  const object = isMetadata(resource, value)
    ? value
    : checked(value, resource.kind, versionOf(resource), call)
  const name = nameOf(object)
  if (name === undefined) throw unexpected(call, `a ${resource.kind} without a name`)
  if (call.name !== '' && name !== call.name) throw unexpected(call, `${resource.kind} ${goQuote(name)}`)
  const { namespace } = object.metadata as JsonObject
  if (call.namespace && namespace && namespace !== call.namespace)
    throw unexpected(call, `${resource.kind} ${goQuote(name)} of another namespace than ${call.namespace}`)
  return typed ? (object as unknown as T) : decoded(resource.kind, object, call)
}

/** Metadata alone, as it was asked for. */
const isMetadata = ({ metadataOnly }: Resource, value: unknown): value is JsonObject =>
  metadataOnly === true && isOfMeta(value, 'PartialObjectMetadata')

const isOfMeta = (value: unknown, kind: string): value is JsonObject =>
  isObject(value) && value.kind === kind && value.apiVersion === 'meta.k8s.io/v1'

/** The objects of a list's page, each with the kind and version that items lack on the wire. */
export function listOf<T extends KubeObject>(
  resource: Resource<T>,
  value: unknown,
  call: FailedCall,
  metadataAlone = false,
): { readonly items: readonly T[]; readonly token: string; readonly resourceVersion: string } {
  if (resource.asTable && isOfMeta(value, 'Table')) return rowsOf(resource, value, call)
  const list =
    metadataAlone && isOfMeta(value, 'PartialObjectMetadataList')
      ? value
      : checked(value, `${resource.kind}List`, versionOf(resource), call)
  const items = list.items ?? []
  const { continue: token, resourceVersion } = isObject(list.metadata) ? list.metadata : {}
  if (!Array.isArray(items)) throw unexpected(call, `a ${resource.kind}List whose items are not a list`)
  return {
    items: items.map((item) =>
      decoded<T>(resource.kind, itemOf(resource, item, call) as unknown as JsonObject, call),
    ),
    token: typeof token === 'string' ? token : '',
    resourceVersion: typeof resourceVersion === 'string' ? resourceVersion : '',
  }
}

/** What an object of the kind says that it is. */
export const typeOf = (resource: Resource) => ({ apiVersion: versionOf(resource), kind: resource.kind })

/** An item of a list, with its type. @throws ApiError for one without a name */
export function typedItem<T extends KubeObject>(resource: Resource<T>, item: unknown, call: FailedCall): T {
  if (!isObject(item) || nameOf(item) === undefined)
    throw unexpected(call, `a ${resource.kind}List with an item that is not a ${resource.kind}`)
  return item as unknown as T
}

/** An item of a list, which on the wire has neither kind nor version. */
function itemOf<T extends KubeObject>(resource: Resource<T>, item: unknown, call: FailedCall): T {
  const named = typedItem(resource, item, call)
  const own = named.kind === 'PartialObjectMetadata' ? typeOf(resource) : {}
  // Spread, each of thousands of items would have a shape of its own in Node 20.
  return Object.assign(typeOf(resource), named, own)
}

/** The rows of a table as objects: metadata, and those `cells` that are looked at, by the names of their columns. */
function rowsOf<T extends KubeObject>(resource: Resource<T>, table: JsonObject, call: FailedCall) {
  const { columnDefinitions: columns, rows = [] } = table
  const { continue: token, resourceVersion } = isObject(table.metadata) ? table.metadata : {}
  if (!Array.isArray(rows) || !Array.isArray(columns))
    throw unexpected(call, 'a Table without rows or columns')
  const names = columns.map((column) => (isObject(column) ? String(column.name) : ''))
  const places = resource.columns?.map((name) => [name, names.lastIndexOf(name)] as const) ?? []
  const items = rows.map((row) => {
    const { cells, object } = isObject(row) ? row : {}
    const told = isObject(object) && nameOf(object) !== undefined ? object.metadata : undefined
    if (!Array.isArray(cells) || (told === undefined && resource.asTable !== 'cells'))
      throw unexpected(call, `a Table with a row that is not a ${resource.kind}`)
    const named: JsonObject = {}
    for (const [name, at] of places) if (at in cells) named[name] = cells[at] ?? null
    const item = Object.assign(typeOf(resource), { metadata: told ?? {}, cells: named })
    return told ? decoded<T>(resource.kind, item, call) : (item as unknown as T)
  })
  return {
    items,
    token: typeof token === 'string' ? token : '',
    resourceVersion: typeof resourceVersion === 'string' ? resourceVersion : '',
  }
}

function decoded<T>(kind: string, object: JsonObject, call: FailedCall): T {
  try {
    checkObject(kind, object)
  } catch (error) {
    throw unexpected(call, `a ${kind} that cannot be decoded: ${(error as Error).message}`, error)
  }
  return object as unknown as T
}

/** The version of a server. @throws ApiError when the answer is none. */
export function serverVersionOf(value: unknown, call: FailedCall): ServerVersion {
  if (!isObject(value)) throw unexpected(call, describe(value))
  refuseFailure(value, call)
  const { major, minor, gitVersion } = value
  if (typeof major === 'string' && typeof minor === 'string' && typeof gitVersion === 'string')
    return value as unknown as ServerVersion
  throw unexpected(call, 'an object that holds no version')
}

/** An answer that is not in its language: a page of a proxy, or half of an answer. */
export function unreadable(language: string, call: FailedCall, cause: unknown): ApiError {
  return unexpected(call, `something that is not ${language}`, cause)
}

/** kds follows no redirect: its credentials are for the server that the kubeconfig names. */
export function redirected(status: number, location: string | undefined, call: FailedCall): ApiError {
  const to = location === undefined ? '' : ` to ${location.replace(/\/\/[^/@]*@/, '//').split('?')[0]}`
  return unexpected(call, `a redirect${to} (${status}), which is not followed`)
}

/** The refusal of a server, with its Retry-After header where the Status says nothing. */
export function refusal(error: ApiError, retryAfter: string | undefined): ApiError {
  if (error.details?.retryAfterSeconds || !retryAfter || !/^\d+$/.test(retryAfter)) return error
  const { code, details, message: shown, serverMessage: server, status } = error
  return new ApiError(
    code,
    status,
    { shown, server },
    { details: { ...details, retryAfterSeconds: Number(retryAfter) } },
  )
}

/** Refuses what would change a request's path. Mirrors IsValidPathSegmentName of k8s.io/apimachinery. */
export function checkName(what: string, name: string): void {
  const faults = [
    ...(name === '.' || name === '..' ? [`may not be '${name}'`] : []),
    ...['/', '%'].filter((char) => name.includes(char)).map((char) => `may not contain '${char}'`),
  ]
  if (name === '') throw new KdsError('usage', `${what} may not be empty`)
  if (faults.length > 0)
    throw new KdsError('usage', `invalid ${what} ${goQuote(name)}: [${faults.join(' ')}]`)
}

function checked(value: unknown, kind: string, apiVersion: string, call: FailedCall): JsonObject {
  if (!isObject(value)) throw unexpected(call, describe(value))
  refuseFailure(value, call)
  if (value.kind === kind && value.apiVersion === apiVersion) return value
  const { apiVersion: version, kind: other } = value
  throw unexpected(
    call,
    typeof other === 'string' && typeof version === 'string'
      ? `a ${other} of ${version}`
      : 'an object that does not say what it is',
    undefined,
    `a ${kind} of ${apiVersion}`,
  )
}

const describe = (value: unknown) =>
  value === undefined
    ? 'nothing'
    : value === null
      ? 'null'
      : Array.isArray(value)
        ? 'a list'
        : `a JSON ${typeof value}`

/** A Status of Failure is one at any HTTP code. */
function refuseFailure(value: JsonObject, call: FailedCall): void {
  if (value.kind === 'Status' && value.status !== 'Success')
    throw errorOfAnswer(typeof value.code === 'number' ? value.code : 500, JSON.stringify(value), call)
}

/** An answer that cannot be one to the call, which may have been carried out if it was a write. */
export function unexpected(call: FailedCall, got: string, cause?: unknown, wanted?: string): ApiError {
  const place = [call.verb, call.resource, call.name].filter((part) => part !== '').join(' ')
  const shown = `error: the server sent ${got}${wanted ? ` instead of ${wanted}` : ''} (${place})`
  return new ApiError('Unexpected', 0, { shown, server: '' }, { cause, ambiguous: !reads(call) })
}

/** Whether a call changes nothing, so that it may be made twice. */
export const reads = ({ verb }: FailedCall) => verb === 'get' || verb === 'list' || verb === 'watch'

const versionOf = ({ group, version }: Resource) => (group === '' ? version : `${group}/${version}`)

function nameOf({ metadata }: JsonObject): string | undefined {
  const name = isObject(metadata) ? metadata.name : undefined
  return typeof name === 'string' && name !== '' ? name : undefined
}

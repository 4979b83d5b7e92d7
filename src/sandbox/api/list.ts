import { isObject } from '#base/json.ts'
import { goJsonSyntaxError } from '#kube/go-json-syntax.ts'
import type { Collection } from '../store/collection.ts'
import type { StoredObject } from '../store/objects.ts'
import { badRequest, expired, StatusError, versionTooLarge } from './status-errors.ts'

interface ListRequest {
  readonly matches: (object: StoredObject) => boolean
  /** Nothing is selected away, so that what remains can be counted. */
  readonly all: boolean
  readonly limit: number
  readonly continueToken: string
  readonly version: number | undefined
  readonly versionMatch: string
}

/** A page of a list. */
export interface Page {
  readonly items: readonly StoredObject[]
  readonly metadata: {
    readonly resourceVersion: string
    readonly continue?: string
    readonly remainingItemCount?: number
  }
}

interface Continue {
  readonly version: number
  /** The first key is the next one after this. */
  readonly after: string
}

const tokenVersion = 'meta.k8s.io/v1'

/** The next page's token: the version of the first page and the last key shown, as the server writes it. */
function tokenOf({ version, after }: Continue): string {
  const token = { v: tokenVersion, rv: version, start: `/${after}\0` }
  return Buffer.from(JSON.stringify(token)).toString('base64url')
}

function readToken(text: string): Continue {
  const fault = (why: string) => badRequest(`invalid continue token: continue key is not valid: ${why}`)
  const decoded = Buffer.from(text, 'base64url').toString('utf8')
  let token: unknown
  try {
    token = JSON.parse(decoded)
  } catch {
    throw fault(goJsonSyntaxError(decoded) ?? '')
  }
  if (!isObject(token) || token.v !== tokenVersion)
    throw fault('server does not recognize this encoded version')
  const { rv, start } = token
  if (typeof rv !== 'number' || typeof start !== 'string' || !start.startsWith('/'))
    throw fault('incorrect encoded start resourceVersion')
  return { version: rv, after: start.slice(1).replace(/\0$/, '') }
}

const pageTooOld =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.'

function pageExpired(after: string): StatusError {
  const error = new StatusError(410, 'Expired', pageTooOld)
  const metadata = { continue: tokenOf({ version: -1, after }) }
  Object.assign(error.status, { metadata })
  return error
}

/** The version that a list is to show, from its parameters. */
function versionFor(collection: Collection, request: ListRequest): number | undefined {
  const { version, versionMatch, limit } = request
  if (version === undefined || version === 0) return undefined
  if (version > collection.currentVersion) throw versionTooLarge(version, collection.currentVersion)
  return versionMatch === 'Exact' || (!versionMatch && limit > 0) ? version : undefined
}

interface View {
  readonly version: number
  readonly keys: readonly string[]
  readonly get: (key: string) => StoredObject | undefined
}

function viewAt(collection: Collection, version: number | undefined, tooOld: () => Error): View {
  const { currentVersion } = collection
  if (version === undefined || version === currentVersion)
    return { version: currentVersion, keys: collection.sortedKeys(), get: (key) => collection.get(key) }
  const objects = collection.snapshotAt(version)
  if (!objects) throw tooOld()
  return { version, keys: [...objects.keys()].sort(), get: (key) => objects.get(key) }
}

/** One page of a collection: every page of a list shows the state at the version of its first. */
export function listPage(collection: Collection, request: ListRequest): Page {
  const token = request.continueToken ? readToken(request.continueToken) : undefined
  const asked = token ? (token.version < 0 ? undefined : token.version) : versionFor(collection, request)
  const view = viewAt(collection, asked, () =>
    token ? pageExpired(token.after) : expired('The resourceVersion for the provided list is too old.'),
  )
  const after = token?.after
  const first = after === undefined ? 0 : firstAfter(view.keys, after)
  const items: StoredObject[] = []
  let last = ''
  let at = first
  const limit = request.limit > 0 ? request.limit : Number.POSITIVE_INFINITY
  for (; at < view.keys.length && items.length < limit; at += 1) {
    const key = view.keys[at] ?? ''
    const object = view.get(key)
    if (!object || !request.matches(object)) continue
    items.push(object)
    last = key
  }
  const more = items.length === limit && hasMore(view, at, request.matches)
  return {
    items,
    metadata: {
      resourceVersion: String(view.version),
      ...(more
        ? {
            continue: tokenOf({ version: view.version, after: last }),
            ...(request.all ? { remainingItemCount: countFrom(view, at, request.matches) } : {}),
          }
        : {}),
    },
  }
}

function firstAfter(keys: readonly string[], after: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((keys[middle] ?? '') <= after) low = middle + 1
    else high = middle
  }
  return low
}

function hasMore(view: View, from: number, matches: ListRequest['matches']): boolean {
  for (let at = from; at < view.keys.length; at += 1) {
    const object = view.get(view.keys[at] ?? '')
    if (object && matches(object)) return true
  }
  return false
}

function countFrom(view: View, from: number, matches: ListRequest['matches']): number {
  let count = 0
  for (let at = from; at < view.keys.length; at += 1) {
    const object = view.get(view.keys[at] ?? '')
    if (object && matches(object)) count += 1
  }
  return count
}

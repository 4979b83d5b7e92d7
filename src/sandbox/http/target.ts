import type { ResourceType, Subresource, Verb } from '../api/resource-type.ts'
import { resourceTypeOf } from '../api/resources.ts'
import { badRequest, noSuchPath } from '../api/status-errors.ts'

/** What a request is about, read from its method, path and query. */
export interface Target {
  readonly type: ResourceType
  readonly namespace: string | undefined
  readonly name: string | undefined
  readonly subresource: Subresource | undefined
}

/** A path's place in the API, before it is known whether there is such a resource. */
export interface ResourcePath {
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly namespace: string | undefined
  readonly name: string | undefined
  readonly subresource: string | undefined
}

/** The parts of a path, decoded. Throws 400 for a broken escape. */
export function segmentsOf(pathname: string): string[] {
  try {
    return pathname.split('/').slice(1).map(decodeURIComponent)
  } catch {
    throw badRequest('the request path is not well formed')
  }
}

/** The resource that a path names; undefined: it is no resource's path. */
export function resourcePathOf(segments: readonly string[]): ResourcePath | undefined {
  const [root] = segments
  const named = root === 'apis'
  if ((root !== 'api' && !named) || segments.length < (named ? 4 : 3)) return undefined
  const group = named ? (segments[1] ?? '') : ''
  const version = segments[named ? 2 : 1] ?? ''
  const rest = segments.slice(named ? 3 : 2)
  const inNamespace =
    rest[0] === 'namespaces' && rest.length > 2 && rest[2] !== 'status' && rest[2] !== 'finalize'
  const namespace = inNamespace ? rest[1] : undefined
  const [plural = '', name, subresource, ...more] = inNamespace ? rest.slice(2) : rest
  if (plural === '' || name === '' || subresource === '' || namespace === '' || more.length > 0)
    return undefined
  return { group, version, plural, namespace, name, subresource }
}

/** The row behind a path. Throws 404 where there is none. */
export function targetOf(path: ResourcePath): Target {
  const type = resourceTypeOf(path.group, path.version, path.plural)
  if (!type || (path.namespace !== undefined && !type.namespaced)) throw noSuchPath()
  if (path.name !== undefined && type.namespaced && path.namespace === undefined) throw noSuchPath()
  const subresource = type.subresources.find((sub) => sub.name === path.subresource)
  if (path.subresource !== undefined && !subresource) throw noSuchPath()
  return { type, namespace: path.namespace, name: path.name, subresource }
}

/** The API's verb for a method; undefined: there is no such method here. */
export function verbOf(method: string, query: URLSearchParams, named: boolean): Verb | undefined {
  const watching = ['1', 'true', 'True'].includes(query.get('watch') ?? '')
  switch (method) {
    case 'GET':
    case 'HEAD':
      if (watching) return 'watch'
      return named ? 'get' : 'list'
    case 'POST':
      return 'create'
    case 'PUT':
      return 'update'
    case 'PATCH':
      return 'patch'
    case 'DELETE':
      return named ? 'delete' : 'deletecollection'
    default:
      return undefined
  }
}

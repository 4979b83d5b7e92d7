import { CustomObjectsApiRequestFactory } from '@kubernetes/client-node/dist/gen/apis/CustomObjectsApi.js'
import { VersionApiRequestFactory } from '@kubernetes/client-node/dist/gen/apis/VersionApi.js'
import { createConfiguration } from '@kubernetes/client-node/dist/gen/configuration.js'
import type { RequestContext } from '@kubernetes/client-node/dist/gen/http/http.js'
import { ServerConfiguration } from '@kubernetes/client-node/dist/gen/servers.js'
import type { KubeObject } from '#kube/types.ts'
import { checkName, objectOf, reads, serverVersionOf } from '../answers.ts'
import { ApiError, type FailedCall } from '../api-error.ts'
import type { Connection } from '../config/connection.ts'
import type { LiveHost } from '../host.ts'
import { presentOf } from '../known-objects.ts'
import type { Cluster, List, ListOptions, ObjectName, WriteOptions } from '../port.ts'
import { pods, qualifiedName, type Resource } from '../resources.ts'
import { allPages, type Page } from './pages.ts'
import { accepted, eventsIn, formOf, jsonOf, metadataType, readLate, readPage } from './reading.ts'
import { withRetries } from './retry.ts'
import { watchObjects } from './watch.ts'
import { type Answer, type Way, wireTo } from './wire.ts'

/** Objects in one page of a list, as kubectl asks for them, and rows of a few cells alone. */
const pageSize = { objects: 500, cells: 5000 }

/** How often a list starts again when its continue token expires, before it asks for everything at once. */
const restarts = 3

const contentTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const

/** What is asked, beside of what. `below` is the path of what is meant of an object. */
type Asked = Way & { query?: object; body?: unknown; contentType?: string; below?: string }

type Read<T> = (answer: Answer, call: FailedCall) => T | Promise<T>

const whole =
  <T extends KubeObject>(resource: Resource<T>): Read<T> =>
  async (answer, call) =>
    objectOf(resource, await jsonOf(answer, call), call)
const nothing: Read<void> = async (answer, call) => void (await jsonOf(answer, call))

/** A cluster that is spoken to. `close` lets go of the connections that are kept open. */
export type LiveCluster = Cluster & { close(): void }

/**
 * A cluster behind an API server. client-node's generated client of custom objects makes the requests, because it leaves objects
 * as they are on the wire: its typed models would drop the fields that they do not know.
 */
export function liveCluster(connection: Connection, host: LiveHost): LiveCluster {
  const wire = wireTo(connection, host)
  const baseServer = new ServerConfiguration(connection.cluster.server, {})
  const configuration = createConfiguration({ baseServer })
  const requests: object = new CustomObjectsApiRequestFactory(configuration)

  /** Sends a request until it is answered for good, and reads the answer. */
  const send = <T>(request: RequestContext, way: Way, call: FailedCall, read: Read<T>): Promise<T> =>
    withRetries(
      async () => read(await accepted(await wire.send(request, way), call), call),
      { reads: reads(call), answeredBefore: () => wire.answered, signal: way.signal },
      host,
    )

  /** Asks for an object, or for many. */
  async function ask<T>(
    verb: 'get' | 'list' | 'watch' | 'post' | 'patch' | 'delete',
    resource: Resource,
    { name = '', namespace = '' }: Partial<ObjectName>,
    { below = '', body, contentType, query = {}, ...way }: Asked,
    read: Read<T>,
  ): Promise<T> {
    const { group, namespaced, plural, version } = resource
    const named = verb === 'get' || verb === 'patch' || verb === 'delete'
    if (named || below !== '') checkName('resource name', name)
    if (namespace !== '') checkName('namespace', namespace)
    const within = namespaced && namespace !== ''
    const at = [group, version, ...(within ? [namespace] : []), plural, ...(named ? [name] : [])]
    // What else a deletion could say goes before its body, which says it all.
    const before = verb === 'delete' ? Array(4) : []
    const word = verb === 'watch' ? 'list' : verb === 'post' ? 'create' : verb
    const method = `${word}${within ? 'Namespaced' : 'Cluster'}CustomObject` as const
    const make = requests as Record<typeof method, (...at: unknown[]) => Promise<RequestContext>>
    const request = await make[method](...at, ...before, body)
    // The core group has no name, and its path another beginning.
    request.setUrl(`${request.getUrl().replace('/apis//', '/api/')}${below}`)
    for (const [key, value] of Object.entries(query)) if (value) request.setQueryParam(key, String(value))
    if (contentType) request.setHeaderParam('Content-Type', contentType)
    return send(request, way, { verb, resource: qualifiedName(resource), name, namespace }, read)
  }

  async function list<T extends KubeObject, U = T>(
    resource: Resource<T>,
    options: ListOptions<T, U> = {},
    attempt = 0,
  ): Promise<List<U>> {
    const { accept, ...form } = formOf(resource, options.fields)
    const { fieldSelector, keep = (one: T) => one as unknown as U, labelSelector, mayBeOld } = options
    const call = { verb: 'list', resource: qualifiedName(resource), name: '' }
    const cells = resource.asTable === 'cells'
    const limit = attempt < restarts ? pageSize[cells ? 'cells' : 'objects'] : undefined
    const includeObject = cells ? 'None' : undefined
    const pages = allPages<U>(options, call, (token, signal, ahead) => {
      // A token has a version of its own.
      const resourceVersion = mayBeOld && token === '' ? '0' : undefined
      const query = { continue: token, fieldSelector, includeObject, labelSelector, limit, resourceVersion }
      const read: Read<Page<U>> = (answer) => readPage(answer, resource, call, { ...form, keep, ahead })
      return ask('list', resource, options, { accept, query, signal }, read)
    })
    return pages.catch((error) => {
      if (error instanceof ApiError && error.status === 410 && limit)
        return list(resource, options, attempt + 1)
      throw error
    })
  }

  return {
    get: (resource, name, { signal } = {}) =>
      ask('get', resource, name, { signal, accept: resource.metadataOnly && metadataType }, whole(resource)),

    list: (resource, options) => list(resource, options),

    watch(resource, query = {}) {
      const { fieldSelector, keep = (one) => one, labelSelector, late = false, signal } = query
      const form = formOf(resource, query.fields)
      const { accept, item } = form.metadataAlone ? formOf(resource, undefined) : form
      const source = {
        list: () => list(resource, { ...query, keep: (one) => presentOf(one, keep(one)) }),
        open: (resourceVersion: string, timeoutSeconds: number) => {
          const selection = { allowWatchBookmarks: true, fieldSelector, labelSelector }
          const asked = { ...selection, resourceVersion, timeoutSeconds, watch: true }
          const way = { accept, query: asked, signal, lasts: true }
          return ask('watch', resource, query, way, (answer) => eventsIn(answer, resource, item, late))
        },
        read: (bytes: Uint8Array) => keep(readLate(bytes, resource, item ?? [])),
      }
      return watchObjects(resource, source, host, query)
    },

    create(resource, object, options = {}) {
      const { name = '', namespace = '' } = (object.metadata ?? {}) as Partial<ObjectName>
      const asked = { ...writing(options), body: object }
      return ask('post', resource, { name, namespace }, asked, whole(resource))
    },

    patch(resource, name, { type, body }, options = {}) {
      const asked = { ...writing(options), body, contentType: contentTypes[type] }
      return ask('patch', resource, name, asked, whole(resource))
    },

    delete(resource, name, { signal, dryRun, uid, resourceVersion, ...options } = {}) {
      const body = {
        kind: 'DeleteOptions',
        apiVersion: 'v1',
        ...options,
        preconditions: uid || resourceVersion ? { uid, resourceVersion } : undefined,
        dryRun: dryRun ? ['All'] : undefined,
      }
      return ask('delete', resource, name, { body, signal }, nothing)
    },

    evict(pod, { signal, uid } = {}) {
      const { name, namespace } = pod
      const body = {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { name, namespace },
        ...(uid && { deleteOptions: { preconditions: { uid } } }),
      }
      const below = `/${encodeURIComponent(name)}/eviction`
      return ask('post', pods, pod, { body, signal, below }, nothing)
    },

    async version({ signal } = {}) {
      const call = { verb: 'get', resource: '', name: '' }
      const request = await new VersionApiRequestFactory(configuration).getCode()
      return send(request, { signal }, call, async (answer) =>
        serverVersionOf(await jsonOf(answer, call), call),
      )
    },

    close: wire.close,
  }
}

const writing = ({ dryRun, fieldManager, fieldValidation, force, signal, warned }: WriteOptions): Asked => ({
  query: { dryRun: dryRun && 'All', fieldManager, fieldValidation, force },
  signal,
  warned,
})

import { type Configuration, createConfiguration } from '@kubernetes/client-node/dist/gen/configuration.js'
import type { RequestContext } from '@kubernetes/client-node/dist/gen/http/http.js'
import { from, type Observable } from '@kubernetes/client-node/dist/gen/rxjsStub.js'
import { ServerConfiguration } from '@kubernetes/client-node/dist/gen/servers.js'
import {
  ObjectCustomObjectsApi,
  ObjectVersionApi,
} from '@kubernetes/client-node/dist/gen/types/ObjectParamAPI.js'
import type { Json, JsonObject } from '#base/json.ts'
import type { KubeObject } from '#kube/types.ts'
import { checkName, objectOf, reads, redirected, refusal, serverVersionOf } from '../answers.ts'
import { ApiError, errorOfAnswer, type FailedCall } from '../api-error.ts'
import type { Connection } from '../config/connection.ts'
import type { LiveHost } from '../host.ts'
import type {
  CallOptions,
  Cluster,
  DeleteOptions,
  List,
  ListOptions,
  ListQuery,
  ObjectName,
  PatchType,
  ServerVersion,
  WatchEvent,
  WatchQuery,
  WriteOptions,
} from '../port.ts'
import { pods, qualifiedName, type Resource } from '../resources.ts'
import { allPages, formOf, jsonOf, type Page, type Reading, readPage, refusalText } from './pages.ts'
import { withRetries } from './retry.ts'
import { type WatchFrom, watchObjects } from './watch.ts'
import { type Answer, type Way, Wire } from './wire.ts'

/** Objects in one page of a list, as kubectl asks for them. */
const pageSize = 500

/** How often a list starts again when its continue token expires, before it asks for everything at once. */
const restarts = 3

const contentTypes: Readonly<Record<PatchType, string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
}

/** How one request differs from what the generated client would send. */
interface Sending extends Way {
  readonly contentType?: string
  /** A part of the object that is meant instead of it. */
  readonly below?: string
  /** What becomes of an answer's body; it is taken for JSON by default. */
  readonly take?: (answer: Answer, call: FailedCall) => Promise<unknown>
}

/** The metadata of an object, and the object itself from a server that cannot give it alone. */
const metadataType = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1, application/json'

/** The generated client's word for each verb. */
const methods = {
  get: 'get',
  list: 'list',
  watch: 'list',
  post: 'create',
  patch: 'patch',
  delete: 'delete',
} as const

/** What generated clients do with answers: hand them over as they came. */
/** What is kept of an object, with what tells its next change from it. */
function versioned<T extends KubeObject>(kept: T, { metadata }: T): T {
  const { uid, resourceVersion } = metadata ?? {}
  return { ...kept, metadata: { ...kept.metadata, uid, resourceVersion } }
}

const asItCame = new Proxy({}, { get: () => (answer: Answer) => ({ data: answer }) }) as never

/**
 * A cluster behind an API server. client-node's generated CustomObjectsApi makes the requests, because it leaves objects
 * as they are on the wire: its typed models would drop the fields that they do not know.
 */
export class LiveCluster implements Cluster {
  readonly #wire: Wire
  readonly #host: LiveHost
  readonly #server: ServerConfiguration<Record<string, never>>
  #answered = false

  constructor(connection: Connection, host: LiveHost) {
    this.#wire = new Wire(connection, host)
    this.#host = host
    this.#server = new ServerConfiguration(connection.cluster.server, {})
  }

  get<T extends KubeObject>(
    resource: Resource<T>,
    name: ObjectName,
    { signal }: CallOptions = {},
  ): Promise<T> {
    const sending = { signal, accept: resource.metadataOnly && metadataType }
    return this.#ask('get', resource, name, {}, sending, objectOf)
  }

  async list<T extends KubeObject, U = T>(
    resource: Resource<T>,
    options: ListOptions<T, U> = {},
  ): Promise<List<U>> {
    for (let attempt = 0; ; attempt++) {
      const limit = attempt < restarts ? pageSize : undefined
      try {
        return await this.#listPages(resource, options, limit)
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 410 || !limit) throw error
      }
    }
  }

  watch<T extends KubeObject>(
    resource: Resource<T>,
    query: WatchQuery<T> = {},
  ): AsyncIterable<WatchEvent<T>> {
    const open = (from: WatchFrom, signal: AbortSignal) => {
      const params = { ...selecting(query), ...from, watch: true, allowWatchBookmarks: true }
      return this.#ask(
        'watch',
        resource,
        query,
        params,
        { signal, lasts: true, take: async (answer) => answer },
        (_, answer) => answer as Answer,
      )
    }
    const { keep } = query
    const list = () =>
      this.list<T>(resource, keep ? { ...query, keep: (one) => versioned(keep(one), one) } : query)
    return watchObjects<T>(resource, { list, open }, this.#host, query.signal)
  }

  create<T extends KubeObject>(
    resource: Resource<T>,
    object: JsonObject,
    options: WriteOptions = {},
  ): Promise<T> {
    const { name = '', namespace = '' } = (object.metadata ?? {}) as { name?: string; namespace?: string }
    const params = { ...writing(options), body: object }
    return this.#ask('post', resource, { name, namespace }, params, options, objectOf)
  }

  patch<T extends KubeObject>(
    resource: Resource<T>,
    name: ObjectName,
    { type, body }: { readonly type: PatchType; readonly body: Json },
    options: WriteOptions = {},
  ): Promise<T> {
    const sending = { ...options, contentType: contentTypes[type] }
    return this.#ask('patch', resource, name, { ...writing(options), body }, sending, objectOf)
  }

  async delete(resource: Resource, name: ObjectName, options: DeleteOptions = {}): Promise<void> {
    const { uid, resourceVersion, propagationPolicy, gracePeriodSeconds } = options
    const body = {
      kind: 'DeleteOptions',
      apiVersion: 'v1',
      propagationPolicy,
      gracePeriodSeconds,
      preconditions: uid || resourceVersion ? { uid, resourceVersion } : undefined,
      dryRun: options.dryRun ? ['All'] : undefined,
    }
    await this.#ask('delete', resource, name, { body }, options, () => {})
  }

  async evict(pod: ObjectName, { signal, uid }: Pick<DeleteOptions, 'signal' | 'uid'> = {}): Promise<void> {
    checkName('resource name', pod.name)
    const body = {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: pod.name, namespace: pod.namespace },
      ...(uid ? { deleteOptions: { preconditions: { uid } } } : {}),
    }
    const sending = { signal, below: `/${encodeURIComponent(pod.name)}/eviction` }
    await this.#ask('post', pods, pod, { body }, sending, () => {})
  }

  async version({ signal }: CallOptions = {}): Promise<ServerVersion> {
    const call = { verb: 'get', resource: '', name: '' }
    const ask = (configuration: Configuration) =>
      new ObjectVersionApi(configuration, undefined, asItCame).getCode()
    return serverVersionOf(await this.#send(call, { signal }, ask), call)
  }

  /** Lets go of the connections that are kept open. */
  close(): void {
    this.#wire.close()
  }

  #listPages<T extends KubeObject, U>(
    resource: Resource<T>,
    options: ListOptions<T, U>,
    limit: number | undefined,
  ): Promise<List<U>> {
    const keep = options.keep ?? ((object: T) => object as unknown as U)
    return allPages<U>(options, (token, signal, ahead) =>
      this.#listPage(resource, { ...options, signal }, { limit, token }, { keep, ahead }),
    )
  }

  #listPage<T extends KubeObject, U>(
    resource: Resource<T>,
    options: ListOptions<T, U>,
    { limit, token }: { readonly limit: number | undefined; readonly token: string },
    reading: Pick<Reading<T, U>, 'keep' | 'ahead'>,
  ): Promise<Page<U>> {
    const form = formOf(resource, options.fields)
    // A token has a version of its own.
    const from = token === '' ? { resourceVersion: options.mayBeOld ? '0' : undefined } : { _continue: token }
    const params = { ...selecting(options), ...from, limit }
    const take: Sending['take'] = (answer, call) => readPage(answer, resource, call, { ...form, ...reading })
    const sending = { signal: options.signal, accept: form.accept, take }
    return this.#ask('list', resource, options, params, sending, (_, page) => page as Page<U>)
  }

  /** Asks for an object, or for many, and reads the answer. */
  async #ask<T extends KubeObject, U>(
    verb: keyof typeof methods,
    resource: Resource<T>,
    { name, namespace = '' }: Partial<ObjectName>,
    params: object,
    sending: Sending,
    read: (resource: Resource<T>, value: unknown, call: FailedCall) => U,
  ): Promise<U> {
    const { group, namespaced, plural, version } = resource
    // What is created has no place yet.
    if (name !== undefined && verb !== 'post') checkName('resource name', name)
    if (namespace !== '') checkName('namespace', namespace)
    const scope = namespaced && namespace !== '' ? 'Namespaced' : 'Cluster'
    const call = { verb, resource: qualifiedName(resource), name: name ?? '', namespace }
    const at = { group, version, plural, name, namespace, ...params }
    const value = await this.#send(call, sending, (configuration) => {
      const client: object = new ObjectCustomObjectsApi(configuration, undefined, asItCame)
      const method = `${methods[verb]}${scope}CustomObject` as const
      return (client as Record<typeof method, (at: object) => Promise<unknown>>)[method](at)
    })
    return read(resource, value, call)
  }

  /** Lets a generated client make a request, with retries. Answers what the server sent, or the answer itself where it lasts. */
  #send(
    call: FailedCall,
    sending: Sending,
    ask: (configuration: Configuration) => Promise<unknown>,
  ): Promise<unknown> {
    const send = (request: RequestContext) => from(this.#carried(request, call, sending)) as Observable<never>
    const configuration = createConfiguration({ baseServer: this.#server, httpApi: { send } })
    const { signal, take = jsonOf } = sending
    return withRetries(
      async () => take((await ask(configuration)) as Answer, call),
      { reads: reads(call), answeredBefore: () => this.#answered, signal },
      this.#host,
    )
  }

  async #carried(request: RequestContext, call: FailedCall, sending: Sending): Promise<Answer> {
    // The core group has no name, and its path another beginning.
    const [path = '', query] = request.getUrl().replace('/apis//', '/api/').split('?')
    request.setUrl(`${path}${sending.below ?? ''}${query === undefined ? '' : `?${query}`}`)
    if (sending.contentType) request.setHeaderParam('Content-Type', sending.contentType)
    const answer = await this.#wire.send(request, sending)
    this.#answered = true
    const { headers, status } = answer
    if (status >= 400)
      throw refusal(errorOfAnswer(status, await refusalText(answer, call), call), headers['retry-after'])
    if (status < 300) return answer
    answer.leave()
    throw redirected(status, headers.location, call)
  }
}

const selecting = ({ fieldSelector, labelSelector }: ListQuery): object => ({
  labelSelector: labelSelector || undefined,
  fieldSelector: fieldSelector || undefined,
})

const writing = ({ dryRun, fieldManager, fieldValidation, force }: WriteOptions): object => ({
  dryRun: dryRun ? 'All' : undefined,
  fieldManager: fieldManager || undefined,
  fieldValidation: fieldValidation || undefined,
  force: force || undefined,
})

import { createConfiguration } from '@kubernetes/client-node/dist/gen/configuration.js'
import { type RequestContext, ResponseContext } from '@kubernetes/client-node/dist/gen/http/http.js'
import { from } from '@kubernetes/client-node/dist/gen/rxjsStub.js'
import { ServerConfiguration } from '@kubernetes/client-node/dist/gen/servers.js'
import {
  ObjectCustomObjectsApi,
  ObjectVersionApi,
} from '@kubernetes/client-node/dist/gen/types/ObjectParamAPI.js'
import type { Json, JsonObject } from '#base/json.ts'
import type { KubeObject } from '#kube/types.ts'
import { checkName, listOf, notJson, objectOf, redirected, refusal, serverVersionOf } from '../answers.ts'
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
  WriteOptions,
} from '../port.ts'
import { qualifiedName, type Resource } from '../resources.ts'
import { withRetries } from './retry.ts'
import { watchObjects } from './watch.ts'
import { type Answer, Wire } from './wire.ts'

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
interface Sending {
  readonly signal?: AbortSignal | undefined
  readonly contentType?: string
  /** What to do with an answer instead of decoding it. */
  readonly raw?: (answer: Answer) => void
}

/** client-node's `options` of a call; it declares them by a type of its own. */
type ClientOptions = Parameters<ObjectCustomObjectsApi['getClusterCustomObject']>[1]

/**
 * A cluster behind an API server. client-node's generated CustomObjectsApi makes the requests, because it leaves objects
 * as they are on the wire: its typed models would drop the fields that they do not know.
 */
export class LiveCluster implements Cluster {
  readonly #wire: Wire
  readonly #host: LiveHost
  readonly #api: ObjectCustomObjectsApi
  readonly #version: ObjectVersionApi
  #answered = false

  constructor(connection: Connection, host: LiveHost) {
    this.#wire = new Wire(connection, host)
    this.#host = host
    const configuration = createConfiguration({
      baseServer: new ServerConfiguration(connection.cluster.server, {}),
      httpApi: { send: () => expectOptions() },
    })
    this.#api = new ObjectCustomObjectsApi(configuration)
    this.#version = new ObjectVersionApi(configuration)
  }

  get<T extends KubeObject>(
    resource: Resource<T>,
    name: ObjectName,
    { signal }: CallOptions = {},
  ): Promise<T> {
    const call = callOf('get', resource, name.name)
    return this.#object(resource, call, true, { signal }, (options) => {
      const at = placeOf(resource, name)
      return at.namespaced
        ? this.#api.getNamespacedCustomObject(at, options)
        : this.#api.getClusterCustomObject(at, options)
    })
  }

  async list<T extends KubeObject, U = T>(
    resource: Resource<T>,
    options: ListOptions<T, U> = {},
  ): Promise<List<U>> {
    for (let attempt = 0; ; attempt++) {
      const limit = attempt < restarts ? pageSize : 0
      try {
        return await this.#listPages(resource, options, limit)
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 410 || limit === 0) throw error
      }
    }
  }

  watch<T extends KubeObject>(resource: Resource<T>, query: ListQuery = {}): AsyncIterable<WatchEvent<T>> {
    const open = async (
      parameters: { resourceVersion: string; timeoutSeconds: number },
      signal: AbortSignal,
    ) => {
      const answers: Answer[] = []
      const sending = { signal, raw: (answer: Answer) => void answers.push(answer) }
      const more = { ...parameters, watch: true, allowWatchBookmarks: true }
      await this.#send(callOf('watch', resource), true, sending, (options) =>
        this.#listed(resource, query, more, options),
      )
      return answers[0] as Answer
    }
    return watchObjects<T>(
      resource,
      { list: () => this.list<T>(resource, query), open },
      this.#host,
      query.signal,
    )
  }

  create<T extends KubeObject>(
    resource: Resource<T>,
    object: JsonObject,
    options: WriteOptions = {},
  ): Promise<T> {
    const { name = '', namespace } = (object.metadata ?? {}) as { name?: string; namespace?: string }
    const at = {
      ...placeOf(resource, { name: name || 'new', ...(namespace ? { namespace } : {}) }),
      ...writing(options),
    }
    const call = callOf('post', resource, name)
    return this.#object(resource, call, false, options, (client) =>
      at.namespaced
        ? this.#api.createNamespacedCustomObject({ ...at, body: object }, client)
        : this.#api.createClusterCustomObject({ ...at, body: object }, client),
    )
  }

  patch<T extends KubeObject>(
    resource: Resource<T>,
    name: ObjectName,
    patch: { readonly type: PatchType; readonly body: Json },
    options: WriteOptions = {},
  ): Promise<T> {
    const at = { ...placeOf(resource, name), ...writing(options), body: patch.body as object }
    const sending = { signal: options.signal, contentType: contentTypes[patch.type] }
    return this.#object(resource, callOf('patch', resource, name.name), false, sending, (client) =>
      at.namespaced
        ? this.#api.patchNamespacedCustomObject(at, client)
        : this.#api.patchClusterCustomObject(at, client),
    )
  }

  async delete(resource: Resource, name: ObjectName, options: DeleteOptions = {}): Promise<void> {
    const { uid, resourceVersion, propagationPolicy, gracePeriodSeconds } = options
    const preconditions = { ...(uid ? { uid } : {}), ...(resourceVersion ? { resourceVersion } : {}) }
    const body = {
      kind: 'DeleteOptions',
      apiVersion: 'v1',
      ...(propagationPolicy ? { propagationPolicy } : {}),
      ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
      ...(Object.keys(preconditions).length > 0 ? { preconditions } : {}),
      ...(options.dryRun ? { dryRun: ['All'] } : {}),
    }
    const at = { ...placeOf(resource, name), body }
    await this.#send(callOf('delete', resource, name.name), false, options, (client) =>
      at.namespaced
        ? this.#api.deleteNamespacedCustomObject(at, client)
        : this.#api.deleteClusterCustomObject(at, client),
    )
  }

  async version({ signal }: CallOptions = {}): Promise<ServerVersion> {
    const call = { verb: 'get', resource: '', name: '' }
    const value: unknown = await this.#send(call, true, { signal }, (options) =>
      this.#version.getCode({}, options),
    )
    return serverVersionOf(value, call)
  }

  /** Lets go of the connections that are kept open. */
  close(): void {
    this.#wire.close()
  }

  async #listPages<T extends KubeObject, U>(
    resource: Resource<T>,
    options: ListOptions<T, U>,
    limit: number,
  ): Promise<List<U>> {
    const items: U[] = []
    const keep = options.keep ?? ((object: T) => object as unknown as U)
    const call = callOf('list', resource)
    let token = ''
    let resourceVersion = ''
    do {
      const page = { ...(limit > 0 ? { limit } : {}), ...(token ? { _continue: token } : {}) }
      const value = await this.#send(call, true, options, (client) =>
        this.#listed(resource, options, page, client),
      )
      const list = listOf(resource, value, call)
      for (const item of list.items) items.push(keep(item))
      ;({ token, resourceVersion } = list)
      options.progress?.(items.length)
    } while (token !== '')
    return { items, resourceVersion }
  }

  #listed(
    { group, namespaced, plural, version }: Resource,
    { fieldSelector, labelSelector, namespace }: ListQuery,
    more: object,
    options: ClientOptions,
  ): Promise<unknown> {
    const selectors = {
      ...(labelSelector ? { labelSelector } : {}),
      ...(fieldSelector ? { fieldSelector } : {}),
    }
    const at = { group, version, plural, ...selectors, ...more }
    return namespaced && namespace
      ? this.#api.listNamespacedCustomObject({ ...at, namespace }, options)
      : this.#api.listClusterCustomObject(at, options)
  }

  async #object<T extends KubeObject>(
    resource: Resource<T>,
    call: FailedCall,
    reads: boolean,
    sending: Sending,
    ask: (options: ClientOptions) => Promise<unknown>,
  ): Promise<T> {
    return objectOf(resource, await this.#send(call, reads, sending, ask), call)
  }

  /** Lets the generated client make a request and read its answer, with retries. */
  #send<T>(
    call: FailedCall,
    reads: boolean,
    sending: Sending,
    ask: (options: ClientOptions) => Promise<T>,
  ): Promise<T> {
    const httpApi = { send: (request: RequestContext) => from(this.#carried(request, call, sending)) }
    return withRetries(
      async () => {
        try {
          return await ask({ httpApi } as unknown as ClientOptions)
        } catch (error) {
          throw error instanceof SyntaxError ? notJson(call, error) : error
        }
      },
      { reads, answeredBefore: () => this.#answered, signal: sending.signal },
      this.#host,
    )
  }

  async #carried(request: RequestContext, call: FailedCall, sending: Sending): Promise<ResponseContext> {
    // The core group has no name, and its path another beginning.
    request.setUrl(request.getUrl().replace('/apis//', '/api/'))
    if (sending.contentType) request.setHeaderParam('Content-Type', sending.contentType)
    const answer = await this.#wire.send(request, sending.signal)
    this.#answered = true
    const { headers, status } = answer
    if (status >= 400) throw refusal(errorOfAnswer(status, await answer.text(), call), headers['retry-after'])
    if (status >= 300) throw redirected(status, headers.location, call)
    sending.raw?.(answer)
    const body = {
      text: () => (sending.raw ? Promise.resolve('null') : answer.text()),
      binary: () => Promise.reject(new Error('not asked for')),
    }
    return new ResponseContext(status, { 'content-type': 'application/json' }, body)
  }
}

function expectOptions(): never {
  throw new Error('every call brings its own way to send')
}

function callOf(verb: string, resource: Resource, name = ''): FailedCall {
  return { verb, resource: qualifiedName(resource), name }
}

/** Where an object is, in the words of the generated client. */
function placeOf({ group, namespaced, plural, version }: Resource, { name, namespace = '' }: ObjectName) {
  checkName('resource name', name)
  if (namespace !== '') checkName('namespace', namespace)
  return { group, version, plural, name, namespace, namespaced: namespaced && namespace !== '' }
}

function writing({ dryRun, fieldManager, fieldValidation, force }: WriteOptions) {
  return {
    ...(dryRun ? { dryRun: 'All' } : {}),
    ...(fieldManager ? { fieldManager } : {}),
    ...(fieldValidation ? { fieldValidation } : {}),
    ...(force ? { force } : {}),
  }
}

import { type Configuration, createConfiguration } from '@kubernetes/client-node/dist/gen/configuration.js'
import { type RequestContext, ResponseContext } from '@kubernetes/client-node/dist/gen/http/http.js'
import { from } from '@kubernetes/client-node/dist/gen/rxjsStub.js'
import { ServerConfiguration } from '@kubernetes/client-node/dist/gen/servers.js'
import {
  ObjectCustomObjectsApi,
  ObjectVersionApi,
} from '@kubernetes/client-node/dist/gen/types/ObjectParamAPI.js'
import type { Json, JsonObject } from '#base/json.ts'
import type { KubeObject } from '#kube/types.ts'
import {
  checkName,
  listOf,
  notJson,
  objectOf,
  reads,
  redirected,
  refusal,
  serverVersionOf,
} from '../answers.ts'
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
import { pods, qualifiedName, type Resource } from '../resources.ts'
import { withRetries } from './retry.ts'
import { type WatchFrom, watchObjects } from './watch.ts'
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
  /** A part of the object that is meant instead of it. */
  readonly below?: string
  /** What to do with an answer instead of decoding it. */
  readonly raw?: (answer: Answer) => void
  /** Wanted in another form than plain. */
  readonly accept?: string | undefined
  readonly warned?: ((text: string) => void) | undefined
}

/** The metadata of an object, and the object itself from a server that cannot give it alone. */
const metadataType = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1, application/json'

/** Asks one thing of a generated client. */
type Ask<T> = (client: ObjectCustomObjectsApi, configuration: Configuration) => Promise<T>

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
    return this.#object(resource, callOf('get', resource, name), sending, (client) => {
      const { scope, at } = placeOf(resource, name)
      return client[`get${scope}CustomObject`](at)
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
    const open = async (from: WatchFrom, signal: AbortSignal) => {
      const answers: Answer[] = []
      const more = { ...from, watch: true, allowWatchBookmarks: true }
      const sending = { signal, lasts: true, raw: (answer: Answer) => void answers.push(answer) }
      await this.#listed(resource, query, more, sending, 'watch')
      return answers[0] as Answer
    }
    const list = () => this.list<T>(resource, query)
    return watchObjects<T>(resource, { list, open }, this.#host, query.signal)
  }

  create<T extends KubeObject>(
    resource: Resource<T>,
    object: JsonObject,
    options: WriteOptions = {},
  ): Promise<T> {
    const { name = '', namespace = '' } = (object.metadata ?? {}) as { name?: string; namespace?: string }
    const { scope, at } = placeOf(resource, { namespace })
    return this.#object(resource, callOf('post', resource, { name, namespace }), options, (client) =>
      client[`create${scope}CustomObject`]({ ...at, ...writing(options), body: object }),
    )
  }

  patch<T extends KubeObject>(
    resource: Resource<T>,
    name: ObjectName,
    { type, body }: { readonly type: PatchType; readonly body: Json },
    options: WriteOptions = {},
  ): Promise<T> {
    const { scope, at } = placeOf(resource, name)
    const { signal, warned } = options
    const sending = { signal, warned, contentType: contentTypes[type] }
    return this.#object(resource, callOf('patch', resource, name), sending, (client) =>
      client[`patch${scope}CustomObject`]({ ...at, ...writing(options), body: body as object }),
    )
  }

  async delete(resource: Resource, name: ObjectName, options: DeleteOptions = {}): Promise<void> {
    const { uid, resourceVersion, propagationPolicy, gracePeriodSeconds } = options
    const body: object = {
      kind: 'DeleteOptions',
      apiVersion: 'v1',
      propagationPolicy,
      gracePeriodSeconds,
      preconditions: uid || resourceVersion ? { uid, resourceVersion } : undefined,
      dryRun: options.dryRun ? ['All'] : undefined,
    }
    const { scope, at } = placeOf(resource, name)
    await this.#send(callOf('delete', resource, name), options, (client) =>
      client[`delete${scope}CustomObject`]({ ...at, body }),
    )
  }

  async evict(pod: ObjectName, { signal, uid }: Pick<DeleteOptions, 'signal' | 'uid'> = {}): Promise<void> {
    const { scope, at } = placeOf(pods, { namespace: pod.namespace ?? '' })
    checkName('resource name', pod.name)
    const body: object = {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: pod.name, namespace: pod.namespace },
      ...(uid ? { deleteOptions: { preconditions: { uid } } } : {}),
    }
    const sending = { signal, below: `/${encodeURIComponent(pod.name)}/eviction` }
    await this.#send(callOf('post', pods, pod), sending, (client) =>
      client[`create${scope}CustomObject`]({ ...at, body }),
    )
  }

  async version({ signal }: CallOptions = {}): Promise<ServerVersion> {
    const call = { verb: 'get', resource: '', name: '' }
    return serverVersionOf(
      await this.#send(call, { signal }, (_, configuration) => new ObjectVersionApi(configuration).getCode()),
      call,
    )
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
    let token = ''
    let resourceVersion = ''
    do {
      const page = { limit: limit || undefined, _continue: token || undefined }
      const value = await this.#listed(resource, options, page, options, 'list')
      const list = listOf(resource, value, callOf('list', resource))
      for (const item of list.items) items.push(keep(item))
      ;({ token, resourceVersion } = list)
      options.progress?.(items.length)
    } while (token !== '')
    return { items, resourceVersion }
  }

  #listed(
    resource: Resource,
    { fieldSelector, labelSelector, ...query }: ListQuery,
    more: object,
    sending: Sending,
    verb: 'list' | 'watch',
  ): Promise<unknown> {
    const { scope, at } = placeOf(resource, query)
    const selectors: object = {
      labelSelector: labelSelector || undefined,
      fieldSelector: fieldSelector || undefined,
    }
    return this.#send(callOf(verb, resource), sending, (client) =>
      client[`list${scope}CustomObject`]({ ...at, ...selectors, ...more }),
    )
  }

  async #object<T extends KubeObject>(
    resource: Resource<T>,
    call: FailedCall,
    sending: Sending,
    ask: Ask<unknown>,
  ): Promise<T> {
    return objectOf(resource, await this.#send(call, sending, ask), call)
  }

  /** Lets a generated client make a request and read its answer, with retries. */
  #send<T>(call: FailedCall, sending: Sending, ask: Ask<T>): Promise<T> {
    const configuration = createConfiguration({
      baseServer: this.#server,
      httpApi: { send: (request) => from(this.#carried(request, call, sending)) },
    })
    return withRetries(
      async () => {
        try {
          return await ask(new ObjectCustomObjectsApi(configuration), configuration)
        } catch (error) {
          throw error instanceof SyntaxError ? notJson(call, error) : error
        }
      },
      { reads: reads(call), answeredBefore: () => this.#answered, signal: sending.signal },
      this.#host,
    )
  }

  async #carried(request: RequestContext, call: FailedCall, sending: Sending): Promise<ResponseContext> {
    // The core group has no name, and its path another beginning.
    const [path = '', query] = request.getUrl().replace('/apis//', '/api/').split('?')
    request.setUrl(`${path}${sending.below ?? ''}${query === undefined ? '' : `?${query}`}`)
    if (sending.contentType) request.setHeaderParam('Content-Type', sending.contentType)
    const answer = await this.#wire.send(request, sending)
    this.#answered = true
    const { headers, status } = answer
    if (status >= 400) throw refusal(errorOfAnswer(status, await answer.text(), call), headers['retry-after'])
    if (status >= 300) {
      answer.leave()
      throw redirected(status, headers.location, call)
    }
    sending.raw?.(answer)
    const body = {
      text: () => (sending.raw ? Promise.resolve('null') : answer.text()),
      binary: () => Promise.reject(new Error('not asked for')),
    }
    return new ResponseContext(status, { 'content-type': 'application/json' }, body)
  }
}

function callOf(
  verb: string,
  resource: Resource,
  { name, namespace = '' }: ObjectName = { name: '' },
): FailedCall {
  return { verb, resource: qualifiedName(resource), name, namespace }
}

/** Where an object is, or many are, in the words of the generated client. */
function placeOf(
  { group, namespaced, plural, version }: Resource,
  { name, namespace = '' }: Partial<ObjectName>,
) {
  if (name !== undefined) checkName('resource name', name)
  if (namespace !== '') checkName('namespace', namespace)
  const scope: 'Namespaced' | 'Cluster' = namespaced && namespace !== '' ? 'Namespaced' : 'Cluster'
  return { scope, at: { group, version, plural, name: name ?? '', namespace } }
}

const writing = ({ dryRun, fieldManager, fieldValidation, force }: WriteOptions): object => ({
  dryRun: dryRun ? 'All' : undefined,
  fieldManager: fieldManager || undefined,
  fieldValidation: fieldValidation || undefined,
  force: force || undefined,
})

import type { Json, JsonObject, KubeObject } from '#kube/types.ts'
import { ApiError, errorOfAnswer, type FailedCall } from '../api-error.ts'
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
import type { LiveHost } from './host.ts'
import { withRetries } from './retry.ts'
import type { Answer, Request, Transport } from './transport.ts'
import { watchObjects } from './watch.ts'

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

/** A cluster behind an API server. */
export class LiveCluster implements Cluster {
  readonly #transport: Transport
  readonly #host: LiveHost
  #answered = false

  constructor(transport: Transport, host: LiveHost) {
    this.#transport = transport
    this.#host = host
  }

  get<T extends KubeObject>(resource: Resource<T>, name: ObjectName, options: CallOptions = {}): Promise<T> {
    return this.#json<T>(
      { method: 'GET', path: objectPath(resource, name), signal: options.signal },
      callOf('get', resource, name.name),
    )
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
    return watchObjects<T>(
      {
        list: () => this.list<T>(resource, query),
        open: (parameters, signal) =>
          this.#answer(
            { method: 'GET', path: listPath(resource, query, parameters), signal },
            callOf('watch', resource),
          ),
      },
      this.#host,
      query.signal,
    )
  }

  create<T extends KubeObject>(
    resource: Resource<T>,
    object: JsonObject,
    options: WriteOptions = {},
  ): Promise<T> {
    const metadata = object.metadata as { namespace?: string; name?: string } | undefined
    const namespace = metadata?.namespace
    const path = listPath(resource, namespace ? { namespace } : {}, writeQuery(options))
    return this.#json<T>(
      { method: 'POST', path, body: JSON.stringify(object), signal: options.signal },
      callOf('post', resource, metadata?.name ?? ''),
    )
  }

  patch<T extends KubeObject>(
    resource: Resource<T>,
    name: ObjectName,
    patch: { readonly type: PatchType; readonly body: Json },
    options: WriteOptions = {},
  ): Promise<T> {
    return this.#json<T>(
      {
        method: 'PATCH',
        path: objectPath(resource, name, writeQuery(options)),
        body: JSON.stringify(patch.body),
        contentType: contentTypes[patch.type],
        signal: options.signal,
      },
      callOf('patch', resource, name.name),
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
    await this.#json(
      {
        method: 'DELETE',
        path: objectPath(resource, name),
        body: JSON.stringify(body),
        signal: options.signal,
      },
      callOf('delete', resource, name.name),
    )
  }

  version(options: CallOptions = {}): Promise<ServerVersion> {
    return this.#json<ServerVersion>(
      { method: 'GET', path: '/version', signal: options.signal },
      { verb: 'get', resource: '', name: '' },
    )
  }

  /** Lets go of the connections that are kept open. */
  close(): void {
    this.#transport.close()
  }

  async #listPages<T extends KubeObject, U>(
    resource: Resource<T>,
    options: ListOptions<T, U>,
    limit: number,
  ): Promise<List<U>> {
    const items: U[] = []
    const keep = options.keep ?? ((object: T) => object as unknown as U)
    const apiVersion = resource.group === '' ? resource.version : `${resource.group}/${resource.version}`
    let token = ''
    let resourceVersion = ''
    do {
      const page = { ...(limit > 0 ? { limit: String(limit) } : {}), ...(token ? { continue: token } : {}) }
      const answer = await this.#json<RawList<T>>(
        { method: 'GET', path: listPath(resource, options, page), signal: options.signal },
        callOf('list', resource),
      )
      // Items of a list carry neither kind nor version on the wire.
      for (const item of answer.items ?? []) items.push(keep({ apiVersion, kind: resource.kind, ...item }))
      token = answer.metadata?.continue ?? ''
      resourceVersion = answer.metadata?.resourceVersion ?? ''
    } while (token !== '')
    return { items, resourceVersion }
  }

  #json<T>(request: Request, call: FailedCall): Promise<T> {
    return this.#retried(request, async () => {
      const text = await (await this.#once(request, call)).text()
      try {
        return JSON.parse(text) as T
      } catch (error) {
        throw new ApiError(
          'Unexpected',
          0,
          { shown: 'error: the server sent something that is not JSON', server: '' },
          { cause: error, ambiguous: request.method !== 'GET' },
        )
      }
    })
  }

  #answer(request: Request, call: FailedCall): Promise<Answer> {
    return this.#retried(request, () => this.#once(request, call))
  }

  #retried<T>(request: Request, attempt: () => Promise<T>): Promise<T> {
    const { method, signal } = request
    return withRetries(
      attempt,
      { reads: method === 'GET', answeredBefore: () => this.#answered, signal },
      this.#host,
    )
  }

  async #once(request: Request, call: FailedCall): Promise<Answer> {
    request.signal?.throwIfAborted()
    const answer = await this.#transport.send(request)
    this.#answered = true
    if (answer.status < 400) return answer
    const error = errorOfAnswer(answer.status, await answer.text(), call)
    throw withRetryAfter(error, answer.headers['retry-after'])
  }
}

interface RawList<T> {
  readonly items?: readonly T[] | null
  readonly metadata?: { readonly continue?: string; readonly resourceVersion?: string }
}

/** The Retry-After header counts where the Status says nothing. */
function withRetryAfter(error: ApiError, header: string | undefined): ApiError {
  if (error.details?.retryAfterSeconds || !header || !/^\d+$/.test(header)) return error
  return new ApiError(
    error.code,
    error.status,
    { shown: error.message, server: error.serverMessage },
    { details: { ...error.details, retryAfterSeconds: Number(header) } },
  )
}

function callOf(verb: string, resource: Resource, name = ''): FailedCall {
  return { verb, resource: qualifiedName(resource), name }
}

function writeQuery(options: WriteOptions): Record<string, string> {
  return {
    ...(options.dryRun ? { dryRun: 'All' } : {}),
    ...(options.fieldManager ? { fieldManager: options.fieldManager } : {}),
    ...(options.force ? { force: 'true' } : {}),
    ...(options.fieldValidation ? { fieldValidation: options.fieldValidation } : {}),
  }
}

function listPath(
  resource: Resource,
  { namespace, labelSelector, fieldSelector }: ListQuery,
  more: Readonly<Record<string, string>>,
): string {
  const query = new URLSearchParams({
    ...(labelSelector ? { labelSelector } : {}),
    ...(fieldSelector ? { fieldSelector } : {}),
    ...more,
  }).toString()
  return `${folderPath(resource, namespace)}${query === '' ? '' : `?${query}`}`
}

function objectPath(
  resource: Resource,
  { name, namespace }: ObjectName,
  more: Record<string, string> = {},
): string {
  const query = new URLSearchParams(more).toString()
  return `${folderPath(resource, namespace)}/${encodeURIComponent(name)}${query === '' ? '' : `?${query}`}`
}

function folderPath({ group, version, plural, namespaced }: Resource, namespace: string | undefined): string {
  const api = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
  return namespaced && namespace
    ? `${api}/namespaces/${encodeURIComponent(namespace)}/${plural}`
    : `${api}/${plural}`
}

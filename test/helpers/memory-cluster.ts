import { applyMergePatch } from '#apiserver/patch/merge-patch.ts'
import { applyStrategicPatch } from '#apiserver/patch/strategic-patch.ts'
import { ApiError } from '#cluster/api-error.ts'
import type {
  CallOptions,
  Cluster,
  List,
  ListOptions,
  ListQuery,
  ObjectName,
  PatchType,
  WatchEvent,
  WatchQuery,
  WriteOptions,
} from '#cluster/port.ts'
import { pods, qualifiedName, type Resource } from '#cluster/resources.ts'
import { parseLabelSelector } from '#kube/selectors.ts'
import type { Json, JsonObject, KubeObject } from '#kube/types.ts'

export type Call = 'get' | 'list' | 'watch' | 'patch' | 'create' | 'delete' | 'evict'

/** What happens instead of, before or after a call; returns nothing to let it happen. */
export type Fault = (call: Call, resource: Resource, name: string) => void | Promise<void>

export const refusedWith = (status: number, code: string, message: string, ambiguous = false) =>
  new ApiError(
    code,
    status,
    {
      shown: status === 0 ? message : `Error from server (${code}): ${message}`,
      server: status === 0 ? '' : message,
    },
    { ambiguous },
  )

/** A cluster in memory: versions, generations and preconditions as an API server has them; nothing moves by itself. */
export class MemoryCluster implements Cluster {
  readonly calls: string[] = []
  /** What each of the calls was given beside its object. */
  readonly options: CallOptions[] = []
  before: Fault = () => undefined
  after: Fault = () => undefined
  #version = 100
  readonly #objects = new Map<string, { resource: string; object: JsonObject }>()
  #watchers: { resource: string; query: ListQuery; push: (event: WatchEvent<KubeObject>) => void }[] = []

  put(resource: Resource, object: object): void {
    this.#store(resource, object as JsonObject)
  }

  remove(resource: Resource, name: string): void {
    for (const [key, entry] of this.#objects) {
      if (entry.resource !== qualifiedName(resource) || nameOf(entry.object) !== name) continue
      this.#objects.delete(key)
      this.#tell(entry.resource, { type: 'DELETED', object: entry.object as KubeObject })
    }
  }

  read<T extends KubeObject>(resource: Resource<T>, name: string): T {
    const found = [...this.#objects.values()].find(
      (entry) => entry.resource === qualifiedName(resource) && nameOf(entry.object) === name,
    )
    if (!found) throw refusedWith(404, 'NotFound', `${qualifiedName(resource)} "${name}" not found`)
    return structuredClone(found.object) as unknown as T
  }

  get<T extends KubeObject>(resource: Resource<T>, { name }: ObjectName, options?: CallOptions): Promise<T> {
    return this.#play('get', resource, name, () => this.read(resource, name), options)
  }

  list<T extends KubeObject, U = T>(
    resource: Resource<T>,
    options: ListOptions<T, U> = {},
  ): Promise<List<U>> {
    const keep = options.keep ?? ((object: T) => object as unknown as U)
    const select = () => ({
      items: this.#select(resource, options).map((object) => keep(structuredClone(object) as unknown as T)),
      resourceVersion: String(this.#version),
    })
    return this.#play('list', resource, '', select, options)
  }

  async *watch<T extends KubeObject>(
    resource: Resource<T>,
    query: WatchQuery<T> = {},
  ): AsyncGenerator<WatchEvent<T>> {
    const { keep = (one) => one } = query
    await this.#play('watch', resource, '', () => undefined, query)
    const queue: WatchEvent<KubeObject>[] = this.#select(resource, query).map((object) => ({
      type: 'ADDED',
      object: structuredClone(object) as KubeObject,
    }))
    queue.push({ type: 'SYNCED' })
    let wake = () => {}
    const watcher = {
      resource: qualifiedName(resource),
      query,
      push: (event: WatchEvent<KubeObject>) => {
        queue.push(event)
        wake()
      },
    }
    this.#watchers.push(watcher)
    query.signal?.addEventListener('abort', () => wake(), { once: true })
    try {
      for (;;) {
        query.signal?.throwIfAborted()
        const event = queue.shift()
        if (event?.type === 'ADDED' || event?.type === 'MODIFIED')
          yield { type: event.type, object: keep(event.object as T) }
        else if (event) yield event as WatchEvent<T>
        else
          await new Promise<void>((resolve) => {
            wake = resolve
          })
      }
    } finally {
      this.#watchers = this.#watchers.filter((one) => one !== watcher)
    }
  }

  patch<T extends KubeObject>(
    resource: Resource<T>,
    { name }: ObjectName,
    { type, body }: { type: PatchType; body: Json },
    options: WriteOptions = {},
  ): Promise<T> {
    const patch = () => {
      const old = this.read(resource, name) as unknown as JsonObject
      const patched =
        type === 'strategic' ? applyStrategicPatch(old, body, resource.kind) : applyMergePatch(old, body)
      const wanted = (patched as { metadata: { resourceVersion: string } }).metadata.resourceVersion
      if (wanted !== (old as { metadata: { resourceVersion: string } }).metadata.resourceVersion)
        throw refusedWith(
          409,
          'Conflict',
          `Operation cannot be fulfilled on ${qualifiedName(resource)} "${name}": the object has been modified; please apply your changes to the latest version and try again`,
        )
      return (options.dryRun ? patched : this.#store(resource, patched as JsonObject)) as unknown as T
    }
    return this.#play('patch', resource, name, patch, options)
  }

  create<T extends KubeObject>(resource: Resource<T>, object: JsonObject): Promise<T> {
    return this.#play('create', resource, nameOf(object), () => this.#store(resource, object) as unknown as T)
  }

  async delete(resource: Resource, { name }: ObjectName): Promise<void> {
    await this.#play('delete', resource, name, () => this.remove(resource, name))
  }

  async evict({ name }: ObjectName): Promise<void> {
    await this.#play('evict', pods, name, () => this.remove(pods, name))
  }

  async version() {
    return { major: '1', minor: '36', gitVersion: 'v1.36.2' }
  }

  async #play<R>(
    call: Call,
    resource: Resource,
    name: string,
    act: () => R,
    options: CallOptions = {},
  ): Promise<R> {
    this.options.push(options)
    this.calls.push(`${call} ${resource.plural}${name === '' ? '' : ` ${name}`}`)
    await this.before(call, resource, name)
    const result = act()
    await this.after(call, resource, name)
    return result
  }

  #store(resource: Resource, object: JsonObject): JsonObject {
    const metadata = object.metadata as JsonObject
    const key = `${qualifiedName(resource)}/${metadata.namespace ?? ''}/${metadata.name}`
    const old = this.#objects.get(key)?.object
    const oldMetadata = old?.metadata as JsonObject | undefined
    const specChanged = old !== undefined && JSON.stringify(old.spec) !== JSON.stringify(object.spec)
    const generation = Number(oldMetadata?.generation ?? metadata.generation ?? 1) + (specChanged ? 1 : 0)
    this.#version++
    const stored = {
      ...object,
      metadata: {
        ...metadata,
        resourceVersion: String(this.#version),
        ...(object.spec ? { generation } : {}),
      },
    }
    this.#objects.set(key, { resource: qualifiedName(resource), object: stored })
    this.#tell(qualifiedName(resource), { type: old ? 'MODIFIED' : 'ADDED', object: stored as KubeObject })
    return structuredClone(stored)
  }

  #tell(resource: string, event: WatchEvent<KubeObject>): void {
    for (const watcher of this.#watchers)
      if (watcher.resource === resource && event.type !== 'SYNCED' && matches(event.object, watcher.query))
        watcher.push(structuredClone(event))
  }

  #select(resource: Resource, query: ListQuery): JsonObject[] {
    return [...this.#objects.values()]
      .filter(
        (entry) => entry.resource === qualifiedName(resource) && matches(entry.object as KubeObject, query),
      )
      .map((entry) => entry.object)
  }
}

/** `involvedObject.kind=Pod,reason=FailedMount`, of the object's fields as they are named. */
const hasFields = (object: KubeObject, fieldSelector: string) =>
  fieldSelector.split(',').every((one) => {
    const [path = '', wanted] = one.split('=')
    const found = path
      .split('.')
      .reduce<unknown>((part, key) => (part as JsonObject | undefined)?.[key], object)
    return found === wanted
  })

function matches(object: KubeObject, { namespace, labelSelector, fieldSelector }: ListQuery): boolean {
  const { metadata } = object
  if (namespace && metadata?.namespace && metadata.namespace !== namespace) return false
  if (fieldSelector && !hasFields(object, fieldSelector)) return false
  return !labelSelector || parseLabelSelector(labelSelector).matches(metadata?.labels)
}

const nameOf = (object: JsonObject): string => String((object.metadata as JsonObject | undefined)?.name ?? '')

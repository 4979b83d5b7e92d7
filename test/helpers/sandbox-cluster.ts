import { applyMergePatch } from '#apiserver/patch/merge-patch.ts'
import { applyStrategicPatch } from '#apiserver/patch/strategic-patch.ts'
import { ApiError, errorOfAnswer } from '#cluster/api-error.ts'
import type { CallOptions, Cluster, List, ListOptions, ListQuery, WatchEvent } from '#cluster/port.ts'
import { pods, qualifiedName, type Resource } from '#cluster/resources.ts'
import { parseLabelSelector } from '#kube/selectors.ts'
import type { JsonObject, KubeObject } from '#kube/types.ts'
import type { ResourceType } from '#sandbox/api/resource-type.ts'
import { types } from '#sandbox/api/resources.ts'
import { StatusError } from '#sandbox/api/status-errors.ts'
import { type ClusterOptions, type Cluster as Simulated, startCluster } from '#sandbox/cluster.ts'
import { budgetAfterEviction } from '#sandbox/http/eviction.ts'
import { randomNames } from '#sandbox/names.ts'
import type { StoredObject } from '#sandbox/store/objects.ts'
import type { StoredPod } from '#sandbox/store/store.ts'
import { timestamp } from '#sandbox/timestamp.ts'
import { type ManualClock, manualClock } from './manual-clock.ts'

/** What goes wrong with a request: before the server has done it, or after, when its answer gets lost. */
export type RequestFault = (request: string, when: 'before' | 'after') => unknown

const typeOf = (resource: Resource): ResourceType => {
  const found = Object.values(types).find(
    (one) => one.group === resource.group && one.plural === resource.plural,
  )
  if (!found) throw new Error(`the sandbox serves no ${qualifiedName(resource)}`)
  return found
}

/** The simulated cluster of a sandbox in this process, on a clock that is moved by hand. */
export function simulatedCluster(options: Partial<ClusterOptions> & { readonly start?: number } = {}) {
  const clock = manualClock(options.start ?? Date.parse('2026-11-20T20:00:00Z'))
  let [uid, seed] = [0, 1]
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed / 2_147_483_647
  }
  const simulated = startCluster({
    clock,
    names: randomNames(random, () => `uid-${++uid}`),
    objects: [],
    behaviour: {},
    logCapacity: 100_000,
    eventCapacity: 1000,
    ...options,
  })
  clock.advance(100)
  return { clock, simulated }
}

/** A client of a simulated cluster. Several may talk to one, each with faults of its own. */
export class SandboxCluster implements Cluster {
  readonly requests: string[] = []
  fault: RequestFault = () => undefined
  readonly #simulated: Simulated
  readonly #clock: ManualClock

  constructor(simulated: Simulated, clock: ManualClock) {
    this.#simulated = simulated
    this.#clock = clock
  }

  get<T extends KubeObject>(
    resource: Resource<T>,
    { name, namespace }: { name: string; namespace?: string },
    options?: CallOptions,
  ): Promise<T> {
    return this.#ask(`get ${resource.plural}`, options, () =>
      this.#out<T>(resource, this.#simulated.registry.get(typeOf(resource), namespace, name)),
    )
  }

  list<T extends KubeObject, U = T>(
    resource: Resource<T>,
    options: ListOptions<T, U> = {},
  ): Promise<List<U>> {
    const keep = options.keep ?? ((object: T) => object as unknown as U)
    return this.#ask(`list ${resource.plural}`, options, () => {
      const collection = this.#simulated.registry.collection(typeOf(resource))
      const found = [...collection.values()].filter((object) => isAbout(object, options))
      return {
        items: found.map((object) => keep(this.#out<T>(resource, object))),
        resourceVersion: String(collection.currentVersion),
      }
    })
  }

  async *watch<T extends KubeObject>(
    resource: Resource<T>,
    query: ListQuery = {},
  ): AsyncGenerator<WatchEvent<T>> {
    const queue: WatchEvent<T>[] = []
    let wake = () => {}
    const unsubscribe = await this.#ask(`watch ${resource.plural}`, query, () => {
      const collection = this.#simulated.registry.collection(typeOf(resource))
      for (const object of collection.values())
        if (isAbout(object, query)) queue.push({ type: 'ADDED', object: this.#out<T>(resource, object) })
      queue.push({ type: 'SYNCED' })
      return collection.subscribe(({ type, object }) => {
        if (isAbout(object, query)) queue.push({ type, object: this.#out<T>(resource, object) })
        wake()
      })
    })
    query.signal?.addEventListener('abort', () => wake(), { once: true })
    try {
      for (;;) {
        query.signal?.throwIfAborted()
        const event = queue.shift()
        if (event) yield event
        else
          await new Promise<void>((resolve) => {
            wake = resolve
          })
      }
    } finally {
      unsubscribe()
    }
  }

  create<T extends KubeObject>(resource: Resource<T>, object: JsonObject, options?: CallOptions): Promise<T> {
    const { namespace } = object.metadata as { namespace?: string }
    return this.#ask(`create ${resource.plural}`, options, () =>
      this.#out<T>(
        resource,
        this.#simulated.registry.create(typeOf(resource), namespace, object, { manager: 'test' }).object,
      ),
    )
  }

  patch: Cluster['patch'] = (resource, { name, namespace }, { type, body }, options = {}) =>
    this.#ask(`patch ${resource.plural}`, options, () => {
      const change = (old: JsonObject) =>
        (type === 'strategic'
          ? applyStrategicPatch(old, body, resource.kind)
          : applyMergePatch(old, body)) as JsonObject
      const { object } = this.#simulated.registry.update(typeOf(resource), namespace, name, change, {
        manager: options.fieldManager ?? 'kds',
        ...(options.dryRun ? { dryRun: true } : {}),
      })
      return this.#out(resource, object)
    })

  async delete(
    resource: Resource,
    { name, namespace }: { name: string; namespace?: string },
    { uid, signal }: { uid?: string; signal?: AbortSignal | undefined } = {},
  ): Promise<void> {
    await this.#ask(`delete ${resource.plural}`, { signal }, () =>
      this.#simulated.registry.delete(typeOf(resource), namespace, name, {
        ...(uid ? { preconditions: { uid } } : {}),
      }),
    )
  }

  async evict(
    { name, namespace }: { name: string; namespace?: string },
    { uid, signal }: { uid?: string; signal?: AbortSignal | undefined } = {},
  ): Promise<void> {
    await this.#ask('evict pods', { signal }, () => {
      const { registry, store } = this.#simulated
      const pod = registry.get(types.pods, namespace, name) as StoredPod
      const budget = budgetAfterEviction(store, pod, timestamp(this.#clock.now()))
      if (budget)
        registry.write(types.podDisruptionBudgets, budget, { manager: 'kube-apiserver', status: true })
      registry.delete(typeOf(pods), namespace, name, { ...(uid ? { preconditions: { uid } } : {}) })
    })
  }

  async version() {
    return { major: '1', minor: '36', gitVersion: 'v1.36.2' }
  }

  #out<T extends KubeObject>(_: Resource<T>, object: StoredObject): T {
    return structuredClone(object) as unknown as T
  }

  async #ask<R>(request: string, options: CallOptions | undefined, act: () => R): Promise<R> {
    options?.signal?.throwIfAborted()
    this.requests.push(request)
    // An answer takes longer than the question: other things happen in between.
    await Promise.resolve()
    await this.fault(request, 'before')
    options?.signal?.throwIfAborted()
    let answer: R
    try {
      answer = act()
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
      const [verb = '', resource = ''] = request.split(' ')
      throw errorOfAnswer(error.code, JSON.stringify(error.status), { verb, resource, name: '' })
    }
    await this.fault(request, 'after')
    options?.signal?.throwIfAborted()
    return answer
  }
}

function isAbout(
  { metadata, involvedObject }: StoredObject,
  { fieldSelector, labelSelector, namespace }: ListQuery,
): boolean {
  if (namespace && metadata.namespace !== namespace) return false
  const { kind, name } = (involvedObject ?? {}) as { kind?: string; name?: string }
  const selected = [
    `metadata.name=${metadata.name}`,
    `involvedObject.kind=${kind},involvedObject.name=${name}`,
  ]
  if (fieldSelector && !selected.includes(fieldSelector)) return false
  return !labelSelector || parseLabelSelector(labelSelector).matches(metadata.labels)
}

/** The failure of a request of which nobody knows whether it was done. */
export const noAnswer = () =>
  new ApiError('Connection', 0, { shown: 'the connection was cut', server: '' }, { ambiguous: true })

/** A clock for code that sleeps, on a manual clock. */
export const sleepingClock = (clock: ManualClock) => ({
  now: () => clock.now(),
  sleep: (ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const cancel = clock.schedule(ms, () => {
        signal?.removeEventListener('abort', abort)
        resolve()
      })
      const abort = () => {
        cancel()
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', abort, { once: true })
    }),
})

/** Lets everything happen that waits for nothing but its turn. */
export const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

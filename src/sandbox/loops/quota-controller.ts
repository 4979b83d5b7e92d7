import { checkQuotas, withUsage } from '#apiserver/admission/resource-quota.ts'
import { sameIgnoringNulls } from '#base/json.ts'
import { asJson, asStored } from '../api/json.ts'
import { types } from '../api/resources.ts'
import { keyOf, type StoredObject } from '../store/objects.ts'
import type { StoredPod } from '../store/store.ts'
import { type LoopContext, podsOf } from './context.ts'
import { WorkQueue } from './work-queue.ts'

const by = { manager: 'kube-controller-manager', status: true }

/**
 * Keeps the status of ResourceQuotas: a new pod is counted before anything else happens, so that no two can take the same room;
 * all else is counted anew soon after it changed (`pkg/controller/resourcequota`).
 */
export class QuotaController {
  readonly #context: LoopContext
  readonly #queue: WorkQueue

  constructor(context: LoopContext) {
    this.#context = context
    this.#queue = new WorkQueue(context.clock, (key) => this.#recount(key))
  }

  start(): void {
    const { store } = this.#context
    const quotas = store.collection(types.resourceQuotas)
    const look = ({ metadata }: StoredObject) => this.#queue.add(keyOf(metadata.namespace, metadata.name))
    for (const quota of quotas.values()) look(quota)
    quotas.subscribe(({ type, object, previous }) => {
      if (type !== 'DELETED' && !sameIgnoringNulls(object.spec, previous?.spec)) look(object)
    })
    podsOf(store).subscribe(({ type, object, previous }) => {
      if (quotas.size === 0) return
      const concerned = this.#quotasIn(object.metadata.namespace)
      if (type === 'ADDED') this.#charge(object, concerned)
      else if (type === 'DELETED' || previous?.status?.phase !== object.status?.phase) concerned.forEach(look)
    })
  }

  #quotasIn(namespace: string | undefined): StoredObject[] {
    const quotas = this.#context.store.collection(types.resourceQuotas)
    return [...quotas.values()].filter(({ metadata }) => metadata.namespace === namespace)
  }

  #charge(pod: StoredPod, quotas: readonly StoredObject[]): void {
    const counted = checkQuotas(asJson(pod), quotas.map(asJson))
    if ('refused' in counted) return
    counted.quotas.forEach((quota, at) => {
      if (quota !== quotas[at]) this.#context.registry.write(types.resourceQuotas, asStored(quota), by)
    })
  }

  #recount(key: string): void {
    const { store, clock, registry } = this.#context
    const quota = store.collection(types.resourceQuotas).get(key)
    if (!quota) return
    const { namespace } = quota.metadata
    const pods = [...podsOf(store).values()].filter(({ metadata }) => metadata.namespace === namespace)
    const next = withUsage(asJson(quota), pods.map(asJson), clock.now())
    if (!sameIgnoringNulls(next, asJson(quota))) registry.write(types.resourceQuotas, asStored(next), by)
  }
}

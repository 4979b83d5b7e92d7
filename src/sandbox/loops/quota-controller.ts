import { objectResourcesOf } from '#apiserver/admission/object-usage.ts'
import { checkObjectQuotas, checkQuotas, withUsage } from '#apiserver/admission/resource-quota.ts'
import { sameIgnoringNulls } from '#base/json.ts'
import type { JsonObject } from '#kube/types.ts'
import { resourceName } from '../api/admission.ts'
import { asJson, asStored } from '../api/json.ts'
import type { ResourceType } from '../api/resource-type.ts'
import { resourceTypes, types } from '../api/resources.ts'
import { keyOf, type StoredObject } from '../store/objects.ts'
import { type LoopContext, podsOf } from './context.ts'
import { WorkQueue } from './work-queue.ts'

/** What quotas count beside pods. */
const otherTypes = resourceTypes.filter(
  ({ kind, namespaced, view }) => namespaced && kind !== 'Pod' && view === undefined,
)
const by = { manager: 'kube-controller-manager', status: true }

/**
 * Keeps the status of ResourceQuotas: a new pod is counted before anything else happens, so that no two can take the same room;
 * all else is counted anew soon after it changed (`pkg/controller/resourcequota`).
 */
export function keepQuotas({ clock, registry, store }: LoopContext): void {
  const queue = new WorkQueue(clock, recount)
  const quotas = store.collection(types.resourceQuotas)
  const look = ({ metadata }: StoredObject) => queue.add(keyOf(metadata.namespace, metadata.name))
  for (const quota of quotas.values()) look(quota)
  quotas.subscribe(({ type, object, previous }) => {
    if (type !== 'DELETED' && !sameIgnoringNulls(object.spec, previous?.spec)) look(object)
  })
  podsOf(store).subscribe(({ type, object, previous }) => {
    if (quotas.size === 0) return
    const concerned = quotasIn(object.metadata.namespace)
    if (type === 'ADDED') charge(concerned, (present) => checkQuotas(asJson(object), present))
    else if (type === 'DELETED' || previous?.status?.phase !== object.status?.phase) concerned.forEach(look)
  })
  for (const resource of otherTypes)
    store.collection(resource).subscribe(({ type, object, previous }) => {
      if (quotas.size === 0 || (type === 'MODIFIED' && previous?.spec === object.spec)) return
      const concerned = quotasIn(object.metadata.namespace)
      if (type !== 'ADDED') concerned.forEach(look)
      else
        charge(concerned, (present) =>
          checkObjectQuotas(resourceName(resource), asJson(object), undefined, present),
        )
    })

  function quotasIn(namespace: string | undefined): StoredObject[] {
    const quotas = store.collection(types.resourceQuotas)
    return [...quotas.values()].filter(({ metadata }) => metadata.namespace === namespace)
  }

  function charge(
    quotas: readonly StoredObject[],
    count: (present: readonly JsonObject[]) => ReturnType<typeof checkQuotas>,
  ): void {
    const counted = count(quotas.map(asJson))
    if ('refused' in counted) return
    counted.quotas.forEach((quota, at) => {
      if (quota !== quotas[at]) registry.write(types.resourceQuotas, asStored(quota), by)
    })
  }

  function recount(key: string): void {
    const quota = store.collection(types.resourceQuotas).get(key)
    if (!quota) return
    const { namespace } = quota.metadata
    const hard = Object.keys((quota as { readonly spec?: { readonly hard?: object } }).spec?.hard ?? {})
    const inNamespace = (resource: ResourceType) =>
      [...store.collection(resource).values()]
        .filter(({ metadata }) => metadata.namespace === namespace)
        .map(asJson)
    const others = otherTypes
      .filter((resource) => objectResourcesOf(resourceName(resource), hard).length > 0)
      .map((resource) => ({ resource: resourceName(resource), objects: inNamespace(resource) }))
    const next = withUsage(asJson(quota), inNamespace(types.pods), clock.now(), others)
    if (!sameIgnoringNulls(next, asJson(quota))) registry.write(types.resourceQuotas, asStored(next), by)
  }
}

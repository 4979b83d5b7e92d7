import { resourceTypes, types } from '../api/resources.ts'
import { keyOf, type StoredObject } from '../store/objects.ts'
import type { LoopContext } from './context.ts'
import { WorkQueue } from './work-queue.ts'

const retryMilliseconds = 100
/** The service account that every namespace has, whoever deletes it. */
const account = 'default'

const namespaced = resourceTypes.filter((type) => type.namespaced && !type.view)

/** Empties namespaces that are being deleted, and lets them go when they are empty; gives new ones their service account. */
export function keepNamespaces({ clock, registry, store }: LoopContext): void {
  const queue = new WorkQueue(clock, empty)
  const namespaces = store.collection(types.namespaces)
  namespaces.subscribe(({ type, object }) => {
    if (type !== 'DELETED' && object.metadata.deletionTimestamp) queue.add(object.metadata.name)
    if (type === 'ADDED') welcome(object)
  })
  store.collection(types.serviceAccounts).subscribe(({ type, object: { metadata } }) => {
    if (type !== 'DELETED' || metadata.name !== account) return
    clock.schedule(0, () => {
      const namespace = namespaces.get(metadata.namespace ?? '')
      if (namespace && !namespace.metadata.deletionTimestamp) welcome(namespace)
    })
  })
  for (const namespace of namespaces.values()) {
    welcome(namespace)
    if (namespace.metadata.deletionTimestamp) queue.add(namespace.metadata.name)
  }

  function welcome({ metadata }: StoredObject): void {
    if (store.collection(types.serviceAccounts).get(keyOf(metadata.name, account))) return
    registry.insert(types.serviceAccounts, { metadata: { name: account, namespace: metadata.name } })
  }

  function empty(name: string): void {
    const namespace = store.collection(types.namespaces).get(name)
    if (!namespace?.metadata.deletionTimestamp) return
    let left = 0
    for (const type of namespaced)
      for (const { metadata } of [...store.collection(type).values()]) {
        if (metadata.namespace !== name) continue
        if (!metadata.deletionTimestamp)
          registry.delete(type, name, metadata.name, { propagationPolicy: 'Background' })
        if (store.collection(type).get(keyOf(name, metadata.name))) left += 1
      }
    if (left > 0) queue.add(name, retryMilliseconds)
    else registry.put(types.namespaces, { ...namespace, spec: {} })
  }
}

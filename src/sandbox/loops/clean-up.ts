import { resourceTypes, types } from '../api/resources.ts'
import { keyOf, type StoredObject } from '../store/objects.ts'
import type { StoredPod } from '../store/store.ts'
import { type LoopContext, nodesOf, podsOf, WorkQueue } from './context.ts'

const source = { component: 'pod-garbage-collector' }
/** How long a pod outlives its node, as upstream gives the node's name a chance to come back. */
const quarantineMilliseconds = 40_000
const retryMilliseconds = 100

const namespaced = resourceTypes.filter((type) => type.namespaced && !type.view)

/** Empties namespaces that are being deleted, and lets them go when they are empty; gives new ones their service account. */
export class NamespaceController {
  readonly #context: LoopContext
  readonly #queue: WorkQueue

  constructor(context: LoopContext) {
    this.#context = context
    this.#queue = new WorkQueue(context.clock, (name) => this.#empty(name))
  }

  start(): void {
    const namespaces = this.#context.store.collection(types.namespaces)
    namespaces.subscribe(({ type, object }) => {
      if (type !== 'DELETED' && object.metadata.deletionTimestamp) this.#queue.add(object.metadata.name)
      if (type === 'ADDED') this.#welcome(object)
    })
    for (const namespace of namespaces.values()) {
      this.#welcome(namespace)
      if (namespace.metadata.deletionTimestamp) this.#queue.add(namespace.metadata.name)
    }
  }

  #welcome({ metadata }: StoredObject): void {
    const { registry, store } = this.#context
    if (store.collection(types.serviceAccounts).get(keyOf(metadata.name, 'default'))) return
    registry.insert(types.serviceAccounts, { metadata: { name: 'default', namespace: metadata.name } })
  }

  #empty(name: string): void {
    const { registry, store } = this.#context
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
    if (left > 0) this.#queue.add(name, retryMilliseconds)
    else registry.put(types.namespaces, { ...namespace, spec: {} })
  }
}

/** Ends pods whose node is gone, or is out of service and will not end them (`pkg/controller/podgc`). */
export class PodCollector {
  readonly #context: LoopContext

  constructor(context: LoopContext) {
    this.#context = context
  }

  start(): void {
    const { store, clock } = this.#context
    const nodes = nodesOf(store)
    for (const pod of podsOf(store).values())
      if (pod.spec?.nodeName && !nodes.get(pod.spec.nodeName)) this.#collectLater(pod.spec.nodeName)
    nodes.subscribe(({ type, object }) => {
      if (type === 'DELETED') this.#collectLater(object.metadata.name)
      else if (object.spec?.taints?.some((taint) => taint.key === 'node.kubernetes.io/out-of-service'))
        clock.schedule(1000, () =>
          this.#collect(object.metadata.name, (pod) => Boolean(pod.metadata.deletionTimestamp)),
        )
    })
  }

  #collectLater(node: string): void {
    const { clock, store } = this.#context
    clock.schedule(quarantineMilliseconds, () => {
      if (!nodesOf(store).get(node)) this.#collect(node, () => true)
    })
  }

  #collect(node: string, chosen: (pod: StoredPod) => boolean): void {
    const { registry, store, recorder } = this.#context
    for (const pod of [...podsOf(store).values()]) {
      if (pod.spec?.nodeName !== node || !chosen(pod)) continue
      const { namespace, name } = pod.metadata
      const message = `PodGC: node no longer exists`
      recorder.record(pod, { type: 'Normal', reason: 'DeletionByPodGC', message, source })
      registry.delete(types.pods, namespace, name, { gracePeriodSeconds: 0 })
    }
  }
}

import { types } from '../api/resources.ts'
import type { StoredPod } from '../store/store.ts'
import { type LoopContext, nodesOf, podsOf } from './context.ts'

const source = { component: 'pod-garbage-collector' }
/** How long a pod outlives its node, as upstream gives the node's name a chance to come back. */
const quarantineMilliseconds = 40_000

/** Ends pods whose node is gone, or is out of service and will not end them (`pkg/controller/podgc`). */
export function collectPods({ clock, recorder, registry, store }: LoopContext): void {
  const nodes = nodesOf(store)
  for (const pod of podsOf(store).values())
    if (pod.spec?.nodeName && !nodes.get(pod.spec.nodeName)) collectLater(pod.spec.nodeName)
  nodes.subscribe(({ type, object }) => {
    if (type === 'DELETED') collectLater(object.metadata.name)
    else if (object.spec?.taints?.some((taint) => taint.key === 'node.kubernetes.io/out-of-service'))
      clock.schedule(1000, () =>
        collect(object.metadata.name, (pod) => Boolean(pod.metadata.deletionTimestamp)),
      )
  })

  function collectLater(node: string): void {
    clock.schedule(quarantineMilliseconds, () => {
      if (!nodesOf(store).get(node)) collect(node, () => true)
    })
  }

  function collect(node: string, chosen: (pod: StoredPod) => boolean): void {
    for (const pod of [...podsOf(store).values()]) {
      if (pod.spec?.nodeName !== node || !chosen(pod)) continue
      const { namespace, name } = pod.metadata
      const message = `PodGC: node no longer exists`
      recorder.record(pod, { type: 'Normal', reason: 'DeletionByPodGC', message, source })
      registry.delete(types.pods, namespace, name, { gracePeriodSeconds: 0 })
    }
  }
}

import { targetNodeOf } from '#controller/daemon-pod.ts'
import { types } from '../api/resources.ts'
import { keyOf } from '../store/objects.ts'
import type { StoredPod } from '../store/store.ts'
import { timestamp } from '../timestamp.ts'
import { type LoopContext, nodesOf, podsOf } from './context.ts'
import type { NodeRoom } from './node-room.ts'
import { hasEnded, withTransition } from './pod-conditions.ts'
import { place } from './scheduling.ts'
import { WorkQueue } from './work-queue.ts'

const source = { component: 'default-scheduler' }
const by = { manager: 'kube-scheduler', status: true }

/**
 * Binds pods to nodes: daemon pods to the node that their affinity names, others to the emptiest that takes them. Where only
 * pods of lower priority are in the way, they are evicted. What finds no place stays Pending with the scheduler's message, and
 * is looked at again when something changes.
 */
export function schedulePods({ clock, recorder, registry, store }: LoopContext, room: NodeRoom): void {
  const pending = new Set<string>()
  const queue = new WorkQueue(clock, schedule)
  const pods = podsOf(store)
  for (const pod of pods.values()) consider(pod)
  pods.subscribe(({ type, object, previous }) => {
    if (type === 'DELETED') pending.delete(keyOf(object.metadata.namespace, object.metadata.name))
    else if (!object.spec?.nodeName && (type === 'ADDED' || previous?.spec !== object.spec)) consider(object)
    const leaves = type === 'DELETED' || (hasEnded(object) && !(previous && hasEnded(previous)))
    if (leaves && object.spec?.nodeName) retryAll(object.spec.nodeName)
  })
  nodesOf(store).subscribe(({ object, previous }) => {
    if (
      !previous ||
      previous.spec !== object.spec ||
      previous.metadata.labels !== object.metadata.labels ||
      previous.status?.allocatable !== object.status?.allocatable
    )
      retryAll(object.metadata.name)
  })

  function consider(pod: StoredPod): void {
    const scheduler = (pod.spec as { readonly schedulerName?: string } | undefined)?.schedulerName
    if (pod.spec?.nodeName || (scheduler && scheduler !== 'default-scheduler')) return
    const key = keyOf(pod.metadata.namespace, pod.metadata.name)
    pending.add(key)
    queue.add(key)
  }

  /** Something changed on a node: whatever waits for it, or for any, gets another chance. */
  function retryAll(node: string): void {
    for (const key of pending) {
      const pod = podsOf(store).get(key)
      const target = pod && targetNodeOf(pod)
      if (target === undefined || target === node) queue.add(key)
    }
  }

  function schedule(key: string): void {
    const pod = podsOf(store).get(key)
    if (!pod || pod.spec?.nodeName || pod.metadata.deletionTimestamp) {
      pending.delete(key)
      return
    }
    const placing = place({ pod, store, room })
    if (placing.kind === 'bind') bind(pod, placing.node)
    else if (placing.kind === 'preempt') {
      for (const victim of placing.victims) evict(victim.pod as StoredPod, pod, placing.node)
      leavePending(pod, placing.message, placing.node)
    } else {
      const nominated = placing.keepsNomination ? pod.status?.nominatedNodeName : undefined
      leavePending(pod, placing.message, nominated ?? undefined)
    }
  }

  function bind(pod: StoredPod, node: string): void {
    const key = keyOf(pod.metadata.namespace, pod.metadata.name)
    pending.delete(key)
    // Recorded before it is done, so that the Event comes before those of the kubelet.
    const message = `Successfully assigned ${key} to ${node}`
    recorder.record(pod, { type: 'Normal', reason: 'Scheduled', message, source })
    const condition = withTransition(pod, { type: 'PodScheduled', status: 'True' }, now())
    const { nominatedNodeName: _, ...before } = pod.status ?? {}
    const status = { ...before, conditions: [condition] }
    // Node 20 makes a shape of its own for every object that is spread and then given one field more.
    const spec = { nodeName: node, ...pod.spec }
    spec.nodeName = node
    registry.put(types.pods, { ...pod, spec, status })
  }

  /** Marks the pod and deletes it. One on its way out needs no push. */
  function evict(victim: StoredPod, preemptor: StoredPod, node: string): void {
    if (victim.metadata.deletionTimestamp) return
    const condition = withTransition(
      victim,
      {
        type: 'DisruptionTarget',
        status: 'True',
        reason: 'PreemptionByScheduler',
        message: 'default-scheduler: preempting to accommodate a higher priority pod',
      },
      now(),
    )
    const others = victim.status?.conditions?.filter(({ type }) => type !== condition.type) ?? []
    const { name, namespace } = victim.metadata
    const marked = { ...victim, status: { ...victim.status, conditions: [...others, condition] } }
    registry.write(types.pods, marked, by)
    registry.delete(types.pods, namespace, name, {})
    const message = `Preempted by pod ${preemptor.metadata.uid} on node ${node}`
    recorder.record(victim, { type: 'Normal', reason: 'Preempted', message, source })
  }

  function now(): string {
    return timestamp(clock.now())
  }

  /** @param nominated The node on which room is being made for it. */
  function leavePending(pod: StoredPod, message: string, nominated: string | undefined): void {
    const old = pod.status?.conditions?.find((condition) => condition.type === 'PodScheduled')
    if (old?.message !== message || (pod.status?.nominatedNodeName ?? undefined) !== nominated) {
      const refused = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }
      const condition = withTransition(pod, refused, now())
      const { nominatedNodeName: _, ...before } = pod.status ?? {}
      const status = {
        ...before,
        conditions: [condition],
        ...(nominated && { nominatedNodeName: nominated }),
      }
      registry.write(types.pods, { ...pod, status }, by)
    }
    recorder.record(pod, { type: 'Warning', reason: 'FailedScheduling', message, source })
  }
}

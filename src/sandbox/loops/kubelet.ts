import { sameIgnoringNulls } from '#base/json.ts'
import type { StoredNode, StoredPod } from '../store/store.ts'
import { type BehaviourOptions, behaviourOf, kubeletIsUp, type PodBehaviour } from './behaviour.ts'
import { type LoopContext, nodesOf, podsOf } from './context.ts'
import { isSettled, PodLife } from './pod-life.ts'

/** What a behaviour depends on besides the containers. */
type Annotated = readonly [
  pod: StoredPod['metadata']['annotations'],
  node: StoredNode['metadata']['annotations'],
  restartPolicy: string | null | undefined,
]

/**
 * All kubelets at once: takes each bound pod through its life, as its behaviour says, and ends it when it is deleted. A
 * node whose kubelet is down does nothing, so its pods stay as they are, and deleted ones stay Terminating.
 */
export function runKubelets(context: LoopContext, options: BehaviourOptions): void {
  const { store } = context
  /** By the uid of the pod. */
  const lives = new Map<string, PodLife>()
  /** By the list of containers that the pods of a template share. */
  const behaviours = new WeakMap<object, { readonly of: Annotated; readonly behaviour: PodBehaviour }>()
  let addresses = 0
  for (const pod of podsOf(store).values()) find(pod)
  podsOf(store).subscribe(({ type, object, previous }) => {
    if (type === 'DELETED') drop(object.metadata.uid)
    else if (
      previous?.status === object.status ||
      previous?.spec !== object.spec ||
      object.metadata.deletionTimestamp
    )
      look(object)
  })
  nodesOf(store).subscribe(({ type, object, previous }) => {
    if (
      previous &&
      sameIgnoringNulls(previous.metadata.annotations, object.metadata.annotations) &&
      type === 'MODIFIED'
    )
      return
    for (const life of lives.values()) if (life.node === object.metadata.name) life.halt()
    if (type === 'DELETED') return
    for (const pod of podsOf(store).values()) if (pod.spec?.nodeName === object.metadata.name) look(pod)
  })

  function drop(uid: string): void {
    lives.get(uid)?.halt()
    lives.delete(uid)
  }

  function nodeOf(pod: StoredPod): StoredNode | undefined {
    return pod.spec?.nodeName ? nodesOf(store).get(pod.spec.nodeName) : undefined
  }

  function find(pod: StoredPod): void {
    const node = nodeOf(pod)
    const known = (pod.status?.containerStatuses?.length ?? 0) > 0 && !pod.metadata.deletionTimestamp
    if (known && node) take(pod, node, true)
    else look(pod)
  }

  function knownBehaviour(pod: StoredPod, node: StoredNode): PodBehaviour {
    const of = [pod.metadata.annotations, node.metadata.annotations, pod.spec?.restartPolicy] as const
    const containers = pod.spec?.containers ?? of
    const known = behaviours.get(containers)
    if (known?.of.every((part, at) => part === of[at])) return known.behaviour
    const behaviour = behaviourOf(pod, node, options)
    behaviours.set(containers, { of, behaviour })
    return behaviour
  }

  /** Takes up a pod, or takes note of what has changed about it. */
  function look(pod: StoredPod): void {
    const node = nodeOf(pod)
    if (!node || !kubeletIsUp(node)) return
    const known = lives.get(pod.metadata.uid)
    const life = known ?? take(pod, node)
    const behaviour = knownBehaviour(pod, node)
    if (pod.metadata.deletionTimestamp) {
      life.terminate(pod, behaviour)
      return
    }
    const settled = isSettled(pod, behaviour)
    const changed = !sameIgnoringNulls(life.behaviour, behaviour)
    life.behaviour = behaviour
    if (!known) {
      if (!settled) life.begin()
    } else if (changed && (behaviour.failure !== undefined || !settled)) {
      life.halt()
      life.begin()
    } else if (!life.asFound && life.idle && !settled) life.begin()
    if (!life.asFound) life.watchDeadline(pod)
  }

  function take(pod: StoredPod, node: StoredNode, asFound = false): PodLife {
    addresses += 1
    const number = addresses
    const life = new PodLife(context, pod, {
      node: node.metadata.name,
      behaviour: knownBehaviour(pod, node),
      podIP: `10.${244 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`,
      asFound,
    })
    lives.set(pod.metadata.uid, life)
    return life
  }
}

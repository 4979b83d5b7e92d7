import { sameIgnoringNulls } from '#base/json.ts'
import { getOrMake } from '#base/once.ts'
import type { FailedPodsBackoff } from '#controller/failed-pods-backoff.ts'
import { type StepResult, step } from '#controller/step.ts'
import { type StepMemory, stepMemory } from '#controller/step-memory.ts'
import { controllerOf } from '#kube/owners.ts'
import type { ControllerRevision } from '#kube/types.ts'
import { types } from '../api/resources.ts'
import { keyOf, type StoredObject } from '../store/objects.ts'
import type { StoredPod } from '../store/store.ts'
import { type LoopContext, nodesOf, podsOf, withStatus } from './context.ts'
import { daemonSetActions, type StoredDaemonSet } from './daemon-set-actions.ts'
import { WorkQueue } from './work-queue.ts'

/** After a sync that failed: doubled each time (`DefaultTypedControllerRateLimiter`). */
const firstRetry = 5
const longestRetry = 1_000_000

interface Memory {
  readonly steps: StepMemory
  backoff: FailedPodsBackoff
  retries: number
}

/**
 * Runs the controller's model behind the API: on every change of a DaemonSet, its pods, its revisions or a node, it asks
 * what the controller would do next and does it.
 */
export function runDaemonSets(context: LoopContext): void {
  const { clock, names, registry, store } = context
  const memories = new Map<string, Memory>()
  const podsByNamespace = new Map<string, Map<string, StoredPod>>()
  const applyAll = daemonSetActions(context)
  const queue = new WorkQueue(clock, sync, 20)
  const daemonSets = store.collection(types.daemonSets)
  for (const pod of podsOf(store).values()) index(pod)
  podsOf(store).subscribe(({ type, object }) => {
    if (type === 'DELETED') podsIn(object.metadata.namespace).delete(object.metadata.name)
    else index(object)
    wakeNamespace(object)
  })
  nodesOf(store).subscribe(({ object, previous }) => {
    if (previous && sameForPlacement(object, previous)) return
    for (const daemonSet of daemonSets.values()) wake(daemonSet)
  })
  store.collection(types.controllerRevisions).subscribe(({ object }) => wakeNamespace(object))
  daemonSets.subscribe(({ type, object }) => {
    if (type === 'DELETED') memories.delete(object.metadata.uid)
    else wake(object)
  })
  for (const daemonSet of daemonSets.values()) wake(daemonSet)

  function podsIn(namespace = ''): Map<string, StoredPod> {
    return getOrMake(podsByNamespace, namespace, () => new Map())
  }

  function index(pod: StoredPod): void {
    podsIn(pod.metadata.namespace).set(pod.metadata.name, pod)
  }

  function wake({ metadata }: StoredObject): void {
    queue.add(keyOf(metadata.namespace, metadata.name))
  }

  /** A pod or revision: its DaemonSet, or any that could adopt it. */
  function wakeNamespace(object: StoredObject): void {
    const owner = controllerOf(object)
    const { namespace } = object.metadata
    if (owner) {
      if (owner.kind === 'DaemonSet') queue.add(keyOf(namespace, owner.name ?? ''))
      return
    }
    for (const daemonSet of store.collection(types.daemonSets).values())
      if (daemonSet.metadata.namespace === namespace) wake(daemonSet)
  }

  function memoryOf(uid: string): Memory {
    return getOrMake(memories, uid, () => ({ steps: stepMemory(), backoff: new Map(), retries: 0 }))
  }

  function sync(key: string): void {
    const daemonSet = store.collection(types.daemonSets).get(key) as StoredDaemonSet | undefined
    if (!daemonSet) return
    const memory = memoryOf(daemonSet.metadata.uid)
    const { namespace } = daemonSet.metadata
    const revisions: ControllerRevision[] = []
    for (const revision of store.collection(types.controllerRevisions).values())
      if (revision.metadata.namespace === namespace) revisions.push(revision as ControllerRevision)
    const result = step({
      daemonSet,
      revisions,
      nodes: [...nodesOf(store).values()],
      pods: [...podsIn(namespace).values()],
      now: clock.now(),
      memory: memory.steps,
      hashFor: ({ data, collisionCount }) => names.hash(`${data}${collisionCount ?? ''}`),
      failedPodsBackoff: memory.backoff,
    })
    memory.backoff = result.failedPodsBackoff
    const failed = !applyAll(daemonSet, result.actions)
    writeStatus(key, result)
    if (failed) {
      memory.retries += 1
      queue.add(key, Math.min(firstRetry * 2 ** (memory.retries - 1), longestRetry))
    } else memory.retries = 0
    if (result.requeueAfter !== undefined) queue.add(key, Math.max(1, result.requeueAfter))
  }

  function writeStatus(key: string, { status, statusChanged }: StepResult): void {
    const current = store.collection(types.daemonSets).get(key) as StoredDaemonSet | undefined
    if (!statusChanged || !current || sameIgnoringNulls(current.status, status)) return
    registry.write(types.daemonSets, withStatus(current, status), {
      manager: 'kube-controller-manager',
      status: true,
    })
  }
}

/** Whether the controller would answer the same for both: what a kubelet writes into its status changes nothing. */
function sameForPlacement(a: StoredObject, b: StoredObject): boolean {
  return sameIgnoringNulls(a.spec, b.spec) && sameIgnoringNulls(a.metadata.labels, b.metadata.labels)
}

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
import { DaemonSetActions, type StoredDaemonSet } from './daemon-set-actions.ts'
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
export class DaemonSetController {
  readonly #context: LoopContext
  readonly #actions: DaemonSetActions
  readonly #queue: WorkQueue
  readonly #memories = new Map<string, Memory>()
  readonly #podsByNamespace = new Map<string, Map<string, StoredPod>>()

  constructor(context: LoopContext) {
    this.#context = context
    this.#actions = new DaemonSetActions(context)
    this.#queue = new WorkQueue(context.clock, (key) => this.#sync(key), 20)
  }

  start(): void {
    const { store } = this.#context
    const daemonSets = store.collection(types.daemonSets)
    for (const pod of podsOf(store).values()) this.#index(pod)
    podsOf(store).subscribe(({ type, object }) => {
      if (type === 'DELETED') this.#podsIn(object.metadata.namespace).delete(object.metadata.name)
      else this.#index(object)
      this.#wakeNamespace(object)
    })
    nodesOf(store).subscribe(({ object, previous }) => {
      if (previous && sameForPlacement(object, previous)) return
      for (const daemonSet of daemonSets.values()) this.#wake(daemonSet)
    })
    store.collection(types.controllerRevisions).subscribe(({ object }) => this.#wakeNamespace(object))
    daemonSets.subscribe(({ type, object }) => {
      if (type === 'DELETED') this.#memories.delete(object.metadata.uid)
      else this.#wake(object)
    })
    for (const daemonSet of daemonSets.values()) this.#wake(daemonSet)
  }

  #podsIn(namespace = ''): Map<string, StoredPod> {
    return getOrMake(this.#podsByNamespace, namespace, () => new Map())
  }

  #index(pod: StoredPod): void {
    this.#podsIn(pod.metadata.namespace).set(pod.metadata.name, pod)
  }

  #wake({ metadata }: StoredObject): void {
    this.#queue.add(keyOf(metadata.namespace, metadata.name))
  }

  /** A pod or revision: its DaemonSet, or any that could adopt it. */
  #wakeNamespace(object: StoredObject): void {
    const owner = controllerOf(object)
    const { namespace } = object.metadata
    if (owner) {
      if (owner.kind === 'DaemonSet') this.#queue.add(keyOf(namespace, owner.name ?? ''))
      return
    }
    for (const daemonSet of this.#context.store.collection(types.daemonSets).values())
      if (daemonSet.metadata.namespace === namespace) this.#wake(daemonSet)
  }

  #memoryOf(uid: string): Memory {
    return getOrMake(this.#memories, uid, () => ({ steps: stepMemory(), backoff: new Map(), retries: 0 }))
  }

  #sync(key: string): void {
    const { store, clock, names } = this.#context
    const daemonSet = store.collection(types.daemonSets).get(key) as StoredDaemonSet | undefined
    if (!daemonSet) return
    const memory = this.#memoryOf(daemonSet.metadata.uid)
    const { namespace } = daemonSet.metadata
    const revisions: ControllerRevision[] = []
    for (const revision of store.collection(types.controllerRevisions).values())
      if (revision.metadata.namespace === namespace) revisions.push(revision as ControllerRevision)
    const result = step({
      daemonSet,
      revisions,
      nodes: [...nodesOf(store).values()],
      pods: [...this.#podsIn(namespace).values()],
      now: clock.now(),
      memory: memory.steps,
      hashFor: ({ data, collisionCount }) => names.hash(`${data}${collisionCount ?? ''}`),
      failedPodsBackoff: memory.backoff,
    })
    memory.backoff = result.failedPodsBackoff
    const failed = !this.#actions.applyAll(daemonSet, result.actions)
    this.#writeStatus(key, result)
    if (failed) {
      memory.retries += 1
      this.#queue.add(key, Math.min(firstRetry * 2 ** (memory.retries - 1), longestRetry))
    } else memory.retries = 0
    if (result.requeueAfter !== undefined) this.#queue.add(key, Math.max(1, result.requeueAfter))
  }

  #writeStatus(key: string, { status, statusChanged }: StepResult): void {
    const current = this.#context.store.collection(types.daemonSets).get(key) as StoredDaemonSet | undefined
    if (!statusChanged || !current || sameIgnoringNulls(current.status, status)) return
    this.#context.registry.write(types.daemonSets, withStatus(current, status), {
      manager: 'kube-controller-manager',
      status: true,
    })
  }
}

/** Whether the controller would answer the same for both: what a kubelet writes into its status changes nothing. */
function sameForPlacement(a: StoredObject, b: StoredObject): boolean {
  return sameIgnoringNulls(a.spec, b.spec) && sameIgnoringNulls(a.metadata.labels, b.metadata.labels)
}

import { sameIgnoringNulls } from '#base/json.ts'
import type { Action, ChangeRevision, DeletePod } from '#controller/actions.ts'
import type { FailedPodsBackoff } from '#controller/failed-pods-backoff.ts'
import { ownerReferenceTo, podToCreate } from '#controller/new-pod.ts'
import type { StepResult } from '#controller/step.ts'
import { step } from '#controller/step.ts'
import { type StepMemory, stepMemory } from '#controller/step-memory.ts'
import { controllerOf } from '#kube/owners.ts'
import type { ControllerRevision, DaemonSet, JsonObject } from '#kube/types.ts'
import { asJson, asStored } from '../api/json.ts'
import { requireNamespace } from '../api/namespaces.ts'
import { types } from '../api/resources.ts'
import { StatusError } from '../api/status-errors.ts'
import { completePod } from '../api/strategies/pod.ts'
import { keyOf, type StoredObject } from '../store/objects.ts'
import type { StoredPod } from '../store/store.ts'
import { type LoopContext, nodesOf, podsOf, withStatus } from './context.ts'
import { WorkQueue } from './work-queue.ts'

type StoredDaemonSet = StoredObject & DaemonSet

const source = { component: 'daemonset-controller' }
const managedBy = 'kube-controller-manager'
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
  readonly #queue: WorkQueue
  readonly #memories = new Map<string, Memory>()
  readonly #podsByNamespace = new Map<string, Map<string, StoredPod>>()

  constructor(context: LoopContext) {
    this.#context = context
    this.#queue = new WorkQueue(context.clock, (key) => this.#sync(key))
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
    const known = this.#podsByNamespace.get(namespace)
    if (known) return known
    const pods = new Map<string, StoredPod>()
    this.#podsByNamespace.set(namespace, pods)
    return pods
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
    const known = this.#memories.get(uid)
    if (known) return known
    const memory = { steps: stepMemory(), backoff: new Map(), retries: 0 }
    this.#memories.set(uid, memory)
    return memory
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
    const failed = !this.#applyAll(daemonSet, result.actions)
    this.#writeStatus(key, result)
    if (failed) {
      memory.retries += 1
      this.#queue.add(key, Math.min(5 * 2 ** memory.retries, longestRetry))
    } else memory.retries = 0
    if (result.requeueAfter !== undefined) this.#queue.add(key, Math.max(1, result.requeueAfter))
  }

  /** False: something could not be done, and is to be tried again. */
  #applyAll(daemonSet: StoredDaemonSet, actions: readonly Action[]): boolean {
    let complete = true
    for (const action of actions) {
      try {
        this.#apply(daemonSet, action)
      } catch (error) {
        if (!(error instanceof StatusError)) throw error
        complete = false
        this.#recordFailure(daemonSet, action, error)
        // As upstream's slow start: once a creation fails, the rest of the batch is left for the next sync.
        if (action.kind === 'CreatePod') break
      }
    }
    return complete
  }

  #recordFailure(daemonSet: StoredDaemonSet, action: Action, error: StatusError): void {
    if (action.kind !== 'CreatePod' && action.kind !== 'DeletePod') return
    const [reason, verb] =
      action.kind === 'CreatePod' ? ['FailedCreate', 'creating'] : ['FailedDelete', 'deleting']
    this.#context.recorder.record(daemonSet, {
      type: 'Warning',
      reason,
      message: `Error ${verb}: ${error.message}`,
      source,
    })
  }

  #apply(daemonSet: StoredDaemonSet, action: Action): void {
    const { store } = this.#context
    switch (action.kind) {
      case 'CreatePod':
        this.#createPod(daemonSet, action.node, action.hash)
        break
      case 'DeletePod':
        this.#deletePod(daemonSet, action)
        break
      case 'AdoptPod':
      case 'ReleasePod':
      case 'RelabelPod': {
        const pod = podsOf(store).get(keyOf(daemonSet.metadata.namespace, action.name))
        if (!pod) break
        if (action.kind === 'RelabelPod') this.#relabel(types.pods, pod, action.hash)
        else this.#own(types.pods, pod, daemonSet, action.kind === 'AdoptPod')
        break
      }
      case 'CreateRevision':
        this.#createRevision(daemonSet, action.revision)
        break
      case 'CountCollision':
        break
      default:
        this.#changeRevision(daemonSet, action)
    }
  }

  #createPod(daemonSet: StoredDaemonSet, node: string, hash: string): void {
    const { registry, recorder, store } = this.#context
    const draft = podToCreate(daemonSet, node, hash) as unknown as JsonObject
    requireNamespace(store, types.pods, daemonSet.metadata.namespace, `${daemonSet.metadata.name}-`)
    const pod = registry.insert(types.pods, completePod(draft, registry.context(types.pods)))
    const message = `Created pod: ${pod.metadata.name}`
    recorder.record(daemonSet, { type: 'Normal', reason: 'SuccessfulCreate', message, source })
  }

  #deletePod(daemonSet: StoredDaemonSet, { name, node, reason }: DeletePod): void {
    const { registry, recorder, store } = this.#context
    const { namespace } = daemonSet.metadata
    if (!podsOf(store).get(keyOf(namespace, name))) return
    if (reason === 'failed')
      recorder.record(daemonSet, {
        type: 'Warning',
        reason: 'FailedDaemonPod',
        message: `Found failed daemon pod ${namespace}/${name} on node ${node}, will try to kill it`,
        source,
      })
    if (reason === 'succeeded')
      recorder.record(daemonSet, {
        type: 'Normal',
        reason: 'SucceededDaemonPod',
        message: `Found succeeded daemon pod ${namespace}/${name} on node ${node}, will try to delete it`,
        source,
      })
    registry.delete(types.pods, namespace, name, {})
    const message = `Deleted pod: ${name}`
    recorder.record(daemonSet, { type: 'Normal', reason: 'SuccessfulDelete', message, source })
  }

  #createRevision(daemonSet: StoredDaemonSet, revision: ControllerRevision): void {
    this.#context.registry.create(
      types.controllerRevisions,
      daemonSet.metadata.namespace,
      revision as unknown as JsonObject,
      { manager: managedBy },
    )
  }

  #changeRevision(daemonSet: StoredDaemonSet, action: ChangeRevision): void {
    const { registry, store } = this.#context
    const { namespace } = daemonSet.metadata
    const type = types.controllerRevisions
    const revision = store.collection(type).get(keyOf(namespace, action.name))
    if (!revision) return
    if (action.kind === 'RenumberRevision') registry.put(type, { ...revision, revision: action.number })
    else if (action.kind === 'LabelRevision') this.#relabel(type, revision, action.hash ?? '')
    else if (action.kind === 'DeleteRevision') registry.delete(type, namespace, action.name, {})
    else this.#own(type, revision, daemonSet, action.kind === 'AdoptRevision')
  }

  #relabel(type: typeof types.pods, object: StoredObject, hash: string): void {
    const labels = { ...object.metadata.labels, 'controller-revision-hash': hash }
    this.#context.registry.put(type, { ...object, metadata: { ...object.metadata, labels } })
  }

  #own(type: typeof types.pods, object: StoredObject, daemonSet: StoredDaemonSet, adopt: boolean): void {
    const { uid } = daemonSet.metadata
    const others = (object.metadata.ownerReferences ?? []).filter((owner) => owner.uid !== uid)
    const ownerReferences = adopt ? [...others, ownerReferenceTo(daemonSet)] : others
    const { ownerReferences: _old, ...metadata } = object.metadata
    const next = { ...metadata, ...(ownerReferences.length > 0 ? { ownerReferences } : {}) }
    this.#context.registry.put(type, asStored({ ...asJson(object), metadata: next as unknown as JsonObject }))
  }

  #writeStatus(key: string, { status, statusChanged }: StepResult): void {
    const current = this.#context.store.collection(types.daemonSets).get(key) as StoredDaemonSet | undefined
    if (!statusChanged || !current || sameIgnoringNulls(current.status, status)) return
    this.#context.registry.put(types.daemonSets, withStatus(current, status))
  }
}

/** Whether the controller would answer the same for both: what a kubelet writes into its status changes nothing. */
function sameForPlacement(a: StoredObject, b: StoredObject): boolean {
  return sameIgnoringNulls(a.spec, b.spec) && sameIgnoringNulls(a.metadata.labels, b.metadata.labels)
}

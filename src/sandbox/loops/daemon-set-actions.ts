import type { Action, ChangeRevision, DeletePod } from '#controller/actions.ts'
import { ownerReferenceTo, podToCreate } from '#controller/new-pod.ts'
import type { ControllerRevision, DaemonSet, JsonObject } from '#kube/types.ts'
import { asJson, asStored } from '../api/json.ts'
import { requireNamespace } from '../api/namespaces.ts'
import type { ResourceType } from '../api/resource-type.ts'
import { types } from '../api/resources.ts'
import { StatusError } from '../api/status-errors.ts'
import { completePod } from '../api/strategies/pod.ts'
import { keyOf, type StoredObject } from '../store/objects.ts'
import { type LoopContext, podsOf } from './context.ts'

export type StoredDaemonSet = StoredObject & DaemonSet

const source = { component: 'daemonset-controller' }
const by = { manager: 'kube-controller-manager' }

/** Does through the API what the controller's model has decided, and records Events of it. */
export class DaemonSetActions {
  readonly #context: LoopContext

  constructor(context: LoopContext) {
    this.#context = context
  }

  /** False: something could not be done, and is to be tried again. */
  applyAll(daemonSet: StoredDaemonSet, actions: readonly Action[]): boolean {
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
      by,
    )
  }

  #changeRevision(daemonSet: StoredDaemonSet, action: ChangeRevision): void {
    const { registry, store } = this.#context
    const { namespace } = daemonSet.metadata
    const type = types.controllerRevisions
    const revision = store.collection(type).get(keyOf(namespace, action.name))
    if (!revision) return
    if (action.kind === 'RenumberRevision') registry.write(type, { ...revision, revision: action.number }, by)
    else if (action.kind === 'LabelRevision') this.#relabel(type, revision, action.hash ?? '')
    else if (action.kind === 'DeleteRevision') registry.delete(type, namespace, action.name, {})
    else this.#own(type, revision, daemonSet, action.kind === 'AdoptRevision')
  }

  #relabel(type: ResourceType, object: StoredObject, hash: string): void {
    const labels = { ...object.metadata.labels, 'controller-revision-hash': hash }
    this.#context.registry.write(type, { ...object, metadata: { ...object.metadata, labels } }, by)
  }

  #own(type: ResourceType, object: StoredObject, daemonSet: StoredDaemonSet, adopt: boolean): void {
    const { uid } = daemonSet.metadata
    const others = (object.metadata.ownerReferences ?? []).filter((owner) => owner.uid !== uid)
    const ownerReferences = adopt ? [...others, ownerReferenceTo(daemonSet)] : others
    const { ownerReferences: _old, ...metadata } = object.metadata
    const next = { ...metadata, ...(ownerReferences.length > 0 ? { ownerReferences } : {}) }
    const changed = asStored({ ...asJson(object), metadata: next as unknown as JsonObject })
    this.#context.registry.write(type, changed, by)
  }
}

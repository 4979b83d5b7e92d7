import type { Action, ChangeRevision, CreatePod, DeletePod } from '#controller/actions.ts'
import { ownerReferenceTo, podMaker } from '#controller/new-pod.ts'
import type { ControllerRevision, DaemonSet, JsonObject, Pod } from '#kube/types.ts'
import type { ResourceType } from '../api/resource-type.ts'
import { types } from '../api/resources.ts'
import { StatusError } from '../api/status-errors.ts'
import { keyOf, type StoredObject } from '../store/objects.ts'
import { type LoopContext, podsOf } from './context.ts'
import { PodControl } from './pod-control.ts'

export type StoredDaemonSet = StoredObject & DaemonSet

const by = { manager: 'kube-controller-manager' }

/** Does through the API what the controller's model has decided, and records Events of it. */
export class DaemonSetActions {
  readonly #context: LoopContext
  readonly #pods: PodControl

  constructor(context: LoopContext) {
    this.#context = context
    this.#pods = new PodControl(context, 'daemonset-controller')
  }

  /** False: something could not be done, and is to be tried again. */
  applyAll(daemonSet: StoredDaemonSet, actions: readonly Action[]): boolean {
    let complete = true
    // All that a sync creates is of one revision.
    const podFor = podMaker(daemonSet, actions.find((action) => action.kind === 'CreatePod')?.hash ?? '')
    let refused = false
    for (const action of actions) {
      // As upstream's slow start: once a creation fails, the others and what comes after are left for the next sync; deletions are not.
      if (refused && action.kind !== 'DeletePod') continue
      if (this.#tried(daemonSet, action, podFor)) continue
      complete = false
      refused ||= action.kind === 'CreatePod'
    }
    return complete
  }

  #tried(daemonSet: StoredDaemonSet, action: Action, podFor: (node: string) => Pod): boolean {
    if (action.kind === 'CreatePod') return this.#pods.create(daemonSet, podFor(action.node))
    if (action.kind === 'DeletePod') return this.#deletePod(daemonSet, action)
    try {
      this.#apply(daemonSet, action)
      return true
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
      return false
    }
  }

  #apply(daemonSet: StoredDaemonSet, action: Exclude<Action, CreatePod | DeletePod>): void {
    const { store } = this.#context
    switch (action.kind) {
      case 'AdoptPod':
      case 'ReleasePod':
      case 'RelabelPod': {
        const pod = podsOf(store).get(keyOf(daemonSet.metadata.namespace, action.name))
        if (!pod) break
        if (action.kind === 'RelabelPod') this.#relabel(types.pods, pod, action.hash)
        else this.#pods.own(types.pods, pod, ownerReferenceTo(daemonSet), action.kind === 'AdoptPod')
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

  #deletePod(daemonSet: StoredDaemonSet, { name, node, reason }: DeletePod): boolean {
    const { namespace } = daemonSet.metadata
    const known = podsOf(this.#context.store).get(keyOf(namespace, name))
    const found = `${reason} daemon pod ${namespace}/${name} on node ${node}, will try to`
    if (known && reason === 'failed')
      this.#pods.say(daemonSet, 'Warning', 'FailedDaemonPod', `Found ${found} kill it`)
    if (known && reason === 'succeeded')
      this.#pods.say(daemonSet, 'Normal', 'SucceededDaemonPod', `Found ${found} delete it`)
    return this.#pods.delete(daemonSet, name)
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
    else this.#pods.own(type, revision, ownerReferenceTo(daemonSet), action.kind === 'AdoptRevision')
  }

  #relabel(type: ResourceType, object: StoredObject, hash: string): void {
    const labels = { ...object.metadata.labels, 'controller-revision-hash': hash }
    this.#context.registry.write(type, { ...object, metadata: { ...object.metadata, labels } }, by)
  }
}

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

/**
 * Does through the API what the controller's model has decided, and records Events of it. False: something could not be done, and
 * is to be tried again.
 */
export function daemonSetActions(
  context: LoopContext,
): (daemonSet: StoredDaemonSet, actions: readonly Action[]) => boolean {
  const { registry, store } = context
  const control = new PodControl(context, 'daemonset-controller')
  return applyAll

  function applyAll(daemonSet: StoredDaemonSet, actions: readonly Action[]): boolean {
    let complete = true
    // All that a sync creates is of one revision.
    const podFor = podMaker(daemonSet, actions.find((action) => action.kind === 'CreatePod')?.hash ?? '')
    let refused = false
    for (const action of actions) {
      // As upstream's slow start: once a creation fails, the others and what comes after are left for the next sync; deletions are not.
      if (refused && action.kind !== 'DeletePod') continue
      if (tried(daemonSet, action, podFor)) continue
      complete = false
      refused ||= action.kind === 'CreatePod'
    }
    return complete
  }

  function tried(daemonSet: StoredDaemonSet, action: Action, podFor: (node: string) => Pod): boolean {
    if (action.kind === 'CreatePod') return control.create(daemonSet, podFor(action.node))
    if (action.kind === 'DeletePod') return deletePod(daemonSet, action)
    try {
      apply(daemonSet, action)
      return true
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
      return false
    }
  }

  function apply(daemonSet: StoredDaemonSet, action: Exclude<Action, CreatePod | DeletePod>): void {
    switch (action.kind) {
      case 'AdoptPod':
      case 'ReleasePod':
      case 'RelabelPod': {
        const pod = podsOf(store).get(keyOf(daemonSet.metadata.namespace, action.name))
        if (!pod) break
        if (action.kind === 'RelabelPod') relabel(types.pods, pod, action.hash)
        else control.own(types.pods, pod, ownerReferenceTo(daemonSet), action.kind === 'AdoptPod')
        break
      }
      case 'CreateRevision':
        createRevision(daemonSet, action.revision)
        break
      case 'CountCollision':
        break
      default:
        changeRevision(daemonSet, action)
    }
  }

  function deletePod(daemonSet: StoredDaemonSet, { name, node, reason }: DeletePod): boolean {
    const { namespace } = daemonSet.metadata
    const known = podsOf(store).get(keyOf(namespace, name))
    const found = `${reason} daemon pod ${namespace}/${name} on node ${node}, will try to`
    if (known && reason === 'failed')
      control.say(daemonSet, 'Warning', 'FailedDaemonPod', `Found ${found} kill it`)
    if (known && reason === 'succeeded')
      control.say(daemonSet, 'Normal', 'SucceededDaemonPod', `Found ${found} delete it`)
    return control.delete(daemonSet, name)
  }

  function createRevision(daemonSet: StoredDaemonSet, revision: ControllerRevision): void {
    registry.create(
      types.controllerRevisions,
      daemonSet.metadata.namespace,
      revision as unknown as JsonObject,
      by,
    )
  }

  function changeRevision(daemonSet: StoredDaemonSet, action: ChangeRevision): void {
    const { namespace } = daemonSet.metadata
    const type = types.controllerRevisions
    const revision = store.collection(type).get(keyOf(namespace, action.name))
    if (!revision) return
    if (action.kind === 'RenumberRevision') registry.write(type, { ...revision, revision: action.number }, by)
    else if (action.kind === 'LabelRevision') relabel(type, revision, action.hash ?? '')
    else if (action.kind === 'DeleteRevision') registry.delete(type, namespace, action.name, {})
    else control.own(type, revision, ownerReferenceTo(daemonSet), action.kind === 'AdoptRevision')
  }

  function relabel(type: ResourceType, object: StoredObject, hash: string): void {
    const labels = { ...object.metadata.labels, 'controller-revision-hash': hash }
    registry.write(type, { ...object, metadata: { ...object.metadata, labels } }, by)
  }
}

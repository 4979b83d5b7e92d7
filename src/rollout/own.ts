import { nameOf } from '#cluster/resources.ts'
import { controllerOf } from '#kube/owners.ts'
import { labelSelector } from '#kube/selectors.ts'
import type { ControllerRevision, DaemonSet } from '#kube/types.ts'

/** Where a DaemonSet says why it was changed, and each of its revisions after it. */
export const changeCauseAnnotation = 'kubernetes.io/change-cause'

/** What finds the objects that a DaemonSet selects. */
export function ownQuery(daemonSet: DaemonSet): { namespace: string; labelSelector: string } {
  return {
    namespace: nameOf(daemonSet).namespace,
    labelSelector: labelSelector(daemonSet.spec?.selector).text,
  }
}

/** Whether the DaemonSet is the object's controller; that it selects the object's labels is not enough. */
export function isOwnedBy(object: Pick<ControllerRevision, 'metadata'>, daemonSet: DaemonSet): boolean {
  const owner = controllerOf(object)
  return owner !== undefined && owner.uid === daemonSet.metadata?.uid
}

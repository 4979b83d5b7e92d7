import { presentDaemonSet, storedDaemonSet } from '#apiserver/defaults/stored.ts'
import { validateDaemonSetUpdate } from '#apiserver/validation/daemon-set.ts'
import { KdsError } from '#base/errors.ts'
import { fieldErrorText } from '#kube/field-error-text.ts'
import type { SortedObjects } from '#kube/sorted-objects.ts'
import type { DaemonSet, JsonObject, KubeObject } from '#kube/types.ts'
import { named, ofKind } from './ask-objects.ts'

const refused = (message: string, hint: string) =>
  new KdsError('refused', `no plan was made: the API server would refuse the manifest: ${message}`, { hint })

const goOn = 'or continue anyway with --force'

/**
 * Refuses what the server would refuse of a DaemonSet in view of what is there: no such namespace, or a field that cannot be
 * changed.
 *
 * @throws KdsError with the server's words
 */
export function refuseAsServer(
  daemonSets: readonly DaemonSet[],
  snapshot: SortedObjects,
  beside: readonly KubeObject[],
  namespace: string,
): void {
  for (const daemonSet of daemonSets) {
    const stored = storedDaemonSet(daemonSet, namespace)
    const { name, namespace: home } = stored.metadata ?? {}
    const all = [...snapshot.namespaces, ...ofKind(beside, 'Namespace')]
    if (snapshot.namespaces.length > 0 && !named(all, home ?? ''))
      throw refused(
        `namespaces "${home}" not found`,
        `create it first: kubectl create namespace ${home}; ${goOn}`,
      )
    const current = snapshot.daemonSets.find(
      ({ metadata }) => metadata?.name === name && (metadata?.namespace || namespace) === home,
    )
    const [error] = current ? immutable(stored, presentDaemonSet(current, namespace)) : []
    if (error) {
      const hint = `this field cannot be changed: delete the DaemonSet first, or give the new one another name; ${goOn}`
      throw refused(`DaemonSet.apps "${name}" is invalid: ${error}`, hint)
    }
  }
}

/** Texts of what may not change, as the server names it. */
function immutable(next: DaemonSet, current: DaemonSet): string[] {
  const errors = validateDaemonSetUpdate(next as unknown as JsonObject, current as unknown as JsonObject)
  return errors
    .filter(({ field, detail }) => field === 'spec.selector' && detail === 'field is immutable')
    .map(fieldErrorText)
}

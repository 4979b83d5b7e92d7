import { sameIgnoringNulls } from '#base/json.ts'
import { controllerOf } from '#kube/owners.ts'
import type { ControllerRevision, DaemonSet, JsonObject } from '#kube/types.ts'
import { hashLabel } from '../daemon-pod.ts'
import { revisionPatch } from '../revision-data.ts'
import type { RolledOut } from './types.ts'

/** The revisions that the DaemonSet owns, lowest number first. */
export function ownRevisions(
  daemonSet: DaemonSet,
  revisions: readonly ControllerRevision[],
): readonly ControllerRevision[] {
  const { name, namespace, uid } = daemonSet.metadata ?? {}
  const isOwn = (one: ControllerRevision) => {
    const owner = controllerOf(one)
    if (uid) return owner?.uid === uid
    return (
      owner?.kind === 'DaemonSet' &&
      owner.name === name &&
      (one.metadata?.namespace ?? '') === (namespace ?? '')
    )
  }
  return revisions.filter(isOwn).sort((one, other) => (one.revision ?? 0) - (other.revision ?? 0))
}

/**
 * The revision that is rolled out: the newest that holds the template, else, while the controller has not seen the template
 * yet, the newest of all.
 */
export function rolledOutOf(daemonSet: DaemonSet, own: readonly ControllerRevision[]): RolledOut {
  const patch = revisionPatch(daemonSet as JsonObject)
  const revision = own.findLast((one) => sameIgnoringNulls(patch, one.data ?? {})) ?? own.at(-1)
  return {
    number: revision?.revision ?? undefined,
    hash: revision?.metadata?.labels?.[hashLabel] ?? '',
    images: (daemonSet.spec?.template?.spec?.containers ?? []).map(({ image }) => image ?? ''),
  }
}

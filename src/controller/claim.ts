import { controllerOf } from '#kube/owners.ts'
import type { DaemonSet, KubeObject, ObjectMeta, StringMap } from '#kube/types.ts'

export interface Claims<T> {
  /** Owned, with the adopted ones among them, in the order given. */
  readonly claimed: readonly T[]
  readonly adopted: readonly T[]
  readonly released: readonly T[]
}

/**
 * Sorts objects of the DaemonSet's namespace into its own, matching orphans to adopt, and own ones to release because the
 * selector no longer matches: `ClaimObject` of upstream's `controller_ref_manager.go`. Ownership is by uid, not by labels.
 */
export function claim<T extends KubeObject>(
  objects: readonly T[],
  daemonSet: DaemonSet,
  matches: (labels: StringMap) => boolean,
): Claims<T> {
  const uid = daemonSet.metadata?.uid
  const claims = { claimed: [] as T[], adopted: [] as T[], released: [] as T[] }
  for (const object of objects) {
    const meta = object.metadata
    const owner = controllerOf(object)
    if (owner) {
      if (owner.uid !== uid || !uid) continue
      if (matches(meta?.labels ?? {})) claims.claimed.push(object)
      else claims.released.push(object)
    } else if (matches(meta?.labels ?? {}) && mayAdopt(meta, daemonSet)) {
      claims.claimed.push(object)
      claims.adopted.push(object)
    }
  }
  return claims
}

const mayAdopt = (meta: ObjectMeta | null | undefined, daemonSet: DaemonSet) =>
  !meta?.deletionTimestamp && (meta?.namespace ?? '') === (daemonSet.metadata?.namespace ?? '')

import { controllerOf } from '#kube/owners.ts'
import type { KubeObject, ObjectMeta, StringMap } from '#kube/types.ts'

interface Claims<T> {
  /** Owned, with the adopted ones among them, in the order given. */
  readonly claimed: readonly T[]
  readonly adopted: readonly T[]
  readonly released: readonly T[]
}

/**
 * Sorts objects of the owner's namespace into its own, matching orphans to adopt, and own ones to release because the
 * selector no longer matches: `ClaimObject` of upstream's `controller_ref_manager.go`. Ownership is by uid, not by labels.
 */
export function claim<T extends KubeObject>(
  objects: readonly T[],
  owner: KubeObject,
  matches: (labels: StringMap) => boolean,
): Claims<T> {
  const uid = owner.metadata?.uid
  const claims = { claimed: [] as T[], adopted: [] as T[], released: [] as T[] }
  for (const object of objects) {
    const meta = object.metadata
    const controller = controllerOf(object)
    if (controller) {
      if (controller.uid !== uid || !uid) continue
      if (matches(meta?.labels ?? {})) claims.claimed.push(object)
      else claims.released.push(object)
    } else if (matches(meta?.labels ?? {}) && mayAdopt(meta, owner)) {
      claims.claimed.push(object)
      claims.adopted.push(object)
    }
  }
  return claims
}

const mayAdopt = (meta: ObjectMeta | null | undefined, owner: KubeObject) =>
  !meta?.deletionTimestamp && (meta?.namespace ?? '') === (owner.metadata?.namespace ?? '')

import type { StoredObject } from '../store/objects.ts'

/** `meta/v1` DeleteOptions, as far as they matter here. */
export interface DeleteOptions {
  readonly gracePeriodSeconds?: number
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
  readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground'
  readonly dryRun?: boolean
}

/** What came of a deletion: done, or begun and waiting for finalizers or the pod's end. */
export interface Deletion {
  readonly object: StoredObject
  readonly done: boolean
}

/** The dependents lose their owner and stay. */
export const orphanFinalizer = 'orphan'
/** The dependents go first. */
export const foregroundFinalizer = 'foregroundDeletion'

/** The finalizers of an object about to be deleted: its own, and the one that the propagation policy asks for. */
export function finalizersFor(
  present: readonly string[],
  { propagationPolicy }: DeleteOptions,
): readonly string[] {
  if (propagationPolicy === undefined) return present
  const own = present.filter((name) => name !== orphanFinalizer && name !== foregroundFinalizer)
  if (propagationPolicy === 'Orphan') return [...own, orphanFinalizer]
  return propagationPolicy === 'Foreground' ? [...own, foregroundFinalizer] : own
}

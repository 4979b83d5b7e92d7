/** Paths inside volumes. Mirrors pkg/apis/core/validation. */
import type { Place } from './place.ts'

/** No element may be `..`; one error however many are (validatePathNoBacksteps). */
export function checkNoBacksteps(path: string, at: Place): void {
  if (path.split('/').includes('..')) at.invalid(path, "must not contain '..'")
}

/** Relative, and without `..` (validateLocalDescendingPath). */
export function checkDescendingPath(path: string, at: Place): void {
  if (path.startsWith('/')) at.invalid(path, 'must be a relative path')
  checkNoBacksteps(path, at)
}

/** As {@link checkDescendingPath}, and no leading `..name`, which the kubelet keeps for itself. */
export function checkLocalPath(path: string, at: Place): void {
  checkDescendingPath(path, at)
  if (path.startsWith('..') && !path.startsWith('../')) at.invalid(path, "must not start with '..'")
}

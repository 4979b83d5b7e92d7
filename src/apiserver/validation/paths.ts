/** Paths inside volumes. Mirrors pkg/apis/core/validation. */
import type { Place } from './place.ts'

/** No element may be `..`; one error however many are (validatePathNoBacksteps). */
export function checkNoBacksteps(at: Place, path = at.text): void {
  if (path.split('/').includes('..')) at.invalid(path, "must not contain '..'")
}

/** Relative, and without `..` (validateLocalDescendingPath). */
export function checkDescendingPath(at: Place, path = at.text): void {
  if (path.startsWith('/')) at.invalid(path, 'must be a relative path')
  checkNoBacksteps(at, path)
}

/** As {@link checkDescendingPath}, and no leading `..name`, which the kubelet keeps for itself. */
export function checkLocalPath(at: Place, path = at.text): void {
  checkDescendingPath(at, path)
  if (path.startsWith('..') && !path.startsWith('../')) at.invalid(path, "must not start with '..'")
}

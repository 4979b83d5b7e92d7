/** Paths inside volumes. Mirrors pkg/apis/core/validation. */
import type { FieldErrors } from './field-errors.ts'
import type { Place } from './place.ts'

/** No element may be `..`; one error however many are (validatePathNoBacksteps). */
export function checkNoBacksteps(path: string, at: Place, errors: FieldErrors): void {
  if (path.split('/').includes('..')) errors.invalid(at, path, "must not contain '..'")
}

/** Relative, and without `..` (validateLocalDescendingPath). */
export function checkDescendingPath(path: string, at: Place, errors: FieldErrors): void {
  if (path.startsWith('/')) errors.invalid(at, path, 'must be a relative path')
  checkNoBacksteps(path, at, errors)
}

/** As {@link checkDescendingPath}, and no leading `..name`, which the kubelet keeps for itself. */
export function checkLocalPath(path: string, at: Place, errors: FieldErrors): void {
  checkDescendingPath(path, at, errors)
  if (path.startsWith('..') && !path.startsWith('../')) errors.invalid(at, path, "must not start with '..'")
}

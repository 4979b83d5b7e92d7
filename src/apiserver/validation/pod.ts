import { objectIn, objectsIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { checkPodAnnotations, checkProfilesMatch } from './annotations.ts'
import { FieldErrors } from './field-errors.ts'
import { checkObjectMeta } from './metadata.ts'
import { Place } from './place.ts'
import { checkPodSpec } from './pod-spec.ts'
import type { FieldError } from './types.ts'

/**
 * Every rule of the API server that a new Pod breaks, in the server's order (ValidatePodCreate).
 *
 * @param pod decoded, with its defaults and what admission has made of it
 */
export function validatePod(pod: JsonObject): FieldError[] {
  const errors = new FieldErrors()
  const metadata = objectIn(pod, 'metadata')
  const spec = objectIn(pod, 'spec')
  const at = Place.root('metadata')
  checkObjectMeta(metadata, true, at, errors)
  checkPodAnnotations(metadata, spec, at.child('annotations'), errors)
  checkPodSpec(spec, Place.root('spec'), errors)
  if (objectsIn(spec, 'ephemeralContainers').length > 0)
    errors.forbidden(Place.root('spec').child('ephemeralContainers'), 'cannot be set on create')
  checkProfilesMatch(metadata, spec, Place.root('spec'), errors)
  return errors.list
}

import { objectIn, objectsIn } from '#kube/read.ts'
import type { JsonObject } from '#kube/types.ts'
import { checkPodAnnotations, checkProfilesMatch } from './annotations.ts'
import { checkObjectMeta } from './metadata.ts'
import { Findings } from './place.ts'
import { checkPodSpec } from './pod-spec.ts'
import type { FieldError } from './types.ts'

/**
 * Every rule of the API server that a new Pod breaks, in the server's order (ValidatePodCreate).
 *
 * @param pod decoded, with its defaults and what admission has made of it
 */
export function validatePod(pod: JsonObject): FieldError[] {
  const found = new Findings()
  const metadata = objectIn(pod, 'metadata')
  const spec = objectIn(pod, 'spec')
  const at = found.at('metadata')
  checkObjectMeta(metadata, true, at)
  checkPodAnnotations(metadata, spec, at.child('annotations'))
  checkPodSpec(spec, found.at('spec'))
  if (objectsIn(spec, 'ephemeralContainers').length > 0)
    found.at('spec').child('ephemeralContainers').forbidden('cannot be set on create')
  checkProfilesMatch(metadata, spec, found.at('spec'))
  return found.errors
}

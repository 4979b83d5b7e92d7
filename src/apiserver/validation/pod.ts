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
  const found = new Findings(pod)
  const metadata = found.at('metadata')
  const spec = found.at('spec')
  const annotations = metadata.child('annotations')
  checkObjectMeta(metadata, true)
  checkPodAnnotations(annotations, spec)
  checkPodSpec(spec)
  for (const image of ['containers', 'initContainers']
    .flatMap((list) => spec.items(list))
    .map((one) => one.child('image')))
    if (image.text.trim() !== image.text) image.wrong('must not have leading or trailing whitespace')
  if (spec.items('ephemeralContainers').length > 0)
    spec.child('ephemeralContainers').forbidden('cannot be set on create')
  checkProfilesMatch(annotations, spec)
  return found.errors
}

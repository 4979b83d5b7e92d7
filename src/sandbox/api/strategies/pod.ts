import { defaultPod } from '#apiserver/defaults/pod.ts'
import { Findings } from '#apiserver/validation/place.ts'
import { validatePod } from '#apiserver/validation/pod.ts'
import { isObject, sameIgnoringNulls } from '#base/json.ts'
import { listIn, objectIn } from '#kube/read.ts'
import type { Json, JsonObject } from '#kube/types.ts'
import { admit, podWarnings } from '../admission.ts'
import type { Strategy, WriteContext } from '../resource-type.ts'
import { begun, decodeObject, followed } from './plain.ts'

function qualityOfService(spec: JsonObject): string {
  const containers = ['initContainers', 'containers'].flatMap((field) => listIn(spec, field).filter(isObject))
  const resources = containers.map((container) => objectIn(container, 'resources'))
  const any = resources.some(
    (one) => Object.keys(objectIn(one, 'requests')).length + Object.keys(objectIn(one, 'limits')).length > 0,
  )
  if (!any) return 'BestEffort'
  const guaranteed = resources.every((one) => {
    const limits = objectIn(one, 'limits')
    return ['cpu', 'memory'].every(
      (name) =>
        limits[name] !== undefined &&
        sameIgnoringNulls(objectIn(one, 'requests')[name] ?? limits[name], limits[name]),
    )
  })
  return guaranteed ? 'Guaranteed' : 'Burstable'
}

/**
 * Completes a new pod, whoever makes it.
 *
 * @throws StatusError where it is not let in
 */
export function completePod(pod: JsonObject, { store, generated = false }: WriteContext): JsonObject {
  const admitted = admit(store, pod, generated)
  return begun(admitted, { phase: 'Pending', qosClass: qualityOfService(objectIn(admitted, 'spec')) })
}

const notYours =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)'

/** The part of a pod's spec that must stay as it is. */
function fixedPart(spec: JsonObject): JsonObject {
  const withoutImages = (field: string): Json =>
    listIn(spec, field).map((container) => (isObject(container) ? { ...container, image: '' } : container))
  return {
    ...spec,
    containers: withoutImages('containers'),
    initContainers: withoutImages('initContainers'),
    tolerations: null,
    activeDeadlineSeconds: null,
  }
}

/** `pkg/registry/core/pod/strategy.go`. */
export const podStrategy: Strategy = {
  decode: decodeObject,
  defaults: defaultPod,
  prepareForCreate: completePod,
  prepareForUpdate: followed,
  // Its admission has done it.
  validate: () => [],
  validateUpdate(next, old) {
    const found = new Findings(next)
    if (!sameIgnoringNulls(fixedPart(objectIn(next, 'spec')), fixedPart(objectIn(old, 'spec'))))
      found.at('spec').forbidden(notYours)
    const errors = validatePod(next).filter(({ field }) => field !== 'spec.ephemeralContainers')
    return [...errors, ...found.errors]
  },
  warnings: (pod, { store }) => podWarnings(store, pod),
}

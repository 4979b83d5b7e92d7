import { defaultDaemonSet } from '#apiserver/defaults/daemon-set.ts'
import { decodeDaemonSet } from '#apiserver/schema/check-schema.ts'
import {
  validateDaemonSet,
  validateDaemonSetStatus,
  validateDaemonSetUpdate,
} from '#apiserver/validation/daemon-set.ts'
import { warningsForDaemonSet } from '#apiserver/validation/warnings.ts'
import { sameIgnoringNulls } from '#base/json.ts'
import { objectIn, stringIn } from '#kube/read.ts'
import { templateGenerationAnnotation } from '#kube/retired.ts'
import type { JsonObject } from '#kube/types.ts'
import { templateWarnings } from '../admission.ts'
import { metadataOf, withMetadata } from '../json.ts'
import type { Strategy } from '../resource-type.ts'
import { decodeObject, followed } from './plain.ts'

/** The template's own generation, which the API keeps in an annotation for those who remember extensions/v1beta1. */
function withTemplateGeneration(object: JsonObject, value: number): JsonObject {
  const metadata = metadataOf(object)
  const annotations = { ...objectIn(metadata, 'annotations'), [templateGenerationAnnotation]: String(value) }
  return withMetadata(object, { ...metadata, annotations })
}

const templateGenerationOf = (object: JsonObject) =>
  Number(stringIn(objectIn(metadataOf(object), 'annotations'), templateGenerationAnnotation)) || 0

/** `pkg/registry/apps/daemonset/strategy.go`. */
export const daemonSetStrategy: Strategy = {
  decode: (raw) => decodeObject(raw, decodeDaemonSet),
  // The template's generation is a field of the server's own type: whoever leaves the annotation out has written 0.
  defaults: (raw) => withTemplateGeneration(defaultDaemonSet(raw, 'read'), templateGenerationOf(raw)),
  prepareForCreate(raw) {
    const object = defaultDaemonSet(raw)
    return withMetadata(object, { ...metadataOf(object), generation: 1 })
  },
  prepareForUpdate(raw, old) {
    const next = followed(defaultDaemonSet(raw, 'update'), old)
    const [before, after] = [old, next].map((one) => objectIn(one, 'spec').template)
    const changed = sameIgnoringNulls(before, after) ? 0 : 1
    return withTemplateGeneration(next, templateGenerationOf(old) + changed)
  },
  validate: validateDaemonSet,
  validateUpdate: validateDaemonSetUpdate,
  prepareForStatus: (next, old) =>
    withTemplateGeneration(defaultDaemonSet(next, 'read'), templateGenerationOf(old)),
  validateStatus: validateDaemonSetStatus,
  // A template that stays as it is has been warned of before.
  warnings: (object, { store }, old) => [
    ...(old && templateGenerationOf(old) === templateGenerationOf(object)
      ? []
      : warningsForDaemonSet(object).map((warning) => warning.message)),
    ...templateWarnings(store, object),
  ],
}
